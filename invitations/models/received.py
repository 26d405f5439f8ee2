import hashlib
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

from invitations.models.deliveries import Delivery
from invitations.models.invitations import Invitation
from invitations.models.partstat import PartStat
from networking.models import Meetup, User


class LetterKind(models.TextChoices):
    REPLY = "reply", "Réponse d’agenda"
    COUNTER = "counter", "Autre date proposée"
    REFRESH = "refresh", "Demande de l’invitation"
    BOUNCE = "bounce", "Message pas arrivé"
    DELAYED = "delayed", "Message retardé"
    AUTO_REPLY = "auto", "Réponse automatique"
    CALENDAR = "calendar", "Autre objet d’agenda"
    TEXT = "text", "Message"
    UNREADABLE = "broken", "Illisible"


class LetterOutcome(models.TextChoices):
    APPLIED = "applied", "Noté"
    SAME = "same", "Déjà noté"
    OUTDATED = "outdated", "Trop ancien"
    FORWARDED = "forwarded", "Transmis"
    ANSWERED = "answered", "Renvoyé"
    IGNORED = "ignored", "Rien à faire"
    HELD = "held", "À vérifier"
    SETTLED = "settled", "Réglé"


class ReceivedQuerySet(models.QuerySet["Received"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Messages about meetups of the user's circles; staff also sees those that
        could not be tied to anybody."""
        if user.is_authenticated and user.is_staff:
            return self
        meetups = Meetup.objects.visible_to(user)
        return self.filter(
            Q(invitation__meetup__in=meetups)
            | Q(delivery__invitation__meetup__in=meetups)
        )

    def to_check(self) -> Self:
        return self.filter(outcome=LetterOutcome.HELD)


class Received(models.Model):
    """A message that came back, kept raw. It may quote anything, so the raw bytes are
    read by the team only, and erased after ninety days."""

    digest = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=8, choices=LetterKind.choices)
    outcome = models.CharField(max_length=9, choices=LetterOutcome.choices)
    reason = models.CharField(max_length=300, blank=True)
    verified = models.BooleanField("expéditeur vérifié", default=False)
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="received"
    )
    delivery = models.ForeignKey(
        Delivery,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="received",
    )
    partstat = models.CharField(max_length=12, choices=PartStat.choices, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    stamp = models.DateTimeField(null=True, blank=True)
    proposed_starts_at = models.DateTimeField(null=True, blank=True)
    proposed_ends_at = models.DateTimeField(null=True, blank=True)
    delegated_to = models.CharField(max_length=254, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = ReceivedQuerySet.as_manager()

    class Meta:
        verbose_name = "message reçu"
        verbose_name_plural = "messages reçus"
        ordering = ("-received_at", "-pk")
        indexes = (models.Index(fields=("outcome", "received_at")),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.sender}"

    def settle(self, outcome: LetterOutcome, reason: str = "") -> None:
        self.outcome, self.reason = outcome, reason

    @property
    def is_held(self) -> bool:
        return self.outcome == LetterOutcome.HELD

    @staticmethod
    def digest_of(raw: bytes) -> str:
        return hashlib.sha256(raw).hexdigest()
