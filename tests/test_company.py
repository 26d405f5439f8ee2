"""Who comes with a guest, in their place, and what they say after a yes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invitations import actions
from invitations.composition import Refusal
from invitations.models import (
    AnswersClosed,
    ExtraSeat,
    GuestDetail,
    Invitation,
    Outcome,
    PartStat,
    SeatRule,
    composition_of,
)
from networking.models import Meetup, Profession, User
from reports.purge import purge
from tests.factories import InvitationFactory, ProfessionalFactory, ProfessionFactory

pytestmark = pytest.mark.django_db

YES, NO = PartStat.ACCEPTED, PartStat.DECLINED


@pytest.fixture
def guest(meetup: Meetup) -> Invitation:
    invitation = InvitationFactory(meetup=meetup)
    actions.answer(invitation=invitation, partstat=YES)
    return Invitation.objects.with_person().get()


@pytest.fixture
def helper(db: None) -> Profession:
    return ProfessionFactory(key="home_help", activity="Aide à domicile")


def page(invitation: Invitation, name: str = "answer") -> str:
    return reverse(name, args=(invitation.token,))


def seated() -> int:
    return composition_of(Meetup.objects.get()).seated


def test_a_guest_brings_somebody_who_takes_a_seat(
    client: Client, guest: Invitation, helper: Profession
) -> None:
    form = {"first_name": "Rosa", "profession": helper.pk}
    for _ in range(2):
        response = client.post(page(guest, "companions"), form)
        assert response.status_code == 302
    assert seated() == 2
    shown = client.get(page(guest)).content.decode()
    assert "Avec vous" in shown
    assert "Rosa" in shown


def test_a_guest_brings_no_more_people_than_allowed(
    client: Client, guest: Invitation, helper: Profession
) -> None:
    actions.bring(invitation=guest, first_name="Rosa", profession=helper)
    with pytest.raises(actions.TooManyCompanions):
        actions.bring(invitation=guest, first_name="Ida", profession=helper)
    Meetup.objects.update(companions=0)
    ExtraSeat.objects.all().delete()
    form = {"first_name": "Ida", "profession": helper.pk}
    response = client.post(page(guest, "companions"), form)
    assert "chaque personne vient seule" in response.content.decode()
    assert "J’amène quelqu’un" not in client.get(page(guest)).content.decode()


def test_a_companion_needs_a_seat_for_their_trade(
    client: Client, guest: Invitation, helper: Profession
) -> None:
    SeatRule.objects.create(meetup=guest.meetup, profession=helper, ceiling=0)
    with pytest.raises(actions.NoSeat) as refused:
        actions.bring(invitation=guest, first_name="Rosa", profession=helper)
    assert refused.value.refusal == Refusal.ENOUGH
    form = {"first_name": "Rosa", "profession": helper.pk}
    shown = client.post(page(guest, "companions"), form).content.decode()
    assert "assez de personnes de ce métier" in shown
    assert 'value="Rosa"' in shown


def test_a_companion_leaves_with_their_guest(
    guest: Invitation, helper: Profession
) -> None:
    actions.bring(invitation=guest, first_name="Rosa", profession=helper)
    actions.answer(invitation=guest, partstat=NO)
    assert seated() == 0
    assert not ExtraSeat.objects.exists()


def test_a_companion_who_stays_away_frees_a_seat(
    client: Client, guest: Invitation, helper: Profession
) -> None:
    Meetup.objects.update(capacity=2)
    extra = actions.bring(invitation=guest, first_name="Rosa", profession=helper)
    waiting = InvitationFactory(meetup=guest.meetup)
    assert actions.answer(invitation=waiting, partstat=YES) == Outcome.WAITING
    client.post(page(guest, "companions"), {"retirer": extra.pk})
    waiting.refresh_from_db()
    assert waiting.is_offered


def test_nobody_takes_away_anothers_companion(
    client: Client, guest: Invitation, helper: Profession
) -> None:
    extra = actions.bring(invitation=guest, first_name="Rosa", profession=helper)
    other = InvitationFactory(meetup=guest.meetup)
    actions.answer(invitation=other, partstat=YES)
    for key in (extra.pk, "", "x", "9" * 30):
        response = client.post(page(other, "companions"), {"retirer": key})
        assert response.status_code == 404
    assert ExtraSeat.objects.exists()


def test_a_colleague_takes_the_seat(
    client: Client, guest: Invitation, helper: Profession
) -> None:
    Meetup.objects.update(capacity=1)
    form = {"first_name": "Rosa", "profession": helper.pk}
    assert client.post(page(guest, "colleague"), form).status_code == 302
    guest.refresh_from_db()
    assert guest.partstat == PartStat.DELEGATED
    assert seated() == 1
    assert "Merci d’avoir passé le mot" in client.get(page(guest)).content.decode()
    # Changing one's mind sends nobody any more.
    assert actions.answer(invitation=guest, partstat=YES) == Outcome.NOTED
    assert not ExtraSeat.objects.exists()


def test_a_colleague_of_somebody_without_a_seat_needs_one(
    meetup: Meetup, helper: Profession
) -> None:
    Meetup.objects.update(capacity=0)
    invitation = InvitationFactory(meetup=meetup)
    with pytest.raises(actions.NoSeat):
        actions.hand_over(invitation=invitation, first_name="Rosa", profession=helper)
    invitation.refresh_from_db()
    assert invitation.partstat == PartStat.NEEDS_ACTION


def test_nothing_changes_after_the_end(guest: Invitation, helper: Profession) -> None:
    Meetup.objects.get().cancel("La salle est prise.")
    with pytest.raises(AnswersClosed):
        actions.bring(invitation=guest, first_name="Rosa", profession=helper)
    with pytest.raises(AnswersClosed):
        actions.hand_over(invitation=guest, first_name="Rosa", profession=helper)


@pytest.mark.parametrize("name", ["prepare", "companions"])
def test_nothing_is_asked_before_the_answer(
    client: Client, meetup: Meetup, name: str
) -> None:
    silent = InvitationFactory(meetup=meetup)
    assert client.get(page(silent, name)).status_code == 404
    assert "Préparer ma venue" not in client.get(page(silent)).content.decode()


DETAIL = {"arrival": "later", "dish": "Une tarte", "question": "", "access": ""}


def test_a_guest_prepares_their_coming(client: Client, guest: Invitation) -> None:
    response = client.post(page(guest, "prepare"), {**DETAIL, "diet": ""})
    assert response.status_code == 302
    detail = GuestDetail.objects.get()
    assert (detail.dish, detail.needs_consent_at) == ("Une tarte", None)


def test_a_diet_needs_its_own_yes(client: Client, guest: Invitation) -> None:
    needs = {**DETAIL, "diet": "no_pork"}
    refused = client.post(page(guest, "prepare"), needs)
    assert "Cochez cette case" in refused.content.decode()
    assert "Une tarte" in refused.content.decode()
    assert not GuestDetail.objects.exists()
    client.post(page(guest, "prepare"), {**needs, "needs_consent": "on"})
    assert GuestDetail.objects.get().needs_consent_at is not None


def test_the_day_after_the_meal_the_needs_are_gone(guest: Invitation) -> None:
    GuestDetail.objects.create(
        invitation=guest,
        dish="Une tarte",
        diet="no_pork",
        access="Une place de parking",
        needs_consent_at=timezone.now(),
    )
    purge(guest.meetup.ends_at + timedelta(hours=12))
    assert GuestDetail.objects.get().diet == "no_pork"
    purge(guest.meetup.ends_at + timedelta(hours=25))
    detail = GuestDetail.objects.get()
    assert (detail.diet, detail.access, detail.dish) == ("", "", "Une tarte")


def test_only_organisers_read_what_guests_need(
    guest: Invitation,
    amina: User,
    bruno: User,
    driss: User,
    signed_in: Callable[[User], Client],
) -> None:
    GuestDetail.objects.create(
        invitation=guest,
        diet="no_pork",
        access="Peu de marches",
        needs_consent_at=timezone.now(),
    )
    address = reverse("guest_details", args=(guest.meetup_id,))
    shown = signed_in(amina).get(address).content.decode()
    assert "Sans porc&#8239;: 1" in shown
    assert "Peu de marches" in shown
    assert signed_in(bruno).get(address).status_code == 403
    assert signed_in(driss).get(address).status_code == 404


def test_a_newcomer_finds_a_volunteer(client: Client, meetup: Meetup) -> None:
    old = InvitationFactory(meetup=meetup, professional=ProfessionalFactory())
    been_there(old)
    new = InvitationFactory(meetup=meetup, professional=ProfessionalFactory())
    for one in (old, new):
        actions.answer(invitation=one, partstat=YES)
    client.post(page(old, "welcome"), {"oui": "1"})
    new.refresh_from_db()
    assert new.buddy == old
    assert "vous accueille à l’entrée" in client.get(page(new)).content.decode()
    assert new.professional.first_name in client.get(page(old)).content.decode()
    client.post(page(old, "welcome"), {"non": "1"})
    new.refresh_from_db()
    assert new.buddy is None


def test_newcomers_are_shared_out(meetup: Meetup) -> None:
    hosts = [InvitationFactory(meetup=meetup, welcomes=True) for _ in range(2)]
    for host in hosts:
        been_there(host)
    guests = [InvitationFactory(meetup=meetup) for _ in range(4)]
    for one in (*hosts, *guests):
        actions.answer(invitation=one, partstat=YES)
    assert sorted(host.newcomers.count() for host in hosts) == [2, 2]
    actions.answer(invitation=hosts[0], partstat=NO)
    assert hosts[1].newcomers.count() == 4


def been_there(invitation: Invitation) -> None:
    """Present at an earlier meetup."""
    before = InvitationFactory(professional=invitation.professional, partstat=YES)
    moment = timezone.now() - timedelta(days=40)
    rows = Meetup.objects.filter(pk=before.meetup_id)
    rows.update(starts_at=moment, ends_at=moment + timedelta(hours=1))
    before.meetup.attendances.create(
        invitation=before,
        profession=invitation.professional.profession,
        presence="present",
    )
