"""What the report of one meal says, as blocks: all that it holds may leave."""

from decimal import Decimal

from networking.models import Meetup, Partner, PartnerKind, Profession
from networking.templatetags.french import NBSP, euro, month_year
from reports.blocks import Block, BlockKind, Cell, block
from reports.figures import NOT_SAID
from reports.freezing import Frozen, Heard, Pair, Said, duration, is_partner
from reports.heard import told_lines
from reports.masking import Published
from reports.missions import LABELS

THERE, HEARD, TALK, MEAL, READ = (
    "Qui était là",
    "Ce que les personnes en disent",
    "Ce qui s’est dit",
    "La rencontre",
    "Comment lire ces chiffres",
)
HEALTH_CODES = ("TRE_G15-ProfessionSante", "TRE_R356-ProfessionRessource")
METHOD = "methode"
TOO_NARROW = "Une case «\u202fs\u202f»\u202f: ce nombre ne peut pas être donné."
Rows = list[list[Cell]]


def of_meal(
    meetup: Meetup,
    partner: Partner,
    counts: Published,
    inside: int | None,
) -> list[Block]:
    """The figures, before the words of the author."""
    is_cpts = partner.kind == PartnerKind.CPTS
    source = f"Feuille d’émargement, {month_year(meetup.starts_at)}"
    blocks = [trades(counts, source)]
    if is_cpts:
        blocks += [
            *codes(counts, source),
            *table("modes", "Modes d’exercice", counts.get("modes"), source),
            *table("adhesion", "CPTS", counts.get("membership"), source),
            contract(meetup, counts, inside),
        ]
    return [*blocks, *answers(counts, source)]


def figures(highlights: list[Pair]) -> Block:
    rows: Rows = [[value, label] for value, label in highlights]
    return block(
        "chiffres", BlockKind.FIGURES, "En bref", ["Valeur", "Ce que c’est"], rows
    )


def trades(counts: Published, source: str) -> Block:
    many = len(counts["trades"])
    rows: Rows = [
        [trade["label"], trade["plates"] or trade["count_text"]]
        for trade in counts["trades"]
    ]
    title = f"{many}{NBSP}métiers autour de la table"
    return block(
        "metiers",
        BlockKind.PLATES,
        title if many > 1 else "Qui était là",
        ["Métier", "Personnes"],
        rows,
        chapter=THERE,
        measure="Nombre de personnes présentes, par métier",
        source=source,
    )


def codes(counts: Published, source: str) -> list[Block]:
    """With the codes of the national lists, as a CPTS counts."""
    known = codes_by_activity([trade["label"] for trade in counts["trades"]])
    rows: Rows = [
        [trade["label"], ", ".join(known.get(trade["label"], [])), trade["count_text"]]
        for trade in counts["trades"]
    ]
    if not rows:
        return []
    rows.append(["Ensemble", "", counts["total"]])
    return [
        block(
            "metiers-codes",
            BlockKind.TABLE,
            "Les métiers, avec leurs codes",
            ["Métier", "Codes des listes nationales", "Présents"],
            rows,
            chapter=THERE,
            measure="Nombre de personnes présentes",
            source=source,
            has_total=True,
        )
    ]


