"""Invitations on paper, for those whom no message reaches."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from invitations import mails
from invitations.models import DeliveryChannel, Invitation, PartStat
from invitations.table import Table, table_of
from networking.drawing import half_table
from networking.models import Meetup
from networking.templatetags.french import NARROW, hours_between, long_date
from reports.qr import square

PER_SHEET = 4
# Fifteen sheets at once: the drawings of more would not fit one document.
MOST = 60
# Letters between two blanks, in a link that somebody types.
GROUP = 4


def welcome(meetup: Meetup) -> QuerySet[Invitation]:
    """Guests who may be given a card: not those who said no or want no message."""
    guests = meetup.invitations.concerned().with_person()
    return guests.filter(professional__opted_out_at=None)


def on_paper(meetup: Meetup) -> QuerySet[Invitation]:
    """Among them, those who have not answered and are reached by nothing else."""
    unreached = Q(professional__email="", professional__phone="")
    carded = Q(deliveries__channel=DeliveryChannel.PAPER)
    silent = welcome(meetup).filter(partstat=PartStat.NEEDS_ACTION, waiting_since=None)
    return silent.filter(unreached | carded).distinct()


def context(meetup: Meetup, guests: Sequence[Invitation]) -> dict[str, object]:
    """`guests` are MOST at most."""
    table, venue, organiser = table_of(meetup), meetup.venue, meetup.organiser
    for guest in guests:
        guest.meetup = meetup
    cards = [card(guest, number, table) for number, guest in enumerate(guests, 1)]
    starts = range(0, len(cards), PER_SHEET)
    return {
        "title": meetup.title,
        "date_text": long_date(meetup.starts_at),
        "hours_text": hours_between(meetup.starts_at, meetup.ends_at),
        "venue_name": venue.name,
        "venue_address": venue.full_address,
        "meal": mails.meal(meetup),
        "organiser_name": organiser.first_name,
        "organiser_phone": organiser.phone,
        "site": bare(settings.BASE_URL),
        "controller": settings.ORGANISATION_NAME,
        "sheets": [cards[start : start + PER_SHEET] for start in starts],
        "dated_at": timezone.now(),
    }


def card(invitation: Invitation, number: int, table: Table) -> dict[str, Any]:
    name, token = invitation.professional.first_name, invitation.token
    link = mails.absolute(invitation.get_absolute_url())
    groups = [token[start : start + GROUP] for start in range(0, len(token), GROUP)]
    return {
        "question": f"{mails.question(invitation)}{NARROW}?",
        "drawing": half_table(table.seats(), table.words, f"nappe-{number}"),
        "square": square(
            link, f"Carré à photographier. Il ouvre l’invitation de {name}."
        ),
        "address": bare(link).removesuffix(f"{token}/"),
        "groups": groups,
        "source": invitation.professional.source,
    }


def bare(address: str) -> str:
    """What people type: browsers find https:// themselves."""
    return address.partition("://")[2]
