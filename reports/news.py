"""The page of a nudge: its address, which outlives the personal link of a meal, and the
words of a « café à deux »."""

from datetime import datetime, timedelta
from urllib.parse import quote

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from networking.models import Channel, Professional
from networking.templatetags.french import NARROW
from networking.tokens import derive
from reports.links import Card, Way
from reports.models import Nudge
from venues.phones import takes_text

# After that, the address in the mail is nobody's.
ANSWERED_WITHIN = timedelta(days=60)


def news_token(person: Professional) -> str:
    """Of the address that it is sent to: once a wrong one is corrected, whoever reads
    there opens nobody's cards any more."""
    return derive("links", f"{person.pk}:{person.email.lower()}", 1)


def news_path(person: Professional) -> str:
    return reverse("my_news", args=(person.pk, news_token(person)))


def opens_news(person: Professional, token: str) -> bool:
    return constant_time_compare(token.lower(), news_token(person))


def nudges_open(person: Professional, now: datetime) -> QuerySet[Nudge]:
    """What this person was asked lately, the links that are still mutual only."""
    rows = Nudge.objects.filter(
        connection__in=person.connections.all().mutual(),
        sent_at__gt=now - ANSWERED_WITHIN,
    )
    return rows.select_related(
        "connection__other__profession", "connection__meetup"
    ).order_by("connection__other__search_name", "months")


def coffee_words(person: Professional, card: Card) -> str:
    """Already written, to be changed at will."""
    name, title = card.person.first_name, card.met_at.title
    met = title[:1].lower() + title[1:] if title[:3] in ("Le ", "La ") else title
    return (
        f"Bonjour {name}, c’est {person.first_name}. On s’est rencontré·es à table"
        f" ({met}). Un café mardi{NARROW}?"
    )


def coffee_ways(person: Professional, card: Card) -> list[Way]:
    """RFC 5724 and RFC 6068: the message opens with its words, the preferred channel
    first; a call where somebody prefers to talk."""
    words, name = quote(coffee_words(person, card)), card.person.first_name
    found: dict[str, Way] = {}
    if card.phone and takes_text(card.person.phone):
        url = f"sms:{card.phone}?body={words}"
        found[Channel.SMS] = Way(f"Un café avec {name}, par SMS", url)
    if card.phone and card.person.channel == Channel.PHONE:
        found[Channel.PHONE] = Way(f"Appeler {name}", f"tel:{card.phone}")
    if card.email:
        subject = quote(f"Un café mardi{NARROW}?")
        url = f"mailto:{quote(card.email, safe='@+')}?subject={subject}&body={words}"
        found[Channel.EMAIL] = Way(f"Un café avec {name}, par e\u2011mail", url)
    first = found.get(card.person.channel)
    return sorted(found.values(), key=lambda way: way is not first)
