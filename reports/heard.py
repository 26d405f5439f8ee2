"""What a report may tell of the opinions of a meal (decision 0017, rule 5).

How many were given, and of two questions how many said the one answer that is told: at
least so many, in steps of the threshold. Each step leaves all of 1 to threshold - 1 to
those who answered otherwise, and stays so far below the number present that it narrows
nothing of it. Of the trades discovered only names, of those with enough.
"""

from collections.abc import Sequence

from networking.models import Meetup
from reports.freezing import Heard, Pair
from reports.masking import Published
from reports.models import AtEase, WhatNext
from reports.opinions import Opinions, opinions_by_meetup
from reports.periods import present
from venues.text import fold


def heard_over(meetups: Sequence[Meetup], tables: Sequence[Published]) -> Heard | None:
    """Of each meal, beside its table, and added up: a sum of what is told tells
    nothing more."""
    found = opinions_by_meetup(meetups)
    told = [
        heard(found[meetup.pk], present(table).low, table["threshold"])
        for meetup, table in zip(meetups, tables, strict=True)
        if meetup.pk in found
    ]
    return _together([one for one in told if one])


def heard(opinions: Opinions, people: int, step: int) -> Heard | None:
    """Of one meal where `people` were present, or at least so many as is told."""
    most = people - step + 1

    def least(number: int) -> int:
        return max(min(number, most), 0) // step * step

    given = least(opinions["given"])
    if not given:
        return None
    after = opinions["what_next"]
    trades = [name for name, n in opinions["discovered"].items() if n >= step]
    return Heard(
        meals=1,
        step=step,
        given=given,
        at_ease=least(opinions["at_ease"][AtEase.YES]),
        asking_more=least(sum(after.values()) - after[WhatNext.NOTHING]),
        # More names would tell that more opinions were given.
        trades=trades if len(trades) * step <= given else [],
    )


def _together(told: Sequence[Heard]) -> Heard | None:
    if not told:
        return None
    return Heard(
        meals=len(told),
        step=max(one["step"] for one in told),
        given=sum(one["given"] for one in told),
        at_ease=sum(one["at_ease"] for one in told),
        asking_more=sum(one["asking_more"] for one in told),
        trades=sorted({name for one in told for name in one["trades"]}, key=fold),
    )


def told_lines(what: Heard) -> list[Pair]:
    where = f", à {what['meals']} repas" if what["meals"] > 1 else ""
    lines = [("Avis donnés", f"{what['given']} au moins{where}")]
    said = (
        ("À leur place autour de la table", what["at_ease"]),
        ("Demandent une suite", what["asking_more"]),
    )
    lines += [(label, f"{number} au moins") for label, number in said if number]
    if what["trades"]:
        lines.append(("Métiers découverts", " · ".join(what["trades"])))
    return lines
