from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from networking.models import Circle, Partner, User
from venues.models import Commune


class NoticeKind(models.TextChoices):
    ROOM = "room", "Une salle à prêter"
    NEED = "need", "Un manque à signaler"


class PartnerNoticeQuerySet(models.QuerySet["PartnerNotice"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those about a commune of the user's circles; staff sees them all."""
        if user.is_authenticated and user.is_staff:
            return self
        return self.filter(
            commune__in=Commune.objects.filter(touches(Circle.objects.visible_to(user)))
        )


def touches(circles: QuerySet[Circle]) -> Q:
    """Communes of these circles, whole or by a neighbourhood."""
    return Q(circles__in=circles) | Q(neighbourhoods__circles__in=circles)


class PartnerNotice(models.Model):
    """What a partner tells the teams of a commune: a room it lends, something that is
    missing there. Never about a person."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=4, choices=NoticeKind.choices)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="notices")
    text = models.TextField("en quelques mots", max_length=600)
    seats = models.PositiveSmallIntegerField("places assises", null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = PartnerNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "mot d’un partenaire"
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return f"{self.partner} · {self.get_kind_display()}"
