from collections.abc import Iterable
from datetime import datetime
from enum import Enum, auto
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from invitations.addresses import reply_address
from networking.models import Meetup, Professional, User
from networking.tokens import derive, fingerprint


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
    QUEUE = "queue", "liste d’attente"


class Outcome(Enum):
    """What became of an answer."""

    NOTED = auto()
    SAME = auto()
    WAITING = auto()


class TableFull(Exception):
    """Nobody more can sit down: every seat is taken."""


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

    def waiting(self) -> Self:
        """Those who said yes to a full table, in the order in which they did."""
        rows = self.filter(waiting_since__isnull=False)
        return rows.order_by("waiting_since", "pk")

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
        return reply_address(derive("reply", self.key, self.token_version))

    @property
    def is_coming(self) -> bool:
        return self.partstat == PartStat.ACCEPTED

    def rsvp(
        self,
        partstat: PartStat,
        *,
        by: AnswerChannel = AnswerChannel.WEB,
        recorded_by: User | None = None,
    ) -> Outcome:
        """Record an answer. A yes to a full table waits, and keeps its place.

        The meetup's row is locked (PostgreSQL) or the whole transaction is (SQLite,
        IMMEDIATE) while seats are counted: the last one is given once. A free seat
        belongs to those who wait already, unless the team decides otherwise. Raises
        AnswersClosed.
        """
        with transaction.atomic():
            meetup = Meetup.objects.select_for_update().get(pk=self.meetup_id)
            self.refresh_from_db(fields=("partstat", "waiting_since"))
            if not meetup.takes_answers:
                raise AnswersClosed
            if partstat == self.partstat and not self.waiting_since:
                return Outcome.SAME
            ahead = self._ahead() if by == AnswerChannel.WEB else 0
            if partstat != PartStat.ACCEPTED or seats_left(meetup) > ahead:
                self._write(partstat, by, recorded_by)
                return Outcome.NOTED
            if not self.waiting_since:
                self._write(PartStat.TENTATIVE, by, recorded_by, timezone.now())
        return Outcome.WAITING

    def _ahead(self) -> int:
        """How many people wait for a seat before this one."""
        others = Invitation.objects.filter(meetup=self.meetup_id).waiting()
        if self.waiting_since:
            others = others.filter(waiting_since__lt=self.waiting_since)
        return others.exclude(pk=self.pk).count()

    def _write(
        self,
        partstat: PartStat,
        by: AnswerChannel,
        recorded_by: User | None,
        waiting_since: datetime | None = None,
    ) -> None:
        now = timezone.now()
        fields = {
            "partstat": partstat,
            "waiting_since": waiting_since,
            "answered_at": now,
            "answered_by": by,
            "recorded_by": recorded_by,
        }
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=fields)
        Professional.objects.filter(pk=self.professional_id).update(last_sign_at=now)


def seats_left(meetup: Meetup) -> int:
    return meetup.capacity - meetup.invitations.coming().count()
