from django.db import transaction
from django.db.models import QuerySet

from networking.models import (
    Circle,
    Membership,
    Professional,
    TeamMember,
    Workplace,
)
from networking.perms import Person


def people_of(user: Person) -> QuerySet[Professional]:
    """Those who work in a circle of the user's teams; staff sees everybody."""
    if not user.is_authenticated:
        return Professional.objects.none()
    if user.is_staff:
        return Professional.objects.all()
    circles = TeamMember.objects.filter(user=user).values("circle")
    members = Membership.objects.filter(circle__in=circles).values("professional")
    return Professional.objects.filter(pk__in=members)


def same(one: str, other: str) -> bool:
    """In Python: SQLite's LOWER does not know "É"."""
    return one.casefold() == other.casefold()


def workplace_named(name: str) -> Workplace | None:
    """The workplace of this name in any case, made when it is new."""
    if not name:
        return None
    known = next((one for one in Workplace.objects.all() if same(one.name, name)), None)
    return known or Workplace.objects.create(name=name)


def address_of(person: Professional) -> str:
    """As it is written down; "" for somebody new."""
    known = Professional.objects.filter(pk=person.pk)
    return known.values_list("email", flat=True).first() or ""


@transaction.atomic
def save_person(
    *, person: Professional, workplace: str, circle: Circle | None = None
) -> Professional:
    """Write the person down, and in this circle. Raises IntegrityError when the
    address was written down by somebody else in the meantime."""
    person.workplace = workplace_named(workplace)
    person.index_name()
    if not same(person.email, address_of(person)):
        person.email_bounced_at = None
    person.save()
    if circle is not None:
        add_to_circle(circle=circle, person=person)
    return person


def add_to_circle(*, circle: Circle, person: Professional) -> bool:
    """False when the person works in this circle already."""
    return Membership.objects.get_or_create(circle=circle, professional=person)[1]


def remove_from_circle(*, circle: Circle, person: Professional) -> None:
    """The person stays in the other circles, with the history of past meetups."""
    Membership.objects.filter(circle=circle, professional=person).delete()
