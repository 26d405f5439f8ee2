"""What a pair costs at one table. docs/decisions/0013-seating.md gives the reasons."""

from collections import Counter
from collections.abc import Collection, Mapping

from invitations.seating.values import Companions, Guest, Lunch

AGAIN = 5  # each time that they met before
SAME_EMPLOYER = 4
SAME_TRADE = 2
# Past this, people know each other: once more changes nothing.
MOST_MEETINGS = 5
# Each outweighs all that stands above it, at any table.
MOVED = 10**5
WISH = 10**8

Matrix = list[list[int]]


def known(met: Mapping[tuple[int, int], int]) -> Counter[tuple[int, int]]:
    """The same memory, the smaller key first, and cut at MOST_MEETINGS."""
    sums: Counter[tuple[int, int]] = Counter()
    for (one, other), times in met.items():
        sums[min(one, other), max(one, other)] += times
    return Counter({pair: min(n, MOST_MEETINGS) for pair, n in sums.items()})


def are_companions(one: Guest, other: Guest) -> bool:
    return one.party == other.party != 0


def alike(one: Guest, other: Guest) -> int:
    return (one.trade == other.trade != "") * SAME_TRADE + (
        one.employer == other.employer != ""
    ) * SAME_EMPLOYER


def matrix(lunch: Lunch) -> Matrix:
    """The cost of each pair, guests in the order of their keys, before any round."""
    met, guests = known(lunch.met), list(lunch.guests)
    costs = [[0] * len(guests) for _ in guests]
    for i, one in enumerate(guests):
        for j, other in enumerate(guests[:i]):
            cost = alike(one, other) + AGAIN * met[other.key, one.key]
            if are_companions(one, other):
                cost += WISH if lunch.companions is Companions.SPREAD else -WISH
            costs[i][j] = costs[j][i] = cost
    return costs


def welcomed(costs: Matrix, buddies: Collection[tuple[int, int]]) -> Matrix:
    """The same costs in the first round; buddies are given by their places here."""
    first = [row.copy() for row in costs]
    for one, other in buddies:
        first[one][other] -= WISH
        first[other][one] -= WISH
    return first
