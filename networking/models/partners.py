from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from networking.models.accounts import User
from venues.models import Commune


class PartnerKind(models.TextChoices):
    TOWN_HALL = "town_hall", "Mairie"
    CPTS = "cpts", "CPTS"
    OTHER = "other", "Autre partenaire"


class PartnerQuerySet(models.QuerySet["Partner"]):
    def of_member(self, user: User | AnonymousUser) -> Self:
        """The partners that the user speaks for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            pk__in=PartnerMember.objects.filter(user=user).values("partner")
        )


class Partner(models.Model):
    """A body that reads reports about its own communes, and nothing else."""

    kind = models.CharField("genre", max_length=9, choices=PartnerKind.choices)
    name = models.CharField("nom", max_length=120, unique=True)
    communes = models.ManyToManyField(
        Commune, related_name="partners", verbose_name="territoire"
    )

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = "partenaire"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PartnerMember(models.Model):
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="partner_roles"
    )

    class Meta:
        verbose_name = "membre d’un partenaire"
        constraints = (
            models.UniqueConstraint(
                fields=("partner", "user"), name="partner_member_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.partner}"
