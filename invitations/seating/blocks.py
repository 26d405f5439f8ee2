"""Guests who stay side by side: which groups, and at which table they fit."""

from collections.abc import Iterable, Iterator, Sequence

Block = tuple[int, ...]

# Steps of one search for room beyond the straight way; a group for which no room is
# found within them counts as one that does not fit.
PATIENCE = 300


def pieces(block: Block, most: int) -> Iterator[Block]:
    """As few as possible and of nearly the same size, so that nobody is left alone."""
    count = -(-len(block) // most)
    for number in range(count):
        yield block[number * len(block) // count : (number + 1) * len(block) // count]


class Packing:
    """Finds a table for each block, its own one first, by depth-first search."""

    def __init__(self, blocks: Sequence[Block], rooms: Sequence[int]) -> None:
        self.blocks = blocks
        self.rooms = list(rooms)
        self.hopeless: set[tuple[int, ...]] = set()
        self.steps = PATIENCE + len(blocks)

    def place(self, homes: Sequence[int], number: int = 0) -> list[int] | None:
        """The table of each block from `number` on, or None when they do not fit."""
        if number == len(self.blocks):
            return []
        state = (number, *sorted(self.rooms))
        self.steps -= 1
        if state in self.hopeless or self.steps < 0:
            return None
        size = len(self.blocks[number])
        for table in self.choices(size, homes[number]):
            self.rooms[table] -= size
            rest = self.place(homes, number + 1)
            self.rooms[table] += size
            if rest is not None:
                return [table, *rest]
        self.hopeless.add(state)
        return None

    def choices(self, size: int, home: int) -> list[int]:
        """Tables with room: home, then the emptiest; of equal ones only the first."""
        first = {room: t for t, room in reversed(list(enumerate(self.rooms)))}
        tables = [first[room] for room in sorted(first, reverse=True) if room >= size]
        if 0 <= home < len(self.rooms) and self.rooms[home] >= size:
            tables = [home, *(table for table in tables if table != home)]
        return tables


def together(
    wishes: Iterable[Block], rooms: Sequence[int], homes: Sequence[int]
) -> dict[Block, int]:
    """The blocks of more than one guest with their tables.

    Wishes are granted in their order; one that does not fit in what the former ones
    leave is halved until it does. Wishes that share a guest become one block.
    """
    granted: dict[Block, int] = {}
    too_many = max(rooms) + 1  # once so many more did not fit, they never will
    waiting = [piece for wish in wishes for piece in pieces(wish, max(rooms))]
    waiting.reverse()
    while waiting:
        wish = waiting.pop()
        merged, rest = joined(wish, granted)
        if len(wish) < 2 or merged in granted:
            continue
        placed = None
        if len(merged) < too_many:
            placed = packed([*rest, merged], rooms, homes)
        if placed is not None:
            granted = placed
            continue
        if merged == wish:
            too_many = min(too_many, len(wish))
        waiting += reversed(list(pieces(wish, -(-len(wish) // 2))))
    return granted


def joined(wish: Block, blocks: Iterable[Block]) -> tuple[Block, list[Block]]:
    """The wish with all blocks that share a guest with it, and the other blocks."""
    touched = [block for block in blocks if not set(block).isdisjoint(wish)]
    merged = {*wish, *(guest for block in touched for guest in block)}
    return tuple(sorted(merged)), [block for block in blocks if block not in touched]


def packed(
    blocks: Sequence[Block], rooms: Sequence[int], homes: Sequence[int]
) -> dict[Block, int] | None:
    largest_first = sorted(blocks, key=lambda block: (-len(block), block))
    home_tables = [home(block, homes) for block in largest_first]
    tables = Packing(largest_first, rooms).place(home_tables)
    if tables is None:
        return None
    return dict(zip(largest_first, tables, strict=True))


def home(block: Block, homes: Sequence[int]) -> int:
    """The table where most of the block already sits, -1 for none."""
    seated = [homes[place] for place in block if homes[place] >= 0]
    return max(sorted(set(seated)), key=seated.count, default=-1)
