"""What each line of somebody's list would do, said before anything is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models.functions import Lower

from networking.actions.import_rows import Reader, Refused, Values
from networking.actions.people import people_of
from networking.addresses import OBJECTED
from networking.models import Circle, Professional, User
from venues.text import fold

Status = Literal["new", "merged", "unchanged", "refused"]

# What a merge may fill in when it is empty; nothing else is touched.
FILLED = ("last_name", "workplace", "email", "phone", "what_i_do")
JOINS = "circle"
TAKEN = "Une autre personne a déjà cette adresse e-mail."


@dataclass
class Judged:
    """One line. `person` is the one it would make or complete; `workplace` is a name
    that this person would get."""

    number: int
    values: dict[str, str]
    status: Status = "refused"
    reason: str = ""
    person: Professional | None = None
    workplace: str = ""
    changes: dict[str, str] = field(default_factory=dict)


@dataclass
class Known:
    """The people that lines are compared with, earlier lines included."""

    visible: set[int]
    members: set[int]
    by_email: dict[str, list[Professional]] = field(default_factory=dict)
    by_name: dict[tuple[str, str, str], list[Professional]] = field(
        default_factory=dict
    )
    line_of: dict[int, int] = field(default_factory=dict)
    workplaces: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, values: Sequence[Values], circle: Circle, user: User) -> "Known":
        """Four queries."""
        known = cls(
            visible=set(people_of(user).values_list("pk", flat=True)),
            members=set(circle.memberships.values_list("professional", flat=True)),
        )
        emails = {one["email"].lower() for one in values if one.get("email")}
        names = {
            fold(f"{one.get('first_name', '')} {one.get('last_name', '')}")
            for one in values
        }
        people = Professional.objects.order_by("pk")
        same_mail = people.exclude(email="").annotate(folded=Lower("email"))
        by_pk: dict[int, Professional] = {
            one.pk: one for one in same_mail.filter(folded__in=emails)
        }
        by_pk |= {
            one.pk: one
            for one in people.filter(search_name__in=names)
            if one.pk not in by_pk
        }
        for person in by_pk.values():
            known.remember(person)
        return known

    def remember(self, person: Professional) -> None:
        if person.email:
            self.by_email.setdefault(person.email.lower(), []).append(person)
        self.by_name.setdefault(_name_key(person), []).append(person)

    def match(self, typed: Professional) -> Professional | None:
        """By address in any case, else by name, trade and commune. Two different
        addresses are two people; one address and two names wait for a human."""
        same = self.by_email.get(typed.email.lower(), []) if typed.email else []
        for other in same:
            if _could_be(typed, other):
                return other
        if any(not one.shares_mailbox for one in same):
            raise Refused(TAKEN)
        typed.shares_mailbox = bool(same)
        for other in self.by_name.get(_name_key(typed), []):
            if len({typed.email.lower(), other.email.lower()} - {""}) < 2:
                return other
        return None


def _name_key(person: Professional) -> tuple[str, str, str]:
    return person.search_name, person.profession_id, person.commune_id


def _could_be(typed: Professional, other: Professional) -> bool:
    """One word of the name in common is enough: "C. Martin" is "Chloé Martin"."""
    common = set(typed.search_name.split()) & set(other.search_name.split())
    return typed.search_name == other.search_name or any(
        len(word) > 1 for word in common
    )


def judge(
    rows: Sequence[dict[str, Any]], circle: Circle, user: User, source: str
) -> list[Judged]:
    """`rows` are dicts of "line" and "values", as PeopleImport keeps them. Nothing
    is written; the persons are complete in memory."""
    values = [row["values"] for row in rows]
    reader, known = Reader.of(values, circle), Known.of(values, circle, user)
    lines = [Judged(row["line"], row["values"]) for row in rows]
    for line in lines:
        try:
            typed = reader.person(line.values)
            typed.source = source
            _settle(line, typed, known)
        except Refused as refused:
            line.reason = str(refused)
    return lines


def _settle(line: Judged, typed: Professional, known: Known) -> None:
    other = known.match(typed)
    if other is None:
        line.status, line.person = "new", typed
        line.workplace = line.values.get("workplace", "")
        known.remember(typed)
        if line.workplace:
            known.workplaces.add(id(typed))
    else:
        _complete(line, typed, other, known)
    known.line_of.setdefault(id(line.person), line.number)


def _complete(
    line: Judged, typed: Professional, other: Professional, known: Known
) -> None:
    """What the line adds to somebody known. Whoever the user may not see joins the
    circle as they are: nothing of them is shown nor completed."""
    if other.opted_out_at:
        raise Refused(OBJECTED)
    line.person = other
    earlier = known.line_of.get(id(other))
    if earlier is not None:
        line.reason = f"Même personne qu’à la ligne {earlier}."
    if other.pk is None or other.pk in known.visible:
        _fill(line, typed, other, known)
    if earlier is None and other.pk not in known.members:
        line.changes[JOINS] = ""
    line.status = "merged" if line.changes else "unchanged"


def _fill(line: Judged, typed: Professional, other: Professional, known: Known) -> None:
    """Empty fields only, in memory, so that a second line sees them filled."""
    for name in FILLED:
        if name == "workplace":
            new = line.values.get("workplace", "")
            is_empty = other.workplace_id is None and id(other) not in known.workplaces
        else:
            new, is_empty = getattr(typed, name), not getattr(other, name)
        if not new or not is_empty:
            continue
        line.changes[name] = str(new)
        if name == "workplace":
            line.workplace = new
            known.workplaces.add(id(other))
        else:
            setattr(other, name, new)


def tally(lines: Iterable[Judged]) -> dict[str, int]:
    counts = dict.fromkeys(("new", "merged", "unchanged", "refused"), 0)
    for line in lines:
        counts[line.status] += 1
    return counts
