from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from invitations.addresses import reply_address
from invitations.composition import Trade, Waiter
from invitations.models.partstat import (
    AnswerChannel,
    AnswerOutdated,
    AnswersClosed,
    Outcome,
    PartStat,
)
from invitations.models.places import after_those_ahead, composition_of
from invitations.models.tokened import Tokened
from networking.models import Meetup, Professional, User
from networking.tokens import derive, fingerprint

# What an answer changes: its state, and who gave it when.
CHANGING = "partstat", "answered_at", "waiting_since", "offered_until", "passed_over"
SIGNATURE = "answered_by", "recorded_by", "answer_sequence", "answer_stamp"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Invitations to the meetups of the user's circles."""
        return self.filter(meetup__in=Meetup.objects.visible_to(user))

    def for_token(self, token: str) -> Self:
        return self.filter(token_hash=fingerprint(token))

    def for_reply_token(self, token: str) -> Self:
        return self.filter(reply_hash=fingerprint(token))

    def coming(self) -> Self:
        return self.filter(partstat=PartStat.ACCEPTED)

    def first_time(self) -> Self:
        """Of people who were never seen at a table before this one."""
        earlier = Invitation.objects.filter(
            professional=OuterRef("professional"),
            attendance__presence="present",
            meetup__starts_at__lt=OuterRef("meetup__starts_at"),
        )
        return self.filter(~Exists(earlier))

    def unanswered(self) -> Self:
        return self.filter(partstat=PartStat.NEEDS_ACTION)

    def waiting(self) -> Self:
        """Who said yes and has neither a seat nor an offer, the first one first."""
        rows = self.filter(waiting_since__isnull=False, offered_until=None)
        return rows.order_by("waiting_since", "pk")

    def concerned(self) -> Self:
        """Who must hear of a change, or pass it on: whoever did not say no."""
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


