"""Guests who answer at the same moment, in several processes."""

import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from django.db import connection

from invitations.actions import NoSeat, TooManyCompanions, answer, bring
from invitations.models import Invitation, PartStat
from tests.processes import Process

YES, NO, BRING, CARELESS = "yes", "no", "bring", "careless"


class Order(NamedTuple):
    """What to do with the invitation of this key."""

    key: int
    verb: str


class Done(NamedTuple):
    """What came of it; `error` for what no guest should see; `ended` on a clock that
    all processes share."""

    key: int
    verb: str
    outcome: str
    error: str
    seconds: float
    ended: float


def answer_at_once(
    orders: Sequence[Order], *, processes: int, pause: float = 0
) -> list[Done]:
    """Order n goes to process n modulo `processes`: neighbours meet. `pause` is how
    long a careless one looks away between counting and writing."""
    code = f"from tests.answering import obey; obey({pause})"
    with ExitStack() as stack:
        team = [stack.enter_context(Process.of(code)) for _ in range(processes)]
        for number, process in enumerate(team):
            process.tell(json.dumps(orders[number::processes]))
        for process in team:
            process.hear()
        for process in team:
            process.tell()
        return [Done(*done) for process in team for done in json.loads(process.hear())]


def obey(pause: float) -> None:
    """What each of the processes does."""
    orders = json.loads(sys.stdin.readline())
    connection.ensure_connection()
    print("ready", flush=True)
    if sys.stdin.readline():
        print(json.dumps([carry_out(Order(*order), pause) for order in orders]))


def carry_out(order: Order, pause: float) -> Done:
    outcome = error = ""
    started = time.monotonic()
    try:
        outcome = act(order, pause)
    except Exception as problem:  # noqa: BLE001 - whatever it is, a guest saw it
        error = f"{type(problem).__name__}: {problem}"
    ended = time.monotonic()
    return Done(*order, outcome, error, ended - started, ended)


def act(order: Order, pause: float) -> str:
    invitation = Invitation.objects.select_related(
        "meetup", "professional__profession"
    ).get(pk=order.key)
    if order.verb == CARELESS:
        return careless(invitation, pause)
    if order.verb == BRING:
        return bring_somebody(invitation)
    partstat = PartStat.ACCEPTED if order.verb == YES else PartStat.DECLINED
    return answer(invitation=invitation, partstat=partstat).name


def bring_somebody(invitation: Invitation) -> str:
    trade = invitation.professional.profession
    try:
        bring(invitation=invitation, first_name="Driss", profession=trade)
    except (NoSeat, TooManyCompanions) as refusal:
        return type(refusal).__name__
    return "BROUGHT"


def careless(invitation: Invitation, pause: float) -> str:
    """The control: count, then write, without a lock in between."""
    guests = invitation.meetup.invitations
    if guests.coming().count() >= invitation.meetup.capacity:
        return "WAITING"
    time.sleep(pause)
    guests.filter(pk=invitation.pk).update(partstat=PartStat.ACCEPTED)
    return "NOTED"
