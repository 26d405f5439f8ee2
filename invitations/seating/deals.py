"""The two verbs: deal a lunch, and deal it again when some did not come."""

from collections.abc import Iterator, Sequence
from random import Random

from invitations.seating.board import NOWHERE
from invitations.seating.laying import Homes, laid, stay
from invitations.seating.scoring import score
from invitations.seating.search import cool
from invitations.seating.values import Lunch, Plan, Round

# Work of the search (see there): so much for each seat of each round, and no more
# than a visitor waits for.
PER_SEAT, MOST = 8_000, 1_200_000


def deal(lunch: Lunch) -> Plan:
    return seated(lunch, [[NOWHERE] * len(lunch.guests)] * lunch.rounds, None)


def redeal(lunch: Lunch, before: Sequence[Round]) -> Plan:
    """The same lunch with those who came, and tables that are balanced again.

    In the first round nobody changes tables but for balance, companions and buddies;
    the following rounds are free. Rounds already eaten are no part of this: give the
    others only, without buddies, and `remember()` the eaten ones in `met`.
    """
    if len(before) != lunch.rounds:
        raise ValueError("As many rounds as before.")
    return seated(lunch, [list(places(lunch, turn)) for turn in before], before[0])


def places(lunch: Lunch, turn: Round) -> Iterator[int]:
    """Where each guest sat, when they did and the table is still there."""
    tables = enumerate(turn[: lunch.tables])
    was = {key: number for number, table in tables for key in table}
    for guest in lunch.guests:
        yield was.get(guest.key, NOWHERE)


def seated(lunch: Lunch, homes: Homes, before: Round | None) -> Plan:
    board = laid(lunch, homes)
    if before is not None:
        stay(board, homes[0])
    found = board.where
    if lunch.tables > 1 and len(lunch.guests) > 1:
        work = PER_SEAT * len(lunch.guests) * lunch.rounds
        rng = Random(lunch.seed)  # noqa: S311 - chance, not secrecy
        found = cool(board, rng, min(MOST, work))
    rounds = tuple(named(lunch, where) for where in found)
    return Plan(rounds=rounds, score=score(lunch, rounds, before))


def named(lunch: Lunch, where: Sequence[int]) -> Round:
    tables: list[list[int]] = [[] for _ in range(lunch.tables)]
    for guest, table in zip(lunch.guests, where, strict=True):
        tables[table].append(guest.key)
    return tuple(map(tuple, tables))
