"""Secret addresses that paper carries: a meetup’s door, a guest’s badge, a table."""

from django.urls import reverse
from django.utils.crypto import constant_time_compare

from invitations.models import Invitation
from networking.models import Meetup
from networking.tokens import derive

CODE_LETTERS = 5


def door_token(meetup: Meetup) -> str:
    return derive("door", meetup.uid, 1)


def door_path(meetup: Meetup) -> str:
    return reverse("door", args=(meetup.pk, door_token(meetup)))


def opens_door(meetup: Meetup, token: str) -> bool:
    return constant_time_compare(token.lower(), door_token(meetup))


def badge_token(invitation: Invitation) -> str:
    """Another token than the guest's link: everybody can read a badge."""
    return derive("badge", invitation.key, invitation.token_version)


def badge_path(invitation: Invitation) -> str:
    return reverse("badge", args=(invitation.pk, badge_token(invitation)))


def carries_badge(invitation: Invitation, token: str) -> bool:
    return constant_time_compare(token.lower(), badge_token(invitation))


def table_code(meetup: Meetup, table: int) -> str:
    """What people type to find the others of their table, such as « K7QMX »."""
    return derive("table", f"{meetup.uid}:{table}", 1)[:CODE_LETTERS].upper()
