"""The lines of the sign-in sheet, in their order and with their numbers: printed, then
typed again from the paper."""

from dataclasses import dataclass

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, Profession, Workplace
from venues.text import fold

FEWEST_BLANK_ROWS = 5
# Letters of a name that surely fit the narrowest column.
LONGEST_LINE = 22


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """`target` names the person to `reports.actions.taps`; "" for a seat without a
    name and for a blank line."""

    number: int = 0
    target: str = ""
    first_name: str = ""
    last_name: str = ""
    profession: str = ""
    workplace: str = ""
    commune: str = ""

    @property
    def is_long(self) -> bool:
        """A name on two lines, or the first name would be cut away."""
        return len(f"{self.last_name} {self.first_name}") > LONGEST_LINE


def sheet_rows(meetup: Meetup) -> list[SheetRow]:
    """Who said yes by last name, then who comes along, then the seats that an employer
    has not put a name to."""
    coming = sorted(meetup.invitations.coming().with_person(), key=_last_name_first)
    rows = [*map(_guest, coming), *_company(meetup)]
    return [_numbered(row, number) for number, row in enumerate(rows, 1)]


def blank_numbers(rows: list[SheetRow]) -> range:
    """A fifth more lines for people nobody expected, five at least."""
    blank = max(FEWEST_BLANK_ROWS, -(-len(rows) // 5))
    return range(len(rows) + 1, len(rows) + blank + 1)


def _numbered(row: SheetRow, number: int) -> SheetRow:
    return SheetRow(**{**row.__dict__, "number": number})


def _last_name_first(invitation: Invitation) -> tuple[str, int]:
    person = invitation.professional
    return fold(f"{person.last_name} {person.first_name}"), invitation.pk


def _guest(invitation: Invitation) -> SheetRow:
    person = invitation.professional
    return SheetRow(
        target=f"i{invitation.pk}",
        first_name=person.first_name,
        last_name=person.last_name,
        profession=person.trade,
        workplace=person.workplace.name if person.workplace else "",
        commune=person.commune.name,
    )


def _company(meetup: Meetup) -> list[SheetRow]:
    extras = list(
        meetup.extra_seats.counted().select_related("profession", "block__workplace")
    )
    rows = [_extra(extra) for extra in extras]
    if not meetup.keeps_seats:
        return rows
    for block in meetup.seat_blocks.select_related("workplace", "profession"):
        unnamed = block.seats - sum(extra.block_id == block.pk for extra in extras)
        rows += [_unnamed(block.profession, block.workplace)] * unnamed
    return rows


def _extra(extra: ExtraSeat) -> SheetRow:
    return SheetRow(
        target=f"e{extra.pk}",
        first_name=extra.first_name,
        profession=str(extra.profession or ""),
        workplace=str(extra.block.workplace) if extra.block else "",
    )


def _unnamed(profession: Profession | None, workplace: Workplace) -> SheetRow:
    return SheetRow(profession=str(profession or ""), workplace=str(workplace))
