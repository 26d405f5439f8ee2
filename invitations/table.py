"""Who is around the table, as plain values for the drawings and the lists."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd
from typing import TypeVar

from invitations.composition import Composition, line
from invitations.models import (
    ExtraSeat,
    Invitation,
    PartStat,
    compose,
    trade_of,
)
from networking.drawing import Place, Seat
from networking.models import Meetup
from networking.templatetags.french import plural
from venues.text import fold

T = TypeVar("T")

BAR = {
    "yes": PartStat.ACCEPTED,
    "maybe": PartStat.TENTATIVE,
    "no": PartStat.DECLINED,
    "silent": PartStat.NEEDS_ACTION,
}


def spread_out(seats: Sequence[T]) -> list[T]:
    """Free seats among the taken ones, always the same way for the same list."""
    size = len(seats)
    step = next((s for s in range(round(size * 0.62), 0, -1) if gcd(s, size) == 1), 1)
    order = sorted(range(size), key=lambda i: i * step % size)
    return [seats[i] for i in order]


@dataclass(frozen=True)
class Table:
    """One reading of the answers: everything a page shows comes from it."""

    composition: Composition
    invitations: Sequence[Invitation]
    extras: Sequence[ExtraSeat] = ()

    @property
    def capacity(self) -> int:
        return self.composition.capacity

    @property
    def coming(self) -> list[Invitation]:
        return [i for i in self.invitations if i.partstat == PartStat.ACCEPTED]

    @property
    def hesitating(self) -> list[Invitation]:
        return [
            i
            for i in self.invitations
            if i.partstat == PartStat.TENTATIVE and not i.waiting_since
        ]

    @cached_property
    def waiting(self) -> list[Invitation]:
        """In the order in which they are told if a seat comes free."""
        queue = {
            i.pk: i for i in self.invitations if i.waiting_since and not i.offered_until
        }
        order = line((i.waiter for i in queue.values()), self.composition)
        return [queue[key] for key in order]

    @property
    def offered(self) -> list[Invitation]:
        return [i for i in self.invitations if i.is_offered]

    @property
    def seated(self) -> int:
        """Seats that are taken: guests, those whom they bring, and employers'."""
        return self.composition.seated

    @property
    def people(self) -> int:
        """Who comes, and whoever they bring or send."""
        return len(self.coming) + len(self.extras)

    @property
    def unnamed(self) -> int:
        """Seats that employers have not put a name to."""
        return self.seated - len(self.coming) - len(self.offered) - len(self.extras)

    @property
    def free(self) -> int:
        return self.composition.free

    @property
    def open(self) -> int:
        """Free seats that anybody may take; the others wait for a missing trade."""
        return self.free - self.composition.kept

    @property
    def counts(self) -> dict[str, int]:
        """By the keys of the drawing; silence is a fourth answer, never a no."""
        answers = Counter(i.partstat for i in self.invitations)
        # Whoever sends a colleague said yes for a seat.
        answers[PartStat.ACCEPTED] += answers[PartStat.DELEGATED]
        return {key: answers[partstat] for key, partstat in BAR.items()}

    @property
    def words(self) -> str:
        """The drawing told to whoever does not see it."""
        said_yes = plural(self.people, "personne a dit oui,personnes ont dit oui")
        free = plural(self.free, "place libre,places libres")
        return f"La table\u202f: {said_yes}, {free}."

    def places(self) -> list[Place]:
        """One per seat, first names spread among hesitations and free seats."""
        names = [Place("yes", i.professional.first_name) for i in self.coming]
        names += [Place("yes", extra.first_name) for extra in self.extras]
        asked = self.offered + self.hesitating[: self.free]
        maybe = [Place("maybe", f"{i.professional.first_name}\u202f?") for i in asked]
        rest = self.unnamed + self.free - len(maybe) + len(self.offered)
        return spread_out(names + maybe + [Place("free")] * rest)

    def seats(self, guest: Invitation | None = None) -> list[Seat]:
        """The same without names; the guest's own plate says "you"."""
        coming: list[Seat] = ["you" if i == guest else "yes" for i in self.coming]
        coming += ["yes"] * len(self.extras)
        hesitating = min(len(self.hesitating), self.free)
        maybe: list[Seat] = ["maybe"] * (len(self.offered) + hesitating)
        free: list[Seat] = ["free"] * (self.unnamed + self.free - hesitating)
        return spread_out(coming + maybe + free)

    def around(self, guest: Invitation | None = None) -> list[tuple[str, str]]:
        """First names and trades of everybody but this guest, alphabetically."""
        people = [
            (i.professional.first_name, i.professional.trade)
            for i in self.coming
            if i != guest
        ]
        people += [(e.first_name, str(e.profession or "")) for e in self.extras]
        return sorted(people, key=lambda person: fold(" ".join(person)))

    def trades(self) -> list[str]:
        """The trades of those who come, alphabetically, never in a person's words."""
        trades = {i.professional.profession.activity for i in self.coming}
        named = {extra.profession.activity for extra in self.extras if extra.profession}
        return sorted(trades | named)


def table_of(meetup: Meetup) -> Table:
    """Four queries."""
    invitations = list(meetup.invitations.with_person())
    extras = list(meetup.extra_seats.counted().select_related("profession"))
    guests = Counter(i.trade for i in invitations if i.is_coming or i.is_offered)
    known = [(trade_of(extra.profession), extra.block_id) for extra in extras]
    return Table(compose(meetup, guests, known), invitations, extras)
