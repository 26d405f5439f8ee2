"""The structure tree WeasyPrint has just built, and where each part came from."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

import pydyf

# A structure element (ISO 32000-1, 14.7.2), a pydyf.Dictionary: S is its role, K its
# children, P its parent, A its attributes.
Element: TypeAlias = Any


class Source(NamedTuple):
    """Where a structure element comes from; `tag` holds "a" or "a::after"."""

    html: Any
    tag: str
    page: int

    @property
    def attributes(self) -> dict[str, str]:
        return {} if self.html is None else self.html.attrib

    @property
    def pseudo(self) -> str:
        return self.tag.partition("::")[2]


NOWHERE = Source(None, "", -1)


def number(reference: bytes) -> int:
    """Object number of a reference such as b"12 0 R"."""
    return int(reference.split()[0])


class Tree:
    """Structure elements of one document, while they are being repaired.

    `artifacts` maps a page index to the marked content ids (MCID) on it that
    belong to no element: running heads, page numbers, repeated table heads.
    """

    def __init__(self) -> None:
        self.sources: dict[int, Source] = {}
        self.artifacts: dict[int, set[int]] = {}
        self.ids: list[tuple[str, bytes]] = []

    def load(self, pdf: pydyf.PDF) -> None:
        self.objects = pdf.objects
        self.root = self.objects[number(pdf.catalog["StructTreeRoot"])]
        self.document = self.objects[number(self.root["K"][0])]
        self.parent_tree = self.objects[number(self.root["ParentTree"])]
        nums = self.parent_tree["Nums"]
        self.parents = dict(zip(nums[::2], nums[1::2], strict=True))
        self.pages = [number(reference) for reference in pdf.page_references]
        self.page_index = {page: index for index, page in enumerate(self.pages)}

    def at(self, reference: bytes) -> Any:
        return self.objects[number(reference)]

    def source(self, element: Element) -> Source:
        return self.sources.get(element.number, NOWHERE)

    def kids(self, element: Element) -> Iterator[tuple[int, Element]]:
        """Child structure elements, each with its place in K."""
        for index, kid in enumerate(element["K"]):
            if isinstance(kid, bytes):
                child = self.at(kid)
                if isinstance(child, dict) and child.get("Type") == "/StructElem":
                    yield index, child

    def keep(self, element: Element, dropped: set[int]) -> None:
        """Take the children at these places away from an element."""
        if dropped:
            element["K"] = pydyf.Array(
                kid for index, kid in enumerate(element["K"]) if index not in dropped
            )

    def mcids(
        self, element: Element, page: int | None = None
    ) -> Iterator[tuple[int, int]]:
        """Page index and MCID of all the content under an element."""
        if "Pg" in element:
            page = self.page_index.get(number(element["Pg"]))
        for kid in element["K"]:
            if isinstance(kid, int) and page is not None:
                yield page, kid
            elif isinstance(kid, dict) and "MCID" in kid:
                yield self.page_index[number(kid["Pg"])], kid["MCID"]
        for _, child in self.kids(element):
            yield from self.mcids(child, page)

    def to_artifact(self, element: Element) -> None:
        for page, mcid in self.mcids(element):
            self.artifacts.setdefault(page, set()).add(mcid)
            self.parents[page][mcid] = b"null"

    def adopt(self, new: Element, kids: Iterable[Any]) -> None:
        """Make `new` the parent of these children, links included."""
        for kid in kids:
            if not isinstance(kid, bytes):
                continue
            child = self.at(kid)
            if child.get("Type") == "/StructElem":
                child["P"] = new.reference
            elif child.get("Type") == "/OBJR":
                annotation = self.at(child["Obj"])
                self.parents[annotation["StructParent"]] = new.reference
