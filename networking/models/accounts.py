from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from networking.models.feeds import Subscriber
from venues.phones import PhoneField


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, **fields: Any) -> "User":
        """A user without password: the sign-in code goes to this address."""
        password = fields.pop("password", None)
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        # The sign-in code verifies an address that allauth knows; otherwise it asks
        # for a second code.
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
        return user

    def named(self, email: str, first_name: str) -> "User":
        """The account of this address in any case, or a new one. A known account
        keeps its own name."""
        known = self.filter(email__iexact=email.strip())
        if found := known.first():
            return found
        try:
            with transaction.atomic():
                return self.create_user(email, first_name=first_name)
        except IntegrityError:  # a double tap made it in the meantime
            return known.get()

    def create_superuser(self, email: str, **fields: Any) -> "User":
        return self.create_user(email, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin, Subscriber):
    """Somebody who signs in: team member, partner or staff. Guests need no account."""

    email = models.EmailField("e-mail", unique=True)
    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=60, blank=True)
    phone = PhoneField("téléphone", blank=True)
    is_staff = models.BooleanField("équipe de l’association", default=False)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    feed_route = "team_feed"

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name"]

    objects = UserManager()

    class Meta:
        verbose_name = "compte"
        ordering = ("first_name", "last_name", "pk")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.first_name
