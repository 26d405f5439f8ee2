"""Links between people who met: who is offered to whom, whose card is seen, and
counts without names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.crypto import constant_time_compare

from invitations.models import Invitation, Seat
from networking.models import Channel, Meetup, Professional
from networking.templatetags.french import e164
from reports.doors import CODE_LETTERS, table_code
from reports.models import Attendance, Connection, Nudge, Presence
from venues.phones import takes_text

# Base32 has no 0, 1 or 8.
TYPED = str.maketrans("018", "OLB", " \t\u00a0\u202f-.")


@dataclass(frozen=True)
class Way:
    text: str
    url: str


@dataclass(frozen=True)
class Card:
    """What somebody shows of themselves to one person they met; `met_at` is where."""

    person: Professional
    email: str
    phone: str
    met_at: Meetup

    @property
    def ways(self) -> list[Way]:
        """The preferred one first."""
        name, channel = self.person.first_name, self.person.channel
        found: dict[str, Way] = {}
        if self.phone:
            found[Channel.PHONE] = Way(f"Appeler {name}", f"tel:{self.phone}")
        if channel == Channel.SMS and self.phone and takes_text(self.person.phone):
            found[Channel.SMS] = Way(f"Envoyer un SMS à {name}", f"sms:{self.phone}")
        if self.email:
            url = f"mailto:{quote(self.email, safe='@+')}"
            found[Channel.EMAIL] = Way(f"Écrire à {name}", url)
        return sorted(found.values(), key=lambda way: way is not found.get(channel))


def card_of(said: Connection) -> Card:
    """Of the person who said it, for the other one."""
    person = said.professional
    phone = e164(person.phone) if said.shows_phone and person.phone else ""
    email = person.email if said.shows_email else ""
    return Card(person, email, phone, said.meetup)


def cards_for(person: Professional) -> list[Card]:
    """Of everybody who said it too, alphabetically; in one query."""
    rows = (
        Connection.objects.filter(other=person)
        .mutual()
        .select_related(
            "professional__profession",
            "professional__workplace",
            "professional__commune",
            "meetup",
        )
    )
    return [card_of(one) for one in rows.order_by("professional__search_name", "pk")]


def card_for(person: Professional, other: int) -> Card | None:
    """None unless both have said it."""
    found = (card for card in cards_for(person) if card.person.pk == other)
    return next(found, None)


# Whom one may have met


def offered(invitation: Invitation) -> QuerySet[Invitation]:
    """The other guests who were there, alphabetically. A walk-in or a companion has no
    page of their own, so nothing could be mutual."""
    others = Invitation.objects.filter(
        meetup=invitation.meetup_id, attendance__presence=Presence.PRESENT
    )
    return others.exclude(pk=invitation.pk).with_person()


def was_there(person: Professional, meetup: Meetup) -> bool:
    rows = Attendance.objects.there().filter(meetup=meetup)
    return rows.filter(invitation__professional=person).exists()


def at_my_tables(invitation: Invitation) -> set[int]:
    """Keys of the invitations that shared a table with this one, in any round."""
    mine = Seat.objects.filter(
        invitation=invitation, round=OuterRef("round"), table=OuterRef("table")
    )
    rows = Seat.objects.filter(Exists(mine), meetup=invitation.meetup_id)
    return set(rows.exclude(invitation=None).values_list("invitation", flat=True))


def at_table(meetup: Meetup, table: int) -> set[int]:
    rows = Seat.objects.filter(meetup=meetup, table=table)
    return set(rows.exclude(invitation=None).values_list("invitation", flat=True))


def table_named(meetup: Meetup, code: str) -> int | None:
    """Read with kindness: in any case, with spaces, a 0 for an O."""
    typed = code[:40].upper().translate(TYPED)[: CODE_LETTERS + 1]
    tables = Seat.objects.filter(meetup=meetup).order_by("table")
    for table in tables.values_list("table", flat=True).distinct():
        if constant_time_compare(typed, table_code(meetup, table)):
            return table
    return None


# Counting


@dataclass(frozen=True)
class Pair:
    """A mutual link: two people, the smaller key first, and since when."""

    first: Professional
    second: Professional
    since: datetime

    @property
    def keys(self) -> tuple[int, int]:
        return self.first.pk, self.second.pk

    @property
    def trades(self) -> tuple[str, str]:
        """Activities, alphabetically."""
        one, two = sorted(
            (self.first.profession.activity, self.second.profession.activity)
        )
        return one, two

    def came_between(self, since: datetime | None, until: datetime | None) -> bool:
        """From `since` on, before `until`."""
        began = since is None or self.since >= since
        return began and (until is None or self.since < until)


def pairs_of(meetups: Iterable[Meetup] | QuerySet[Meetup]) -> list[Pair]:
    """Those whose people met at one of these meetups, the oldest first; one query."""
    answer = Connection.objects.filter(
        professional=OuterRef("other"), other=OuterRef("professional")
    )
    rows = (
        Connection.objects.filter(meetup__in=meetups)
        .mutual()
        .annotate(back_at=Subquery(answer.values("created_at")[:1]))
        .select_related("professional__profession", "other__profession")
    )
    found: dict[tuple[int, int], Pair] = {}
    for row in rows:
        first, second = sorted((row.professional, row.other), key=lambda one: one.pk)
        back_at: Any = row.back_at
        since = max(row.created_at, back_at)
        found[first.pk, second.pk] = Pair(first, second, since)
    return sorted(found.values(), key=lambda pair: (pair.since, pair.keys))


def links_of(
    meetups: Iterable[Meetup] | QuerySet[Meetup],
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, int]:
    """Numbers that stay in the team: what leaves is masked by whoever publishes it.

    `links` became mutual from `since` until before `until`, between `people`;
    `across_trades` of them join two trades, and `first_between_trades` are the first
    ever of their two trades at these meetups. Of those asked after 2 and 6 months
    and answered, by one of the two at least, `met_again` did.
    """
    everything = pairs_of(meetups)
    chosen = [pair for pair in everything if pair.came_between(since, until)]
    across = [pair for pair in chosen if pair.trades[0] != pair.trades[1]]
    known = {one.trades for one in everything if since and one.since < since}
    return {
        "links": len(chosen),
        "people": len({key for pair in chosen for key in pair.keys}),
        "across_trades": len(across),
        "first_between_trades": len({pair.trades for pair in across} - known),
        **news_of(chosen, 2),
        **news_of(chosen, 6),
    }


def news_of(pairs: Iterable[Pair], months: int) -> dict[str, int]:
    """Each link counts once, whoever of the two answered."""
    keys = {pair.keys for pair in pairs}
    rows = Nudge.objects.filter(months=months).exclude(has_met_again=None)
    answers: dict[tuple[int, int], bool] = {}
    for one, two, again in rows.values_list(
        "connection__professional", "connection__other", "has_met_again"
    ):
        pair = (min(one, two), max(one, two))
        if pair in keys:
            answers[pair] = answers.get(pair, False) or bool(again)
    return {
        f"answered_{months}": len(answers),
        f"met_again_{months}": sum(answers.values()),
    }


def never_returned(before: datetime) -> QuerySet[Connection]:
    """Said, and never said back."""
    back = Connection.objects.filter(
        professional=OuterRef("other"), other=OuterRef("professional")
    )
    return Connection.objects.filter(~Q(Exists(back)), created_at__lt=before)
