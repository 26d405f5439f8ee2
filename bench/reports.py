"""What printed documents and spreadsheets cost, beside a bare one of the same rows.

    python bench/reports.py [--short]

Each case runs in a fresh process that has printed one line before, ours and its floor
in turn: a table of the same words in WeasyPrint, without style, tags or archive; csv
and openpyxl with the same cells. `--short` leaves out the sheet of 5,000 names, which
takes a minute or two; the rest takes as long.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.update(DJANGO_SETTINGS_MODULE="networking.settings", DEMO="0")

import django  # noqa: E402

django.setup()

import csv  # noqa: E402 - Django is set up above
from io import BytesIO, StringIO  # noqa: E402

import weasyprint  # noqa: E402
from django.utils.html import escape  # noqa: E402
from openpyxl import Workbook  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from reports import papers, pdf  # noqa: E402
from reports.blocks import BlockKind, Cell, block  # noqa: E402
from reports.reading import read  # noqa: E402
from reports.sheet_parts import cut_in_parts  # noqa: E402
from reports.sheet_rows import SheetRow  # noqa: E402
from tests.sample_reports import meetup_report, year_report  # noqa: E402
from tests.test_pdf import row, sheet  # noqa: E402

ROUNDS = 3
LONG_ROWS = 5000
Rows = Sequence[Sequence[object]]


class Cost(NamedTuple):
    seconds: float
    megabytes: float
    kilobytes: float
    pages: int


class Case(NamedTuple):
    """`most`: our processor time, in times the floor's. `memory`: megabytes at most."""

    ours: Callable[[], list[bytes]]
    floor: Callable[[], list[bytes]]
    most: float
    memory: float = 0
    rounds: int = ROUNDS


def people(count: int) -> list[dict[str, object]]:
    return [row(number) for number in range(1, count + 1)]


def sheets(count: int) -> list[bytes]:
    """As the site gives them: one, or one per table at the door."""
    names = people(count)
    keys = ("last_name", "first_name", "workplace")
    parts = cut_in_parts(
        [SheetRow(**{key: str(name[key]) for key in keys}) for name in names]
    )
    cuts = [names[part.start : part.end] for part in parts] or [names]
    contexts = [
        sheet(cut, part=part) for cut, part in zip(cuts, parts or [None], strict=True)
    ]
    return [pdf.render("pdf/sheet.html", context) for context in contexts]


def bare(rows: Rows) -> bytes:
    cells = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}' for cell in each)}" for each in rows
    )
    page = f"<html lang='fr'><title>x</title><table>{cells}</table>"
    return weasyprint.HTML(string=page).write_pdf()


def bare_sheet(count: int) -> list[bytes]:
    keys = ("number", "last_name", "profession", "workplace")
    return [bare([[person[key] for key in keys] for person in people(count)])]


def bare_report(long: bool) -> list[bytes]:
    reading = read(year_report(1050) if long else meetup_report())
    blocks = [shown for chapter in reading.chapters for shown in chapter.blocks]
    rows = [
        [line.name, *(cell.text for cell in line.cells)]
        for shown in blocks
        for line in shown.rows
    ]
    return [bare(rows)]


def long_table() -> list[list[Cell]]:
    return [
        [f"Rencontre {n}", "Valmorey", n % 50, n % 7, "moins de 5", n / 4]
        for n in range(LONG_ROWS)
    ]


def long_report() -> object:
    columns = ["Rencontre", "Commune", "Invités", "Métiers", "Présents", "Coût"]
    return meetup_report(
        [block("meals", BlockKind.TABLE, "Tout", columns, long_table())]
    )


def bare_csv() -> list[bytes]:
    text = StringIO()
    csv.writer(text, delimiter=";").writerows(long_table())
    return [text.getvalue().encode("utf-8-sig")]


def bare_xlsx() -> list[bytes]:
    book, out = Workbook(write_only=True), BytesIO()
    page = book.create_sheet()
    for line in long_table():
        page.append(line)
    book.save(out)
    return [out.getvalue()]


CASES = {
    "Report, 2 pages": Case(
        lambda: [papers.report(meetup_report())], lambda: bare_report(False), 12
    ),
    "Report, 30 pages": Case(
        lambda: [papers.report(year_report(1050))], lambda: bare_report(True), 3, 400
    ),
    "Sheet, 50 names": Case(lambda: sheets(50), lambda: bare_sheet(50), 5),
    "Sheet, 500 names": Case(lambda: sheets(500), lambda: bare_sheet(500), 5, 260),
    "Sheet, 5,000 names": Case(
        lambda: sheets(LONG_ROWS), lambda: bare_sheet(LONG_ROWS), 5, 260, 1
    ),
    "CSV, 5,000 rows": Case(lambda: [papers.csv_bytes(long_report())], bare_csv, 5),
    "XLSX, 5,000 rows": Case(lambda: [papers.xlsx(long_report())], bare_xlsx, 2),
}
# performance.md of the project's preparation: other machines' hours, not this run.
ELSEWHERE = """\
Measured elsewhere, on another day, as a remark only (seconds of processor, whole
servers): list of 50 / 500 / 5,000 people as PDF, pretix 2026.8 0.23 / 1.21 / 12.2
(reportlab), Indico 3.3 0.64 / 6.2 / 58.7 (WeasyPrint); CSV of 5,000 rows, pretix 2.9,
Indico 6.1; XLSX of 5,000 rows, pretix 5.3, Indico 6.4."""


def measure(name: str, which: str) -> None:
    """In a process of its own: this one case, told on standard output."""
    bare([["x"]])
    pdf.render("pdf/sheet.html", sheet([]))
    start = time.process_time()
    files = getattr(CASES[name], which)()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = sum(content.count(b"/Type /Page\n") for content in files)
    size = sum(map(len, files)) / 1024
    print(json.dumps([seconds, peak, size, pages]))


def apart(name: str, which: str) -> Cost:
    command = [sys.executable, __file__, name, which]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def race(name: str, case: Case) -> tuple[Cost, Cost, float]:
    """The middle of each, and of the ratios inside one round."""
    rounds = [(apart(name, "ours"), apart(name, "floor")) for _ in range(case.rounds)]
    ours, floors = zip(*rounds, strict=True)
    ratio = statistics.median(a.seconds / b.seconds for a, b in rounds)
    return middle(ours), middle(floors), ratio


def middle(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(values) for values in zip(*costs, strict=True)))


def main(short: bool) -> None:
    table = Table(title="Documents, beside a bare one of the same rows")
    table.add_column()
    for title in ("CPU s", "Floor", "Ratio", "At most", "MB", "Floor", "KB"):
        table.add_column(title, justify="right")
    broken = []
    for name, case in CASES.items():
        if short and case.rounds == 1:
            continue
        ours, floor, ratio = race(name, case)
        numbers = (ours.seconds, floor.seconds, ratio)
        memory = (ours.megabytes, floor.megabytes, ours.kilobytes)
        table.add_row(
            name,
            *(f"{number:.2f}" for number in numbers),
            f"{case.most}",
            *(f"{number:.0f}" for number in memory),
        )
        if ratio > case.most or (case.memory and ours.megabytes > case.memory):
            broken.append(name)
    Console().print(table)
    print(ELSEWHERE)
    assert not broken, broken


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(*sys.argv[1:])
    else:
        main("--short" in sys.argv)
