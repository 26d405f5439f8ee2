"""Simulated annealing by exchanges of guests, or of groups who stay together.

Work is counted, not timed: an exchange weighed is about one unit, one made is
`Board.price()` of them. No clock is read, so that the same lunch and seed give the
same plan on a slow machine.
"""

from collections.abc import Callable
from math import exp
from random import Random

from invitations.seating.blocks import Block
from invitations.seating.board import Board

Places = list[list[int]]  # the table of each guest, round by round

# At these heights a rise in cost is accepted one time in e: first, more when guests
# are few and each exchange changes much; and last, when hardly any rise is.
HOT, HOT_ALONE, COLD = 2.0, 60.0, 0.25
# Exchanges weighed at one temperature.
BREATH = 250


def cool(board: Board, rng: Random, work: int) -> Places:
    """The best places met on the way; the board itself ends somewhere near."""
    cost = best = spent = 0
    kept = [where.copy() for where in board.where]
    chance, price = rng.random, board.price()
    hot = HOT + HOT_ALONE / len(board.where[0])
    while spent < work:
        temperature = hot * (COLD / hot) ** (spent / work)
        for _ in range(BREATH):
            turn, left, right = propose(board, chance)
            spent += 1 + len(left) * len(left)
            if not left:
                continue
            change = board.weigh(turn, left, right)
            if change > 0 and chance() >= exp(-change / temperature):
                continue
            for one, other in zip(left, right, strict=True):
                board.swap(turn, one, other)
                spent += price
            cost += change
            if cost < best:
                best, kept = cost, [where.copy() for where in board.where]
    return kept


def propose(board: Board, chance: Callable[[], float]) -> tuple[int, Block, Block]:
    """A round and two groups of one size at two of its tables, or empty groups."""
    turn = int(chance() * len(board.where))
    where, blocks = board.where[turn], board.blocks[turn]
    one, other = int(chance() * len(where)), int(chance() * len(where))
    if where[one] == where[other]:
        return turn, (), ()
    left, right = blocks[one], blocks[other]
    while len(left) != len(right):  # the smaller side grows until they are equal
        if len(left) > len(right):
            left, right = right, left
        larger = grown(board, turn, left, chance)
        if larger == left:
            return turn, (), ()
        left = larger
    if len(left) > 1 and len(left) == len(board.seats[turn][where[one]]):
        return turn, (), ()  # two whole tables: nobody's company would change
    return turn, left, right


def grown(board: Board, turn: int, group: Block, chance: Callable[[], float]) -> Block:
    """The group and another block of its table, any of them, if one is left."""
    seats = board.seats[turn][board.where[turn][group[0]]]
    others = [guest for guest in seats if guest not in group]
    if not others:
        return group
    return group + board.blocks[turn][others[int(chance() * len(others))]]
