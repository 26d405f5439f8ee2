"""The sign-in sheet of a large meetup, cut for several tables at the door.

Nobody queues in front of thirty pages: above 250 names there are several tables, each
with its letters. The cut also bounds what one document costs: seven milliseconds a
row, and never more memory than for 250 of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.sheet_rows import SheetRow

MOST_ROWS = 250


@dataclass(frozen=True)
class Part:
    """Rows `start` to `end` (not included) of the sheet."""

    number: int
    of: int
    start: int
    end: int
    first: str
    last: str

    @property
    def people(self) -> int:
        return self.end - self.start


def cut_in_parts(rows: Sequence[SheetRow]) -> list[Part]:
    """As few parts as possible, equal to one row; none when one sheet is enough."""
    of = -(-len(rows) // MOST_ROWS)
    if of < 2:
        return []
    cuts = [len(rows) * number // of for number in range(of + 1)]
    return [
        Part(number, of, start, end, called(rows[start]), called(rows[end - 1]))
        for number, (start, end) in enumerate(zip(cuts, cuts[1:], strict=False), 1)
    ]


def called(row: SheetRow) -> str:
    """Companions have no last name, and an employer's seats not even a first one."""
    return row.last_name or row.first_name or row.workplace or "sans nom"
