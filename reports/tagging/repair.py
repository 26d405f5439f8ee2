"""The whole repair: watch the tags being built, then put the tree right."""

from collections.abc import Callable, Iterator
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from reports.tagging.merging import merge
from reports.tagging.notes import Notes
from reports.tagging.roles import is_decoration, settle
from reports.tagging.tree import Element, Source, Tree, number


class Repair:
    """One repair for one document: `wrap` while it is built, `finish` after."""

    def __init__(self) -> None:
        self.tree = Tree()
        self.notes = Notes(self.tree)

    def wrap(self, original: Callable[..., Iterator[Element]]) -> Callable[..., Any]:
        """Remember the HTML element of each tag; page margins become artifacts."""

        def build(
            box: Any, parent: Any, pdf: Any, page_number: int, nums: Any, *others: Any
        ) -> Iterator[Element]:
            real = box._box if isinstance(box, AbsolutePlaceholder) else box
            elements = original(box, parent, pdf, page_number, nums, *others)
            if isinstance(real, boxes.MarginBox):
                before = set(nums)
                yield from elements
                for mcid in set(nums) - before:
                    nums[mcid] = b"null"
                    self.tree.artifacts.setdefault(page_number, set()).add(mcid)
                return
            for element in elements:
                source = Source(real.element, real.element_tag or "", page_number)
                self.tree.sources.setdefault(element.number, source)
                yield element

        return build

    def finish(self, document: Any, pdf: pydyf.PDF) -> None:
        """Repair the finished tree (signature of WeasyPrint's `finisher`)."""
        tree = self.tree
        tree.load(pdf)
        merge(tree, tree.document)
        self._walk(tree.document)
        self.notes.place()
        self._write_ids(pdf)
        for page, mcids in tree.artifacts.items():
            self._mark_artifacts(page, mcids)
        tree.root["ParentTreeNextKey"] = max(tree.parents) + 1
        tree.parent_tree["Nums"] = pydyf.Array(
            item for pair in sorted(tree.parents.items()) for item in pair
        )
        self._clear_orphans()
        name_glyphs(pdf)
        tree.at(pdf.catalog["Metadata"]).compress = False

    def _walk(self, element: Element) -> None:
        dropped = set()
        for index, child in list(self.tree.kids(element)):
            if child["S"] == "/Figure" and is_decoration(self.tree.source(child)):
                self.tree.to_artifact(child)
                dropped.add(index)
                continue
            settle(self.tree, element, child)
            self.notes.collect(element, child)
            self._walk(child)
        self.tree.keep(element, dropped)

    def _write_ids(self, pdf: pydyf.PDF) -> None:
        if not self.tree.ids:
            return
        names = pydyf.Array()
        for key, reference in sorted(self.tree.ids):
            names.extend([pydyf.String(key), reference])
        leaf = pydyf.Dictionary({"Names": names})
        pdf.add_object(leaf)
        self.tree.root["IDTree"] = leaf.reference

    def _mark_artifacts(self, page: int, mcids: set[int]) -> None:
        """Rewrite their marks as pagination artifacts (ISO 32000-1, 14.8.2.2)."""
        objects = self.tree.objects
        contents = objects[number(objects[self.tree.pages[page]]["Contents"])]
        stream = contents.stream
        for index, item in enumerate(stream):
            if not isinstance(item, dict) or item.get("MCID") not in mcids:
                continue
            if stream[index + 1] == b"BDC":
                stream[index - 1] = "/Artifact"
                stream[index] = pydyf.Dictionary({"Type": "/Pagination"})

    def _clear_orphans(self) -> None:
        """Empty the elements that nothing refers to any more."""
        alive = set()
        waiting = [self.tree.document]
        while waiting:
            element = waiting.pop()
            alive.add(element.number)
            waiting.extend(child for _, child in self.tree.kids(element))
        for item in self.tree.objects:
            is_element = isinstance(item, dict) and item.get("Type") == "/StructElem"
            if is_element and item.number not in alive:
                item.clear()


def page_references(pdf: pydyf.PDF) -> tuple[bytes, ...]:
    """pydyf 0.13 rebuilds this tuple for each element: quadratic in long files."""
    kids = pdf.pages["Kids"]
    cached: tuple[bytes, ...] | None = pdf.__dict__.get("_page_references")
    if cached is None or len(cached) * 3 != len(kids):
        cached = tuple(f"{page} 0 R".encode() for page in kids[::3])
        pdf.__dict__["_page_references"] = cached
    return cached


def name_glyphs(pdf: pydyf.PDF) -> None:
    """A letter drawn as two, the Vietnamese ị, leaves one of them without a text, which
    ISO 14289-1, 7.21.7 forbids: it says a space of no width."""
    for one in pdf.objects:
        if isinstance(one, pydyf.Stream) and b"/CMapType 2 def" in one.stream:
            one.stream[:] = [
                line[:-1] + b"200b>" if line.endswith(b"> <>") else line
                for line in one.stream
            ]
