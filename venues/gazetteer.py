"""Which commune somebody means by what they type: a name, a code, or both."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from venues.models import Commune
from venues.text import fold

# Postal or INSEE: people cannot tell them apart, and Corsica has letters.
CODE = re.compile(r"(?i)\b(\d{5}|2[ab]\d{3})\b")
CEDEX = re.compile(r"(?i)\bcedex\b(?: *\d{1,2}\b)?")
SHORT_WORDS = {"st": "saint", "ste": "sainte"}
# A condition per code typed alone: few enough for any database.
BATCH = 100


class Typed(NamedTuple):
    """The folded name and the code of one text; either may be empty."""

    name: str
    code: str


def read(text: str) -> Typed:
    """ "Chambéry", "73000 Chambéry", "Chambéry (73000)", "St-Alban", "73065"."""
    bare = CEDEX.sub(" ", text)
    # The code of a CEDEX belongs to a post office, not to a commune.
    code = CODE.search(text) if bare == text else None
    words = fold(CODE.sub(" ", bare)).split()
    name = " ".join(SHORT_WORDS.get(word, word) for word in words)
    return Typed(name, code[1].upper() if code else "")


def label(commune: Commune) -> str:
    """What can be typed again to find the same commune: "Chambéry (73000)"."""
    codes = commune.postal_codes
    return f"{commune.name} ({codes[0] if codes else commune.code})"


def labels(communes: Iterable[Commune]) -> list[str]:
    """Their labels, with INSEE codes where postal codes do not tell them apart."""
    known = sorted(communes, key=lambda commune: (commune.search_name, commune.code))
    names = [label(commune) for commune in known]
    if len(set(names)) == len(names):
        return names
    return [f"{commune.name} ({commune.code})" for commune in known]


def find(text: str) -> list[Commune]:
    """Every commune that the text may mean, in one query."""
    return find_each((text,))[text]


def find_each(texts: Iterable[str]) -> dict[str, list[Commune]]:
    """The communes that each text may mean; one query for a hundred texts."""
    typed = {text: read(text) for text in texts}
    found: dict[str, list[Commune]] = {}
    todo = list(typed)
    for start in range(0, len(todo), BATCH):
        batch = todo[start : start + BATCH]
        known = _candidates([typed[text] for text in batch])
        found |= {text: _meant(typed[text], known) for text in batch}
    return found


def _candidates(typed: list[Typed]) -> list[Commune]:
    wanted = Q(search_name__in=[one.name for one in typed if one.name])
    for code in {one.code for one in typed if one.code and not one.name}:
        wanted |= Q(pk=code) | Q(codes_text__contains=f'"{code}"')
    communes = Commune.objects.alias(codes_text=Cast("postal_codes", TextField()))
    return list(communes.filter(wanted))


def _meant(typed: Typed, known: list[Commune]) -> list[Commune]:
    """A code alone is a postal code if it can be: 3,045 are also the INSEE code of
    some other commune."""
    if typed.name:
        named = [one for one in known if one.search_name == typed.name]
        return [
            one
            for one in named
            if typed.code in ("", one.code) or typed.code in one.postal_codes
        ]
    served = [one for one in known if typed.code in one.postal_codes]
    return served or [one for one in known if one.code == typed.code]


def resembling(text: str, count: int = 3) -> list[Commune]:
    """Communes written almost like the text, the nearest first."""
    name = read(text).name
    if not name:
        return []
    same_letter = Commune.objects.filter(search_name__startswith=name[0])
    names = set(same_letter.values_list("search_name", flat=True))
    close = [name] if name in names else get_close_matches(name, names, count, 0.75)
    communes = Commune.objects.filter(search_name__in=close)
    # Twelve communes are called Sainte-Colombe: a hint stays short.
    near = sorted(communes, key=lambda one: (close.index(one.search_name), one.code))
    return near[: 2 * count]
