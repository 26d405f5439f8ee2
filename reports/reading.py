"""A report as it is read: chapters of blocks with their drawing and their table, the
same for the printed pages and the web page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from networking.drawing import (
    Seat,
    cell_text,
    half_table,
)
from networking.templatetags.french import (
    NARROW,
    local_day,
    long_date_year,
    short_date,
)
from reports.blocks import Block, BlockKind
from reports.earlier import blocks_of
from reports.models import Report
from reports.shown import CHARTS, Shown, show

# Blocks that have a place of their own in the layout, whatever their chapter.
METHOD = ("method", "methode")
QUOTES = ("quotes", "paroles")
NEXT = ("next_steps", "suite", "proposition")
FINDINGS = ("findings", "constats")
OPINIONS = "avis"
APART = (*METHOD, *QUOTES, *NEXT, OPINIONS)
# As Insee writes them; each is explained where a report uses it.
SIGNS = {
    "s": "nombre non publié, pour que personne ne soit reconnu",
    "n.d.": "nombre non disponible",
    "p": "nombre provisoire",
    "e": "nombre estimé",
    "///": "sans objet",
}


@dataclass(frozen=True)
class Chapter:
    title: str
    blocks: list[Shown]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`figures` are the six numbers of the first page, value then label."""

    headline: str
    title: str
    kind: str
    organisation: str
    contact: str
    addressee: str
    period: str
    dated_at: Any
    reference: str
    version: int
    is_long: bool
    table_svg: SafeString
    figures: list[tuple[str, str]]
    findings: list[str]
    chapters: list[Chapter]
    quotes: list[str]
    next_steps: list[str]
    opinions: Shown | None
    method: list[str]
    signs: list[tuple[str, str]]


def read(report: Report, *, on_paper: bool = False) -> Reading:
    """Everything comes from the row; on paper, very long tables are cut short."""
    blocks = blocks_of(report)
    figures, rest = first_figures(blocks)
    opinions = next((show(b) for b in blocks if b["key"] == OPINIONS), None)
    told: dict[str, Any] = report.figures
    headline = str(told.get("headline") or report.title)
    return Reading(
        headline=headline,
        title=report.title,
        kind=report.get_kind_display(),
        organisation=str(told.get("organisation") or settings.ORGANISATION_NAME),
        contact=settings.ORGANISATION_CONTACT,
        addressee=str(told.get("addressee") or ""),
        period=period(report),
        dated_at=report.issued_at,
        reference=str(told.get("reference") or report.series),
        version=report.version,
        is_long=report.meetup_id is None,
        table_svg=table_drawing(told, headline),
        figures=figures,
        findings=lines_of(blocks, FINDINGS) if figures else [],
        chapters=in_chapters(rest, on_paper),
        quotes=lines_of(blocks, QUOTES) or list(report.quotes),
        next_steps=lines_of(blocks, NEXT) or list(report.next_steps),
        opinions=opinions,
        method=[*lines_of(blocks, METHOD), *unfinished(report), *replaced(report)],
        signs=signs(blocks),
    )


def first_figures(
    blocks: Sequence[Block],
) -> tuple[list[tuple[str, str]], list[Block]]:
    """The first block of big numbers, and what the chapters hold."""
    first = next((b for b in blocks if b["kind"] == BlockKind.FIGURES), None)
    pairs = [(cell_text(v), cell_text(t)) for v, t in first["rows"]] if first else []
    apart = (*APART, *FINDINGS) if pairs else APART
    rest = [b for b in blocks if b is not first and b["key"] not in apart]
    return pairs, rest


def lines_of(blocks: Sequence[Block], keys: Sequence[str]) -> list[str]:
    found = [block for block in blocks if block["key"] in keys]
    return [cell_text(row[0]) for block in found for row in block["rows"]]


def signs(blocks: Sequence[Block]) -> list[tuple[str, str]]:
    """Those that end a cell, and that no note explains."""
    cells = [cell for block in blocks for row in block["rows"] for cell in row]
    words = {str(cell).rsplit(maxsplit=1)[-1] for cell in cells if str(cell).strip()}
    if None in cells:
        words.add("s")
    notes = " ".join(lines_of(blocks, METHOD))
    return [
        (sign, meaning)
        for sign, meaning in SIGNS.items()
        if sign in words and f"«{NARROW}{sign}{NARROW}»" not in notes
    ]


def replaced(report: Report) -> list[str]:
    """Rows with blocks name it among their own notes."""
    if report.version == 1 or "blocks" in report.figures:
        return []
    return [f"Ce bilan remplace la version {report.version - 1}."]


def is_early(report: Report) -> bool:
    """Given before the last day of its period was over."""
    return bool(report.ends_on and local_day(report.issued_at) <= report.ends_on)


def unfinished(report: Report) -> list[str]:
    if not is_early(report):
        return []
    day = long_date_year(report.issued_at)
    return [f"La période n’est pas finie{NARROW}: les repas d’après le {day} manquent."]


def period(report: Report) -> str:
    if not report.starts_on or not report.ends_on:
        return ""
    start, end = report.starts_on, report.ends_on
    still = ", en cours" if is_early(report) else ""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        same = start.year == end.year
        years = f"Année {end.year}" if same else f"Années {start.year} à {end.year}"
        return f"{years}{still}"
    first = short_date(start) + (f" {start.year}" if start.year != end.year else "")
    return f"Du {first} au {short_date(end)} {end.year}{still}"


def table_drawing(told: dict[str, Any], headline: str) -> SafeString:
    """One plate per person when their number is published, or else per trade; of
    neither, the places alone."""
    laid, free = told.get("plates"), int(told.get("free_places") or 0)
    seats: list[Seat] = ["yes"] * (8 if laid is None else int(laid))
    seats += ["free"] * free
    return half_table(seats, f"La table du repas{NARROW}: {headline}", "table")


def in_chapters(blocks: Sequence[Block], on_paper: bool) -> list[Chapter]:
    """Who came stands first, alone: the words of the meal follow on the same page, and
    what is counted besides begins another chapter. Of so few people that no trade is
    told, there is nothing to draw."""
    told = [b for b in blocks if b["rows"] or b["kind"] != BlockKind.PLATES]
    chapters = [
        Chapter(title, shown(list(group), on_paper))
        for title, group in groupby(told, key=lambda block: block["chapter"])
    ]
    if not chapters or chapters[0].blocks[0].kind != BlockKind.PLATES:
        return chapters
    first, *details = chapters[0].blocks
    title = chapters[0].title
    rest = [Chapter(f"{title}, en détail", details)] if details else []
    return [Chapter(title, [first]), *rest, *chapters[1:]]


def shown(blocks: Sequence[Block], on_paper: bool) -> list[Shown]:
    """A chart whose numbers all stand in the table after it is not followed by a table
    of its own."""
    return [
        show(block, on_paper, is_told_next=repeats(block, blocks[index + 1 :]))
        for index, block in enumerate(blocks)
    ]


def repeats(block: Block, after: Sequence[Block]) -> bool:
    if block["kind"] not in CHARTS or not after or after[0]["kind"] != BlockKind.TABLE:
        return False
    wide, table = len(block["columns"]), after[0]
    names = table["columns"][:wide] == block["columns"]
    return names and [row[:wide] for row in table["rows"]] == block["rows"]
