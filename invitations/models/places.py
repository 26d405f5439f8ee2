"""The composition of a meetup as its rows tell it, for rules about the whole table."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from invitations.composition import UNKNOWN, Composition, Rule, Trade, Waiter, line
from networking.models import Meetup, Profession

TRADE = ("professional__profession", "professional__profession__family")


def composition_of(meetup: Meetup, *, but: int = 0) -> Composition:
    """Four queries. `but` is the key of an invitation whose own seats are left out, as
    when its guest answers."""
    sitting = meetup.invitations.filter(sits(timezone.now())).exclude(pk=but)
    guests = Counter(Trade(*row) for row in sitting.values_list(*TRADE))
    others = meetup.extra_seats.counted().exclude(invitation=but)
    rows = others.values_list("profession", "profession__family", "block")
    extras = [(Trade(p or "", family or ""), block) for p, family, block in rows]
    return compose(meetup, guests, extras)


def compose(
    meetup: Meetup, guests: Counter[Trade], extras: Iterable[tuple[Trade, int | None]]
) -> Composition:
    """Two queries, the guests being known, and the extra seats with the key of the
    employer's block that they fill."""
    extras = list(extras)
    return Composition(
        capacity=meetup.capacity,
        rules=rules_of(meetup),
        taken=guests
        + Counter(trade for trade, _ in extras)
        + promised(meetup, Counter(block for _, block in extras)),
        keeps=meetup.keeps_seats,
    )


def rules_of(meetup: Meetup) -> tuple[Rule, ...]:
    rows = meetup.seat_rules.values_list(
        "family", "profession__family", "profession", "floor", "ceiling"
    )
    return tuple(
        Rule(family or of_trade, trade or "", floor, ceiling)
        for family, of_trade, trade, floor, ceiling in rows
    )


def sits(now: datetime) -> Q:
    """Invitations that hold a seat: a yes, or an offer that still stands."""
    return Q(partstat="ACCEPTED") | Q(offered_until__gt=now)


def promised(meetup: Meetup, named: Counter[int | None]) -> Counter[Trade]:
    """The seats that employers have not put a name to, until their release."""
    taken: Counter[Trade] = Counter()
    if meetup.keeps_seats:
        for block in meetup.seat_blocks.select_related("profession"):
            taken[trade_of(block.profession)] += max(block.seats - named[block.pk], 0)
    return taken


def trade_of(profession: Profession | None) -> Trade:
    return Trade(profession.pk, profession.family_id) if profession else UNKNOWN


def waiters(meetup: Meetup) -> list[Waiter]:
    """Those who said yes to a table without a seat for them, and have no offer."""
    rows = meetup.invitations.waiting().values_list(
        "pk", *TRADE, "waiting_since", "passed_over"
    )
    return [
        Waiter(pk, Trade(trade, family), since, passed)
        for pk, trade, family, since, passed in rows
    ]


def after_those_ahead(
    meetup: Meetup, composition: Composition, mine: Waiter
) -> Composition:
    """The table once everybody who comes before this person has sat down."""
    others = {w.key: w for w in waiters(meetup) if w.key != mine.key}
    for key in line([*others.values(), mine], composition):
        if key == mine.key:
            break
        if composition.refusal(others[key].trade) is None:
            composition = composition.plus(others[key].trade)
    return composition
