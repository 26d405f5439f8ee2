"""What a town hall and what a CPTS read about one meal."""

from datetime import timedelta
from decimal import Decimal

import pytest

from networking.models import Meetup, MeetupStatus, Partner, PartnerKind, ProfessionCode
from reports.actions import issue_report
from reports.figures import count
from reports.models import Presence, Report
from reports.periods import newcomers_known, present
from tests.factories import (
    CommuneFactory,
    InvitationFactory,
    PartnerFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(meetup: Meetup) -> Meetup:
    """16 people: 8 nurses and 8 home helps; 9 of them work in the commune."""
    nurse = ProfessionFactory(key="nurse")
    ProfessionCode.objects.create(
        profession=nurse, system="TRE_G15-ProfessionSante", code="60"
    )
    helps = ProfessionFactory(key="home_help", activity="Aide à domicile")
    here, beside = meetup.venue.commune, CommuneFactory(code="73997", name="Brenne")
    for n in range(16):
        trade, commune = (nurse, helps)[n % 2], here if n < 9 else beside
        person = ProfessionalFactory(profession=trade, commune=commune, last_name="")
        meetup.attendances.create(
            invitation=InvitationFactory(meetup=meetup, professional=person),
            presence=Presence.PRESENT,
            profession=trade,
            commune=commune,
            mode="L" if n < 6 else "S",
            in_cpts=n < 5 or None,
            arrived_at=meetup.starts_at + timedelta(minutes=n % 3),
            left_at=meetup.ends_at,
        )
    Meetup.objects.filter(pk=meetup.pk).update(
        status=MeetupStatus.CLOSED,
        missions=["6", "2"],
        funding_reference="Convention 12",
        keeps_times=True,
        meal_cost=Decimal("112"),
    )
    return Meetup.objects.get(pk=meetup.pk)


@pytest.fixture
def town_hall(closed: Meetup) -> Partner:
    return PartnerFactory(name="Mairie de Valmorey", communes=[closed.venue.commune])


@pytest.fixture
def cpts(closed: Meetup) -> Partner:
    return PartnerFactory(
        name="CPTS du Lac",
        kind=PartnerKind.CPTS,
        communes=[closed.venue.commune, CommuneFactory(code="73997")],
    )


def give(meetup: Meetup, partner: Partner, **more: object) -> Report:
    words = {"quotes": [], "next_steps": [], "cost": None, "indicators": []} | more
    return issue_report(meetup=meetup, partner=partner, user=meetup.organiser, **words)


def rows(report: Report, key: str) -> list[list[object]]:
    (block,) = [b for b in report.figures["blocks"] if b["key"] == key]
    return block["rows"]


def test_a_town_hall_reads_plain_words(closed: Meetup, town_hall: Partner) -> None:
    report = give(closed, town_hall)
    assert rows(report, "metiers") == [["Aide à domicile", 8], ["Soins infirmiers", 8]]
    told = dict(rows(report, "reponses"))
    assert told["Travaillent dans la commune"] == 9
    assert told["Personnes présentes"] == "16"
    assert "G15" not in str(report.figures["blocks"])
    assert "CPTS" not in str(report.figures["blocks"])


def test_a_room_lent_by_a_partner_is_a_contribution_in_kind(
    closed: Meetup, town_hall: Partner
) -> None:
    closed.venue.lender = "la mairie de Valmorey"
    closed.venue.loan_value = Decimal(80)
    told = dict(rows(give(closed, town_hall), "rencontre"))
    assert told["Prêt de la salle"] == "80\u00a0€, apport en nature"
    assert told["Coût du repas"] == "112\u00a0€ en tout"
    closed.venue.lender = "Mme Rey"
    told = dict(rows(give(closed, town_hall, quotes=["Deux."]), "rencontre"))
    assert "Prêt de la salle" not in told


def test_no_money_leaves_where_the_number_of_people_does_not(
    closed: Meetup, town_hall: Partner
) -> None:
    closed.attendances.filter(profession="nurse").last().delete()
    for key in ("a", "b"):
        closed.attendances.create(
            presence=Presence.WALK_IN,
            profession=ProfessionFactory(key=key, activity=f"Métier {key}"),
        )
    report = give(closed, town_hall, cost=Decimal(7))
    assert not {"Coût", "Coût du repas"} & set(dict(rows(report, "rencontre")))
    assert "7\u00a0€" not in str(report.figures)
    assert "ni le prix par personne" in str(rows(report, "methode"))
    assert give(closed, town_hall, cost=Decimal(9)) == report


def test_the_price_leaves_where_the_number_of_people_does(
    closed: Meetup, town_hall: Partner
) -> None:
    told = dict(rows(give(closed, town_hall, cost=Decimal(7)), "rencontre"))
    assert told["Coût"] == "7\u00a0€ par personne"


def test_a_cpts_reads_codes_modes_membership_and_its_contract(
    closed: Meetup, cpts: Partner
) -> None:
    report = give(closed, cpts, indicators=[("Thème", "Les chutes")])
    assert rows(report, "metiers-codes") == [
        ["Aide à domicile", "", "8"],
        ["Soins infirmiers", "G15 60", "8"],
        ["Ensemble", "", "16"],
    ]
    assert rows(report, "modes") == [
        ["Salarié", 10],
        ["Libéral, indépendant", 6],
        ["Ensemble", 16],
    ]
    assert rows(report, "adhesion")[0] == ["Adhèrent à une CPTS", 5]
    told = dict(rows(report, "contrat"))
    assert told["Missions"] == (
        "Accompagnement des professionnels sur le territoire"
        " · Parcours autour du patient, à plusieurs métiers"
    )
    assert told["Convention ou subvention"] == "Convention 12"
    assert told["Métiers sans code de profession de santé"] == "1 sur 2"
    assert told["Sur place"].startswith("90\u00a0min")
    assert rows(report, "indicateurs") == [["Thème", "Les chutes"]]


def test_a_perimeter_is_told_once_per_meal(closed: Meetup, cpts: Partner) -> None:
    told = dict(rows(give(closed, cpts), "contrat"))
    assert told["Travaillent dans votre périmètre"] == "16"
    wider = PartnerFactory(
        name="CPTS des Monts",
        kind=PartnerKind.CPTS,
        communes=[closed.venue.commune, CommuneFactory()],
    )
    told = dict(rows(give(closed, wider), "contrat"))
    assert "Travaillent dans votre périmètre" not in told


def test_a_new_line_of_the_partner_makes_a_new_version(
    closed: Meetup, cpts: Partner
) -> None:
    first = give(closed, cpts, indicators=[("Thème", "Les chutes")])
    assert give(closed, cpts, indicators=[("Thème", "Les chutes")]) == first
    assert give(closed, cpts, indicators=[("Thème", "Le sommeil")]).version == 2


def test_stays_of_few_people_are_not_told(closed: Meetup) -> None:
    closed.attendances.filter(mode="S").update(left_at=None)
    assert count(closed).minutes == 90
    closed.attendances.filter(in_cpts=True).update(arrived_at=None)
    assert count(closed).minutes is None


def test_figures_told_under_the_former_rule_keep_their_bounds(
    closed: Meetup, town_hall: Partner
) -> None:
    """They had no bounds, and a number of newcomers."""
    report = give(closed, town_hall)
    old = {**report.figures["counts"], "rule": 2, "present": None, "first_timers": 6}
    old["trades"] = [{"label": "Médecine", "count_text": "moins de 5", "plates": None}]
    for key in ("low", "high", "mostly_new", "modes", "membership", "minutes"):
        del old[key]
    assert present(old) == (1, 4)
    assert newcomers_known(old) == (6, 6)
    Report.objects.update(figures={**report.figures, "counts": old})
    again = give(closed, town_hall, quotes=["Deux."])
    assert again.figures["counts"] == old
    assert ["Venues pour la première fois depuis un an", "6"] in rows(again, "reponses")