class Invitation(Tokened):
    purpose = "invitation"

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="invitations")
    professional = models.ForeignKey(
        Professional, models.CASCADE, related_name="invitations"
    )
    reply_hash = models.CharField(max_length=64, unique=True)
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
    # The last answer that counted, as calendars order them: (SEQUENCE, DTSTAMP).
    answer_sequence = models.PositiveIntegerField(default=0)
    answer_stamp = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    passed_over = models.PositiveSmallIntegerField(default=0)
    offered_until = models.DateTimeField(null=True, blank=True)
    welcomes = models.BooleanField("accueille une nouvelle personne", default=False)
    buddy = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="newcomers",
        verbose_name="accueil",
    )
    stamped_at = models.DateTimeField(null=True, blank=True)
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
        """An unsaved invitation whose tokens are already known."""
        invitation = cls(meetup=meetup, professional=professional)
        invitation.set_tokens()
        return invitation

    def set_tokens(self) -> None:
        super().set_tokens()
        self.reply_hash = fingerprint(self.reply_token)

    @property
    def reply_address(self) -> str:
        """reponse+TOKEN@…: who writes there is known without signing in. Another
        token than the link's, since calendars show this address to others."""
        return reply_address(self.reply_token)

    @property
    def reply_token(self) -> str:
        return derive("reply", self.key, self.token_version)

    @property
    def is_coming(self) -> bool:
        return self.partstat == PartStat.ACCEPTED

    @property
    def is_offered(self) -> bool:
        """A free seat is held for this person until `offered_until`."""
        return self.offered_until is not None and self.offered_until > timezone.now()

    @property
    def trade(self) -> Trade:
        profession = self.professional.profession
        return Trade(profession.pk, profession.family_id)

    @property
    def waiter(self) -> Waiter:
        since = self.waiting_since or timezone.now()
        return Waiter(self.pk, self.trade, since, self.passed_over)

    def rsvp(
        self,
        partstat: PartStat,
        *,
        by: AnswerChannel = AnswerChannel.WEB,
        recorded_by: User | None = None,
        mailed: tuple[int, datetime] | None = None,
    ) -> Outcome:
        """Record an answer; a yes that finds no seat waits, and keeps its place.
        The meetup's row is locked (PostgreSQL) or the whole transaction is (SQLite,
        IMMEDIATE) while seats are counted: the last one is given once. `mailed` is
        (SEQUENCE, DTSTAMP) of an answer by calendar. Raises AnswersClosed when the
        meetup takes none, AnswerOutdated when a newer one is known.
        """
        with transaction.atomic():
            meetup = Meetup.objects.select_for_update().get(pk=self.meetup_id)
            self.refresh_from_db(fields=(*CHANGING, *SIGNATURE))
            if not meetup.takes_answers:
                raise AnswersClosed
            said = self._order(meetup, mailed)
            if partstat == self.partstat and not self.waiting_since:
                self._say_again(said)
                return Outcome.SAME
            fits = partstat != PartStat.ACCEPTED or self._fits(meetup, by)
            if fits or not self.waiting_since:
                self._write(partstat if fits else PartStat.TENTATIVE, fits)
                self._sign(by, recorded_by, said)
        return Outcome.NOTED if fits else Outcome.WAITING

    def _order(
        self, meetup: Meetup, mailed: tuple[int, datetime] | None
    ) -> tuple[int, datetime]:
        """(SEQUENCE, DTSTAMP) of the answer; ours are always the newest."""
        if mailed is None:
            return max(self.answer_sequence, meetup.asked_sequence), timezone.now()
        known = (self.answer_sequence, self.answer_stamp or mailed[1])
        if (self.answer_stamp and mailed <= known) or mailed[0] < meetup.asked_sequence:
            raise AnswerOutdated
        return mailed

    def _say_again(self, said: tuple[int, datetime]) -> None:
        """The same, later: another answer still on its way may be older."""
        self.answer_sequence, self.answer_stamp = said
        self.save(update_fields=("answer_sequence", "answer_stamp"))

    def _fits(self, meetup: Meetup, by: AnswerChannel) -> bool:
        """The organiser who gives a seat minds only how many there are."""
        composition = composition_of(meetup, but=self.pk)
        if by == AnswerChannel.REQUEST:
            return composition.free > 0
        if composition.refusal(self.trade):
            return False  # nor after those ahead, who only take seats
        if by in (AnswerChannel.WEB, AnswerChannel.ITIP) and not self.is_offered:
            composition = after_those_ahead(meetup, composition, self.waiter)
        return composition.refusal(self.trade) is None

    def _write(self, partstat: PartStat, fits: bool) -> None:
        now = timezone.now()
        self.partstat, self.answered_at, self.passed_over = partstat, now, 0
        self.waiting_since, self.offered_until = None if fits else now, None

    def _sign(
        self, by: AnswerChannel, recorded_by: User | None, said: tuple[int, datetime]
    ) -> None:
        """Who gave the answer, by which way; also a sign of life."""
        self.answered_by, self.recorded_by = by, recorded_by
        self.answer_sequence, self.answer_stamp = said
        self.save(update_fields=(*CHANGING, *SIGNATURE))
        self.answers.create(
            partstat=self.partstat,
            by=by,
            recorded_by=recorded_by,
            sequence=said[0],
            stamp=said[1],
        )
        person = Professional.objects.filter(pk=self.professional_id)
        person.update(last_sign_at=self.answered_at)

    def take_back(self, before: dict[str, Any]) -> None:
        """The last answer was a slip and no longer counts; what was before it does,
        as far as a seat is left. The caller holds the meetup's row."""
        slip = self.answers.filter(counted=True).last()
        if slip:
            slip.counted = False
            slip.save(update_fields=("counted",))
        for name, value in before.items():
            setattr(self, name, value)
        table = composition_of(self.meetup, but=self.pk)
        if self.is_coming and table.refusal(self.trade) is not None:
            self.partstat, self.waiting_since = PartStat.TENTATIVE, timezone.now()
        self.offered_until = None
        self.save(update_fields=(*CHANGING, *SIGNATURE))

    def offer(self, until: datetime) -> None:
        """Hold a free seat for this person, who waits for one."""
        self.offered_until = until
        self.save(update_fields=("offered_until",))

    def let_go(self) -> None:
        """The offer is over; whoever still wants a seat says yes again."""
        self.offered_until = self.waiting_since = None
        self.passed_over = 0
        self.save(update_fields=("offered_until", "waiting_since", "passed_over"))

    def next_stamp(self) -> datetime:
        """DTSTAMP of the next calendar object, a second later than the one before at
        least: an equal one is read as already processed."""
        now = timezone.now().replace(microsecond=0)
        if self.stamped_at and now <= self.stamped_at:
            now = self.stamped_at + timedelta(seconds=1)
        self.stamped_at = now
        Invitation.objects.filter(pk=self.pk).update(stamped_at=now)
        return now
