"""Reports as they might be frozen one day, to draw, print and read back: two pages of
one meetup, thirty pages of a year. Nothing here touches the database."""

import datetime as dt
from random import Random
from typing import Any

from reports.block_rules import check
from reports.blocks import Block, BlockKind, Cell, block
from reports.models import Report, ReportKind

ISSUED_AT = dt.datetime(2027, 1, 12, 9, 0, tzinfo=dt.UTC)
SOURCE = "Parenthèse Savoie, feuilles d’émargement, rencontres closes au 31 décembre"
TRADES: list[list[Cell]] = [
    ["Aide à domicile", 12],
    ["Ambulance", "moins de 5"],
    ["Kinésithérapie", 5],
    ["Médecine", "moins de 5"],
    ["Pharmacie", "moins de 5"],
    ["Psychologie", "moins de 5"],
    ["Service social", 6],
    ["Soins infirmiers", 9],
]
# Fictional places, laid out as a valley would be.
PLACES: list[list[Cell]] = [
    ["73901", "Valmorey", 45.5731, 5.9118, 148],
    ["73902", "Saint-Jore", 45.5612, 5.9467, 61],
    ["73903", "Les Granges-sur-Leysse", 45.5402, 5.9893, 34],
    ["73904", "Montcel-le-Haut", 45.6218, 5.9925, "moins de 5"],
    ["73905", "Le Villard", 45.6067, 5.8832, 22],
    ["73906", "Apremont-le-Vieux", 45.5093, 5.9512, 17],
    ["73907", "La Motte-Dessous", 45.5989, 5.8714, 12],
    ["73908", "Barby", 45.5668, 5.9823, 9],
    ["73909", "Saint-Alban", 45.5801, 5.9683, 26],
    ["73910", "Vimines", 45.5482, 5.8703, "moins de 5"],
    ["73911", "Aix-la-Claire", 45.6884, 5.9153, 73],
    ["73912", "Challes", 45.5463, 5.9806, 8],
]
YEAR_TRADES: list[list[Cell]] = [
    ["Soins infirmiers", 86],
    ["Aide à domicile", 74],
    ["Pharmacie", 41],
    ["Kinésithérapie", 38],
    ["Médecine", 33],
    ["Service social", 29],
    ["Coordination d’un service d’aide et d’accompagnement à domicile", 18],
    ["Psychologie", 12],
    ["Ergothérapie", 9],
    ["Orthophonie", 7],
    ["Pédicurie-podologie", "moins de 5"],
    ["Sage-femme", "moins de 5"],
]
MONTHS = [
    "jan.",
    "fév.",
    "mars",
    "avril",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
]


def meetup_blocks() -> list[Block]:
    key = [
        ["39 à 41", "personnes présentes, 36\u00a0attendues"],
        ["8", "métiers différents"],
        ["21", "premières venues depuis\u00a0un\u00a0an"],
        ["14", "travaillent dans la commune"],
        ["7,40\u00a0€", "par personne, repas compris"],
        ["1\u00a0h\u00a030", "ensemble autour de la table"],
    ]
    facts = [
        ["Heures", "de 12 h 15 à 13 h 45 (1 h 30)"],
        ["Lieu", "Salle des Tilleuls, 4 place de la Mairie, Valmorey"],
        ["Lieu prêté par", "la mairie de Valmorey"],
        ["Organisation", "Parenthèse Savoie"],
        ["Cercle", "Valmorey et ses voisines"],
        ["Repas", "payé par chacun"],
    ]
    numbers: list[list[Cell]] = [
        ["Personnes invitées", 62],
        ["Réponses reçues", 51],
        ["Personnes attendues", 36],
        ["Travaillent dans la commune", 14],
        ["Structures différentes", None],
    ]
    method = [
        "Ces chiffres comptent les personnes présentes. Aucun nom n’y figure.",
        "De 1 à 4 personnes, nous écrivons «\u202fmoins de 5\u202f». "
        "Ainsi personne n’est reconnu.",
        "Pour la même raison, le nombre de personnes n’est pas donné exactement.",
    ]
    return [
        block("figures", BlockKind.FIGURES, "", ["Valeur", "Compté"], key),
        block(
            "trades",
            BlockKind.PLATES,
            "L’aide à domicile et les soins infirmiers font la moitié de la table",
            ["Métier", "Personnes présentes"],
            TRADES,
            chapter="Qui était là",
            measure="Par ordre alphabétique",
            source="feuille d’émargement du 10 décembre 2026",
        ),
        block(
            "facts",
            BlockKind.FACTS,
            "",
            ["Ce qui", "Comment"],
            facts,
            chapter="Le déjeuner",
        ),
        block(
            "answers",
            BlockKind.TABLE,
            "Cinq personnes invitées sur six ont répondu",
            ["Ce qui est compté", "Nombre"],
            numbers,
            chapter="Le déjeuner",
            measure="Nombre de personnes",
            source="invitations et feuille d’émargement",
        ),
        block("method", BlockKind.LINES, "", ["Méthode"], [[line] for line in method]),
    ]


def meetup_report(blocks: list[Block] | None = None, **changes: Any) -> Report:
    figures = {
        "headline": "8 métiers du soin autour d’une même table",
        "addressee": "la mairie de Valmorey",
        "reference": "PR-20261210-17",
        "plates": 8,
        "free_places": 2,
        "blocks": list(check(meetup_blocks() if blocks is None else blocks)),
    }
    given: dict[str, Any] = {
        "pk": 17,
        "kind": ReportKind.TOWN_HALL,
        "meetup_id": 12,
        "series": "meetup:12:3",
        "title": "Bilan\u202f: Le déjeuner de Valmorey, jeudi 10 décembre 2026",
        "figures": figures,
        "quotes": [
            "Je travaille chez la même dame que vous depuis deux ans.",
            "Maintenant je sais qui appeler pour le pilulier.",
        ],
        "next_steps": [
            "Prochaine table : jeudi 11 mars, Saint-Jore",
            "Inviter : pédicurie, sage-femme, service social",
        ],
        "issued_at": ISSUED_AT,
    }
    return Report(**given | changes)


def year_report(rows: int = 300, **changes: Any) -> Report:
    figures = {
        "headline": "Une année à table\u202f: 359 personnes de 24 métiers "
        "se sont rencontrées",
        "addressee": "la CPTS des Trois Sources",
        "reference": "PR-2026-TERRITOIRE-3",
        "blocks": list(check(year_blocks(rows))),
    }
    given: dict[str, Any] = {
        "pk": 18,
        "kind": ReportKind.YEAR,
        "series": "year:2026",
        "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2026, 12, 31),
        "title": "Bilan de l’année 2026, Valmorey et ses voisines",
        "figures": figures,
        "quotes": ["On se connaît enfin.", "J’ai mis un visage sur un numéro."],
        "next_steps": ["Trouver une salle à Saint-Jore pour les soirs d’hiver"],
        "issued_at": ISSUED_AT,
    }
    return Report(**given | changes)


def year_blocks(rows: int) -> list[Block]:
    key = [
        ["359", "personnes différentes, 64 de plus qu’en 2025"],
        ["24", "métiers autour de la table"],
        ["31", "rencontres dans 12 communes"],
        ["212", "premières venues"],
        ["6,90\u00a0€", "par personne et par repas"],
        ["4\u202f800\u00a0€", "de salles prêtées par les mairies"],
    ]
    findings = [
        "Les soins infirmiers et l’aide à domicile viennent le plus souvent.",
        "Deux personnes sur trois reviennent au moins une fois.",
        "Cinq communes n’ont encore jamais reçu de table.",
    ]
    return [
        block("figures", BlockKind.FIGURES, "", ["Valeur", "Compté"], key),
        block(
            "findings", BlockKind.LINES, "", ["Constat"], [[line] for line in findings]
        ),
        *who_blocks(),
        *where_blocks(),
        *list_blocks(rows),
        block(
            "definitions",
            BlockKind.FACTS,
            "Définitions",
            ["Mot", "Sens"],
            [
                ["Personne", "comptée une fois, même venue à plusieurs rencontres"],
                ["Première venue", "jamais présente dans les douze mois d’avant"],
            ],
            chapter="Les mots employés",
        ),
        block(
            "method",
            BlockKind.LINES,
            "",
            ["Méthode"],
            [["Ces chiffres comptent les personnes présentes. Aucun nom n’y figure."]],
        ),
    ]


def who_blocks() -> list[Block]:
    coming = [31, 28, 44, 39, 52, None, 12, 0, 47, 58, 61, 66]
    fresh = [31, 20, 26, 17, 22, None, "moins de 5", 0, 18, 21, 19, 17]
    return [
        block(
            "trades",
            BlockKind.BARS,
            "Les soins infirmiers restent les plus présents, devant l’aide à domicile",
            ["Métier", "Personnes"],
            YEAR_TRADES,
            chapter="Qui est venu",
            measure="Personnes différentes venues en 2026, par métier",
            source=SOURCE,
        ),
        block(
            "months",
            BlockKind.TREND,
            "Deux fois plus de monde en décembre qu’en janvier",
            ["Mois", "Présents", "Premières venues"],
            [
                [f"{month} 2026", a, b]
                for month, a, b in zip(MONTHS, coming, fresh, strict=True)
            ],
            chapter="Qui est venu",
            measure="Présences par mois en 2026, en personnes",
            source=SOURCE,
        ),
        block(
            "modes",
            BlockKind.TABLE,
            "Une personne sur deux exerce en libéral",
            ["Mode d’exercice", "Personnes", "Part en %"],
            [
                ["Libéral", 178, 49.6],
                ["Salarié du domicile", 121, 33.7],
                ["Salarié d’un établissement", 48, 13.4],
                ["Bénévole", 12, 3.3],
                ["Ensemble", 359, 100],
            ],
            chapter="Qui est venu",
            measure="Personnes différentes venues en 2026, par mode d’exercice",
            source=SOURCE,
            has_total=True,
        ),
    ]


def where_blocks() -> list[Block]:
    return [
        block(
            "map",
            BlockKind.MAP,
            "Valmorey et Aix-la-Claire reçoivent la moitié des personnes",
            ["Code", "Commune", "Latitude", "Longitude", "Personnes"],
            PLACES,
            chapter="Où l’on s’est rencontré",
            measure="Présences par commune d’accueil en 2026, en personnes",
            source=SOURCE,
        ),
        block(
            "rooms",
            BlockKind.FIGURES,
            "Les mairies ont prêté toutes les salles",
            ["Valeur", "Compté"],
            [
                ["31", "prêts de salle"],
                ["93 h", "de salle prêtée"],
                ["4\u202f800\u00a0€", "valeur, selon les tarifs publics"],
            ],
            chapter="Où l’on s’est rencontré",
            source="tarifs votés par les communes",
        ),
    ]


def list_blocks(rows: int) -> list[Block]:
    draw = Random(31)
    columns = ["Rencontre", "Commune", "Invités", "Présents", "Métiers", "Coût en €"]
    meals: list[list[Cell]] = [
        [
            f"Table du {1 + n % 28} {MONTHS[n % 12]}, n° {n + 1}",
            str(PLACES[n % 12][1]),
            draw.randint(14, 60),
            draw.choice([draw.randint(5, 40), "moins de 5"]),
            draw.randint(2, 12),
            draw.choice([None, round(draw.uniform(4, 12), 2)]),
        ]
        for n in range(rows)
    ]
    return [
        block(
            f"meals_{part + 1}",
            BlockKind.TABLE,
            f"Toutes les rencontres, partie {part + 1}",
            columns,
            meals[part * 150 : part * 150 + 150],
            chapter="Toutes les rencontres",
            measure="Une ligne par rencontre",
            source=SOURCE,
        )
        for part in range(-(-rows // 150))
    ]
