"""Who may act on a report that was given; see networking.perms."""

from networking.perms import Person, can_manage_partner, can_organise, organises
from reports.models import Report


def can_share(user: Person, report: Report) -> bool:
    """Give and take back its links: who organises the circle, the partner's territory,
    or, for a report of the association's year, any circle."""
    if report.meetup:
        return can_organise(user, report.meetup.circle)
    if report.partner:
        return can_manage_partner(user, report.partner)
    return organises(user)
