from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from invitations.models.invitations import Invitation


class DeliveryKind(models.TextChoices):
    INVITATION = "invitation", "Invitation"
    REMINDER = "reminder", "Relance douce"
    UPDATE = "update", "Changement"
    CANCELLATION = "cancellation", "Annulation"
    SEAT = "seat", "Place"
    EMPLOYER = "employer", "Places d’une structure"
    STATE = "state", "Où en est la réponse"
    FORWARD = "forward", "Message transmis"


class DeliveryChannel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "SMS"
    PHONE = "phone", "Appel"
    PAPER = "paper", "Carte"


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", "En attente"
    SENT = "sent", "Envoyé"
    FAILED = "failed", "Pas arrivé"
    DROPPED = "dropped", "Retiré"


MAX_ATTEMPTS = 6


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """Queued, its time has come, and nobody holds a living lease."""
        free = Q(leased_until=None) | Q(leased_until__lt=now)
        return self.filter(free, status=DeliveryStatus.QUEUED, due_at__lte=now)


class Delivery(models.Model):
    """One message for one person by one channel: the queue itself, written in the
    transaction that causes it. The MIME is frozen, so that a repeat after a crash is
    the same bytes with the same Message-ID and Date, which mailboxes recognise.

    A call or a card has no MIME: `text` is what to say, and a person empties that
    part of the queue.
    """

    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    kind = models.CharField(max_length=12, choices=DeliveryKind.choices)
    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(
        max_length=5, choices=DeliveryChannel.choices, default=DeliveryChannel.EMAIL
    )
    sender = models.EmailField(blank=True)
    # An address, or a telephone number (E.164).
    recipient = models.CharField(max_length=254, blank=True)
    domain = models.CharField(max_length=253, blank=True, db_index=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    mime = models.BinaryField(default=b"")
    status = models.CharField(
        max_length=7, choices=DeliveryStatus.choices, default=DeliveryStatus.QUEUED
    )
    due_at = models.DateTimeField(default=timezone.now)
    not_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        ordering = ("-created_at", "pk")
        indexes = (models.Index(fields=("status", "due_at")),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.recipient}"
