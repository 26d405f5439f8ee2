"""Opinions read together: only those released, never fewer than five of a meal."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.conf import settings
from django.db.models import Q, QuerySet

from networking.models import Circle, Meetup
from reports.models import AtEase, Moderation, Opinion, WhatNext
from venues.text import fold


class Opinions(TypedDict):
    """`at_ease` and `what_next` by value, zeros included; `discovered` by activity.
    `words` are those that the team shows, in the order of the alphabet."""

    given: int
    at_ease: dict[str, int]
    discovered: dict[str, int]
    what_next: dict[str, int]
    words: list[str]


def opinions_of(meetups: Iterable[Meetup]) -> Opinions:
    """Of these meals, together. What was too little for its meal is not in it."""
    rows = Opinion.objects.filter(meetup__in=[one.pk for one in meetups])
    return _told(_released(rows))


def opinions_by_meetup(meetups: Iterable[Meetup]) -> dict[int, Opinions]:
    """Of each of these meals by itself; nothing for a meal without any."""
    rows = _released(Opinion.objects.filter(meetup__in=[one.pk for one in meetups]))
    by_meetup: dict[int, list[Opinion]] = {}
    for row in rows:
        if row.meetup_id:
            by_meetup.setdefault(row.meetup_id, []).append(row)
    return {key: _told(own) for key, own in by_meetup.items()}


def opinions_in(circle: Circle) -> Opinions:
    """Of the circle since its beginning, small meals included."""
    rows = Opinion.objects.filter(Q(circle=circle) | Q(meetup__circle=circle))
    return _told(_released(rows))


def _released(rows: QuerySet[Opinion]) -> list[Opinion]:
    return list(rows.filter(released_on__isnull=False).select_related("discovered"))


def _told(told: Sequence[Opinion]) -> Opinions:
    ease = Counter(one.at_ease for one in told)
    after = Counter(one.what_next for one in told if one.what_next)
    found = Counter(one.discovered.activity for one in told if one.discovered)
    shown = {
        one.words for one in told if one.words and one.moderation == Moderation.SHOWN
    }
    return Opinions(
        given=len(told),
        at_ease={value: ease[value] for value in AtEase.values},
        discovered={name: found[name] for name in sorted(found, key=fold)},
        what_next={value: after[value] for value in WhatNext.values},
        words=sorted(shown, key=fold),
    )


@dataclass(frozen=True)
class Line:
    label: str
    count: int
    text: str


def lines(opinions: Opinions) -> dict[str, list[Line]]:
    """The same in words. A trade that one to four discovered has no number: at a small
    table, who did not discover it would be its only member."""
    given = opinions["given"]
    ease = [
        Line(AtEase(value).label, count, f"{count} sur {given}")
        for value, count in opinions["at_ease"].items()
    ]
    after = [
        Line(WhatNext(value).label, count, f"{count} sur {given}")
        for value, count in opinions["what_next"].items()
    ]
    least = settings.SMALLEST_COUNT
    found = [
        Line(name, count, str(count) if count >= least else "")
        for name, count in opinions["discovered"].items()
    ]
    return {"ease": ease, "after": after, "found": found}
