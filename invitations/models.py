from collections.abc import Iterable
from datetime import datetime
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from networking.models import Meetup, Profession, Professional, User
from networking.tokens import derive, fingerprint
from venues.phones import PhoneField


class PartStat(models.TextChoices):
    """RFC 5545 3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION", "Pas de réponse"
    ACCEPTED = "ACCEPTED", "Oui"
    TENTATIVE = "TENTATIVE", "Ne sait pas"
    DECLINED = "DECLINED", "Non"


class AnswerChannel(models.TextChoices):
    WEB = "web", "sur la page"
    TEAM = "team", "par l’équipe"
    REQUEST = "request", "place demandée"


class TableFull(Exception):
    """Nobody more can say yes: every seat is taken."""


class AnswersClosed(Exception):
    """The meetup is cancelled, closed or over."""


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Invitations to the meetups of the user's circles."""
        return self.filter(meetup__in=Meetup.objects.visible_to(user))

    def for_token(self, token: str) -> Self:
        return self.filter(token_hash=fingerprint(token))

    def coming(self) -> Self:
        return self.filter(partstat=PartStat.ACCEPTED)

    def unanswered(self) -> Self:
        return self.filter(partstat=PartStat.NEEDS_ACTION)

    def concerned(self) -> Self:
        """Who must hear of a change: everybody who did not say no."""
        return self.exclude(partstat=PartStat.DECLINED)

    def with_person(self) -> Self:
        """In one query with the names and trades, alphabetically."""
        return self.select_related(
            "professional__profession",
            "professional__workplace",
            "professional__commune",
        ).order_by("professional__search_name", "pk")

    def tally(self) -> dict[str, int]:
        """Number of invitations per answer, every answer present."""
        rows = self.order_by().values_list("partstat").annotate(n=Count("pk"))
        return dict.fromkeys(PartStat.values, 0) | dict(rows)

    def invite(
        self, meetup: Meetup, people: Iterable[Professional]
    ) -> list["Invitation"]:
        """One invitation per person, those who have one already left alone."""
        known = set(self.filter(meetup=meetup).values_list("professional", flat=True))
        fresh = [
            Invitation.new(meetup, person)
            for person in people
            if person.pk not in known
        ]
        Invitation.objects.bulk_create(fresh)
        return fresh


class Invitation(models.Model):
    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="invitations")
    professional = models.ForeignKey(
        Professional, models.CASCADE, related_name="invitations"
    )
    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    token_version = models.PositiveSmallIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True)
    partstat = models.CharField(
        "réponse",
        max_length=12,
        choices=PartStat.choices,
        default=PartStat.NEEDS_ACTION,
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(
        max_length=7, choices=AnswerChannel.choices, blank=True
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    waiting_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        constraints = (
            models.UniqueConstraint(
                fields=("meetup", "professional"), name="one_invitation_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.professional} · {self.meetup}"

    def get_absolute_url(self) -> str:
        return reverse("answer", args=(self.token,))

    @classmethod
    def new(cls, meetup: Meetup, professional: Professional) -> "Invitation":
        """An unsaved invitation whose token is already known."""
        invitation = cls(meetup=meetup, professional=professional)
        invitation.token_hash = fingerprint(invitation.token)
        return invitation

    @property
    def token(self) -> str:
        return derive("invitation", self.key, self.token_version)

    @property
    def reply_address(self) -> str:
        """reponse+TOKEN@…: who writes there is known without signing in. Another
        token than the link's, since calendars show this address to others."""
        local, _, domain = settings.REPLY_ADDRESS.partition("@")
        return f"{local}+{derive('reply', self.key, self.token_version)}@{domain}"

    @property
    def is_coming(self) -> bool:
        return self.partstat == PartStat.ACCEPTED

    def rsvp(
        self,
        partstat: PartStat,
        *,
        by: AnswerChannel = AnswerChannel.WEB,
        recorded_by: User | None = None,
    ) -> bool:
        """Record an answer; True when it changed something.

        The meetup's row is locked (PostgreSQL) or the whole transaction is (SQLite,
        IMMEDIATE) while seats are counted: the last one is given once. Raises
        TableFull, after noting that the person waits, and AnswersClosed.
        """
        full = False
        with transaction.atomic():
            meetup = Meetup.objects.select_for_update().get(pk=self.meetup_id)
            self.refresh_from_db(fields=("partstat", "waiting_since"))
            if not meetup.takes_answers:
                raise AnswersClosed
            if partstat == self.partstat and not self.waiting_since:
                return False
            if partstat == PartStat.ACCEPTED:
                full = seats_left(meetup) <= 0
            self._write(PartStat.NEEDS_ACTION if full else partstat, by, recorded_by)
            if full:
                self._wait()
        if full:
            raise TableFull
        return True

    def _wait(self) -> None:
        self.partstat, self.waiting_since = PartStat.TENTATIVE, timezone.now()
        self.save(update_fields=("partstat", "waiting_since"))

    def _write(
        self, partstat: PartStat, by: AnswerChannel, recorded_by: User | None
    ) -> None:
        self.partstat, self.waiting_since = partstat, None
        self.answered_at, self.answered_by = timezone.now(), by
        self.recorded_by = recorded_by
        self.save(
            update_fields=(
                "partstat",
                "waiting_since",
                "answered_at",
                "answered_by",
                "recorded_by",
            )
        )
        Professional.objects.filter(pk=self.professional_id).update(
            last_sign_at=timezone.now()
        )


def seats_left(meetup: Meetup) -> int:
    return meetup.capacity - meetup.invitations.coming().count()


class SeatRequestStatus(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Refusée"


class SeatRequest(models.Model):
    """Somebody not invited asks for a seat on the public page."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="seat_requests")
    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=60, blank=True)
    profession = models.ForeignKey(Profession, models.PROTECT, verbose_name="métier")
    profession_detail = models.CharField("précision", max_length=80, blank=True)
    email = models.EmailField("e-mail", blank=True)
    phone = PhoneField("téléphone", blank=True)
    status = models.CharField(
        max_length=8,
        choices=SeatRequestStatus.choices,
        default=SeatRequestStatus.PENDING,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "demande de place"
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.first_name} · {self.meetup}"


class DeliveryKind(models.TextChoices):
    INVITATION = "invitation", "Invitation"
    REMINDER = "reminder", "Relance douce"
    UPDATE = "update", "Changement"
    CANCELLATION = "cancellation", "Annulation"
    SEAT = "seat", "Place"


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
    """One message for one person: the queue itself, written in the transaction that
    causes it. The MIME is frozen, so that a repeat after a crash is the same bytes
    with the same Message-ID and Date, which mailboxes recognise."""

    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    kind = models.CharField(max_length=12, choices=DeliveryKind.choices)
    key = models.CharField(max_length=120, unique=True)
    sender = models.EmailField()
    recipient = models.EmailField()
    subject = models.CharField(max_length=255)
    mime = models.BinaryField()
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
