"""Reports as they are given, for the tests of the partners' side."""

from networking.models import Meetup, MeetupStatus, Partner, User
from reports.actions import issue_report
from reports.actions.portal import enrol_members
from reports.models import (
    Frequency,
    Presence,
    Report,
    ReportKind,
    ReportLink,
    ReportSubscription,
)
from tests.factories import ProfessionFactory


def come(meetup: Meetup, people: int, activity: str = "Soins infirmiers") -> None:
    profession = ProfessionFactory(key=activity[:20], activity=activity)
    for n in range(people):
        meetup.attendances.create(
            presence=Presence.WALK_IN, first_name=f"Ana{n}", profession=profession
        )


def give(meetup: Meetup, partner: Partner, *quotes: str) -> Report:
    Meetup.objects.filter(pk=meetup.pk).update(status=MeetupStatus.CLOSED)
    return issue_report(
        meetup=meetup,
        partner=partner,
        quotes=list(quotes),
        next_steps=[],
        cost=None,
        user=meetup.organiser,
    )


def period(kind: ReportKind, partner: Partner | None, user: User) -> Report:
    """A report of the year 2025; its figures do not matter here."""
    return Report.objects.create(
        kind=kind,
        partner=partner,
        starts_on="2025-01-01",
        ends_on="2025-12-31",
        series=f"{kind}:{partner and partner.pk}:2025",
        title="Bilan de l’année 2025",
        figures={"addressee": "la mairie", "highlights": [], "method": []},
        issued_by=user,
    )


def town_hall(user: User) -> Partner:
    return Partner.objects.get(members__user=user)


def link_of(report: Report) -> ReportLink:
    return report.links.get()


def subscription_of(partner: Partner) -> ReportSubscription:
    enrol_members(partner)
    return partner.subscriptions.get(frequency=Frequency.ISSUED)
