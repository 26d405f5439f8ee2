"""What a text message says, and what to say on the telephone."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from invitations import mails
from invitations.gsm import fits_one, plain
from invitations.models import Invitation
from networking.templatetags.french import hour, long_date, typo

Facts = Mapping[str, Any]


def call(invitation: Invitation, name: str, facts: Facts, words: str = "") -> str:
    """Two or three short sentences, one a line; the page adds who is calling."""
    meetup = invitation.meetup
    context = {
        "invitation": invitation,
        "guest": invitation.professional,
        "meetup": meetup,
        "meal": mails.meal(meetup),
        "meal_name": mails.meal_name(meetup),
        "verb": mails.verb(meetup),
        "words": words,
        **facts,
    }
    said = render_to_string(f"calls/{name}.txt", context)
    lines = (line.strip() for line in said.splitlines())
    return typo("\n".join(line for line in lines if line))


def sms(invitation: Invitation, name: str, facts: Facts, words: str = "") -> str:
    """The richest of its versions that fits one message, else the shortest."""
    meetup = invitation.meetup
    ask = "Répondre" if _asks(name, facts) else "Détails"
    path = invitation.get_absolute_url()
    link = f"{ask}\u202f: {settings.SHORT_URL}{path}"
    signed = f"{meetup.organiser.first_name}, Parenthèses Réseau."
    rich, poor = _lead(name, invitation, facts)
    versions = [
        _joined(rich, words, signed, link),
        _joined(rich, words, link),
        _joined(poor, words, signed, link),
        _joined(poor, words, link),
    ]
    return next((text for text in versions if fits_one(text)), versions[-1])


def _joined(*parts: str) -> str:
    return plain(" ".join(re.sub(r"\s+", " ", part).strip() for part in parts if part))


def _asks(name: str, facts: Facts) -> bool:
    moved = name == "update" and facts.get("change") != "PLACE"
    return moved or name in ("invitation", "reminder", "seat_offered")


def _lead(name: str, invitation: Invitation, facts: Facts) -> tuple[str, str]:
    """The news, with more and with less of it."""
    meetup, guest = invitation.meetup, invitation.professional
    first, meal = guest.first_name, mails.meal_name(meetup)
    day = long_date(meetup.starts_at)
    when, where = f"{day} à {hour(meetup.starts_at)}", meetup.venue.name
    if name == "invitation":
        question = f"{mails.question(invitation)} {when}"
        return f"{question}, {where}\u202f?", f"{question}\u202f?"
    if name == "reminder":
        poor = f"{first}, une place vous attend {when}."
        return f"{poor} Un mot de vous suffit.", poor
    if name == "update":
        return _moved(invitation, facts, when)
    if name == "cancellation":
        poor = f"{first}, le {meal} du {day} est annulé."
        return f"{poor} {meetup.cancellation_reason}", poor
    if name == "seat_offered":
        until = invitation.offered_until
        end = f"{long_date(until)}, {hour(until)}"
        poor = f"{first}, une place se libère {when}."
        return f"{poor} Elle est à vous jusqu’au {end}.", poor
    if name == "thanks":
        poor = f"{first}, merci d’avoir partagé ce {meal}."
        return f"{poor} La suite est sur votre page.", poor
    return f"{first}, votre place est prête {when}, {where}.", (
        f"{first}, votre place est prête {when}."
    )


def _moved(invitation: Invitation, facts: Facts, when: str) -> tuple[str, str]:
    meetup, first = invitation.meetup, invitation.professional.first_name
    meal, venue = mails.meal_name(meetup), meetup.venue
    if facts.get("change") == "PLACE":
        poor = f"{first}, notre {meal} change de lieu\u202f: {venue.name}."
        return f"{poor} {venue.address}, {venue.commune}.", poor
    poor = f"{first}, notre {meal} change\u202f: {when}."
    still = " Est-ce toujours possible\u202f?" if facts.get("was_coming") else ""
    return f"{poor}{still}", poor
