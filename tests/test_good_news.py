"""Good news: told with a yes or after the meal, read by the team before the circle."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from invitations.models import Invitation, PartStat
from networking.models import Circle, Meetup, Professional, User
from reports.actions import forget
from reports.actions.news import (
    MOST_EACH,
    decide_good_news,
    publish_good_news,
    tell_good_news,
)
from reports.models import GoodNews, Moderation
from reports.purge import purge
from tests.factories import CircleFactory, InvitationFactory
from tests.voices import DAY, past_meal

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
TEXT = "J’ai trouvé une place de crèche."


@pytest.fixture
def guest(meetup: Meetup, chloe: Professional) -> Invitation:
    guest: Invitation = InvitationFactory(meetup=meetup, professional=chloe)
    guest.rsvp(PartStat.ACCEPTED)
    return guest


def page_of(guest: Invitation) -> str:
    return reverse("tell_good_news", args=(guest.token,))


def test_a_guest_who_comes_is_asked_for_one(client: Client, guest: Invitation) -> None:
    answer = client.get(reverse("answer", args=(guest.token,))).content.decode()
    assert page_of(guest) in answer
    shown = client.get(page_of(guest)).content.decode()
    assert "Jamais un mot sur un patient" in shown
    client.post(page_of(guest), {"text": f"  {TEXT}\n"})
    news = GoodNews.objects.get()
    assert (news.text, news.is_signed, news.circle) == (
        TEXT,
        False,
        guest.meetup.circle,
    )
    assert news.moderation == Moderation.WAITING
    assert "À relire" in client.get(page_of(guest)).content.decode()


@pytest.mark.parametrize("partstat", ["DECLINED", "NEEDS-ACTION", "TENTATIVE"])
def test_whoever_does_not_come_has_no_page(
    partstat: str, client: Client, guest: Invitation
) -> None:
    Invitation.objects.update(partstat=partstat)
    assert client.get(page_of(guest)).status_code == 404
    assert client.post(page_of(guest), {"text": TEXT}).status_code == 404
    assert not GoodNews.objects.exists()


def test_whoever_came_without_a_yes_has_one(client: Client, circle: Circle) -> None:
    presence = past_meal(circle, 2, 1).attendances.get()
    Invitation.objects.update(partstat=PartStat.TENTATIVE)
    assert presence.invitation
    assert client.get(page_of(presence.invitation)).status_code == 200
    after = reverse("after", args=(presence.invitation.token,))
    assert page_of(presence.invitation) in client.get(after).content.decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "Écrivez votre bonne nouvelle."), ("x" * 281, "280 signes au plus.")],
)
def test_what_cannot_be_kept_is_said_beside_the_field(
    text: str, why: str, client: Client, guest: Invitation
) -> None:
    shown = client.post(page_of(guest), {"text": text}).content.decode()
    assert why in shown
    assert text in shown
    assert not GoodNews.objects.exists()


def test_three_each_and_the_fourth_is_kept_on_the_page(
    client: Client, guest: Invitation
) -> None:
    for number in range(MOST_EACH):
        client.post(page_of(guest), {"text": f"La {number}"})
    shown = client.post(page_of(guest), {"text": "La quatrième"}).content.decode()
    assert GoodNews.objects.count() == MOST_EACH
    assert "c’est beau" in shown


def test_it_is_signed_only_when_ticked_and_shown_only_when_published(
    client: Client, guest: Invitation, amina: User
) -> None:
    quiet = tell_good_news(invitation=guest, text="Sans nom", is_signed=False)
    signed = tell_good_news(invitation=guest, text="Avec nom", is_signed=True)
    assert list(guest.meetup.circle.good_news.shown()) == []
    for news in (quiet, signed):
        decide_good_news(news=news, shown=True, user=amina)
    shown = {one.text: one.signature for one in guest.meetup.circle.good_news.shown()}
    assert shown == {"Sans nom": "", "Avec nom": "Chloé"}


def test_its_writer_takes_it_back_and_nobody_elses(
    client: Client, guest: Invitation, amina: User
) -> None:
    mine = tell_good_news(invitation=guest, text=TEXT, is_signed=True)
    decide_good_news(news=mine, shown=True, user=amina)
    other = InvitationFactory(meetup=guest.meetup, partstat=PartStat.ACCEPTED)
    for key in (mine.pk, "zut", "9" * 30):
        client.post(page_of(other), {"retirer": key})
    assert GoodNews.objects.count() == 1
    client.post(page_of(guest), {"retirer": mine.pk})
    assert not GoodNews.objects.exists()


def test_the_team_reads_publishes_keeps_and_writes(
    guest: Invitation, bruno: User, signed_in: SignIn
) -> None:
    news = tell_good_news(invitation=guest, text=TEXT, is_signed=True)
    circle, client = guest.meetup.circle, signed_in(bruno)
    page = reverse("good_news", args=(circle.pk,))
    circle_page = circle.get_absolute_url()
    told = client.get(circle_page).content.decode()
    assert "1 bonne nouvelle à relire" in told.replace("\u00a0", " ")
    assert TEXT not in told
    client.post(page, {"nouvelle": news.pk, "publier": "1"})
    told = client.get(circle_page).content.decode()
    assert TEXT in told
    assert "<bdi>Chloé</bdi>" in told
    client.post(page, {"nouvelle": news.pk, "garder": "1"})
    news.refresh_from_db()
    assert (news.moderation, news.decided_by) == (Moderation.HIDDEN, bruno)
    assert TEXT not in client.get(circle_page).content.decode()
    client.post(page, {"text": "La salle est à nous le jeudi."})
    ours = circle.good_news.shown().get()
    assert (ours.invitation, ours.decided_by, ours.signature) == (None, bruno, "")


def test_only_the_circles_team_has_the_page(
    guest: Invitation,
    amina: User,
    bruno: User,
    driss: User,
    eloy: User,
    signed_in: SignIn,
) -> None:
    news = tell_good_news(invitation=guest, text=TEXT, is_signed=True)
    page = reverse("good_news", args=(guest.meetup.circle_id,))
    other = User.objects.create_user("nadia@example.org", first_name="Nadia")
    theirs = CircleFactory(organiser=other)
    for user, status in {
        amina: 200,
        bruno: 200,
        driss: 404,
        eloy: 404,
        other: 404,
    }.items():
        client = signed_in(user)
        assert client.get(page).status_code == status
        if status == 404:
            client.post(page, {"nouvelle": news.pk, "publier": "1"})
            client.post(page, {"text": "Intrus"})
    # Nor through a circle of one's own.
    elsewhere = reverse("good_news", args=(theirs.pk,))
    sent = signed_in(other).post(elsewhere, {"nouvelle": news.pk, "publier": "1"})
    assert sent.status_code == 404
    news.refresh_from_db()
    assert news.moderation == Moderation.WAITING
    assert GoodNews.objects.count() == 1
    assert signed_in(amina).post(page, {"nouvelle": "zut"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_any_number_of_news(
    count: int,
    circle: Circle,
    amina: User,
    client: Client,
    signed_in: SignIn,
    django_assert_num_queries: Queries,
) -> None:
    meal = past_meal(circle, 2, count)
    for presence in meal.attendances.all():
        assert presence.invitation
        for text in ("Une", "Deux", "Trois"):
            news = tell_good_news(
                invitation=presence.invitation, text=text, is_signed=True
            )
            if text != "Une":
                decide_good_news(news=news, shown=text == "Deux", user=amina)
    team = signed_in(amina)
    with django_assert_num_queries(8):
        page = team.get(reverse("good_news", args=(circle.pk,))).content.decode()
    assert page.count('name="nouvelle"') == 3 * count
    assert presence.invitation
    with django_assert_num_queries(3):
        client.get(page_of(presence.invitation))


def test_erasing_somebody_unsigns_what_does_not_name_them(
    guest: Invitation, amina: User
) -> None:
    kept = tell_good_news(invitation=guest, text=TEXT, is_signed=True)
    tell_good_news(invitation=guest, text="Chloé a son diplôme.", is_signed=False)
    decide_good_news(news=kept, shown=True, user=amina)
    forget(person=guest.professional)
    news = GoodNews.objects.get()
    assert (news.text, news.is_signed, news.invitation) == (TEXT, False, None)
    assert news.signature == ""


def test_good_news_goes_after_a_year(circle: Circle, amina: User) -> None:
    publish_good_news(circle=circle, text=TEXT, user=amina)
    assert purge(timezone.now() + 364 * DAY)["good news"] == 0
    assert purge(timezone.now() + 366 * DAY)["good news"] == 1
