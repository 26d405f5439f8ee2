"""What the report of several meals says, as blocks: all that it holds may leave."""

from datetime import datetime

from networking.templatetags.french import (
    NBSP,
    euro,
    local_day,
    month_year,
    plural,
    short_date,
    today,
)
from reports.blocks import Block, BlockKind, Cell, block
from reports.freezing import Pair, nameless_title
from reports.landmarks import landmarks, point_of
from reports.meal_blocks import METHOD, READ, heard, lines, pairs
from reports.naming import Names
from reports.period_figures import Told, highlights
from reports.periods import attendances, per_month, present
from reports.suppression import Range
from reports.web import trade_web
from venues.models import Commune

SHORT, WHO, WHERE, LINKS, MEALS = (
    "L’essentiel",
    "Qui est venu",
    "D’où l’on vient",
    "Les liens",
    "Les repas",
)
Rows = list[list[Cell]]


def figures(what: Told) -> Block:
    rows: Rows = [[value, label] for value, label in highlights(what)]
    columns = ["Valeur", "Ce que c’est"]
    return block("chiffres", BlockKind.FIGURES, "En bref", columns, rows, chapter=SHORT)


def of_period(what: Told, names: Names) -> list[Block]:
    return [
        *trades(what),
        trend(what),
        *commune_map(what),
        *links(what),
        *heard(what.opinions),
        meals(what, names),
        *pairs("argent", "Ce que cela coûte, et ce qui est prêté", MEALS, costs(what)),
    ]


def source(what: Told) -> str:
    return f"Feuilles d’émargement, {what.gathered.span}"


def trades(what: Told) -> list[Block]:
    if not what.trades:
        return []
    first = what.trades[0]
    bars: Rows = [[trade.label, trade.meals] for trade in what.trades]
    table: Rows = [
        [trade.label, trade.meals, what.words(trade.people)] for trade in what.trades
    ]
    return [
        block(
            "metiers",
            BlockKind.BARS,
            f"{first.label}\u202f: {first.meals_words}",
            ["Métier", "Repas"],
            bars,
            chapter=WHO,
            measure="Nombre de repas où ce métier était à table",
            source=source(what),
        ),
        block(
            "metiers-presences",
            BlockKind.TABLE,
            "Les métiers, repas et présences",
            ["Métier", "Repas", "Présences"],
            table,
            chapter=WHO,
            measure="Une personne compte chaque fois qu’elle vient",
            source=source(what),
        ),
    ]


def trend(what: Told) -> Block:
    """By month with a meal; or by every month that has begun, beside the same of the
    period before, in its order."""
    gathered = what.gathered
    now = per_month(gathered.span, gathered.meetups, gathered.tables)
    then = list(
        per_month(gathered.span.before, gathered.earlier, gathered.tables).values()
    )
    columns = ["Mois", "Présences"]
    has_then = bool(gathered.earlier)
    rows: Rows = []
    for index, (month, tables) in enumerate(now.items()):
        if month > today() or not (tables or has_then):
            continue
        row: list[Cell] = [month_year(month), attendances(tables).low]
        if has_then:
            row.append(attendances(then[index]).low if index < len(then) else None)
        rows.append(row)
    is_exact = what.attendances.is_exact and what.before.is_exact
    return block(
        "mois",
        BlockKind.TREND,
        _by_month([attendances(tables) for tables in now.values() if tables]),
        [*columns, "Présences, période d’avant"] if has_then else columns,
        rows,
        chapter=WHO,
        measure="Nombre de présences" if is_exact else "Présences, au moins",
        source=source(what),
    )


def _by_month(found: list[Range]) -> str:
    """The finding, over the months with a meal."""
    if not found:
        return "Aucun repas"
    low, high = min(one.low for one in found), max(one.high for one in found)
    if low == high:
        return f"{low} présences, chaque mois où il y a un repas"
    return f"De {low} à {high} présences, les mois où il y a un repas"


def commune_map(what: Told) -> list[Block]:
    release = what.gathered.release
    cells = (release["communes"] or {}) if release else {}
    places = list(Commune.objects.filter(pk__in=cells).order_by("search_name"))
    rows: Rows = [
        [place.pk, place.name, *point_of(place), what.words(Range(*cells[place.pk]))]
        for place in places
    ]
    if not rows:
        return []
    number = plural(len(rows), "commune")
    told = block(
        "communes",
        BlockKind.MAP,
        f"Les personnes viennent de {number}",
        ["Code", "Commune de travail", "Latitude", "Longitude", "Personnes"],
        rows,
        chapter=WHERE,
        measure="Personnes différentes, par commune de travail, par tranches",
        source=source(what),
    )
    told["landmarks"] = landmarks(places)
    return [told]


def links(what: Told) -> list[Block]:
    named = (
        ("Liens noués, dits par les deux personnes", "links"),
        ("Passerelles\u202f: paires de métiers reliés", "bridges"),
        ("Liens qui ont servi\u202f: on s’est recontacté", "again"),
    )
    told = [(label, what.of_set(name)) for label, name in named]
    found = [(label, what.words(n)) for label, n in told if n and n.high]
    return [
        *pairs("liens", "Ce que la table a relié", LINKS, found),
        *trades_linked(what),
    ]


def trades_linked(what: Told) -> list[Block]:
    """The circle's web by trade only, told with the links, once per set of meals: a
    trade is named there only with enough people, so no line is somebody."""
    if what.gathered.release is None:
        return []
    web = trade_web(what.gathered.meetups)
    if not web.rows:
        return []
    rows: Rows = [list(row) for row in web.rows]
    return [
        block(
            "metiers-relies",
            BlockKind.TABLE,
            "Les métiers qui se sont reliés",
            list(web.columns),
            rows,
            chapter=LINKS,
            measure="Liens dits par les deux personnes, par tranches",
            source=source(what),
        )
    ]


def day(moment: datetime) -> str:
    """On one line of a narrow column."""
    words = f"{short_date(moment)} {local_day(moment).year}"
    return words.replace(" ", NBSP)


def meals(what: Told, names: Names) -> Block:
    rows: Rows = [
        [
            day(meetup.starts_at),
            nameless_title(meetup, names),
            meetup.venue.commune.name,
            what.gathered.tables[meetup.pk]["total"],
        ]
        for meetup in what.gathered.meetups
    ]
    rows.append(["Ensemble", "", "", what.words(what.attendances)])
    return block(
        "repas",
        BlockKind.TABLE,
        plural(len(what.gathered.meetups), "repas,repas"),
        ["Jour", "Rencontre", "Commune", "Présents"],
        rows,
        chapter=MEALS,
        measure="Nombre de personnes présentes",
        source=source(what),
        has_total=True,
    )


def costs(what: Told) -> list[Pair]:
    lines = [
        ("Salles prêtées, en nature", euro(what.loans) if what.loans else ""),
        ("Repas, en tout", euro(what.bill) if what.bill is not None else ""),
        (
            "Par personne et par repas",
            euro(what.per_head) if what.per_head is not None else "",
        ),
    ]
    return [(term, text) for term, text in lines if text]


def said(found: list[str], quotes: list[str], proposal: str) -> list[Block]:
    next_steps = [proposal] if proposal else []
    return [
        *lines("constats", "Ce que nous voyons", SHORT, found),
        *lines("proposition", "Ce que nous proposons", SHORT, next_steps),
        *lines("paroles", "Ce qui s’est dit", SHORT, quotes),
    ]


def reading(method: list[str]) -> list[Block]:
    return lines(METHOD, READ, READ, method)


def method(what: Told) -> list[str]:
    notes = [
        "Une présence, c’est une personne à un repas. Une personne différente est"
        f"{NBSP}comptée une seule fois. Aucun nom ne figure ici.",
    ]
    if what.of_set("different"):
        notes.append(
            "Les personnes venues sans invitation sont des présences\u202f: sans nom,"
            " nous ne savons pas si elles sont revenues."
        )
    notes.append(
        f"De 1 à {what.threshold - 1} personnes, nous écrivons «\u202fmoins de"
        f" {what.threshold}\u202f», ou deux bornes. Ainsi personne n’est reconnu, même"
        " en comparant plusieurs bilans."
    )
    tables = what.gathered.told(what.gathered.meetups)
    if any(not table["trades"] and present(table).high for table in tables):
        notes.append(
            f"Un repas de moins de {what.threshold} personnes ne dit pas ses"
            " métiers\u202f: il n’y est pas compté."
        )
    if what.gathered.refusal:
        notes.append(
            "Les personnes différentes ne sont pas données ici\u202f: elles le sont"
            " dans un autre bilan, ou leurs noms sont déjà effacés."
        )
    return notes
