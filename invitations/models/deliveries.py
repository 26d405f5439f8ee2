from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
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
    THANKS = "thanks", "Merci"
    NOTE = "note", "Mot à l’employeur"
    FOLLOW_UP = "follow_up", "Suite à faire"
    NUDGE = "nudge", "Nouvelles d’un lien"
    DIGEST = "digest", "Lettre du cercle"
    REPORT = "report", "Bilan"


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
# The worker sends these; the others are told by a person.
BY_PROGRAM = (DeliveryChannel.EMAIL, DeliveryChannel.SMS)
BY_PERSON = (DeliveryChannel.PHONE, DeliveryChannel.PAPER)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(status=DeliveryStatus.QUEUED)

    def unleased(self, now: datetime) -> Self:
        """No worker holds a living lease on them."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lt=now))

    def due(self, now: datetime) -> Self:
        """A program sends it, its time has come, and nobody holds a living lease."""
        rows = self.waiting().unleased(now)
        return rows.filter(channel__in=BY_PROGRAM, due_at__lte=now)

    def calls(self) -> Self:
        """What a person has to tell, on the telephone or face to face."""
        return self.waiting().filter(channel__in=BY_PERSON)

    def round(self) -> Self:
        """Calls with their people, as they matter: a seat that is held and a meal that
        is off, then the oldest."""
        urgent = (DeliveryKind.SEAT, DeliveryKind.CANCELLATION)
        rank = Case(When(kind__in=urgent, then=0), default=1)
        return (
            self.calls()
            .select_related(
                "invitation__professional__profession",
                "invitation__professional__workplace",
            )
            .order_by(rank, "created_at", "pk")
        )


class Delivery(models.Model):
    """One message for one person by one channel: the queue itself, written in the
    transaction that causes it. The MIME is frozen, so that a repeat after a crash is
    the same bytes with the same Message-ID and Date, which mailboxes recognise.

    A call or a card has no MIME: `text` is what to say, and a person empties that
    part of the queue. `facts` is what the message needs to be built again.
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
    # What the team added to this message.
    words = models.TextField(max_length=600, blank=True)
    facts = models.JSONField(default=dict)
    mime = models.BinaryField(default=b"")
    status = models.CharField(
        max_length=7, choices=DeliveryStatus.choices, default=DeliveryStatus.QUEUED
    )
    due_at = models.DateTimeField(default=timezone.now)
    not_after = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # The first refusal that was not the last word: patience begins there.
    refused_since = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True, db_index=True)
    leased_by = models.CharField(max_length=40, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi"
        ordering = ("-created_at", "pk")
        indexes = (models.Index(fields=("status", "due_at")),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.recipient}"

    @property
    def name(self) -> str:
        """Of the mail, text message or words on the telephone; "" for what cannot be
        built again."""
        known = ("invitation", "reminder", "update", "cancellation")
        return self.facts.get("name", self.kind if self.kind in known else "")

    @property
    def asks(self) -> bool:
        """Whether it waits for an answer, or only tells something."""
        if self.name == "update":
            return self.facts.get("change") != "PLACE"
        return self.name in ("invitation", "reminder", "seat_offered")

    @property
    def is_call(self) -> bool:
        return self.channel in BY_PERSON

    @property
    def can_be_reworded(self) -> bool:
        """A message that may have arrived is repeated as it was, never rewritten."""
        untried = self.attempts == 0 or self.is_call
        queued = self.status == DeliveryStatus.QUEUED
        return queued and untried and self.invitation_id is not None and self.name != ""
