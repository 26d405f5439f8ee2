"""Who opens what of the partners' side: every address, everybody, GET and HEAD."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from networking.models import Circle, Meetup, User
from reports.models import Download, NoticeKind, Report, ReportKind, ReportLink
from reports.urls import portal as portal_urls
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    MeetupFactory,
    PartnerFactory,
    UserFactory,
)
from tests.portal import give, link_of, period, subscription_of, town_hall

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

WHO = (
    "eloy",  # speaks for the partner
    "neighbour",  # another partner with a commune in common
    "far",  # another partner without
    "former",  # spoke for the partner once
    "amina",  # organises the circle
    "bruno",  # its relay
    "elsewhere",  # organises another circle
    "driss",  # has an account and nothing else
    "nobody",  # has none
)
# What each of WHO gets, in its order.
READ = {
    "partner_reports": (200, 200, 200, 403, 403, 403, 403, 403, 302),
    "offer_room": (200, 404, 404, 404, 404, 404, 404, 404, 302),
    "tell_need": (200, 404, 404, 404, 404, 404, 404, 404, 302),
    "my_sendings": (200, 404, 404, 404, 404, 404, 404, 404, 302),
    "report_pdf": (200, 200, 404, 404, 200, 200, 404, 404, 302),
    "report_readings": (404, 404, 404, 404, 200, 200, 404, 404, 302),
    "partner_notices": (403, 403, 403, 403, 200, 200, 200, 403, 302),
    "partner_sendings": (403, 403, 403, 403, 200, 200, 200, 403, 302),
    "linked_report": (200,) * 9,
    "stop_reports": (200,) * 9,
}
POST = {
    "revoke_link": (404, 404, 404, 404, 302, 403, 404, 404, 302),
    "handle_notice": (403, 403, 403, 403, 302, 302, 404, 403, 302),
    "change_sending": (403, 403, 403, 403, 302, 403, 403, 403, 302),
    "partner_sendings": (403, 403, 403, 403, 200, 403, 403, 403, 302),
    "report_readings": (404, 404, 404, 404, 200, 403, 404, 404, 302),
    "offer_room": (200, 404, 404, 404, 404, 404, 404, 404, 302),
    "my_sendings": (302, 404, 404, 404, 404, 404, 404, 404, 302),
}
ACTING_ONLY = {"revoke_link", "handle_notice", "change_sending"}


@pytest.fixture
def report(meetup: Meetup, eloy: User, circle: Circle) -> Report:
    circle.communes.add(meetup.venue.commune)
    return give(meetup, town_hall(eloy))


@pytest.fixture
def clients(
    report: Report, eloy: User, amina: User, bruno: User, driss: User, signed_in: SignIn
) -> dict[str, Client]:
    commune = report.meetup.venue.commune
    neighbour = UserFactory(email="lac@cpts.example")
    PartnerFactory(communes=[commune, CommuneFactory()], members=[neighbour])
    far = UserFactory(email="loin@mairie.example")
    PartnerFactory(communes=[CommuneFactory()], members=[far])
    former = UserFactory(email="avant@mairie.example")
    town_hall(eloy).members.create(user=former).delete()
    elsewhere = UserFactory(email="ailleurs@example.org")
    CircleFactory(organiser=elsewhere).communes.add(CommuneFactory())
    people = (eloy, neighbour, far, former, amina, bruno, elsewhere, driss)
    clients = dict(zip(WHO, map(signed_in, people), strict=False))
    return clients | {"nobody": Client()}


@pytest.fixture
def paths(report: Report, eloy: User) -> dict[str, str]:
    partner, link = town_hall(eloy), link_of(report)
    notice = partner.notices.create(
        kind=NoticeKind.NEED, commune=report.commune, text="Un manque."
    )
    sending = subscription_of(partner)
    given = {
        "partner_reports": (),
        "offer_room": (partner.pk,),
        "tell_need": (partner.pk,),
        "my_sendings": (partner.pk,),
        "report_pdf": (report.pk,),
        "report_readings": (report.pk,),
        "partner_notices": (),
        "partner_sendings": (partner.pk,),
        "linked_report": (link.token,),
        "stop_reports": (sending.token,),
        "revoke_link": (report.pk, link.pk),
        "handle_notice": (notice.pk,),
        "change_sending": (partner.pk, sending.pk),
    }
    return {name: reverse(name, args=args) for name, args in given.items()}


def test_every_address_of_the_portal_is_in_the_matrix() -> None:
    names = {pattern.name for pattern in portal_urls.urlpatterns}
    assert names - READ.keys() == ACTING_ONLY
    assert POST.keys() >= ACTING_ONLY
    assert READ.keys() | POST.keys() <= set(get_resolver().reverse_dict.keys())


@pytest.mark.parametrize("name", READ)
def test_who_reads_what(
    clients: dict[str, Client], paths: dict[str, str], name: str
) -> None:
    got = [clients[who].get(paths[name]).status_code for who in WHO]
    assert dict(zip(WHO, got, strict=True)) == dict(zip(WHO, READ[name], strict=True))
    heads = [clients[who].head(paths[name]).status_code for who in WHO]
    assert heads == got


@pytest.mark.parametrize("name", POST)
def test_who_acts_where(
    clients: dict[str, Client], paths: dict[str, str], name: str
) -> None:
    got = {who: clients[who].post(paths[name]).status_code for who in WHO}
    assert got == dict(zip(WHO, POST[name], strict=True))


@pytest.mark.parametrize("name", sorted(ACTING_ONLY))
def test_what_acts_is_never_read(
    clients: dict[str, Client], paths: dict[str, str], name: str
) -> None:
    assert clients["amina"].get(paths[name]).status_code == 405
    assert clients["amina"].head(paths[name]).status_code == 405


def test_the_key_of_another_report_opens_no_link(
    clients: dict[str, Client], report: Report, eloy: User
) -> None:
    other = give(MeetupFactory(circle=report.meetup.circle), PartnerFactory())
    stranger = ReportLink.new(other, "a@b.example")
    path = reverse("revoke_link", args=(report.pk, stranger.pk))
    assert clients["amina"].post(path).status_code == 404
    stranger.refresh_from_db()
    assert stranger.is_open


def test_the_sending_of_another_partner_is_not_changed_from_here(
    clients: dict[str, Client], eloy: User
) -> None:
    other = PartnerFactory(members=[UserFactory(email="autre@mairie.example")])
    sending = subscription_of(other)
    path = reverse("change_sending", args=(town_hall(eloy).pk, sending.pk))
    assert clients["amina"].post(path).status_code == 404


def test_a_link_opens_its_report_and_nothing_else(
    clients: dict[str, Client], paths: dict[str, str], report: Report
) -> None:
    """A token of one kind is none of another, and no session comes of it."""
    anybody = clients["nobody"]
    anybody.post(paths["linked_report"], {"format": "pdf"})
    assert anybody.get(paths["report_pdf"]).status_code == 302
    sending = subscription_of(report.partner)
    crossed = (
        reverse("linked_report", args=(sending.token,)),
        reverse("stop_reports", args=(link_of(report).token,)),
    )
    assert [anybody.get(path).status_code for path in crossed] == [404, 404]


def test_looking_writes_nothing(
    clients: dict[str, Client], paths: dict[str, str]
) -> None:
    for name in READ.keys() - {"report_pdf"}:
        for client in clients.values():
            client.get(paths[name])
            client.head(paths[name])
    assert not Download.objects.exists()
    assert ReportLink.objects.get().revoked_at is None


def visible(user: User) -> set[Report]:
    return set(Report.objects.visible_to(user))


def test_a_report_of_a_territory_is_its_addressees_alone(
    clients: dict[str, Client], report: Report, eloy: User, amina: User, bruno: User
) -> None:
    territory = period(ReportKind.TERRITORY, report.partner, amina)
    Report.objects.filter(pk=territory.pk).update(commune=report.commune)
    readers = {
        name: territory in visible(User.objects.get(email=email))
        for name, email in (
            ("eloy", eloy.email),
            ("amina", amina.email),
            ("relay", bruno.email),
            ("neighbour", "lac@cpts.example"),
            ("far", "loin@mairie.example"),
            ("former", "avant@mairie.example"),
            ("elsewhere", "ailleurs@example.org"),
        )
    }
    assert [name for name, reads in readers.items() if reads] == [
        "eloy",
        "amina",
        "relay",
    ]


def test_the_report_of_the_year_is_the_associations(
    clients: dict[str, Client], report: Report, eloy: User, amina: User, driss: User
) -> None:
    year = period(
        ReportKind.YEAR, None, UserFactory(is_staff=True, email="i@a.example")
    )
    elsewhere = User.objects.get(email="ailleurs@example.org")
    assert year in visible(elsewhere)
    assert year in visible(amina)
    assert year in visible(UserFactory(is_staff=True, email="j@a.example"))
    assert year not in visible(eloy) | visible(driss)


def test_staff_sees_every_report(report: Report, amina: User) -> None:
    staff = UserFactory(is_staff=True)
    all_of_them = {report, period(ReportKind.TERRITORY, report.partner, amina)}
    assert visible(staff) == all_of_them
    assert set(Report.objects.of_teams(staff)) == all_of_them
    assert not Report.objects.of_partners(staff).exists()


@pytest.mark.parametrize("state", ["revoked", "expired", "unknown", "former"])
def test_a_dead_link_says_the_same_whatever_it_died_of(
    report: Report, state: str
) -> None:
    link = link_of(report)
    path, unknown = link.get_absolute_url(), reverse("linked_report", args=("a" * 26,))
    if state == "revoked":
        ReportLink.objects.update(revoked_at=timezone.now())
    elif state == "expired":
        ReportLink.objects.update(expires_at=timezone.now())
    elif state == "former":
        report.partner.members.all().delete()
    else:
        path = reverse("linked_report", args=(link.token[:-1],))
    client = Client()
    dead, never = client.get(path), client.get(unknown)
    assert dead.status_code == never.status_code == 404
    assert dead.content == never.content
    assert dead.headers.items() == never.headers.items()
    assert "Demandez un nouveau lien" in dead.content.decode()
    assert client.post(path, {"format": "pdf"}).status_code == 404
    assert client.head(path).status_code == 404
