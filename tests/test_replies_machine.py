"""Answers by mail and on the page, moves and forgeries in any order: each guest's
newest answer stands, nobody else's changes, and no message is lost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from invitations import actions
from invitations.actions.replies import receive
from invitations.models import Answer, Delivery, Invitation, PartStat, Received
from networking.models import Meetup, Professional
from tests.factories import InvitationFactory, ProfessionalFactory
from tests.post import OURS, answer, ics
from tests.test_replies import FAILED

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SAID = (PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED)
FORGERIES = ("other's token", "no token", "stranger", "other meetup", "vouched against")
Mail = tuple[bytes, int, PartStat, tuple[int, Any]]
guests = st.integers(0, 1)
answers = st.sampled_from(SAID)


def guest(number: int) -> Invitation:
    rows = Invitation.objects.select_related("meetup", "professional").order_by("pk")
    return rows[number]


class Post(RuleBasedStateMachine):
    """`expected` is what each guest said last, `order` its (SEQUENCE, DTSTAMP)."""

    def __init__(self) -> None:
        super().__init__()
        for model in (Received, Answer, Delivery):
            model.objects.all().delete()
        Invitation.objects.update(
            partstat=PartStat.NEEDS_ACTION, answer_stamp=None, answer_sequence=0
        )
        Meetup.objects.update(sequence=0, asked_sequence=0)
        self.expected = [PartStat.NEEDS_ACTION] * 2
        self.order: list[Any] = [None, None]
        self.sequence = [0, 0]
        self.bag: list[Mail] = []
        self.given: set[bytes] = set()
        self.travel = time_machine.travel(timezone.now(), tick=False)
        self.clock = self.travel.start()
        self.number = self.moves = 0

    def teardown(self) -> None:
        self.travel.stop()

    def later(self) -> Meetup:
        self.clock.shift(MINUTE)
        return Meetup.objects.get()

    def write(self, who: int, partstat: PartStat, **more: Any) -> bytes:
        """As the guest's calendar would, with what `more` says otherwise."""
        self.number += 1
        own = guest(who)
        stamp = more.get("stamp", timezone.now())
        address = more.get("address", own.professional.email)
        body = ics(
            f"UID:{more.get('uid', own.meetup.uid)}",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            attendee=f"ATTENDEE;PARTSTAT={partstat}:mailto:{address}",
            without="UID",
        )
        body = body.replace(b"DTSTAMP:20260903T071500Z\r\n", b"")
        body = body.replace(b"SEQUENCE:0", b"SEQUENCE:%d" % more.get("sequence", 0))
        raw = answer(
            body,
            top=more.get("top", ""),
            to=more.get("to", own.reply_address),
            sender=f"Someone <{address}>",
        )
        return raw.replace(b"<m1@", b"<m%d@" % self.number)

    @rule(who=guests, partstat=answers, delay=st.integers(0, 5), old=st.booleans())
    def press_a_button(
        self, who: int, partstat: PartStat, delay: int, old: bool
    ) -> None:
        """In the calendar, some minutes ago, perhaps for the hour before."""
        meetup = self.later()
        sequence = max(meetup.sequence - old, 0)
        stamp = (timezone.now() - delay * MINUTE).replace(microsecond=0)
        raw = self.write(who, partstat, sequence=sequence, stamp=stamp)
        self.bag.append((raw, who, partstat, (sequence, stamp)))

    @precondition(lambda self: self.bag)
    @rule(which=st.integers(0, 99))
    def a_mail_arrives(self, which: int) -> None:
        """Any of those written, in any order, again and again."""
        self.deliver(self.bag[which % len(self.bag)])

    @precondition(lambda self: len(self.bag) > 1)
    @rule()
    def all_arrive_backwards(self) -> None:
        for mail in sorted(self.bag, key=lambda one: one[3], reverse=True):
            self.deliver(mail)

    def deliver(self, mail: Mail) -> None:
        meetup = self.later()
        raw, who, partstat, order = mail
        receive(raw)
        known = self.order[who]
        is_fresh = order[0] >= meetup.asked_sequence and (not known or order > known)
        if is_fresh and raw not in self.given:
            self.expected[who], self.order[who] = partstat, order
            self.sequence[who] = order[0]
        self.given.add(raw)

    @rule(who=guests, partstat=answers)
    def answer_on_the_page(self, who: int, partstat: PartStat) -> None:
        meetup = self.later()
        actions.answer(invitation=guest(who), partstat=partstat)
        self.sequence[who] = max(self.sequence[who], meetup.asked_sequence)
        self.expected[who] = partstat
        self.order[who] = (self.sequence[who], timezone.now())

    @precondition(lambda self: self.moves < 2)
    @rule()
    def the_hour_changes(self) -> None:
        """Whoever did not say no is asked again."""
        self.moves += 1
        meetup = self.later()
        actions.move_meetup(
            meetup=meetup,
            starts_at=meetup.starts_at + DAY,
            ends_at=meetup.ends_at + DAY,
            venue=meetup.venue,
        )
        for who, partstat in enumerate(self.expected):
            if partstat != PartStat.DECLINED:
                self.expected[who], self.order[who] = PartStat.NEEDS_ACTION, None

    @rule(who=guests, partstat=answers, kind=st.sampled_from(FORGERIES))
    def somebody_forges(self, who: int, partstat: PartStat, kind: str) -> None:
        meetup = self.later()
        otherwise: dict[str, dict[str, Any]] = {
            "other's token": {"to": guest(1 - who).reply_address},
            "no token": {"to": "reponse@parentheses.example"},
            "stranger": {"address": "driss@example.org"},
            "other meetup": {"uid": "another@parentheses.example"},
            "vouched against": {"top": FAILED},
        }
        more = {"sequence": meetup.sequence, **otherwise[kind]}
        raw = self.write(who, partstat, **more)
        assert receive(raw).is_held
        self.given.add(raw)

    @invariant()
    def each_guests_newest_answer_stands(self) -> None:
        rows = Invitation.objects.order_by("pk").values_list("partstat", flat=True)
        assert list(rows) == self.expected

    @invariant()
    def no_message_is_lost(self) -> None:
        assert {bytes(row.raw) for row in Received.objects.all()} == self.given


def test_any_order_of_anything(
    meetup: Meetup, chloe: Professional, settings: LazySettings
) -> None:
    settings.AUTHSERV_ID = OURS
    other = ProfessionalFactory(first_name="Fatou", email="fatou@example.org")
    for person in (chloe, other):
        InvitationFactory(meetup=meetup, professional=person)
    run_state_machine_as_test(Post, settings=EXAMPLES)


EXAMPLES = settings(
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
