from django.db import transaction

from networking.models import Circle, Role, TeamMember, User


class LastOrganiser(Exception):
    """A circle keeps one organiser at least."""


@transaction.atomic
def start_circle(*, circle: Circle, organiser: User) -> None:
    """The circle is saved already; whoever made it organises it."""
    TeamMember.objects.create(circle=circle, user=organiser, role=Role.ORGANISER)


def _keep_one_organiser(circle: Circle, leaving: TeamMember) -> None:
    """The row of the circle is the lock: two organisers cannot leave at once."""
    Circle.objects.select_for_update().get(pk=circle.pk)
    others = circle.team.filter(role=Role.ORGANISER).exclude(pk=leaving.pk)
    if leaving.role == Role.ORGANISER and not others.exists():
        raise LastOrganiser


@transaction.atomic
def join_team(*, circle: Circle, email: str, first_name: str, role: str) -> TeamMember:
    """Whoever has this address helps the circle; see `User.objects.named`. Raises
    LastOrganiser."""
    user = User.objects.named(email, first_name)
    member = circle.team.filter(user=user).first()
    if member is None:
        return TeamMember.objects.create(circle=circle, user=user, role=role)
    if role != Role.ORGANISER:
        _keep_one_organiser(circle, member)
    member.role = role
    member.save(update_fields=("role",))
    return member


@transaction.atomic
def leave_team(*, member: TeamMember) -> None:
    """Raises LastOrganiser."""
    _keep_one_organiser(member.circle, member)
    member.delete()
