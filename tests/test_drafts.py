"""What the form of a report begins with, so that ten minutes are enough."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networking.models import Circle, Meetup, Partner, PartnerKind, User
from reports.actions import issue_period, issue_report, set_indicators
from reports.drafts import meal_draft, period_draft
from reports.models import AtEase, FollowUp, Moderation, Opinion, Report
from reports.period_figures import told
from reports.period_reports import Words
from reports.periods import Span
from reports.releases import gather
from tests.factories import MeetupFactory, PartnerFactory
from tests.voices import DAY, past_meal, sits

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def meal(circle: Circle, eloy: User) -> Meetup:
    meetup = past_meal(circle, 40, 9, meal_cost=Decimal("92.40"))
    sits(meetup, first_name="Samira", last_name="Benali")
    return meetup


@pytest.fixture
def cpts(meal: Meetup) -> Partner:
    partner: Partner = PartnerFactory(
        name="CPTS du Lac", kind=PartnerKind.CPTS, communes=[meal.venue.commune]
    )
    return partner


def speak(meetup: Meetup, words: str, moderation: str = Moderation.SHOWN) -> None:
    Opinion.objects.create(
        meetup=meetup,
        released_on=meetup.ends_at.date(),
        at_ease=AtEase.YES,
        words=words,
        moderation=moderation,
    )


def given(meal: Meetup, partner: Partner, user: User, **more: Any) -> Report:
    said = {"quotes": ["On se parle."], "next_steps": ["Un café."], **more}
    said.setdefault("cost", Decimal("9.24"))
    return issue_report(meetup=meal, partner=partner, user=user, **said)


def test_it_begins_with_what_people_wrote_for_all_to_read(
    meal: Meetup, cpts: Partner
) -> None:
    for words in ("Un vrai plaisir !", "Merci à Samira", "Trop long " * 20, "Bien"):
        speak(meal, words)
    speak(meal, "Pas relu", Moderation.WAITING)
    assert meal_draft(meal, cpts)["quotes"] == "Bien\nUn vrai plaisir\u202f!"


def test_it_begins_with_the_next_date_and_what_was_promised(
    circle: Circle, meal: Meetup, cpts: Partner
) -> None:
    soon = timezone.now() + 30 * DAY
    MeetupFactory(circle=circle, starts_at=soon, ends_at=soon + timedelta(hours=2))
    for action in ("Inviter la pharmacie", "Rappeler Samira", "Déjà fait"):
        FollowUp.objects.create(meetup=meal, action=action, due_on=soon.date())
    FollowUp.objects.filter(action="Déjà fait").update(done_on=soon.date())
    first, *others = str(meal_draft(meal, cpts)["next_steps"]).splitlines()
    assert first.startswith("Prochaine rencontre\u202f: ")
    assert others == ["Inviter la pharmacie"]


def test_the_price_is_the_bill_divided_by_people_when_their_number_is_told(
    circle: Circle, meal: Meetup, cpts: Partner
) -> None:
    assert meal_draft(meal, cpts)["cost"] == Decimal("9.24")
    small = past_meal(circle, 40, 3, meal_cost=Decimal("30"))
    assert meal_draft(small, cpts)["cost"] is None
    assert meal_draft(past_meal(circle, 40, 9), cpts)["cost"] is None


def test_it_begins_again_with_the_last_report_whoever_reads_it(
    meal: Meetup, cpts: Partner, amina: User
) -> None:
    town_hall = Partner.objects.exclude(pk=cpts.pk)[0]
    given(meal, town_hall, amina)
    speak(meal, "Bien")
    assert meal_draft(meal, cpts) == {
        "quotes": "On se parle.",
        "next_steps": "Un café.",
        "cost": Decimal("9.24"),
    }


def test_answers_to_a_partner_are_that_partners_own(
    meal: Meetup, cpts: Partner, amina: User
) -> None:
    set_indicators(partner=cpts, labels=["Actions menées", "Métiers venus"])
    given(meal, cpts, amina, indicators=[("Actions menées", "Deux cafés")])
    first, second = cpts.indicators.all()
    draft = meal_draft(meal, cpts)
    assert draft[f"indicator_{first.pk}"] == "Deux cafés"
    assert draft[f"indicator_{second.pk}"] == ""
    other = PartnerFactory(communes=[meal.venue.commune])
    assert f"indicator_{first.pk}" not in meal_draft(meal, other)


def test_the_page_shows_it_and_what_is_typed_wins(
    meal: Meetup, cpts: Partner, amina: User, signed_in: SignIn
) -> None:
    speak(meal, "Un vrai plaisir")
    page = reverse("issue_report", args=(meal.pk,))
    client = signed_in(amina)
    assert "Un vrai plaisir</textarea>" in client.get(page).content.decode()
    typed = client.post(page, {"partner": cpts.pk, "quotes": "Avec Samira"})
    shown = typed.content.decode()
    assert "Avec Samira</textarea>" in shown
    assert "Un vrai plaisir" not in shown
    assert not Report.objects.exists()


def test_a_period_begins_again_with_its_last_words(
    circle: Circle, meal: Meetup, cpts: Partner, amina: User
) -> None:
    span = Span(meal.starts_at.date(), meal.ends_at.date())

    def draft(partner: Partner | None, is_year: bool = False) -> Words:
        communes = partner.communes.all() if partner else None
        return period_draft(told(gather(span, communes)), partner, is_year)

    computed = draft(cpts)
    assert computed.findings
    words = Words(["Un constat."], ["On se parle."], "Une salle.")
    issue_period(span=span, partner=cpts, is_year=False, words=words, user=amina)
    assert draft(cpts) == words
    past_meal(circle, 40, 9, booking__venue=meal.venue)
    assert draft(cpts) == words._replace(findings=draft(None).findings)
    assert draft(None).quotes == draft(cpts, True).quotes == []
