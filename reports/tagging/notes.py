"""Footnotes: Note elements with an ID, each right after its call (issue 2482)."""

from typing import Any, NamedTuple

import pydyf

from reports.tagging.tree import Element, Tree


class Placed(NamedTuple):
    parent: Element
    element: Element


class Notes:
    """Calls and notes of one document, matched by the HTML element they share."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.calls: dict[int, Placed] = {}
        self.notes: list[tuple[int, Placed]] = []

    def collect(self, parent: Element, child: Element) -> None:
        source = self.tree.source(child)
        if source.pseudo == "footnote-call":
            child["S"] = "/Reference"
            self.calls[id(source.html)] = Placed(parent, child)
        elif source.pseudo == "footnote-marker":
            child["S"] = "/Lbl"
        elif source.html is not None and self._is_note(child, source.pseudo):
            child["S"] = "/Note"
            self.notes.append((id(source.html), Placed(parent, child)))

    def _is_note(self, child: Element, pseudo: str) -> bool:
        return (
            child["S"] == "/Span"
            and not pseudo
            and any(
                self.tree.source(kid).pseudo == "footnote-marker"
                for _, kid in self.tree.kids(child)
            )
        )

    def place(self) -> None:
        for index, (key, note) in enumerate(self.notes, start=1):
            name = f"note-{index:04}"
            note.element["ID"] = pydyf.String(name)
            self.tree.ids.append((name, note.element.reference))
            if key in self.calls:
                self._move(note, self.calls[key])
        document = self.tree.document
        document["K"] = pydyf.Array(
            kid for kid in document["K"] if not self._is_empty(self.tree.at(kid))
        )

    def _move(self, note: Placed, call: Placed) -> None:
        reference = note.element.reference
        note.parent["K"] = pydyf.Array(
            kid for kid in note.parent["K"] if kid != reference
        )
        at = list(call.parent["K"]).index(call.element.reference) + 1
        call.parent["K"].insert(at, reference)
        note.element["P"] = call.parent.reference

    @staticmethod
    def _is_empty(element: Any) -> bool:
        """The footnote area of a page, once its notes have left."""
        return element["S"] == "/NonStruct" and not element["K"]
