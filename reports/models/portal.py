from django.conf import settings
from django.db import models
from django.utils import timezone

from networking.models import Partner
from venues.models import Commune


class NoticeKind(models.TextChoices):
    ROOM = "room", "Une salle à prêter"
    NEED = "need", "Un manque à signaler"


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

    class Meta:
        verbose_name = "mot d’un partenaire"
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return f"{self.partner} · {self.get_kind_display()}"
