"""The circle's letter: what it tells, to whom, once a month, and how it stops."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from invitations.models import Delivery, DeliveryKind, DeliveryStatus, Invitation
from invitations.outbox import deliver_due
from networking.models import (
    Circle,
    Meetup,
    Membership,
    Professional,
    Suppression,
    User,
)
from networking.tokens import derive
from reports.actions import forget
from reports.actions.letters import (
    AlreadyThisMonth,
    NothingToSay,
    send_letter,
    take_letter_back,
)
from reports.actions.news import (
    decide_good_news,
    publish_good_news,
    take_back_good_news,
    tell_good_news,
)
from reports.letters import letter_of, readers
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
)
from tests.voices import DAY, past_meal, sits

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
NEWS = "La pharmacie ouvre le samedi."
SENTENCES = ["Merci à toutes et à tous.", "On se revoit bientôt."]


@pytest.fixture
def guest(circle: Circle, chloe: Professional) -> Invitation:
    """Invited once, long ago: her personal link is dead."""
    return InvitationFactory(meetup=past_meal(circle, 70, 0), professional=chloe)


def now() -> datetime:
    return timezone.now()


def mail_of(row: Delivery) -> EmailMessage:
    message = message_from_bytes(bytes(row.mime), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words_of(row: Delivery, kind: str = "plain") -> str:
    part = mail_of(row).get_body((kind,))
    assert part
    return str(part.get_content())


def member(circle: Circle, **person: object) -> Professional:
    someone = ProfessionalFactory(**person)
    Membership.objects.create(circle=circle, professional=someone)
    InvitationFactory(meetup=circle.meetups.all()[0], professional=someone)
    return someone


def test_the_mail_tells_all_that_there_is(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    ProfessionFactory(key="midwife", activity="Suivi de grossesse")
    meal = past_meal(circle, 10, 6)
    midwife = ProfessionFactory(key="midwife")
    sits(meal, profession=midwife)
    coming = MeetupFactory(circle=circle, organiser=amina, is_public=True)
    publish_good_news(circle=circle, text=NEWS, user=amina)
    letter = letter_of(circle, now(), SENTENCES)
    assert letter.figures
    assert send_letter(letter=letter, by=amina) == 1
    row = Delivery.objects.get()
    text, html = words_of(row), unescape(words_of(row, "html"))
    for words in (text, html):
        for told in (
            *SENTENCES,
            NEWS,
            "Chloé",
            letter.figures["total"],
            "2 métiers",
            coming.venue.name,
        ):
            assert told in words.replace("\u00a0", " "), told
        assert "suivi de grossesse" in words
        assert coming.get_public_url() in words
    assert "<style" not in html
    mail = mail_of(row)
    assert mail["To"].addresses[0].addr_spec == "chloe@example.org"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "la lettre" in mail["Subject"]
    assert (row.kind, row.invitation) == (DeliveryKind.DIGEST, guest)
    assert (
        row.key
        == f"digest:{circle.pk}:{timezone.localtime():%Y-%m}:{guest.professional_id}"
    )


def test_the_stop_link_works_when_the_personal_link_is_dead(
    client: Client, circle: Circle, guest: Invitation, amina: User
) -> None:
    assert client.get(reverse("answer", args=(guest.token,))).status_code == 404
    send_letter(letter=letter_of(circle, now(), SENTENCES), by=amina)
    page = reverse("stop_letter", args=(guest.key, derive("stop", guest.key, 1)))
    assert page in words_of(Delivery.objects.get())
    assert "Ne plus recevoir la lettre" in client.get(page).content.decode()
    guest.professional.refresh_from_db()
    assert guest.professional.opted_out_at is None
    client.post(page)
    guest.professional.refresh_from_db()
    assert guest.professional.opted_out_at
    assert Delivery.objects.get().status == DeliveryStatus.DROPPED
    wrong = reverse("stop_letter", args=(guest.key, "a" * 26))
    assert client.post(wrong).status_code == 404


def test_one_click_stops_too(client: Client, guest: Invitation, amina: User) -> None:
    circle = guest.meetup.circle
    send_letter(letter=letter_of(circle, now(), SENTENCES), by=amina)
    header = mail_of(Delivery.objects.get())["List-Unsubscribe"]
    path = "/" + header.strip("<>").split("/", 3)[3]
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert readers(circle) == []


def test_only_willing_members_who_were_invited_here_read_it(
    circle: Circle, guest: Invitation
) -> None:
    member(circle, email="")
    member(circle, email_bounced_at=now())
    member(circle, opted_out_at=now())
    member(circle, paused_until=timezone.localdate() + 30 * DAY)
    refused = member(circle)
    Suppression.objects.add(refused.email)
    never = ProfessionalFactory()
    Membership.objects.create(circle=circle, professional=never)
    InvitationFactory(meetup=MeetupFactory(), professional=never)
    InvitationFactory(meetup=guest.meetup)  # invited, and no member
    assert readers(circle) == [guest]
    latest = InvitationFactory(
        meetup=MeetupFactory(circle=circle), professional=guest.professional
    )
    assert readers(circle) == [latest]


def test_somebody_who_pauses_meanwhile_does_not_get_it(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    send_letter(letter=letter_of(circle, now(), SENTENCES), by=amina)
    Professional.objects.update(paused_until=timezone.localdate() + 9 * DAY)
    assert deliver_due("test") == 0
    assert Delivery.objects.get().status == DeliveryStatus.DROPPED


def test_without_anything_to_say_there_is_no_letter(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    MeetupFactory(circle=circle, organiser=amina)
    letter = letter_of(circle, now(), [])
    assert letter.dates
    with pytest.raises(NothingToSay):
        send_letter(letter=letter, by=amina)


def test_one_letter_a_month_and_circle(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    send_letter(letter=letter_of(circle, now(), SENTENCES), by=amina)
    with pytest.raises(AlreadyThisMonth):
        send_letter(letter=letter_of(circle, now(), ["Encore."]), by=amina)
    later = now() + 32 * DAY
    with travel(later, tick=False):
        assert send_letter(letter=letter_of(circle, later, SENTENCES), by=amina) == 1
    assert Delivery.objects.count() == 2


def test_a_letter_does_not_repeat_the_one_before(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    past_meal(circle, 10, 6)
    publish_good_news(circle=circle, text=NEWS, user=amina)
    send_letter(letter=letter_of(circle, now(), SENTENCES), by=amina)
    fresh = publish_good_news(circle=circle, text="Une autre.", user=amina)
    later = letter_of(circle, now() + 32 * DAY, [])
    assert (later.news, later.meal) == ([fresh], None)


def test_waiting_and_kept_news_stay_out_and_so_do_other_circles(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    news = publish_good_news(circle=circle, text=NEWS, user=amina)
    news.moderation = "waiting"
    news.save()
    publish_good_news(circle=CircleFactory(), text="Ailleurs", user=amina)
    assert letter_of(circle, now(), []).news == []


def test_a_letter_for_tomorrow_can_be_taken_back_and_made_again(
    circle: Circle, guest: Invitation, amina: User, signed_in: SignIn
) -> None:
    client, page = signed_in(amina), reverse("circle_letter", args=(circle.pk,))
    data = {"sentences": "\n".join(SENTENCES), "partir": "demain", "envoyer": "1"}
    client.post(page, data)
    row = Delivery.objects.get()
    leaves = timezone.localtime(row.due_at)
    assert leaves.hour == 8
    assert leaves.date() == timezone.localdate() + timedelta(days=1)
    assert "Ne pas l’envoyer" in client.get(page).content.decode()
    client.post(page, {"retirer": "1"})
    assert not Delivery.objects.exists()
    client.post(page, data | {"partir": "maintenant"})
    assert deliver_due("test") == 1
    assert not take_letter_back(circle=circle, month=f"{timezone.localtime():%Y-%m}")


@pytest.mark.parametrize("way", ["writer", "team", "erased"])
def test_a_news_taken_back_leaves_the_letter_that_waits(
    circle: Circle, guest: Invitation, amina: User, way: str
) -> None:
    """« Vous la retirez quand vous voulez »: between the button and eight o'clock."""
    fatou = member(circle, first_name="Fatou", email="fatou@example.org")
    hers = fatou.invitations.get()
    publish_good_news(circle=circle, text="Le tram est là.", user=amina)
    news = tell_good_news(invitation=hers, text=NEWS, is_signed=True)
    decide_good_news(news=news, shown=True, user=amina)
    letter = letter_of(circle, now(), SENTENCES)
    assert send_letter(letter=letter, by=amina, due_at=now() + DAY) == 2
    row = Delivery.objects.get(recipient=guest.professional.email)
    assert NEWS in words_of(row)
    assert "Fatou" in words_of(row)
    before = mail_of(row)
    if way == "writer":
        take_back_good_news(invitation=hers, key=news.pk)
    elif way == "team":
        decide_good_news(news=news, shown=False, user=amina)
    else:
        forget(person=fatou)
    row.refresh_from_db()
    for kind in ("plain", "html"):
        assert NEWS not in words_of(row, kind)
        assert "Fatou" not in words_of(row, kind)
        assert "Le tram est là." in words_of(row, kind)
        assert unescape(SENTENCES[0]) in words_of(row, kind)
    after = mail_of(row)
    for name in ("Message-ID", "Subject", "To", "From", "List-Unsubscribe"):
        assert after[name] == before[name]


