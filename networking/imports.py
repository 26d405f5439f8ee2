"""Reading lists of people: CSV, XLSX and ODS files made by strangers' programs.

The standard library reads CSV and openpyxl reads XLSX. ODS is streamed from its
content.xml by defusedxml rather than loaded by odfpy, which builds the whole
document first and expands repeated rows (a bomb of 200 bytes) and XML entities.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import IO, NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.core.files.uploadedfile import UploadedFile
from openpyxl import load_workbook

from networking.addresses import plain
from networking.columns import Header, header_of

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 60
MOST_SIGNS = 500
MOST_LINES_READ = 20_000
MOST_UNPACKED = 50 * 1024 * 1024
MOST_PARTS = 200
HEADER_WITHIN = 10
DELIMITERS = ";,\t|"

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
XLSX = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

ACCEPTED = "Choisissez un tableau CSV, XLSX ou ODS."
KINDS = (
    (b"%PDF", f"Ce fichier est un PDF. {ACCEPTED}"),
    (b"\x89PNG", f"Ce fichier est une image. {ACCEPTED}"),
    (b"\xff\xd8\xff", f"Ce fichier est une image. {ACCEPTED}"),
    (b"GIF8", f"Ce fichier est une image. {ACCEPTED}"),
    (b"{\\rtf", f"Ce fichier est un texte mis en forme. {ACCEPTED}"),
    (
        b"\xd0\xcf\x11\xe0",
        "Ce fichier est d’un ancien format (.xls, .doc) ou protégé par un mot de passe."
        " Enregistrez-le en XLSX ou en CSV, sans mot de passe.",
    ),
)
UNREADABLE = f"Ce fichier est abîmé ou n’est pas un tableau. {ACCEPTED}"
TOO_BIG = "Ce fichier est trop lourd\u202f: 5\u00a0Mo au plus."
TOO_MUCH_UNPACKED = "Ce fichier est trop gros une fois ouvert. Enregistrez-le en CSV."
PROTECTED = "Ce fichier est protégé par un mot de passe. Enregistrez-le sans."
EMPTY = "Ce fichier est vide."
TOO_MANY_ROWS = (
    "Ce fichier a plus de 5\u202f000 lignes, certaines peut-être vides."
    " Gardez les lignes utiles, ou coupez-le en plusieurs fichiers."
)
TOO_MANY_COLUMNS = "Ce fichier a plus de 60 colonnes. Gardez celles qui servent."
NO_HEADER = (
    "Aucune ligne de titres reconnue. La première ligne doit nommer les colonnes"
    "\u202f: prénom, nom, métier, commune, e-mail, téléphone."
)

Row = tuple[str, ...]


class Unreadable(Exception):
    """The file cannot be read; the message is for the person who chose it."""


class Line(NamedTuple):
    """`number` counts from 1 as a spreadsheet does; `values` are by field."""

    number: int
    values: dict[str, str]


class Sheet(NamedTuple):
    header: Header
    lines: list[Line]
    cut: int


def read(file: UploadedFile) -> Sheet:
    """The lines of the first sheet. Raises Unreadable."""
    if (file.size or 0) > MOST_BYTES:
        raise Unreadable(TOO_BIG)
    content = file.read(MOST_BYTES + 1)
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        raise Unreadable(EMPTY)
    for start, sentence in KINDS:
        if content.startswith(start):
            raise Unreadable(sentence)
    if content.startswith(b"PK"):
        return sheet_of(_unpack(content))
    return _best_csv(_decode(content))


def sheet_of(rows: Iterable[Row]) -> Sheet:
    """Every cell as one plain line of at most 500 signs; blank lines are skipped.
    A text met again is not cleaned again: a small file can repeat one endlessly."""
    clean = cache(plain)
    header: Header | None = None
    lines: list[Line] = []
    cut = 0
    for number, row in enumerate(rows, start=1):
        if number > MOST_LINES_READ:
            raise Unreadable(TOO_MANY_ROWS)
        if header is None:
            header = header_of(row[:MOST_COLUMNS])
            if header is None and number >= HEADER_WITHIN:
                break
            continue
        row = tuple(cell[: MOST_SIGNS + 1] for cell in row)
        if any(cell.strip() for cell in row[MOST_COLUMNS:]):
            raise Unreadable(TOO_MANY_COLUMNS)
        cells = [clean(cell) for cell in row[:MOST_COLUMNS]]
        cut += sum(len(cell) > MOST_SIGNS for cell in row)
        if any(cells):
            lines.append(Line(number, header.pick(cells)))
        if len(lines) > MOST_ROWS:
            raise Unreadable(TOO_MANY_ROWS)
    if header is None:
        raise Unreadable(NO_HEADER)
    return Sheet(header, lines, cut)


def _decode(content: bytes) -> str:
    """UTF-8 or UTF-16 with their marks, else UTF-8, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\x00" in content[:200]:
        encoding = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    strange = sum(not (sign.isprintable() or sign in "\r\n\t") for sign in text[:4000])
    if "\x00" in text or strange > 20:
        raise Unreadable(UNREADABLE)
    return text


