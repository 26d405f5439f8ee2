"""Who sits where: the plan of a meetup, from those who come and who they know."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations

from django.db import transaction
from django.db.models import Q

from invitations.models import ExtraSeat, Invitation, Seat
from invitations.seating import Companions, Guest, Lunch, Plan, deal, redeal
from networking.models import Meetup

# At a meal without a plan, so many people can still talk to each other.
ONE_TABLE = 14
AWAY = Q(attendance__presence__in=("absent", "excused"))


Someone = Invitation | ExtraSeat


class NobodyComes(Exception):
    """There is nobody to seat."""


def key_of(person: Someone) -> int:
    """One number for both: guests above zero, whoever they bring below."""
    return person.pk if isinstance(person, Invitation) else -person.pk


def expected(meetup: Meetup) -> list[Someone]:
    """Who comes, without those marked absent or excused."""
    guests = meetup.invitations.coming().with_person().exclude(AWAY)
    extras = meetup.extra_seats.counted().exclude(
        invitation__in=meetup.invitations.filter(AWAY)
    )
    company = extras.select_related("profession", "invitation", "block__workplace")
    return [*guests, *company]


def as_guest(person: Someone) -> Guest:
    """A companion has their guest's party."""
    if isinstance(person, Invitation):
        who = person.professional
        employer = str(who.workplace_id or "")
        return Guest(
            key=person.pk,
            trade=who.profession_id,
            employer=employer,
            party=person.pk,
        )
    employer = str(person.block.workplace_id) if person.block else ""
    return Guest(
        key=-person.pk,
        trade=person.profession_id or "",
        employer=employer,
        party=person.invitation_id or 0,
    )


def memory(meetup: Meetup, people: Iterable[Invitation]) -> dict[tuple[int, int], int]:
    """How many tables two guests have shared before, by the keys of their invitations
    to this meetup: by the plans, or by presence at a meal of one table."""
    keys = {person.professional_id: person.pk for person in people}
    tables: Counter[frozenset[int]] = Counter()
    seats = Seat.objects.filter(invitation__professional__in=keys)
    seats = seats.filter(meetup__starts_at__lt=meetup.starts_at)
    planned = seats.values_list("meetup", "round", "table", "invitation__professional")
    there = Invitation.objects.filter(
        professional__in=keys,
        attendance__presence="present",
        meetup__starts_at__lt=meetup.starts_at,
        meetup__seats=None,
    ).values_list("meetup", "professional")
    for group in grouped(planned) + small(grouped(there)):
        tables.update(frozenset(pair) for pair in combinations(sorted(group), 2))
    return {
        (min(pair), max(pair)): times
        for people_pair, times in tables.items()
        for pair in [[keys[one] for one in people_pair]]
    }


def grouped(rows: Iterable[Sequence[int]]) -> list[set[int]]:
    """The last column, gathered by all the others."""
    groups: dict[Sequence[int], set[int]] = {}
    for *where, person in rows:
        groups.setdefault(tuple(where), set()).add(person)
    return list(groups.values())


def small(groups: Iterable[set[int]]) -> list[set[int]]:
    return [group for group in groups if len(group) <= ONE_TABLE]


def lunch_of(
    meetup: Meetup, *, tables: int, rounds: int, companions: Companions, seed: int = 0
) -> Lunch:
    people = expected(meetup)
    if not people:
        raise NobodyComes
    guests = [person for person in people if isinstance(person, Invitation)]
    return Lunch(
        guests=[as_guest(person) for person in people],
        tables=tables,
        rounds=rounds,
        met=memory(meetup, guests),
        companions=companions,
        buddies=[(guest.pk, guest.buddy_id) for guest in guests if guest.buddy_id],
        seed=seed,
    )


def deal_tables(
    *, meetup: Meetup, tables: int, rounds: int, companions: Companions, seed: int = 0
) -> Plan:
    """A new plan in place of the last one. Raises NobodyComes, and ValueError when
    there are too many people, tables or rounds."""
    lunch = lunch_of(
        meetup, tables=tables, rounds=rounds, companions=companions, seed=seed
    )
    plan = deal(lunch)
    keep(meetup, plan)
    return plan


def deal_again(*, meetup: Meetup) -> Plan:
    """After no-shows and late answers: tables are balanced again, and as few people as
    possible move in the first round. Raises NobodyComes."""
    before = current(meetup)
    tables = max((len(turn) for turn in before), default=1)
    kept = Companions.KEPT
    lunch = lunch_of(meetup, tables=tables, rounds=max(len(before), 1), companions=kept)
    plan = redeal(lunch, before) if before else deal(lunch)
    keep(meetup, plan)
    return plan


def current(meetup: Meetup) -> list[tuple[tuple[int, ...], ...]]:
    """The kept plan: rounds, tables, keys."""
    turns: dict[int, dict[int, list[int]]] = {}
    for seat in meetup.seats.order_by("round", "table", "pk"):
        key = seat.invitation_id or -(seat.extra_id or 0)
        turns.setdefault(seat.round, {}).setdefault(seat.table, []).append(key)
    return [
        tuple(tuple(turn.get(table, ())) for table in range(1, max(turn) + 1))
        for _, turn in sorted(turns.items())
    ]


def keep(meetup: Meetup, plan: Plan) -> None:
    rows = [
        Seat(
            meetup=meetup,
            round=turn,
            table=number,
            invitation_id=key if key > 0 else None,
            extra_id=-key if key < 0 else None,
        )
        for turn, tables in enumerate(plan.rounds, 1)
        for number, table in enumerate(tables, 1)
        for key in table
    ]
    with transaction.atomic():
        Meetup.objects.select_for_update().get(pk=meetup.pk)
        meetup.seats.all().delete()
        Seat.objects.bulk_create(rows)
