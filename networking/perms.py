"""Who may act. Reading goes through `visible_to`, which hides; these forbid."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from networking.models import (
    Circle,
    Meetup,
    Partner,
    PartnerMember,
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


def organises(user: Person) -> bool:
    """Staff, and whoever organises a circle already, begin other circles and
    partners: a relay who could would make an organiser of themselves."""
    if not user.is_authenticated:
        return False
    return (
        user.is_staff
        or TeamMember.objects.filter(user=user, role=Role.ORGANISER).exists()
    )


def can_manage_partner(user: Person, partner: Partner) -> bool:
    """Staff, and organisers of a circle with a commune of the partner's territory."""
    if not user.is_authenticated:
        return False
    if user.is_staff:
        return True
    circles = Circle.objects.filter(team__user=user, team__role=Role.ORGANISER)
    territory = partner.communes.all()
    shared = Q(communes__in=territory) | Q(neighbourhoods__commune__in=territory)
    return circles.filter(shared).exists()


View = Callable[..., HttpResponse]


def team_required(view: View) -> View:
    """403 for whoever works in no team, such as a partner."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not works_in_a_team(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped
