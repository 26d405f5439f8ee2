"""What the columns of somebody's list mean, by the names people give them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from venues.text import fold

FIELDS = {
    "first_name": "Prénom",
    "last_name": "Nom",
    "profession": "Métier",
    "workplace": "Structure",
    "commune": "Commune",
    "postal_code": "Code postal",
    "email": "E-mail",
    "phone": "Téléphone",
    "channel": "Préfère",
    "what_i_do": "Ce que je fais",
}
SYNONYMS = {
    "first_name": "prenom|prenoms|prenom usuel|prenom d exercice|first name",
    "last_name": "nom|nom de famille|nom d usage|nom usuel|nom d exercice|last name",
    "profession": "metier|profession|fonction|poste|libelle profession|activite"
    "|metier profession|profession metier|metier fonction",
    "workplace": "structure|employeur|etablissement|organisme|lieu d exercice"
    "|raison sociale|raison sociale site|cabinet|entreprise|service|association"
    "|structure employeur|societe",
    "commune": "commune|ville|commune de travail|localite|commune d exercice"
    "|libelle commune|commune ville|lieu|secteur",
    "postal_code": "code postal|cp|code post|code postal commune",
    "email": "e mail|mail|email|courriel|adresse mail|adresse e mail|adresse email"
    "|adresse electronique|mel|adresse courriel|mail pro|email pro",
    "phone": "telephone|tel|portable|mobile|tel portable|numero|numero de telephone"
    "|telephone portable|telephone mobile|telephone pro|gsm|tel mobile|n de telephone"
    "|tel fixe|telephone fixe|telephone 1",
    "channel": "canal|prefere|contact prefere|canal prefere|moyen de contact"
    "|preference|preference de contact",
    "what_i_do": "ce que je fais|description|missions|presentation|specialite"
    "|ce que fait la personne",
}
FIELD_OF = {
    name: field for field, names in SYNONYMS.items() for name in names.split("|")
}
NEEDED = ("first_name", "profession", "commune")
GUARD = re.compile(r"^'(?=\s*[=+\-@])")


def safe_cell(text: str) -> str:
    """CWE-1236: a spreadsheet must read words, never a formula."""
    start = text.lstrip(" \ufeff")[:1]
    return f"'{text}" if start and start in "=+-@\t\r\n\0" else text


class Header(NamedTuple):
    """`fields` gives the column of each field; `ignored` are titles left aside."""

    fields: dict[str, int]
    ignored: tuple[str, ...]

    def pick(self, cells: Sequence[str]) -> dict[str, str]:
        """Without the apostrophe that our own exports put before a formula sign."""
        return {
            field: GUARD.sub("", cells[column]) if column < len(cells) else ""
            for field, column in self.fields.items()
        }

    @property
    def missing(self) -> list[str]:
        return [FIELDS[field] for field in NEEDED if field not in self.fields]


def header_of(cells: Sequence[str]) -> Header | None:
    """None unless two columns at least are known, one of them a name."""
    fields: dict[str, int] = {}
    ignored: list[str] = []
    for column, cell in enumerate(cells):
        field = FIELD_OF.get(fold(cell[:80]))
        if field and field not in fields:
            fields[field] = column
        elif cell.strip():
            ignored.append(cell.strip()[:40])
    is_header = len(fields) > 1 and ("first_name" in fields or "last_name" in fields)
    return Header(fields, tuple(ignored)) if is_header else None
