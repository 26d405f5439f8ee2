"""Reports frozen before there were blocks, told in blocks."""

from typing import Any, cast

from networking.templatetags.french import euro, typo
from reports.blocks import Block, BlockKind, Cell, block
from reports.models import Report

SOURCE = "Feuille d’émargement de la rencontre"
# What the attached file tells of such a report, in this order.
COUNTS = (
    ("Personnes invitées", "invited"),
    ("Réponses reçues", "answered"),
    ("Personnes attendues", "expected"),
    ("Venues pour la première fois depuis un an", "first_timers"),
    ("Travaillent dans la commune", "in_commune"),
    ("Structures différentes", "structures"),
)


def blocks_of(report: Report) -> list[Block]:
    """The blocks of a row, whenever it was frozen."""
    told: dict[str, Any] = report.figures
    if "blocks" in told:
        return cast("list[Block]", told["blocks"])
    return from_keys(told)


def from_keys(told: dict[str, Any]) -> list[Block]:
    counts = told.get("counts") or {}
    blocks = [
        block(
            "figures",
            BlockKind.FIGURES,
            "En quelques chiffres",
            ["Valeur", "Ce qui est compté"],
            [list(pair) for pair in told.get("highlights", [])][:6],
        ),
        _trades(counts),
        _facts(told),
        _counts(told, counts),
        block(
            "method",
            BlockKind.LINES,
            "Comment lire ces chiffres",
            ["Méthode"],
            [[line] for line in told.get("method", [])],
        ),
    ]
    return [each for each in blocks if each["rows"]]


def _trades(counts: dict[str, Any]) -> Block:
    rows: list[list[Cell]] = [
        [t["label"], t["count_text"] if t["plates"] is None else t["plates"]]
        for t in counts.get("trades", [])
    ]
    return block(
        "trades",
        BlockKind.PLATES,
        "",
        ["Métier", "Personnes présentes"],
        rows,
        chapter="Qui était là",
        measure="Par ordre alphabétique",
        source=SOURCE,
    )


def _facts(told: dict[str, Any]) -> Block:
    return block(
        "facts",
        BlockKind.FACTS,
        "",
        ["Ce qui", "Comment"],
        # The head of the page gives the meetup's title and date already.
        [[a, typo(b)] for a, b in told.get("facts", []) if a != "Rencontre"],
        chapter="Le déjeuner",
    )


def _counts(told: dict[str, Any], counts: dict[str, Any]) -> Block:
    rows: list[list[Cell]] = []
    if counts:
        rows = [["Personnes présentes", counts["present"] or counts["total"]]]
        rows.append(["Métiers différents", len(counts["trades"])])
        rows += [[label, counts[key]] for label, key in COUNTS]
        cost = told.get("cost")
        rows.append(["Coût par personne", None if cost is None else euro(cost)])
    return block(
        "counts",
        BlockKind.TABLE,
        "Tous les chiffres de la rencontre",
        ["Ce qui est compté", "Nombre"],
        rows,
        chapter="Le déjeuner",
        source=SOURCE,
    )
