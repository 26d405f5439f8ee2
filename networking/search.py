"""Finding people in the directory: a trade, a first name or a need, near a place."""

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from networking.models import Profession, Professional
from venues.distance import distance_km
from venues.models import Commune
from venues.text import fold

# Words that say nothing about who is looked for.
SMALL = (
    "a au aux avec chez d dans de des du en et je l la le les mon ou par pour qui"
    " sa ses son sur un une"
)
SMALL_WORDS = frozenset(SMALL.split())
# `fold` sign by sign, ten times faster: it reads the words of 5,000 people at once.
LATIN = {
    code: fold(chr(code)) or " " for code in (*range(0x250), *range(0x2010, 0x2030))
}
LATIN |= dict.fromkeys(range(0x300, 0x370), "")
SHORTEST_TYPO = 4
CLOSE_ENOUGH = 0.78


class Found(NamedTuple):
    """A person and how far away they work; `km` is None without a centre."""

    person_pk: int
    commune_code: str
    km: float | None


class Candidate(NamedTuple):
    pk: int
    name: str
    trade: str
    commune_code: str
    words: str


def tokens(query: str) -> list[str]:
    """The folded words that count, singular: "Les infirmières à domicile" gives
    "infirmiere" and "domicile"."""
    words = [word for word in fold(query).split() if word not in SMALL_WORDS]
    return [_stem(word) for word in words]


def _stem(word: str) -> str:
    return re.sub(r"[sx]$", "", word) if len(word) > SHORTEST_TYPO else word


def _near(commune: Commune, radius_km: float) -> dict[str, float]:
    """INSEE code and distance of the communes within reach; a commune without a
    known point is reached only from itself."""
    centre = commune.point
    kms = {commune.code: 0.0}
    if centre is None:
        return kms
    around = Commune.objects.within(centre, radius_km).exclude(pk=commune.pk)
    for other in around.only("code", "latitude", "longitude"):
        km = distance_km(centre, other.point or centre)
        if km <= radius_km:
            kms[other.code] = km
    return kms


def _candidates(people: QuerySet[Professional]) -> list[Candidate]:
    rows = people.order_by("search_name", "pk").values_list(
        "pk",
        "search_name",
        "profession_id",
        "commune_id",
        "profession_detail",
        "workplace__name",
        "what_i_do",
    )
    return [
        Candidate(pk, name, trade, code, " ".join(filter(None, more)))
        for pk, name, trade, code, *more in rows.iterator(chunk_size=2000)
    ]


def find(
    query: str, commune: Commune | None, radius_km: int, family: str
) -> list[Found]:
    """Those who said yes to the directory: nearest first, then alphabetical; every
    word of the query must fit. At most three queries whatever the answer."""
    kms = _near(commune, radius_km) if commune else {}
    wanted = Q(commune__in=kms) if commune else Q()
    if family:
        wanted &= Q(profession__family=family)
    people = Professional.objects.in_directory().filter(wanted)
    words = tokens(query)
    candidates = _candidates(people)
    if words:
        candidates = _matching(candidates, words)
    found = [
        Found(one.pk, one.commune_code, kms.get(one.commune_code)) for one in candidates
    ]
    return sorted(found, key=lambda one: one.km or 0)


def _matching(candidates: list[Candidate], words: Sequence[str]) -> list[Candidate]:
    trades = dict(Profession.objects.values_list("key", "search_text"))
    meant = _spellings(words, trades.values(), {one.name for one in candidates})
    kept = candidates
    for token in words:
        needles = [_needle(spelling) for spelling in meant[token]]
        fitting = {key for key, text in trades.items() if _any_in(needles, f" {text} ")}
        kept = [one for one in kept if _fits(one, needles, fitting)]
    return kept


def _needle(token: str) -> str:
    """To be looked for in folded words between spaces: the start of a word, or the
    whole word when the token is short."""
    return f" {token} " if len(token) < 3 else f" {token}"


def _any_in(needles: Iterable[str], text: str) -> bool:
    return any(needle in text for needle in needles)


def _fits(one: Candidate, needles: Sequence[str], trades: Collection[str]) -> bool:
    """Slips are forgiven in names and trades only; the first needle is as typed."""
    if one.trade in trades or _any_in(needles, f" {one.name} "):
        return True
    return bool(one.words) and needles[0] in f" {one.words.translate(LATIN)} "


def _spellings(
    words: Sequence[str], trades: Collection[str], names: Collection[str]
) -> dict[str, list[str]]:
    """Each word with, when no trade and no name holds it, those written almost
    like it: "infirmere" also means "infirmiere"."""
    known = (*trades, *names)
    text = " " + " ".join(known) + " "
    vocabulary: set[str] | None = None
    meant: dict[str, list[str]] = {}
    for word in words:
        meant[word] = [word]
        if len(word) < SHORTEST_TYPO or f" {word}" in text:
            continue
        vocabulary = vocabulary or {part for part in text.split() if len(part) > 3}
        same_length = [part for part in vocabulary if abs(len(part) - len(word)) <= 2]
        meant[word] += get_close_matches(word, same_length, 3, CLOSE_ENOUGH)
    return meant


def people_found(found: Iterable[Found]) -> list[tuple[Professional, float | None]]:
    """The persons of one page of answers, in the same order, in one query."""
    shown = list(found)
    known: dict[Any, Professional] = (
        Professional.objects.in_directory()
        .select_related("profession", "workplace", "commune")
        .in_bulk([one.person_pk for one in shown])
    )
    return [(known[one.person_pk], one.km) for one in shown if one.person_pk in known]
