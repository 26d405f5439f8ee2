"""Mme Eloy reads the reports of her communes, and nothing else."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from invitations.models import PartStat
from networking.models import Meetup, MeetupStatus, Partner, User
from reports.actions import issue_report
from reports.models import Presence, Report
from tests.factories import (
    CommuneFactory,
    InvitationFactory,
    MeetupFactory,
    PartnerFactory,
    UserFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def issued(meetup: Meetup, partner: Partner, quotes: list[str] | None = None) -> Report:
    Meetup.objects.filter(pk=meetup.pk).update(status=MeetupStatus.CLOSED)
    return issue_report(
        meetup=meetup,
        partner=partner,
        quotes=quotes or [],
        next_steps=[],
        cost=None,
        user=meetup.organiser,
    )


def town_hall(user: User) -> Partner:
    return Partner.objects.get(members__user=user)


def space(client: Client) -> str:
    return client.get(reverse("partner_reports")).content.decode()


def test_a_clerk_finds_her_reports_newest_first(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    older = issued(meetup, town_hall(eloy))
    newer = issued(
        MeetupFactory(title="Le dîner de Valmorey", booking__venue=meetup.venue),
        town_hall(eloy),
    )
    page = space(signed_in(eloy))
    assert "Mairie de Valmorey" in page
    assert str(meetup.venue.commune) in page
    assert page.index(newer.get_absolute_url()) < page.index(older.get_absolute_url())
    assert meetup.full_title in page


def test_without_a_commune_nobody_is_sent_to_a_form_that_cannot_be_sent(
    eloy: User, signed_in: SignIn
) -> None:
    partner = town_hall(eloy)
    address = reverse("offer_room", args=(partner.pk,))
    assert address in space(signed_in(eloy))
    partner.communes.clear()
    page = space(signed_in(eloy))
    assert address not in page
    assert settings.ORGANISATION_CONTACT in page


def test_without_any_report_the_space_says_when_one_comes(
    eloy: User, signed_in: SignIn
) -> None:
    assert "Aucun bilan pour l’instant." in space(signed_in(eloy))


def test_a_corrected_report_replaces_the_old_one(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    old = issued(meetup, town_hall(eloy))
    new = issued(meetup, town_hall(eloy), ["On se téléphone plus vite."])
    page = space(signed_in(eloy))
    assert page.index(new.get_absolute_url()) < page.index(old.get_absolute_url())
    assert page.count(new.get_absolute_url()) == 1
    assert "version 2" in page
    assert page.count("remplacée") == 1


def test_a_report_to_another_body_about_her_commune_is_hers_too(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    cpts = PartnerFactory(name="CPTS du Lac", communes=[meetup.venue.commune])
    report = issued(meetup, cpts)
    page = space(signed_in(eloy))
    assert page.count(report.get_absolute_url()) == 1
    assert "Pour CPTS du Lac" in page


def test_another_territory_sees_nothing_of_this_one(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    report = issued(meetup, town_hall(eloy))
    far = UserFactory(first_name="Mme Faure")
    PartnerFactory(
        name="Mairie de Saint-Jore", communes=[CommuneFactory()], members=[far]
    )
    client = signed_in(far)
    assert report.get_absolute_url() not in space(client)
    assert meetup.title not in space(client)
    assert client.get(report.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["amina", "driss"])
def test_who_speaks_for_no_partner_is_refused(
    meetup: Meetup, request, signed_in: SignIn, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(reverse("partner_reports")).status_code == 403


def test_visitors_are_asked_to_sign_in(meetup: Meetup) -> None:
    assert Client().get(reverse("partner_reports")).status_code == 302


def test_reports_are_closed_to_strangers_and_open_to_the_team(
    meetup: Meetup, eloy: User, bruno: User, driss: User, signed_in: SignIn
) -> None:
    report = issued(meetup, town_hall(eloy))
    assert signed_in(driss).get(report.get_absolute_url()).status_code == 404
    for user in (eloy, bruno, meetup.organiser):
        response = signed_in(user).get(report.get_absolute_url())
        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"


def test_a_former_member_reads_nothing_more(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    report = issued(meetup, town_hall(eloy))
    eloy.partner_roles.all().delete()
    client = signed_in(eloy)
    assert client.get(reverse("partner_reports")).status_code == 403
    assert client.get(report.get_absolute_url()).status_code == 404


ONE = ("meetup", "sheet_pdf", "attendance", "close_meetup", "issue_report")
LISTS = ("meetup_list", "circle_list", "directory", "venue_list", "partner_list")


@pytest.mark.parametrize("name", ONE)
def test_no_page_of_the_meetup_opens_to_a_partner(
    meetup: Meetup, eloy: User, signed_in: SignIn, name: str
) -> None:
    issued(meetup, town_hall(eloy))
    client = signed_in(eloy)
    assert client.get(reverse(name, args=(meetup.pk,))).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_no_list_of_the_team_opens_to_a_partner(
    meetup: Meetup, eloy: User, signed_in: SignIn, name: str
) -> None:
    assert signed_in(eloy).get(reverse(name)).status_code in (403, 404)


def test_no_circle_and_no_person_opens_to_a_partner(
    meetup: Meetup, eloy: User, chloe, signed_in: SignIn
) -> None:
    client = signed_in(eloy)
    for page in (meetup.circle, chloe, meetup.venue):
        assert client.get(page.get_absolute_url()).status_code in (403, 404)


def test_the_space_holds_no_name_of_a_guest(
    meetup: Meetup, eloy: User, chloe, signed_in: SignIn
) -> None:
    guest = InvitationFactory(
        meetup=meetup, professional=chloe, partstat=PartStat.ACCEPTED
    )
    meetup.attendances.create(
        invitation=guest,
        presence=Presence.PRESENT,
        first_name=chloe.first_name,
        profession=chloe.profession,
    )
    issued(meetup, town_hall(eloy))
    page = space(signed_in(eloy))
    for word in ("Chloé", "Martin", meetup.organiser.first_name, meetup.circle.name):
        assert word not in page


@pytest.mark.parametrize("others", [0, 2])
def test_the_space_costs_the_same_for_one_and_three_reports(
    meetup: Meetup,
    eloy: User,
    signed_in: SignIn,
    others: int,
    django_assert_num_queries,
) -> None:
    issued(meetup, town_hall(eloy))
    for _ in range(others):
        issued(MeetupFactory(booking__venue=meetup.venue), town_hall(eloy))
    client = signed_in(eloy)
    with django_assert_num_queries(13):
        client.get(reverse("partner_reports"))


def coming_of(eloy: User, signed_in: SignIn) -> str:
    page = space(signed_in(eloy))
    return page[
        page.index("Les prochaines rencontres") : page.index("Nous écrire</h2>")
    ]


def test_the_space_tells_public_meetups_of_its_communes(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    MeetupFactory(title="Le goûter d’ailleurs")
    for title, fields in (
        ("Le repas discret", {"is_public": False}),
        ("Le repas annulé", {"status": MeetupStatus.CANCELLED}),
    ):
        MeetupFactory(title=title, booking__venue=meetup.venue, **fields)
    told = coming_of(eloy, signed_in)
    assert meetup.get_public_url() in told
    assert meetup.venue.name in told
    assert told.count("<h3>") == 1
    assert meetup.get_absolute_url() not in told.replace(meetup.get_public_url(), "")


def test_without_a_public_meetup_the_space_says_so(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    Meetup.objects.update(is_public=False)
    assert "Aucune rencontre n’est annoncée" in coming_of(eloy, signed_in)
