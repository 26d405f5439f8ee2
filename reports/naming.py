"""Names that must not stand in a report, and whether a line holds one."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from invitations.models import Invitation
from networking.models import Meetup
from reports.models import Attendance
from venues.text import fold

Name = tuple[str, str]
Names = tuple[list[str], list[Name]]
FIRST_NAME = "Cette phrase contient un prénom ({}). Écrivez-la sans nom."
# « Saint-Pierre », « Ste Hélène du Lac »: a commune, whoever is at the table.
SAINT = re.compile(r"\b(saint|sainte|st|ste)[ -]\w+", re.IGNORECASE)


def names_around(*meetups: Meetup) -> Names:
    """First names of those who were there; names of everybody invited."""
    there = Attendance.objects.there().filter(meetup__in=meetups)
    invited = Invitation.objects.filter(meetup__in=meetups).values_list(
        "professional__first_name", "professional__last_name"
    )
    return sorted(set(there.values_list("first_name", flat=True))), sorted(set(invited))


def named(line: str, present: Iterable[str], invited: Sequence[Name]) -> str:
    """The sentence that refuses this line, or nothing."""
    line = visible(line)
    unsainted = SAINT.sub("Saint", line)
    for name in present:
        if _holds(unsainted, name):
            return FIRST_NAME.format(name)
    for first, last in invited:
        if _signs(unsainted, first):
            return FIRST_NAME.format(first)
        full = f"{first} {last}"
        if last and (
            _holds(line, full) or _holds(line, f"{last} {first}") or _signs(line, last)
        ):
            return f"Cette phrase contient un nom ({full}). Écrivez-la sans nom."
    return ""


def visible(line: str) -> str:
    """Without soft hyphens and other signs that pasted words bring along: nobody sees
    them, and they would cut a name in two."""
    composed = unicodedata.normalize("NFC", line)
    return "".join(s for s in composed if unicodedata.category(s) not in ("Cf", "Mn"))


def _holds(line: str, name: str) -> bool:
    """Whole words, in any case and without minding accents."""
    if words := fold(name):
        return f" {words} " in f" {fold(line)} "
    return bool(name) and name.casefold() in line.casefold()


def _signs(line: str, name: str) -> bool:
    """A name alone, with its capital, after the first word: « Mme Petit » but not
    « Petit à petit », « avec Rose » but not « une rose »."""
    _, _, rest = line.partition(" ")
    capital = name[:1].upper() + name[1:]
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest)
        for word in {name.upper(), capital}
        if len(word) > 1
    )
