"""Reports of a territory and of a year: what they say, who may, and what stays."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invitations.models import Invitation
from networking.models import Meetup, MeetupStatus, Partner, PartnerKind, User
from reports import papers
from reports.actions import NoMeal, issue_period, issue_report, set_indicators
from reports.models import Connection, Presence, Report, ReportKind
from reports.period_figures import findings, told
from reports.period_reports import Words
from reports.periods import Span, last_quarters, year
from reports.releases import gather
from reports.shown import show
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    MeetupFactory,
    PartnerFactory,
    ProfessionalFactory,
    ProfessionFactory,
    UserFactory,
    VenueFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
SPRING = Span(date(2026, 4, 1), date(2026, 6, 30))
HALF = Span(date(2026, 1, 1), date(2026, 6, 30))
TODAY = datetime(2026, 7, 15, 10, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture(autouse=True)
def _in_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def valmorey():
    return CommuneFactory(code="73999", name="Valmorey")


@pytest.fixture
def partner(valmorey) -> Partner:
    return PartnerFactory(name="Mairie de Valmorey", communes=[valmorey])


@pytest.fixture
def near(circle, valmorey) -> None:
    circle.communes.add(valmorey)


def eat(circle, valmorey, month: int, people, **more) -> Meetup:
    """A closed meal with these people, all invited, and `walk_ins` others."""
    walk_ins = more.pop("walk_ins", 0)
    venue = more.pop("venue", None) or VenueFactory(commune=valmorey)
    noon = datetime(2026, month, 14, 12, 15, tzinfo=ZoneInfo("Europe/Paris"))
    meetup = MeetupFactory(
        circle=circle,
        title=f"Repas {month}",
        starts_at=noon,
        ends_at=noon + timedelta(minutes=90),
        booking__venue=venue,
        status=MeetupStatus.CLOSED,
        **more,
    )
    guests = [Invitation.new(meetup, person) for person in people]
    for guest in Invitation.objects.bulk_create(guests):
        person = guest.professional
        meetup.attendances.create(
            invitation=guest,
            presence=Presence.PRESENT,
            first_name=person.first_name,
            profession=person.profession,
            commune=person.commune,
        )
    for _ in range(walk_ins):
        meetup.attendances.create(
            presence=Presence.WALK_IN, first_name="Ana", profession=ProfessionFactory()
        )
    return meetup


@pytest.fixture
def people(valmorey):
    return ProfessionalFactory.create_batch(30, commune=valmorey, last_name="")


@pytest.fixture
def three_meals(circle, valmorey, people, near) -> list[Meetup]:
    """Thirty people; 6 of them at the first two, 7 at the last two."""
    return [
        eat(circle, valmorey, 4, people[:14]),
        eat(circle, valmorey, 5, people[8:23]),
        eat(circle, valmorey, 6, people[16:]),
    ]


def give(partner: Partner | None, user: User, span: Span = SPRING, **more) -> Report:
    words = more.pop("words", Words(["Trois métiers."], ["Merci."], "Une salle."))
    return issue_period(
        span=span,
        partner=partner,
        is_year=more.pop("is_year", False),
        words=words,
        user=user,
    )


def block(report: Report, key: str) -> dict:
    return next(b for b in report.figures["blocks"] if b["key"] == key)


def keys(report: Report) -> list[str]:
    return [b["key"] for b in report.figures["blocks"]]


def test_people_are_counted_once_and_attendances_each_time(
    three_meals, partner, amina
) -> None:
    rows = block(give(partner, amina), "chiffres")["rows"]
    figures = {label: value for value, label in rows}
    assert figures["personnes différentes"] == "30"
    assert figures["présences"] == "43"
    assert figures["repas"] == "3"


def test_what_the_author_wrote_is_in_it_and_frozen(three_meals, partner, amina) -> None:
    report = give(partner, amina)
    assert (report.kind, report.series) == (
        ReportKind.TERRITORY,
        f"territory:{partner.pk}:2026-04-01:2026-06-30",
    )
    assert report.title == (
        "Bilan\u202f: Mairie de Valmorey, du 1er avril au 30 juin 2026"
    )
    assert block(report, "constats")["rows"] == [["Trois métiers."]]
    assert block(report, "proposition")["rows"] == [["Une salle."]]
    # PostgreSQL gives the keys back in its own order.
    before = json.dumps(report.figures, sort_keys=True), papers.report(report)
    for meetup in three_meals:
        meetup.attendances.all().delete()
    Partner.objects.update(name="Autre nom")
    again = Report.objects.get(pk=report.pk)
    figures = json.dumps(again.figures, sort_keys=True)
    assert (figures, papers.report(again)) == before


def test_a_correction_names_what_it_replaces_and_repeats_its_figures(
    three_meals, partner, amina
) -> None:
    first = give(partner, amina)
    three_meals[0].attendances.first().delete()
    second = give(partner, amina, words=Words(["Autre."], [], ""))
    assert (second.version, second.replaces) == (2, first)
    notes = block(second, "methode")["rows"]
    assert (
        "Version 2. Ce bilan remplace la version 1, du mercredi 15 juillet 2026."
        in (notes[-1][0])
    )
    for key in ("chiffres", "repas", "metiers-presences"):
        assert block(second, key) == block(first, key)
    assert give(partner, amina, words=Words(["Autre."], [], "")) == second


def test_a_meal_told_alone_says_the_same_in_the_period(
    three_meals, partner, amina
) -> None:
    alone = issue_report(
        meetup=three_meals[0],
        partner=partner,
        quotes=[],
        next_steps=[],
        cost=None,
        user=amina,
    )
    three_meals[0].attendances.all().delete()
    report = give(partner, amina)
    assert report.figures["tables"][str(three_meals[0].pk)] == alone.figures["counts"]
    three_meals[1].attendances.all().delete()
    later = issue_report(
        meetup=three_meals[1],
        partner=partner,
        quotes=[],
        next_steps=[],
        cost=None,
        user=amina,
    )
    assert later.figures["counts"] == report.figures["tables"][str(three_meals[1].pk)]


def test_only_periods_apart_or_one_inside_the_other_count_people(
    circle, valmorey, people, three_meals, partner, amina
) -> None:
    eat(circle, valmorey, 2, people[15:29])
    spring = give(partner, amina)
    late = give(partner, amina, Span(date(2026, 1, 1), date(2026, 5, 1)))
    assert late.figures["release"] is None
    refused = "sont pas données ici"
    assert any(refused in row[0] for row in block(late, "methode")["rows"])
    longer = give(partner, amina, HALF)
    assert longer.figures["release"]["meetups"] != spring.figures["release"]["meetups"]
    inside = give(partner, amina, Span(date(2026, 6, 1), date(2026, 6, 30)))
    assert inside.figures["release"] is None


def test_few_different_people_are_not_told_exactly(
    circle, valmorey, people, partner, amina
) -> None:
    """Three came twice: the difference would be three."""
    for month, guests in ((4, people[:14]), (6, people[11:25])):
        eat(circle, valmorey, month, guests)
    report = give(partner, amina)
    assert report.figures["release"]["different"] == [5, 28]
    labels = [label for _, label in block(report, "chiffres")["rows"]]
    assert "personnes différentes" not in labels


@pytest.mark.parametrize(
    ("count", "words"), [(1, "moins de 5"), (30, "30"), (300, "300")]
)
def test_one_thirty_and_three_hundred_people(
    circle, valmorey, partner, amina, count: int, words: str
) -> None:
    crowd = ProfessionalFactory.create_batch(count, commune=valmorey)
    eat(circle, valmorey, 5, crowd)
    report = give(partner, amina)
    assert block(report, "repas")["rows"][-1][-1] == words
    assert papers.report(report).startswith(b"%PDF")


def test_a_period_without_any_meal_makes_no_report(partner, amina) -> None:
    with pytest.raises(NoMeal):
        give(partner, amina)
    assert not Report.objects.exists()


def test_nobody_at_the_only_meal(circle, valmorey, partner, amina) -> None:
    eat(circle, valmorey, 5, [])
    report = give(partner, amina)
    assert block(report, "repas")["rows"][-1][-1] == "0"
    assert "metiers" not in keys(report)


def test_the_trend_stands_beside_the_period_before(
    circle, valmorey, people, three_meals, partner, amina
) -> None:
    eat(circle, valmorey, 2, people[:10])
    report = give(partner, amina, HALF)
    assert "Présences, période d’avant" not in block(report, "mois")["columns"]
    spring = give(partner, amina, Span(date(2026, 3, 1), date(2026, 6, 30)))
    rows = block(spring, "mois")["rows"]
    assert rows[1][:2] == ["avril 2026", 14]
    assert rows[3][2] == 10
    written = findings(told(gather(SPRING, partner.communes.all())))
    assert "trop peu pour parler d’une hausse" in written[2]


def test_a_month_that_has_not_begun_has_no_number(
    circle, valmorey, people, partner, amina
) -> None:
    eat(circle, valmorey, 2, people[:10])
    eat(circle, valmorey, 4, people[:14])
    with time_machine.travel(datetime(2026, 5, 2, 12, tzinfo=UTC), tick=False):
        report = give(partner, amina, Span(date(2026, 4, 1), date(2026, 6, 30)))
    rows = block(report, "mois")["rows"]
    assert [row[0] for row in rows] == ["avril 2026", "mai 2026"]


def test_the_trend_says_what_it_finds(circle, valmorey, people, partner, amina) -> None:
    eat(circle, valmorey, 4, people[:14])
    first = give(partner, amina)
    assert (
        block(first, "mois")["title"] == "14 présences, chaque mois où il y a un repas"
    )
    eat(circle, valmorey, 5, people[:10])
    title = block(give(partner, amina), "mois")["title"]
    assert title == "De 10 à 14 présences, les mois où il y a un repas"


def test_trades_are_named_as_within_a_sentence(
    circle, valmorey, people, partner
) -> None:
    doctor = ProfessionFactory(key="doctor", activity="Médecine")
    trades = {doctor.activity, people[0].profession.activity}
    for person in people[:7]:
        person.profession = doctor
        person.save()
    eat(circle, valmorey, 4, people[:14])
    written = findings(told(gather(SPRING, partner.communes.all())))
    first, second = sorted(trades)
    assert f"{first} et {second.lower()} sont les métiers" in written[0]


def test_a_small_meal_is_said_to_be_missing_among_the_trades(
    circle, valmorey, people, partner, amina
) -> None:
    said = "Un repas de moins de 5 personnes ne dit pas ses métiers"
    eat(circle, valmorey, 4, people[:14])
    assert said not in str(block(give(partner, amina), "methode")["rows"])
    eat(circle, valmorey, 5, people[:3])
    assert said in str(block(give(partner, amina), "methode")["rows"])


def test_the_map_gives_bands_and_no_commune_by_its_number(
    circle, valmorey, people, partner, amina
) -> None:
    brenne = CommuneFactory(code="73998", name="Brenne")
    for person in people[:8]:
        person.commune = brenne
        person.save()
    for month, first, last in ((4, 0, 14), (5, 8, 23), (6, 16, 30)):
        eat(circle, valmorey, month, people[first:last])
    rows = block(give(partner, amina), "communes")["rows"]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("73998", "Brenne", "5 à 9"),
        ("73999", "Valmorey", "20 à 39"),
    ]


def test_a_commune_without_a_known_point_is_in_the_table_only(
    circle, valmorey, people, partner, amina
) -> None:
    brenne = CommuneFactory(name="Brenne", latitude=None, longitude=None)
    for person in people[:8]:
        person.commune = brenne
        person.save()
    for month, first, last in ((4, 0, 14), (5, 8, 23), (6, 16, 30)):
        eat(circle, valmorey, month, people[first:last])
    told = block(give(partner, amina), "communes")
    assert [row[1:4] for row in told["rows"]] == [
        ["Brenne", "", ""],
        ["Valmorey", valmorey.latitude, valmorey.longitude],
    ]
    shown = show(told)
    assert "Valmorey" in shown.svg
    assert "Brenne" not in shown.svg
    assert [row.name for row in shown.rows] == ["Brenne", "Valmorey"]


def test_communes_around_help_to_find_one_s_way_and_stay_as_they_were(
    circle, valmorey, people, partner, amina
) -> None:
    north = valmorey.latitude + 0.01
    small = CommuneFactory(name="Petite", population=90, latitude=north)
    CommuneFactory(name="Grande", population=900, latitude=valmorey.latitude - 0.01)
    CommuneFactory(name="Loin", latitude=valmorey.latitude + 1)
    for month, first, last in ((4, 0, 14), (5, 8, 23), (6, 16, 30)):
        eat(circle, valmorey, month, people[first:last])
    told = block(give(partner, amina), "communes")
    names = [name for name, *_ in told["landmarks"]]
    assert names.index("Grande") < names.index("Petite")
    assert "Loin" not in names
    small.delete()
    assert "Petite" in show(told).svg
    assert "Petite" not in str(told["rows"])


def seven_doctors_linked(meetup: Meetup, people) -> None:
    doctor = ProfessionFactory(key="doctor", activity="Médecine")
    for n in range(7):
        people[n].profession = doctor
        people[n].save()
        pair = people[n], people[n + 7]
        for one, other in (pair, pair[::-1]):
            Connection.objects.create(professional=one, other=other, meetup=meetup)


def test_two_trades_are_linked_by_name_where_enough_people_of_both_came(
    three_meals, people, partner, amina
) -> None:
    seven_doctors_linked(three_meals[0], people)
    nurse = people[7].profession.activity
    (row,) = block(give(partner, amina), "metiers-relies")["rows"]
    assert row == ["Médecine", nurse, "5 à 9"]


def test_four_links_between_two_trades_are_not_named(
    three_meals, people, partner, amina
) -> None:
    seven_doctors_linked(three_meals[0], people)
    gone = [person.pk for person in people[:3]]
    Connection.objects.filter(professional__in=gone).delete()
    assert "metiers-relies" not in keys(give(partner, amina))


def test_links_are_told_by_steps_and_never_by_name(
    three_meals, people, partner, amina
) -> None:
    seven_doctors_linked(three_meals[0], people)
    rows = dict(block(give(partner, amina), "liens")["rows"])
    assert rows["Liens noués, dits par les deux personnes"] == "5 à 9"
    assert rows["Passerelles\u202f: paires de métiers reliés"] == "moins de 5"


def test_money_tells_the_bill_only_beside_exact_numbers(
    circle, valmorey, people, partner, amina
) -> None:
    venue = VenueFactory(
        commune=valmorey, lender="la mairie de Valmorey", loan_value=Decimal(120)
    )
    eat(circle, valmorey, 4, people[:14], venue=venue, meal_cost=Decimal(98))
    rows = dict(block(give(partner, amina), "argent")["rows"])
    assert rows == {
        "Salles prêtées, en nature": "120\u00a0€",
        "Repas, en tout": "98\u00a0€",
        "Par personne et par repas": "7\u00a0€",
    }
    doctor = ProfessionalFactory(profession=ProfessionFactory(key="d", activity="M"))
    eat(circle, valmorey, 6, [*people[:14], doctor], meal_cost=Decimal(90))
    rows = dict(block(give(partner, amina), "argent")["rows"])
    assert list(rows) == ["Salles prêtées, en nature"]


def test_the_year_counts_every_circle_and_needs_no_partner(
    three_meals, valmorey, people, amina
) -> None:
    elsewhere = CommuneFactory()
    eat(CircleFactory(), elsewhere, 3, people[:12])
    report = give(None, UserFactory(is_staff=True), year(2026), is_year=True)
    assert (report.kind, report.series, report.partner) == (
        ReportKind.YEAR,
        "year:2026",
        None,
    )
    assert report.title.endswith("année 2026")
    assert len(block(report, "repas")["rows"]) == 5


def test_the_year_given_to_one_partner_takes_it_from_no_other(
    three_meals, partner, amina
) -> None:
    other = PartnerFactory(name="CPTS du Lac", kind=PartnerKind.CPTS)
    given = [give(one, amina, year(2026), is_year=True) for one in (partner, other)]
    assert [report.version for report in given] == [1, 1]
    assert Report.objects.current().count() == 2
    assert given[0].figures["release"] == given[1].figures["release"]


def test_a_correction_begins_with_the_words_of_the_last_version(
    circle, valmorey, people, three_meals, partner, amina, signed_in: SignIn
) -> None:
    words = Words(["Trois métiers."], ["Merci, et à bientôt."], "Une salle le soir.")
    give(partner, amina, words=words)
    client = signed_in(amina)
    page = client.get(address(partner)).content.decode()
    for said in ("Trois métiers.", "Merci, et à bientôt.", "Une salle le soir."):
        assert said in page
    other = client.get(address(partner, HALF)).content.decode()
    assert "à bientôt" not in other
    eat(circle, valmorey, 5, people[:6])
    page = client.get(address(partner)).content.decode()
    assert "à bientôt" in page
    assert "Trois métiers." not in page


def test_spans_have_words_and_a_period_before() -> None:
    assert str(year(2026)) == "année 2026"
    assert year(2026).before == year(2025)
    assert SPRING.before == Span(date(2026, 1, 1), date(2026, 3, 31))
    assert HALF.before == Span(date(2025, 7, 1), date(2025, 12, 31))
    assert Span(date(2026, 4, 2), date(2026, 4, 11)).before == Span(
        date(2026, 3, 23), date(2026, 4, 1)
    )
    assert str(Span(date(2025, 12, 1), date(2026, 1, 31))) == (
        "du 1er décembre 2025 au 31 janvier 2026"
    )
    assert [str(span) for span in last_quarters(date(2026, 7, 15))][:2] == [
        "du 1er avril au 30 juin 2026",
        "du 1er janvier au 31 mars 2026",
    ]


def address(partner: Partner, span: Span = SPRING) -> str:
    days = f"starts_on={span.starts_on}&ends_on={span.ends_on}"
    return f"{reverse('territory_report')}?partner={partner.pk}&{days}"


def test_an_organiser_reads_what_leaves_then_gives_it(
    three_meals, partner, amina, signed_in: SignIn
) -> None:
    client = signed_in(amina)
    page = client.get(address(partner)).content.decode()
    assert "Ce que le partenaire lira" in page
    assert "n’est pas finie" not in page
    assert "30 personnes différentes" in page.replace("\u00a0", " ")
    assert not Report.objects.exists()
    response = client.post(address(partner), {"findings": "Un.", "proposal": "Deux."})
    assert response.url == reverse("issued_reports")
    report = Report.objects.get()
    assert (report.issued_by, report.figures["findings"]) == (amina, ["Un."])


def test_whoever_writes_before_the_end_is_told(
    three_meals, partner, amina, signed_in: SignIn
) -> None:
    year_of = Span(SPRING.starts_on, date(2026, 7, 15))
    page = signed_in(amina).get(address(partner, year_of)).content.decode()
    assert "Cette période n’est pas finie" in page


def test_a_name_is_refused_and_nothing_typed_is_lost(
    circle, valmorey, people, partner, near, amina, signed_in: SignIn
) -> None:
    samira = ProfessionalFactory(first_name="Samira", commune=valmorey)
    eat(circle, valmorey, 5, [*people[:13], samira])
    typed = {"findings": "Un.", "quotes": "Samira rit.", "proposal": "Avec Samira"}
    page = signed_in(amina).post(address(partner), typed).content.decode()
    assert page.count("Écrivez-la sans nom.") >= 2
    assert "Samira rit.</textarea>" in page
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("starts_on=&ends_on=2026-06-30", "Choisissez un jour."),
        ("starts_on=2026-06-30&ends_on=2026-04-01", "un jour après le premier"),
        ("starts_on=2020-06-30&ends_on=2026-04-01", "trois ans au plus"),
        ("starts_on=2026-08-01&ends_on=2026-08-31", "Aucun repas terminé"),
        ("starts_on=0001-01-01&ends_on=0001-12-31", "une année depuis 2000"),
        ("starts_on=9999-12-31&ends_on=9999-12-31", "une année depuis 2000"),
    ],
)
def test_days_that_do_not_fit_are_explained(
    three_meals, partner, amina, signed_in: SignIn, query: str, says: str
) -> None:
    url = f"{reverse('territory_report')}?partner={partner.pk}&{query}"
    assert says in signed_in(amina).get(url).content.decode()


def test_who_may_write_a_report_of_a_territory(
    three_meals, partner, amina, bruno, driss, signed_in: SignIn
) -> None:
    clerk = UserFactory(first_name="Mme Eloy")
    partner.members.create(user=clerk)
    far = UserFactory(first_name="Nadège")
    CircleFactory(organiser=far).communes.add(CommuneFactory())
    for user in (bruno, driss, clerk):
        client = signed_in(user)
        assert client.get(address(partner)).status_code == 403
        assert client.post(address(partner), {"findings": "x"}).status_code == 403
    assert (
        "de votre territoire" in signed_in(far).get(address(partner)).content.decode()
    )
    assert signed_in(far).post(address(partner), {"findings": "x"}).status_code == 403
    assert Client().get(address(partner)).status_code == 302
    assert not Report.objects.exists()


def test_only_staff_writes_the_year(three_meals, amina, signed_in: SignIn) -> None:
    url = f"{reverse('year_report')}?year=2026"
    assert signed_in(amina).get(url).status_code == 403
    assert signed_in(amina).post(url, {"findings": "x"}).status_code == 403
    iris = signed_in(UserFactory(is_staff=True))
    assert "année 2026" in iris.get(url).content.decode()
    iris.post(url, {"findings": "x"})
    assert Report.objects.get().kind == ReportKind.YEAR
    future = iris.get(f"{reverse('year_report')}?year=2031").content.decode()
    assert "n’a pas commencé" in future


def test_who_reads_a_report_of_a_territory(
    three_meals, partner, amina, bruno, driss, signed_in: SignIn
) -> None:
    clerk, other_clerk = UserFactory(), UserFactory()
    partner.members.create(user=clerk)
    PartnerFactory(communes=[CommuneFactory()], members=[other_clerk])
    far = UserFactory()
    CircleFactory(organiser=far).communes.add(CommuneFactory())
    report = give(partner, amina)
    for user in (amina, bruno, clerk, UserFactory(is_staff=True)):
        assert signed_in(user).get(report.get_absolute_url()).status_code == 200
    for user in (driss, other_clerk, far):
        assert signed_in(user).get(report.get_absolute_url()).status_code == 404
    yearly = give(None, amina, year(2026), is_year=True)
    for user in (clerk, driss):
        assert signed_in(user).get(yearly.get_absolute_url()).status_code == 404


def test_the_list_of_what_was_given_is_the_team_s(
    three_meals, partner, amina, driss, signed_in: SignIn
) -> None:
    clerk = UserFactory()
    partner.members.create(user=clerk)
    give(partner, amina)
    give(partner, amina, words=Words(["Autre."], [], ""))
    page = signed_in(amina).get(reverse("issued_reports")).content.decode()
    assert "2\u00a0bilans" in page
    assert "1, remplacée" in page
    for report in Report.objects.all():
        readings = reverse("report_readings", args=(report.pk,))
        assert readings in page
        assert signed_in(amina).get(readings).status_code == 200
    for user in (driss, clerk):
        assert signed_in(user).get(reverse("issued_reports")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three_reports(
    three_meals,
    partner,
    amina,
    signed_in: SignIn,
    count: int,
    django_assert_num_queries,
) -> None:
    for n in range(count):
        give(partner, amina, words=Words([f"Version {n}."], [], ""))
    client = signed_in(amina)
    with django_assert_num_queries(9):
        client.get(reverse("issued_reports"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_costs_the_same_once_its_meals_are_told(
    circle,
    valmorey,
    people,
    partner,
    near,
    amina,
    signed_in: SignIn,
    count: int,
    django_assert_num_queries,
) -> None:
    for month in (4, 5, 6)[:count]:
        eat(circle, valmorey, month, people[:14])
    give(partner, amina)
    client = signed_in(amina)
    with django_assert_num_queries(22):
        client.get(address(partner))


def test_a_partner_s_own_lines_are_answered_in_its_report(
    three_meals, valmorey, amina, signed_in: SignIn
) -> None:
    cpts = PartnerFactory(
        kind=PartnerKind.CPTS, name="CPTS du Lac", communes=[valmorey]
    )
    client, url = signed_in(amina), reverse("indicators", args=(cpts.pk,))
    client.post(url, {"labels": "Actions communes\nThème"})
    kept = cpts.indicators.get(label="Thème")
    client.post(url, {"labels": "Thème\nSuites"})
    assert list(cpts.indicators.values_list("label", flat=True)) == ["Thème", "Suites"]
    assert cpts.indicators.get(label="Thème") == kept
    page = reverse("issue_report", args=(three_meals[0].pk,))
    assert "Thème" in client.get(page).content.decode()
    field = f"indicator_{kept.pk}"
    refused = client.post(page, {"partner": cpts.pk, field: "avec Chloé"})
    assert "Écrivez-la sans nom." in refused.content.decode()
    client.post(page, {"partner": cpts.pk, field: "les retours d'hôpital"})
    report = Report.objects.get()
    assert block(report, "indicateurs")["rows"] == [["Thème", "les retours d’hôpital"]]


def test_who_may_change_a_partner_s_lines(
    three_meals, partner, bruno, driss, signed_in: SignIn
) -> None:
    set_indicators(partner=partner, labels=["Thème"])
    url = reverse("indicators", args=(partner.pk,))
    for user in (bruno, driss):
        assert signed_in(user).get(url).status_code == 403
        assert signed_in(user).post(url, {"labels": "x"}).status_code == 403
    assert partner.indicators.get().label == "Thème"


def test_a_report_of_a_period_hides_no_other_body_s_report_from_a_clerk(
    three_meals, partner, valmorey, amina, signed_in: SignIn
) -> None:
    clerk = UserFactory()
    partner.members.create(user=clerk)
    given = [
        give(partner, amina),
        issue_report(
            meetup=three_meals[0],
            partner=PartnerFactory(name="CPTS du Lac", communes=[valmorey]),
            quotes=[],
            next_steps=[],
            cost=None,
            user=amina,
        ),
    ]
    page = signed_in(clerk).get(reverse("partner_reports")).content.decode()
    assert all(report.get_absolute_url() in page for report in given)