def test_a_letter_that_has_nothing_left_to_say_does_not_leave(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    news = publish_good_news(circle=circle, text=NEWS, user=amina)
    send_letter(letter=letter_of(circle, now(), []), by=amina, due_at=now() + DAY)
    decide_good_news(news=news, shown=False, user=amina)
    assert Delivery.objects.get().status == DeliveryStatus.DROPPED


def test_a_letter_that_left_forgets_the_name_of_who_is_erased(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    fatou = member(circle, first_name="Fatou", email="")
    news = tell_good_news(invitation=fatou.invitations.get(), text=NEWS, is_signed=True)
    decide_good_news(news=news, shown=True, user=amina)
    send_letter(letter=letter_of(circle, now(), SENTENCES), by=amina)
    assert deliver_due("test") == 1
    forget(person=fatou)
    assert bytes(Delivery.objects.get().mime) == b""


def test_the_page_shows_the_real_mail_without_the_personal_link(
    circle: Circle, guest: Invitation, amina: User, signed_in: SignIn
) -> None:
    client, page = signed_in(amina), reverse("circle_letter", args=(circle.pk,))
    shown = client.post(page, {"sentences": SENTENCES[0], "relire": "1"})
    told = shown.content.decode()
    assert "Envoyer à 1 personne" in told.replace("\u00a0", " ")
    assert "Une lettre par mois au plus" in told
    assert derive("stop", guest.key, 1) not in told
    frame = reverse("circle_letter_mail", args=(circle.pk,))
    mail = client.get(frame, {"sentences": SENTENCES[0]})
    assert SENTENCES[0] in mail.content.decode()
    assert derive("stop", guest.key, 1) not in mail.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [("a\nb\nc\nd", "Gardez 3 phrases au plus"), ("x" * 171, "à 170 signes")],
)
def test_too_many_sentences_are_said_and_kept(
    text: str, why: str, guest: Invitation, amina: User, signed_in: SignIn
) -> None:
    page = reverse("circle_letter", args=(guest.meetup.circle_id,))
    shown = signed_in(amina).post(page, {"sentences": text, "envoyer": "1"})
    assert why in shown.content.decode()
    assert text in shown.content.decode().replace("\r\n", "\n")
    assert not Delivery.objects.exists()


def test_who_reads_and_who_sends(
    circle: Circle,
    guest: Invitation,
    amina: User,
    bruno: User,
    driss: User,
    eloy: User,
    signed_in: SignIn,
) -> None:
    page = reverse("circle_letter", args=(circle.pk,))
    frame = reverse("circle_letter_mail", args=(circle.pk,))
    other = User.objects.create_user("nadia@example.org", first_name="Nadia")
    CircleFactory(organiser=other)
    data = {"sentences": "Bonjour.", "envoyer": "1"}
    reads = {bruno: 200, driss: 404, eloy: 404, other: 404}
    sends = {bruno: 403, driss: 404, eloy: 404, other: 404}
    for user in reads:
        client = signed_in(user)
        assert client.get(page).status_code == reads[user]
        assert client.get(frame).status_code == reads[user]
        assert client.post(page, data).status_code == sends[user]
        assert client.post(page, {"retirer": "1"}).status_code == sends[user]
    assert not Delivery.objects.exists()
    assert signed_in(amina).post(page, data).status_code == 302
    assert Delivery.objects.count() == 1


def test_nobody_to_write_to_is_said(
    circle: Circle, amina: User, signed_in: SignIn
) -> None:
    client = signed_in(amina)
    shown = client.get(reverse("circle_letter", args=(circle.pk,))).content.decode()
    assert "Personne à qui écrire" in shown
    assert (
        client.get(reverse("circle_letter_mail", args=(circle.pk,))).status_code == 404
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_readers(
    count: int,
    circle: Circle,
    guest: Invitation,
    amina: User,
    signed_in: SignIn,
    django_assert_num_queries: Queries,
) -> None:
    for number in range(count):
        member(circle)
        publish_good_news(circle=circle, text=f"Bonne nouvelle {number}", user=amina)
    past_meal(circle, 10, count)
    client = signed_in(amina)
    with django_assert_num_queries(18):
        client.get(reverse("circle_letter", args=(circle.pk,)))


def test_a_meal_of_four_is_told_as_fewer_than_five(
    circle: Circle, guest: Invitation, amina: User
) -> None:
    meal: Meetup = past_meal(circle, 10, 4)
    letter = letter_of(circle, now(), [])
    assert letter.meal == meal
    send_letter(letter=letter, by=amina)
    told = words_of(Delivery.objects.get()).replace("\u00a0", " ")
    assert "moins de 5" in told
    assert "étions 4" not in told
