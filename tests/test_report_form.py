from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from networking.models import Meetup, MeetupStatus, Partner, User
from reports.forms import ReportForm, addressees
from reports.models import Presence, Report
from reports.naming import named
from tests.factories import (
    CommuneFactory,
    InvitationFactory,
    PartnerFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def town_hall(meetup: Meetup, eloy: User) -> Partner:
    return Partner.objects.get(name="Mairie de Valmorey")


@pytest.fixture
def closed(meetup: Meetup) -> Meetup:
    """One person came: Samira, doctor."""
    profession = ProfessionFactory(key="doctor", activity="Médecine")
    person = ProfessionalFactory(first_name="Samira", profession=profession)
    meetup.attendances.create(
        invitation=InvitationFactory(meetup=meetup, professional=person),
        presence=Presence.PRESENT,
        first_name=person.first_name,
        profession=profession,
    )
    Meetup.objects.filter(pk=meetup.pk).update(status=MeetupStatus.CLOSED)
    meetup.refresh_from_db()
    return meetup


def filled(meetup: Meetup, **data: object) -> ReportForm:
    partner = addressees(meetup).first()
    return ReportForm(meetup, {"partner": partner.pk if partner else "", **data})


@pytest.mark.parametrize("cost", ["7,40", "7.40", " 7,40 € ", "7,4"])
def test_the_cost_is_written_as_people_write_it(
    closed: Meetup, town_hall: Partner, cost: str
) -> None:
    form = filled(closed, cost=cost)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["cost"] == Decimal("7.40")


@pytest.mark.parametrize("cost", ["sept", "7,404", "-1", "NaN", "Infinity", "1e9"])
def test_a_wrong_cost_is_explained(
    closed: Meetup, town_hall: Partner, cost: str
) -> None:
    form = filled(closed, cost=cost)
    assert not form.is_valid()
    assert form.errors["cost"][0].startswith("Écrivez")


@pytest.mark.parametrize(
    "line",
    ["Samira a tout dit.", "Merci à samira", "avec SAMIRA !"],
)
def test_a_first_name_of_somebody_present_is_refused(
    closed: Meetup, town_hall: Partner, line: str
) -> None:
    form = filled(closed, quotes=f"On se connaît.\n{line}")
    assert form.errors["quotes"] == [
        "Cette phrase contient un prénom (Samira). Écrivez-la sans nom."
    ]
    assert filled(closed, next_steps=line).errors["next_steps"]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("Chloé Petit nous rejoint.", True),
        ("PETIT Chloé nous rejoint.", True),
        ("Merci à Mme Petit.", True),
        ("Petit à petit, on se connaît.", False),
        ("Un petit déjeuner la prochaine fois.", False),
        ("Chloé nous rejoint.", False),
        ("Samiramis arrive.", False),
        ("J’ai vu samira.", True),
        ("Bonjour Ομηρος", True),
    ],
)
def test_whole_names_are_found_and_words_are_left(line: str, refused: bool) -> None:
    found = named(line, ["Samira", "Ομηρος", ""], [("Chloé", "Petit"), ("Anne", "")])
    assert bool(found) is refused


@pytest.mark.parametrize("asked", ["9" * 5000, "²", "-1", "x"])
def test_an_odd_partner_in_the_address_is_nobody(
    closed: Meetup,
    town_hall: Partner,
    amina: User,
    signed_in: Callable[[User], Client],
    asked: str,
) -> None:
    url = reverse("issue_report", args=(closed.pk,))
    client = signed_in(amina)
    assert client.get(url, {"pour": asked}).status_code == 200
    assert client.post(url, {"partner": asked}).status_code == 200


def test_lines_are_counted_measured_and_cleaned(
    closed: Meetup, town_hall: Partner
) -> None:
    form = filled(closed, quotes="«\u202fOn s'appelle !\u202f»\n\n  - Bien mangé.  ")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["quotes"] == ["On s’appelle\u202f!", "Bien mangé."]
    many = filled(closed, quotes="\n".join("abcde"))
    assert many.errors["quotes"] == ["Gardez 4 phrases au plus. Il y en a 5."]
    long = filled(closed, next_steps="a" * 111)
    assert long.errors["next_steps"][0].startswith("Raccourcissez cette phrase à 110")


def test_partners_of_the_commune_come_or_else_all(closed: Meetup) -> None:
    far = PartnerFactory(communes=[CommuneFactory()])
    assert list(addressees(closed)) == [far]
    near = PartnerFactory(communes=[closed.venue.commune])
    assert list(addressees(closed)) == [near]


def test_the_organiser_gives_a_report_from_the_page(
    closed: Meetup, town_hall: Partner, amina: User, signed_in: SignIn
) -> None:
    client, url = signed_in(amina), reverse("issue_report", args=(closed.pk,))
    page = client.get(url).content.decode()
    assert "<b>moins de 5</b>personnes présentes" in page
    assert "Médecine" not in page
    assert "Aucun nom. Rien sur un patient." in page
    response = client.post(
        url, {"partner": town_hall.pk, "quotes": "On se connaît.", "cost": "7,40"}
    )
    assert response.url == closed.get_absolute_url()
    report = Report.objects.get()
    assert (report.partner, report.issued_by) == (town_hall, amina)
    assert (report.commune, report.quotes) == (closed.venue.commune, ["On se connaît."])


def test_nothing_typed_is_lost_when_a_name_is_found(
    closed: Meetup, town_hall: Partner, amina: User, signed_in: SignIn
) -> None:
    response = signed_in(amina).post(
        reverse("issue_report", args=(closed.pk,)),
        {"partner": town_hall.pk, "quotes": "Samira rit.", "cost": "7,40"},
    )
    page = response.content.decode()
    assert "Samira rit.</textarea>" in page
    assert 'value="7,40"' in page
    assert "Écrivez-la sans nom." in page
    assert not Report.objects.exists()


def test_the_report_waits_for_the_end_of_the_meetup(
    meetup: Meetup, town_hall: Partner, amina: User, signed_in: SignIn
) -> None:
    url = reverse("issue_report", args=(meetup.pk,))
    for response in (signed_in(amina).get(url), signed_in(amina).post(url)):
        assert response.url == reverse("close_meetup", args=(meetup.pk,))


def test_without_any_partner_the_page_says_where_to_add_one(
    closed: Meetup, amina: User, signed_in: SignIn
) -> None:
    page = signed_in(amina).get(reverse("issue_report", args=(closed.pk,)))
    assert "Aucun partenaire n’est encore connu." in page.content.decode()
    assert reverse("partner_create") in page.content.decode()


def test_an_address_of_another_territory_is_not_accepted(
    closed: Meetup, town_hall: Partner
) -> None:
    far = PartnerFactory(communes=[CommuneFactory()])
    assert "partner" in ReportForm(closed, {"partner": far.pk}).errors
