"""Scope, Headers and IDs of table cells (ISO 14289-1, 7.5)."""

from collections.abc import Iterator
from typing import NamedTuple

import pydyf

from reports.tagging.tree import Element, Tree

SECTIONS = ("/THead", "/TBody", "/TFoot")


class Place(NamedTuple):
    """A cell and the columns and lines of the grid that it covers."""

    cell: Element
    columns: frozenset[int]
    lines: frozenset[int]

    def is_headed_by(self, head: "Place") -> bool:
        if head.cell["A"]["Scope"] == "/Column":
            return not head.columns.isdisjoint(self.columns)
        return not head.lines.isdisjoint(self.lines)


def table(tree: Tree, element: Element) -> None:
    """Scope on each TH; in tables with spans, IDs and Headers as well."""
    rows = list(_rows(tree, element, "/TBody"))
    cells = [(section, cell) for section, row in rows for _, cell in tree.kids(row)]
    heads = sum(section == "/THead" for section, _ in rows)
    spans = any(
        "ColSpan" in cell.get("A", ()) or "RowSpan" in cell.get("A", ())
        for _, cell in cells
    )
    for section, cell in cells:
        _cell(tree, cell, section)
    if spans or heads > 1:
        _headers(tree, element, [row for _, row in rows])


def _rows(tree: Tree, element: Element, section: str) -> Iterator[tuple[str, Element]]:
    for _, child in tree.kids(element):
        if child["S"] == "/TR":
            yield section, child
        elif child["S"] in SECTIONS:
            yield from _rows(tree, child, child["S"])


def _cell(tree: Tree, cell: Element, section: str) -> None:
    if cell["S"] == "/TH":
        scope = tree.source(cell).attributes.get("scope", "")
        is_column = scope.startswith("col") or (not scope and section == "/THead")
        cell["A"]["Scope"] = "/Column" if is_column else "/Row"
    cell.pop("ID", None)
    if "A" in cell:
        cell["A"].pop("Headers", None)
        if cell["S"] == "/TD" and cell["A"] == {"O": "/Table"}:
            del cell["A"]


def _headers(tree: Tree, element: Element, rows: list[Element]) -> None:
    places = list(_places(tree, rows))
    heads = [place for place in places if place.cell["S"] == "/TH"]
    for index, head in enumerate(heads):
        key = f"t{element.number:06}-{index:04}"
        head.cell["ID"] = pydyf.String(key)
        tree.ids.append((key, head.cell.reference))
    for place in places:
        if place.cell["S"] == "/TD":
            attributes = place.cell.setdefault("A", pydyf.Dictionary({"O": "/Table"}))
            attributes["Headers"] = pydyf.Array(
                pydyf.String(head.cell["ID"].string)
                for head in heads
                if place.is_headed_by(head)
            )


def _places(tree: Tree, rows: list[Element]) -> Iterator[Place]:
    """The real grid: WeasyPrint forgets the spans of earlier rows and cells."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for _, cell in tree.kids(row):
            attributes = cell.get("A", {})
            width, height = attributes.get("ColSpan", 1), attributes.get("RowSpan", 1)
            while (x, y) in taken:
                x += 1
            columns, lines = range(x, x + width), range(y, y + height)
            taken.update((column, line) for column in columns for line in lines)
            yield Place(cell, frozenset(columns), frozenset(lines))
            x += width
