"""Elements cut by a page break become one again (WeasyPrint issue 2903)."""

from typing import Any

import pydyf

from reports.tagging.tree import Element, Tree, number

Key = tuple[int, str, str]


def merge(tree: Tree, element: Element) -> None:
    """Join, at each level, the pieces that come from the same HTML element."""
    seen: dict[Key, list[Any]] = {}
    dropped: set[int] = set()
    previous = None
    for index, child in list(tree.kids(element)):
        source = tree.source(child)
        key = (id(source.html), source.tag, child["S"])
        first = None if source.html is None else seen.get(key)
        if first is None or _is_new(source.page, first, previous):
            if source.html is not None:
                seen[key] = [child, source.page]
            previous = child
            continue
        previous = first[0]
        first[1] = source.page
        dropped.add(index)
        _join(tree, first[0], child)
    tree.keep(element, dropped)
    for _, child in list(tree.kids(element)):
        merge(tree, child)


def _is_new(page: int, first: list[Any], previous: Element | None) -> bool:
    """Whether a piece starts an element of its own.

    On a later page the same element goes on. On the same page it does so only
    right after its first piece: columns, or an inline cut by a line end.
    """
    target, last_page = first
    is_apart = page == last_page and previous is not target
    return bool(page < last_page or is_apart)


def _join(tree: Tree, target: Element, piece: Element) -> None:
    if piece["S"] == "/THead":
        tree.to_artifact(piece)
    elif piece["S"] == "/TFoot":  # the last one is read, the others repeat it
        tree.to_artifact(target)
        target["K"], target["Pg"] = piece["K"], piece["Pg"]
        tree.adopt(target, list(piece["K"]))
    else:
        kids = list(_moved(tree, target, piece))
        target["K"].extend(kids)
        tree.adopt(target, kids)


def _moved(tree: Tree, target: Element, piece: Element) -> list[Any]:
    """Children of a piece, its bare MCIDs with the page they are on."""
    page = piece["Pg"]
    kids = []
    for kid in piece["K"]:
        if isinstance(kid, int):
            tree.parents[tree.page_index[number(page)]][kid] = target.reference
            kid = pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": kid})
        kids.append(kid)
    return kids
