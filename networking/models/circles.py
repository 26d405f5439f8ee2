from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse

from networking.models.accounts import User
from networking.models.people import Professional
from venues.models import Commune, Neighbourhood


class CarePathway(models.Model):
    """No official list exists: an editable table, seeded from data/."""

    slug = models.SlugField(unique=True)
    label = models.CharField("libellé", max_length=80)
    description = models.CharField("description", max_length=200, blank=True)

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        ordering = ("label",)

    def __str__(self) -> str:
        return self.label


class CircleQuerySet(models.QuerySet["Circle"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The circles whose team the user belongs to; staff sees them all."""
        if user.is_authenticated and user.is_staff:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=TeamMember.objects.filter(user=user).values("circle"))

    def announced(self) -> Self:
        """The circles that the public agenda names, or has named."""
        return self.filter(meetups__is_public=True).distinct()


class Circle(models.Model):
    """The perimeter of a table: communes and/or neighbourhoods, and/or a pathway."""

    name = models.CharField("nom", max_length=100, unique=True)
    pathway = models.ForeignKey(
        CarePathway,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="circles",
        verbose_name="parcours de soin",
    )
    communes = models.ManyToManyField(
        Commune, blank=True, related_name="circles", verbose_name="communes"
    )
    neighbourhoods = models.ManyToManyField(
        Neighbourhood, blank=True, related_name="circles", verbose_name="quartiers"
    )
    people = models.ManyToManyField(
        Professional, through="Membership", related_name="circles"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        verbose_name = "cercle"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("circle", args=(self.pk,))

    def get_feed_url(self) -> str:
        return reverse("circle_feed", args=(self.pk,))

    @property
    def perimeter(self) -> str:
        """Where and for whom, in words: "Le Biollay, Cognin · Santé mentale"."""
        places = [quarter.name for quarter in self.neighbourhoods.all()]
        places += [commune.name for commune in self.communes.all()]
        parts = [", ".join(places[:6]) + (" …" if len(places) > 6 else "")]
        if self.pathway:
            parts.append(self.pathway.label)
        return " · ".join(part for part in parts if part)


class Membership(models.Model):
    """A professional works in this circle."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="memberships")
    professional = models.ForeignKey(
        Professional, models.CASCADE, related_name="memberships"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "membre du cercle"
        constraints = (
            models.UniqueConstraint(
                fields=("circle", "professional"), name="member_once_per_circle"
            ),
        )

    def __str__(self) -> str:
        return f"{self.professional} · {self.circle}"


class Role(models.TextChoices):
    ORGANISER = "organiser", "Organise"
    RELAY = "relay", "Relais"


class TeamMember(models.Model):
    circle = models.ForeignKey(Circle, models.CASCADE, related_name="team")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="team_roles"
    )
    role = models.CharField("rôle", max_length=9, choices=Role.choices)

    class Meta:
        verbose_name = "équipe"
        ordering = ("role", "user__first_name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("circle", "user"), name="one_role_per_circle_and_user"
            ),
            models.CheckConstraint(
                condition=Q(role__in=("organiser", "relay")), name="team_role_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} · {self.circle}"
