"""What past meals left behind, and who is shown on the trombinoscope of the next."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from networking.models import Meetup, Professional
from reports.actions.after import certify
from reports.models import Consent, ConsentKind, FollowUp, Portrait
from reports.portraits import drawn_head

# Action, days after the meal, done or not.
PROMISED = (
    ("Envoyer à chacun la liste des numéros directs", 3, True),
    ("Demander à la mairie une salle pour le trimestre", 14, True),
    ("Inviter une personne du centre social", 45, False),
)
SHOWN = 7
HUES = ("#0b5d4a", "#b4501e", "#4f4a75", "#8a6d1a")


def make(before: Sequence[Meetup], coming: Meetup) -> None:
    for meetup in before[-2:]:
        promise(meetup)
    there = before[-1].attendances.there().filter(invitation__isnull=False)
    for presence in there.select_related("invitation__professional", "profession")[:2]:
        guest = presence.invitation
        if guest and guest.professional.last_name:
            certify(presence=presence, last_name=guest.professional.last_name)
    guests = list(coming.invitations.coming().with_person()[:SHOWN])
    for number, guest in enumerate(guests):
        show(guest.professional, HUES[number % len(HUES)] if number % 3 else "")


def promise(meetup: Meetup) -> None:
    there = meetup.invitations.filter(attendance__presence="present").order_by("pk")
    owners: list[dict[str, Any]] = [
        {"owner": meetup.organiser},
        {"guest": there[0]},
        {"guest": there[1]},
    ]
    day = timezone.localdate(meetup.ends_at)
    for (action, days, is_done), owner in zip(PROMISED, owners, strict=True):
        due_on = day + timedelta(days=days)
        FollowUp.objects.create(
            meetup=meetup,
            action=action,
            due_on=due_on,
            done_on=due_on if is_done else None,
            **owner,
        )


def show(person: Professional, hue: str) -> None:
    """With a drawn face for some: nobody real is in the demonstration."""
    Consent.objects.create(professional=person, kind=ConsentKind.TROMBINOSCOPE)
    if hue:
        Portrait.objects.create(professional=person, jpeg=drawn_head(hue))
