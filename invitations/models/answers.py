from django.conf import settings
from django.db import models
from django.utils import timezone

from invitations.models.invitations import Invitation
from invitations.models.partstat import AnswerChannel, PartStat


class Answer(models.Model):
    """Every answer that was given, also those that came too late to count: who said
    what, when, by which way, and who noted it for them. Append-only; goes with the
    invitation.

    `sequence` and `stamp` are the SEQUENCE and DTSTAMP of a mailed answer (RFC 5546
    2.1.5), our own for the others.
    """

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="answers")
    partstat = models.CharField(max_length=12, choices=PartStat.choices)
    by = models.CharField(max_length=7, choices=AnswerChannel.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    sequence = models.PositiveIntegerField(default=0)
    stamp = models.DateTimeField(default=timezone.now)
    counted = models.BooleanField("compte", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "réponse donnée"
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.get_partstat_display()}, {self.get_by_display()}"