def _rows_of_csv(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    try:
        for row in reader:
            yield tuple(row)
            first = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(_why_not_csv(error, first, reader.line_num)) from error


def _why_not_csv(error: csv.Error, first: int, last: int) -> str:
    """`first` and `last` are the lines of the text that the broken row spans."""
    if "field limit" not in str(error):
        return f"La ligne {last} se lit mal\u202f: un guillemet manque."
    sentence = f"Une case de la ligne {first} est trop longue."
    return sentence if first == last else f"{sentence} Un guillemet manque peut-être."


def _best_csv(text: str) -> Sheet:
    """Read with the delimiter whose header names the most columns we know."""
    best, known = DELIMITERS[0], 0
    for delimiter in DELIMITERS:
        for row in text.splitlines()[:HEADER_WITHIN]:
            header = header_of(row.replace('"', "").split(delimiter)[:MOST_COLUMNS])
            if header and len(header.fields) > known:
                best, known = delimiter, len(header.fields)
    return sheet_of(_rows_of_csv(text, best))


def _unpack(content: bytes) -> Iterator[Row]:
    """Rows of an XLSX or ODS archive, measured before anything is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable(UNREADABLE) from error
    parts = {part.filename: part for part in archive.infolist()}
    total = sum(part.file_size for part in archive.infolist())
    if total > MOST_UNPACKED or len(archive.infolist()) > MOST_PARTS:
        raise Unreadable(TOO_MUCH_UNPACKED)
    if any(part.flag_bits & 1 for part in parts.values()):
        raise Unreadable(PROTECTED)
    if "xl/workbook.xml" in parts:
        return _guarded(_rows_of_xlsx(archive, content))
    if "content.xml" in parts:
        return _guarded(_rows_of_ods(archive))
    raise Unreadable(UNREADABLE)


def _guarded(rows: Iterator[Row]) -> Iterator[Row]:
    """Archives lie in many ways; each ends in the same sentence."""
    try:
        yield from rows
    except Unreadable:
        raise
    except DefusedXmlException as error:
        raise Unreadable(UNREADABLE) from error
    except Exception as error:  # openpyxl raises whatever its XML makes it raise
        raise Unreadable(UNREADABLE) from error


def _refuse_endless(part: IO[bytes]) -> None:
    """openpyxl reads every sheet that does not give its dimension to its last row,
    before it gives us the first one."""
    rows, outermost = 0, True
    for event, element in iterparse(part, events=("start", "end")):
        if event == "start":
            if outermost and element.tag != f"{XLSX}worksheet":
                return
            outermost = False
            continue
        if element.tag == f"{XLSX}dimension":
            return
        rows += element.tag == f"{XLSX}row"
        if rows > MOST_LINES_READ:
            raise Unreadable(TOO_MANY_ROWS)
        element.clear()


def _rows_of_xlsx(archive: zipfile.ZipFile, content: bytes) -> Iterator[Row]:
    """The first sheet; a formula counts for the value it had when it was saved."""
    for name in archive.namelist():
        # What is no sheet may be no XML: openpyxl judges the parts that it needs.
        with archive.open(name) as part, suppress(ParseError, ValueError, LookupError):
            _refuse_endless(part)
    book = load_workbook(
        io.BytesIO(content), read_only=True, data_only=True, keep_links=False
    )
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True):
        yield tuple(_as_text(cell) for cell in row)


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _rows_of_ods(archive: zipfile.ZipFile) -> Iterator[Row]:
    if "META-INF/manifest.xml" in archive.namelist():
        with archive.open("META-INF/manifest.xml") as manifest:
            if b"encryption-data" in manifest.read():
                raise Unreadable(PROTECTED)
    try:
        with archive.open("content.xml") as content:
            yield from _ods_table(content)
    except ParseError as error:
        raise Unreadable(UNREADABLE) from error


def _ods_table(content: IO[bytes]) -> Iterator[Row]:
    """Empty rows are repeated a million times at the end of any sheet: a repeated
    row counts once when it is empty, and above our limit it is refused unread."""
    for _event, element in iterparse(content, forbid_dtd=True):
        if element.tag == f"{TABLE}table":
            return
        if element.tag != f"{TABLE}table-row":
            continue
        row = tuple(_ods_cells(element))
        times = int(element.get(f"{TABLE}number-rows-repeated", "1"))
        element.clear()
        if times > HEADER_WITHIN and not any(cell.strip() for cell in row):
            times = 1
        if times > MOST_ROWS:
            raise Unreadable(TOO_MANY_ROWS)
        for _ in range(times):
            yield row


def _ods_cells(row: Iterable[object]) -> Iterator[str]:
    left = MOST_COLUMNS + 1
    for cell in row:
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))  # type: ignore[attr-defined]
        paragraphs = cell.iterfind(f"{TEXT}p")  # type: ignore[attr-defined]
        text = "\n".join("".join(one.itertext()) for one in paragraphs)
        text = text[: MOST_SIGNS + 1]
        for _ in range(max(min(times, left), 0)):
            yield text
        left -= times
