"""A plan counted from nothing, whatever the search believes it found."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from invitations.seating.values import Companions, Guest, Lunch, Round, Score
from invitations.seating.weights import (
    AGAIN,
    MOVED,
    WISH,
    alike,
    are_companions,
    known,
)


def shared(turn: Round) -> Iterator[tuple[int, int]]:
    for table in turn:
        yield from combinations(sorted(table), 2)


def remember(
    rounds: Sequence[Round], met: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], int]:
    """The memory with these rounds in it, the smaller key first."""
    sums: Counter[tuple[int, int]] = Counter()
    for (one, other), times in met.items():
        sums[min(one, other), max(one, other)] += times
    for turn in rounds:
        sums.update(shared(turn))
    return dict(sums)


def moves(before: Round, after: Round) -> int:
    """Guests of both rounds whose table is another one."""
    was = {key: number for number, table in enumerate(before) for key in table}
    return sum(
        was.get(key, number) != number
        for number, table in enumerate(after)
        for key in table
    )


def unmet(lunch: Lunch, first: Round) -> int:
    """Buddies who are both here and do not share a table."""
    here = {guest.key for guest in lunch.guests}
    pairs = {(min(pair), max(pair)) for pair in lunch.buddies if here.issuperset(pair)}
    return len(pairs - set(shared(first)))


def companions_misplaced(lunch: Lunch, turn: Round) -> int:
    together = set(shared(turn))
    return sum(
        ((one.key, other.key) in together) != (lunch.companions is Companions.KEPT)
        for one, other in combinations(lunch.guests, 2)
        if are_companions(one, other)
    )


def unlike(guests: Mapping[int, Guest], turn: Round) -> list[int]:
    """Different trades at each table that somebody sits at; unknown ones are none."""
    return [len({guests[key].trade for key in table} - {""}) for table in turn if table]


def score(lunch: Lunch, rounds: Sequence[Round], before: Round | None = None) -> Score:
    """`before` is the first round as it stood, to count who moves."""
    guests = {guest.key: guest for guest in lunch.guests}
    times, counts = known(lunch.met), Counter[str]()
    for pair in (pair for turn in rounds for pair in shared(turn)):
        one, other = guests[pair[0]], guests[pair[1]]
        counts["pairs"] += 1
        counts["cost"] += alike(one, other) + AGAIN * times[pair]
        if not (are_companions(one, other) and lunch.companions is Companions.KEPT):
            counts["again"] += times[pair] > 0
            counts["trade"] += one.trade == other.trade != ""
            counts["employer"] += one.employer == other.employer != ""
        times[pair] += 1
    misplaced = sum(companions_misplaced(lunch, turn) for turn in rounds)
    buddies = unmet(lunch, rounds[0])
    moved = moves(before, rounds[0]) if before else 0
    trades = [n for turn in rounds for n in unlike(guests, turn)]
    return Score(
        cost=counts["cost"] + MOVED * moved + WISH * (misplaced + buddies),
        pairs=counts["pairs"],
        again=counts["again"],
        same_trade=counts["trade"],
        same_employer=counts["employer"],
        companions=misplaced,
        buddies=buddies,
        imbalance=max(max(map(len, turn)) - min(map(len, turn)) for turn in rounds),
        trades=sum(trades) / len(trades) if trades else 0.0,
        moved=moved,
    )
