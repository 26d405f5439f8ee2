"""The first plan, dealt by hand so to say: sound already, for the search to better."""

from collections.abc import Iterator, Sequence

from invitations.seating.blocks import Block, together
from invitations.seating.board import NOWHERE, Board
from invitations.seating.values import Companions, Lunch
from invitations.seating.weights import MOVED, matrix, welcomed

Homes = Sequence[Sequence[int]]  # round by round, the table where each guest sat


def laid(lunch: Lunch, homes: Homes) -> Board:
    """Everybody at a table in each round, at home where they can."""
    costs = matrix(lunch)
    buddies = list(welcomes(lunch))
    later = [[row.copy() for row in costs] for _ in range(lunch.rounds - 1)]
    board = Board([welcomed(costs, buddies), *later], lunch.tables)
    wishes = list(kept(lunch))
    for turn, home in enumerate(homes):
        lay(board, turn, home, [*wishes, *(buddies if turn == 0 else ())])
    return board


def welcomes(lunch: Lunch) -> Iterator[tuple[int, int]]:
    place = {guest.key: number for number, guest in enumerate(lunch.guests)}
    for one, other in sorted({(min(pair), max(pair)) for pair in lunch.buddies}):
        if one in place and other in place:
            yield place[one], place[other]


def kept(lunch: Lunch) -> Iterator[Block]:
    """Parties to keep together, the largest first: they are the hardest to place."""
    if lunch.companions is Companions.KEPT:
        parties: dict[int, list[int]] = {}
        for number, guest in enumerate(lunch.guests):
            if guest.party:
                parties.setdefault(guest.party, []).append(number)
        for party in sorted(parties.values(), key=lambda party: (-len(party), party)):
            yield tuple(party)


def lay(board: Board, turn: int, homes: Sequence[int], wishes: list[Block]) -> None:
    room = rooms(homes, len(board.seats[turn]))
    for block, table in together(wishes, room, homes).items():
        room[table] -= len(block)
        for guest in block:
            board.sit(turn, guest, table)
            board.blocks[turn][guest] = block
    alone = [guest for guest, at in enumerate(board.where[turn]) if at == NOWHERE]
    for guest in alone:
        if room[homes[guest]] and homes[guest] != NOWHERE:
            room[homes[guest]] -= 1
            board.sit(turn, guest, homes[guest])
    for guest in in_turn(board, turn, alone):
        table = cheapest(board.loads[turn][guest], room)
        room[table] -= 1
        board.sit(turn, guest, table)


def rooms(homes: Sequence[int], tables: int) -> list[int]:
    """Seats of each table, one more where most guests already sit."""
    small, larger = divmod(len(homes), tables)
    order = sorted(range(tables), key=lambda table: (-homes.count(table), table))
    return [small + (table in order[:larger]) for table in range(tables)]


def in_turn(board: Board, turn: int, alone: Sequence[int]) -> list[int]:
    """Those without a seat, the hardest to please first."""
    waiting = [guest for guest in alone if board.where[turn][guest] == NOWHERE]
    worst = {guest: sum(board.costs[turn][guest]) for guest in waiting}
    return sorted(waiting, key=lambda guest: (-worst[guest], guest))


def cheapest(loads: Sequence[int], room: Sequence[int]) -> int:
    """Of the tables with room, where the guest costs least, then the emptiest."""
    free = [table for table, seats in enumerate(room) if seats]
    return min(free, key=lambda table: (loads[table], -room[table], table))


def stay(board: Board, homes: Sequence[int]) -> None:
    """In the first round every other table costs the guest a move."""
    for guest, home in enumerate(homes):
        if home != NOWHERE:
            loads = board.loads[0][guest]
            loads[:] = [load + MOVED * (at != home) for at, load in enumerate(loads)]
