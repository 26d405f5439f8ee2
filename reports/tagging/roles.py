"""Roles and attributes WeasyPrint forgets or gets wrong, element by element."""

import pydyf

from reports.tagging.tables import table
from reports.tagging.tree import Element, Source, Tree

INLINE = {
    *("abbr", "b", "cite", "code", "em", "i", "mark", "q", "small", "strong"),
    *("sub", "sup", "time"),
}
BLOCK = {"address", "aside", "fieldset", "figure", "footer", "form", "header", "nav"}
SILENT_ROLES = ("presentation", "none")
# CSS pixels to PDF points
POINTS = 0.75


def is_decoration(source: Source) -> bool:
    attributes = source.attributes
    return (
        attributes.get("aria-hidden") == "true"
        or attributes.get("role") in SILENT_ROLES
        or attributes.get("alt") == ""
    )


def settle(tree: Tree, parent: Element, child: Element) -> None:
    """Give a child of `parent` the role and attributes of its HTML element."""
    source = tree.source(child)
    if not source.pseudo and "lang" in source.attributes and child["S"] != "/Document":
        child["Lang"] = pydyf.String(source.attributes["lang"])
    match child["S"]:
        case "/Figure":
            _figure(tree, child, source)
        case "/Table":
            table(tree, child)
        case "/Link":
            _link(tree, child, source)
        case "/L":
            _list(tree, child, source)
        case "/LI" if parent["S"] == "/TOC":
            child["S"] = "/TOCI"
        case "/LBody" if parent["S"] == "/TOCI":
            child["S"] = "/Reference"
        case "/Caption" if parent["S"] != "/Table":
            child["S"] = "/P"
        case "/NonStruct" if not source.pseudo:
            _plain(child, source)


def _figure(tree: Tree, child: Element, source: Source) -> None:
    """Alt from aria-label; BBox in points from the bottom of the page."""
    if "aria-label" in source.attributes:
        child["Alt"] = pydyf.String(source.attributes["aria-label"])
    height = tree.objects[tree.pages[source.page]]["MediaBox"][3]
    x1, y1, x2, y2 = (round(value * POINTS, 2) for value in child["A"]["BBox"])
    child["A"]["BBox"] = pydyf.Array(
        (x1, round(height - y2, 2), x2, round(height - y1, 2))
    )


def _link(tree: Tree, child: Element, source: Source) -> None:
    """The annotation's Contents: aria-label, title or the text of the link."""
    text = source.attributes.get("aria-label") or source.attributes.get("title")
    if not text and source.html is not None:
        text = " ".join("".join(source.html.itertext()).split())
    for kid in child["K"]:
        if text and isinstance(kid, bytes):
            reference = tree.at(kid)
            if reference.get("Type") == "/OBJR":
                tree.at(reference["Obj"])["Contents"] = pydyf.String(text)


def _list(tree: Tree, child: Element, source: Source) -> None:
    if "toc" in source.attributes.get("class", "").split():
        child["S"] = "/TOC"
    elif source.tag == "dl":
        _definitions(tree, child)
    elif source.tag in ("ul", "ol"):
        numbering = "/Decimal" if source.tag == "ol" else "/Disc"
        child["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": numbering})


def _definitions(tree: Tree, element: Element) -> None:
    """WeasyPrint makes one LI of each dt and dd: LI[Lbl, LBody...] of each group."""
    keep = pydyf.Array()
    groups: list[Element] = []
    for _, child in list(tree.kids(element)):
        body: Element = next((kid for _, kid in tree.kids(child)), None)
        tag = "" if body is None else tree.source(body).tag
        if tag == "dd" and groups:
            body["P"] = groups[-1].reference
            groups[-1]["K"].append(body.reference)
            continue
        if tag == "dt":
            body["S"] = "/Lbl"
            groups.append(child)
        keep.append(child.reference)
    element["K"] = keep
    element["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": "/None"})


def _plain(child: Element, source: Source) -> None:
    if source.tag in INLINE:
        child["S"] = "/Span"
        if source.tag == "abbr" and "title" in source.attributes:
            child["E"] = pydyf.String(source.attributes["title"])
    elif source.tag in BLOCK:
        child["S"] = "/Div"
