"""Who sits where, and what each guest would cost at each table.

The costs of all tables are kept up at each exchange, so that weighing one takes a
few additions whatever the size of the tables.
"""

from collections.abc import Sequence

from invitations.seating.blocks import Block
from invitations.seating.weights import AGAIN, Matrix

NOWHERE = -1


class Board:
    """Guests and tables by their places in line, not by their keys.

    costs[r][a][b]  what the pair costs at one table in round r, the others as they are
    loads[r][a][t]  the sum of those for a at t; a last column for who sits nowhere
    """

    def __init__(self, costs: Sequence[Matrix], tables: int) -> None:
        guests = range(len(costs[0]))
        self.costs = costs
        self.loads = [[[0] * (tables + 1) for _ in guests] for _ in costs]
        self.where = [[NOWHERE] * len(guests) for _ in costs]
        self.seats: list[list[list[int]]] = [[[] for _ in range(tables)] for _ in costs]
        self.blocks: list[list[Block]] = [[(g,) for g in guests] for _ in costs]

    def sit(self, turn: int, guest: int, table: int) -> None:
        for load, cost in zip(self.loads[turn], self.costs[turn][guest], strict=True):
            load[table] += cost
        for other in self.seats[turn][table]:
            self._meet(turn, guest, other)
        self.seats[turn][table].append(guest)
        self.where[turn][guest] = table

    def _meet(self, turn: int, one: int, other: int) -> None:
        """The pair meets in this round, which costs more in the others."""
        for number, costs in enumerate(self.costs):
            if number != turn:
                costs[one][other] += AGAIN
                costs[other][one] += AGAIN
                where, loads = self.where[number], self.loads[number]
                loads[one][where[other]] += AGAIN
                loads[other][where[one]] += AGAIN

    def swap(self, turn: int, one: int, other: int) -> None:
        costs, where, seats = self.costs[turn], self.where[turn], self.seats[turn]
        left, right = where[one], where[other]
        rows = zip(self.loads[turn], costs[one], costs[other], strict=True)
        for load, less, more in rows:
            if less != more:
                load[left] += more - less
                load[right] -= more - less
        seats[left].remove(one)
        seats[right].remove(other)
        for number in range(len(self.costs)):
            if number != turn:
                self._part(number, one, other, seats[left])
                self._part(number, other, one, seats[right])
        seats[left].append(other)
        seats[right].append(one)
        where[one], where[other] = right, left

    def _part(self, turn: int, gone: int, come: int, table: Sequence[int]) -> None:
        """Elsewhere these guests have `come` with them, and no longer who is `gone`.

        Most of the time is spent here, hence the names for each row.
        """
        costs, loads, where = self.costs[turn], self.loads[turn], self.where[turn]
        less, more = costs[gone], costs[come]
        lighter, heavier = loads[gone], loads[come]
        old, new = where[gone], where[come]
        for guest in table:
            at, cost, load = where[guest], costs[guest], loads[guest]
            less[guest] -= AGAIN
            cost[gone] -= AGAIN
            lighter[at] -= AGAIN
            load[old] -= AGAIN
            more[guest] += AGAIN
            cost[come] += AGAIN
            heavier[at] += AGAIN
            load[new] += AGAIN

    def price(self) -> int:
        """Roughly how long one swap takes, when to weigh it takes 1."""
        rounds, guests = len(self.costs), len(self.where[0])
        return 1 + (guests + 12 * rounds * guests // len(self.seats[0])) // 16

    def weigh(self, turn: int, left: Sequence[int], right: Sequence[int]) -> int:
        """What exchanging these guests of two tables adds to the cost of the plan."""
        costs, loads, where = self.costs[turn], self.loads[turn], self.where[turn]
        here, there, change = where[left[0]], where[right[0]], 0
        for one, other in zip(left, right, strict=True):
            more, less = loads[one], loads[other]
            change += more[there] - more[here] + less[here] - less[there]
        if len(left) == 1:
            return change - 2 * costs[left[0]][right[0]]
        for side in (left, right):
            # Counted from both ends, zero with oneself.
            change += sum(costs[one][other] for one in side for other in side)
        return change - 2 * sum(costs[one][other] for one in left for other in right)
