"""Who may act. Reading goes through `visible_to`, which hides; these forbid."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from networking.models import (
    Circle,
    Meetup,
    PartnerMember,
    Professional,
    Role,
    TeamMember,
    User,
)

Person = User | AnonymousUser


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has let this request through."""

    user: User


def works_in_a_team(user: Person) -> bool:
    if not user.is_authenticated:
        return False
    return user.is_staff or TeamMember.objects.filter(user=user).exists()


def speaks_for_a_partner(user: Person) -> bool:
    return user.is_authenticated and PartnerMember.objects.filter(user=user).exists()


def can_organise(user: Person, circle: Circle) -> bool:
    """Organisers of the circle (and staff) plan, invite, move, cancel, report."""
    if not user.is_authenticated:
        return False
    return user.is_staff or circle.team.filter(user=user, role=Role.ORGANISER).exists()


def can_record(user: Person, meetup: Meetup) -> bool:
    """The whole team, relays too, records answers and presences."""
    return Circle.objects.visible_to(user).filter(pk=meetup.circle_id).exists()


def can_edit_person(user: Person, person: Professional) -> bool:
    """The teams of the circles where this person works."""
    circles = Circle.objects.visible_to(user)
    return person.memberships.filter(circle__in=circles).exists()


def can_manage_partners(user: Person) -> bool:
    """Staff, and whoever organises a circle: a small association has no staff."""
    if not user.is_authenticated:
        return False
    return (
        user.is_staff
        or TeamMember.objects.filter(user=user, role=Role.ORGANISER).exists()
    )


View = Callable[..., HttpResponse]


def team_required(view: View) -> View:
    """403 for whoever works in no team, such as a partner."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not works_in_a_team(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped
