from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from networking.perms import speaks_for_a_partner, works_in_a_team


class NavigationItem(NamedTuple):
    label: str
    url: str
    is_current: bool


TEAM = (
    ("Rencontres", "meetup_list"),
    ("Cercles", "circle_list"),
    ("Annuaire", "directory"),
    ("Lieux", "venue_list"),
    ("Partenaires", "partner_list"),
)
PARTNER = (("Votre espace", "partner_reports"),)


def navigation(request: HttpRequest) -> list[NavigationItem]:
    """The menu of whoever is signed in; empty for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    entries = [
        *(TEAM if works_in_a_team(user) else ()),
        *(PARTNER if speaks_for_a_partner(user) else ()),
        (user.first_name or "Mon compte", "account_home"),
    ]
    return [
        NavigationItem(label, reverse(name), request.path.startswith(reverse(name)))
        for label, name in entries
    ]


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "navigation": navigation(request),
        "organisation": settings.ORGANISATION_NAME,
        "organisation_contact": settings.ORGANISATION_CONTACT,
        "is_demo": settings.DEMO,
    }