def codes_by_activity(activities: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = Profession.objects.filter(activity__in=activities, codes__isnull=False)
    for activity, system, code in rows.values_list(
        "activity", "codes__system", "codes__code"
    ).order_by("codes__system", "codes__code"):
        word = f"{system.partition('-')[0].removeprefix('TRE_')} {code}"
        if word not in found.setdefault(activity, []):
            found[activity].append(word)
    return found


def table(
    key: str, title: str, cells: dict[str, int] | None, source: str
) -> list[Block]:
    """A table that leaves whole, or not at all."""
    told = [label for label, people in (cells or {}).items() if people]
    if not cells or told in ([], [NOT_SAID]):
        return []
    rows: Rows = [[label, people] for label, people in cells.items() if people]
    rows.append(["Ensemble", sum(cells.values())])
    return [
        block(
            key,
            BlockKind.TABLE,
            title,
            ["", "Présents"],
            rows,
            chapter=THERE,
            measure="Nombre de personnes présentes",
            source=source,
            has_total=True,
        )
    ]


def contract(meetup: Meetup, counts: Published, inside: int | None) -> Block:
    """What a CPTS writes into its own activity report. Trades are counted here,
    never people, unless both sides of the perimeter are many."""
    lines = [*_mission(meetup), *_trades(counts), *_perimeter(counts, inside)]
    lines += [("Durée prévue", duration(meetup.duration)), ("Sur place", _stay(counts))]
    rows: Rows = [[term, text] for term, text in lines if text]
    return block(
        "contrat",
        BlockKind.FACTS,
        "Pour votre rapport d’activité",
        ["Sujet", "Réponse"],
        rows,
        chapter=THERE,
    )


def _mission(meetup: Meetup) -> list[Pair]:
    chosen = [LABELS[m] for m in meetup.missions if m in LABELS]
    return [
        ("Missions", " · ".join(chosen)),
        ("Convention ou subvention", meetup.funding_reference),
    ]


def _trades(counts: Published) -> list[Pair]:
    """Without the code of a health profession, as the national list has it."""
    labels = {trade["label"] for trade in counts["trades"]}
    if not labels:
        return []
    coded = Profession.objects.filter(
        activity__in=labels, codes__system__in=HEALTH_CODES
    )
    without = len(labels.difference(coded.values_list("activity", flat=True)))
    return [
        ("Métiers différents", str(len(labels))),
        ("Métiers sans code de profession de santé", f"{without} sur {len(labels)}"),
    ]


def _perimeter(counts: Published, inside: int | None) -> list[Pair]:
    total = counts["present"]
    if inside is None or total is None:
        return []
    return [
        ("Travaillent dans votre périmètre", str(inside)),
        ("Travaillent ailleurs, ou lieu non dit", str(total - inside)),
    ]


def _stay(counts: Published) -> str:
    minutes = counts.get("minutes")
    if not minutes:
        return ""
    return f"{minutes}{NBSP}min ou plus, pour la moitié des personnes"


def _new(counts: Published) -> str | None:
    """The words; of before rule 3, the number."""
    if counts["first_timers"] is not None:
        return str(counts["first_timers"])
    is_most = counts.get("mostly_new")
    if is_most is None:
        return None
    return "la moitié ou plus" if is_most else "moins de la moitié"


def answers(counts: Published, source: str) -> list[Block]:
    lines = (
        ("Personnes invitées", counts["invited"]),
        ("Réponses reçues", counts["answered"]),
        ("Personnes attendues", counts["expected"]),
        ("Personnes présentes", counts["total"]),
        ("Venues pour la première fois depuis un an", _new(counts)),
        ("Travaillent dans la commune", counts["in_commune"]),
        ("Structures différentes", counts["structures"]),
    )
    rows: Rows = [[label, value] for label, value in lines]
    return [
        block(
            "reponses",
            BlockKind.TABLE,
            "De l’invitation à la table",
            ["", "Personnes"],
            rows,
            chapter=THERE,
            measure="Nombre de personnes, sauf les structures. s\u202f: non publié",
            source=source,
        )
    ]


def said(words: Said, frozen: Frozen) -> list[Block]:
    """The author's words, the opinions, the meal, and how to read."""
    return [
        *heard(frozen["opinions"]),
        *lines("paroles", TALK, TALK, words.quotes),
        *lines("suite", "La suite", TALK, words.next_steps),
        *pairs("indicateurs", "Ce que vous nous demandez", TALK, words.indicators),
        *pairs("rencontre", "Le repas", MEAL, frozen["facts"]),
        *lines(METHOD, READ, READ, [*frozen["method"], TOO_NARROW]),
    ]


def heard(what: Heard | None) -> list[Block]:
    if what is None:
        return []
    rows: Rows = [[term, text] for term, text in told_lines(what)]
    return [
        block(
            "avis",
            BlockKind.FACTS,
            "Les avis, sans nom",
            ["Sujet", "Réponse"],
            rows,
            chapter=HEARD,
            measure=f"Nombre d’avis, par pas de {what['step']}. Une ligne absente"
            f"\u202f: moins de {what['step']} avis",
        )
    ]


def lines(key: str, title: str, chapter: str, sentences: list[str]) -> list[Block]:
    if not sentences:
        return []
    rows: Rows = [[sentence] for sentence in sentences]
    return [block(key, BlockKind.LINES, title, ["Phrase"], rows, chapter=chapter)]


def pairs(key: str, title: str, chapter: str, told: list[Pair]) -> list[Block]:
    if not told:
        return []
    rows: Rows = [[term, text] for term, text in told]
    columns = ["Sujet", "Réponse"]
    return [block(key, BlockKind.FACTS, title, columns, rows, chapter=chapter)]


def loan(meetup: Meetup) -> Decimal | None:
    """What the venue would have cost, when a town hall or a network lends it."""
    venue = meetup.venue
    return venue.loan_value if is_partner(venue.lender) else None


def money(meetup: Meetup, counts: Published) -> list[Pair]:
    """Some report tells the price per person: beside it the bill would tell how many
    ate, and leaves only when that number does."""
    told = []
    if value := loan(meetup):
        told.append(("Prêt de la salle", f"{euro(value)}, apport en nature"))
    if meetup.meal_cost is not None and counts["present"] is not None:
        told.append(("Coût du repas", f"{euro(meetup.meal_cost)} en tout"))
    return told
