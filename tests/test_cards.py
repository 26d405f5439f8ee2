"""Cards to hand over, for those whom no message reaches."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pypdf
import pytest
import segno
from django.conf import LazySettings
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from invitations.models import Delivery, DeliveryChannel, Invitation, PartStat
from networking.models import Meetup, User
from reports import cards, papers, pdf
from reports.qr import QUIET, square
from tests.factories import InvitationFactory, ProfessionalFactory

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings: LazySettings) -> None:
    settings.BASE_URL = "https://reseau.example"


def guest(meetup: Meetup, first_name: str = "Fatou", **fields: str) -> Invitation:
    fields = {"email": "", "phone": "", **fields}
    person = ProfessionalFactory(first_name=first_name, **fields)
    return InvitationFactory(meetup=meetup, professional=person)


def page_of(*guests: Invitation) -> str:
    return pdf.html("pdf/cards.html", cards.context(guests[0].meetup, guests))


def words(html: str) -> str:
    text = re.sub(r"<svg.*?</svg>|<[^>]*>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


# What a card says


def test_a_card_asks_by_first_name_and_tells_all_that_one_needs(meetup: Meetup) -> None:
    meetup.organiser.phone = "+33639980101"
    text = words(page_of(guest(meetup)))
    venue = meetup.venue
    for said in (
        *("Fatou, on déjeune ensemble\u202f?", "de 12\u202fh\u202f15"),
        *(venue.name, venue.full_address, "Le repas est offert."),
        *("Répondez en deux gestes, sans compte", "Ou appelez Amina"),
        *("06\u00a039\u00a098\u00a001\u00a001", "la pharmacie du quartier"),
        "reseau.example/vos-donnees/",
    ):
        assert " ".join(said.split()) in text, said


def test_without_a_telephone_nobody_is_sent_to_one(meetup: Meetup) -> None:
    assert "Ou appelez" not in words(page_of(guest(meetup)))


def test_a_card_holds_no_last_name_and_no_contact(meetup: Meetup) -> None:
    one = guest(meetup, last_name="Diallo-Canari", email="canari@example.org")
    html = page_of(one)
    assert "Canari" not in html
    assert "canari@" not in html


def test_the_typed_link_is_the_personal_one_without_what_browsers_add(
    meetup: Meetup,
) -> None:
    one = guest(meetup)
    html = page_of(one)
    typed = re.search(r'<p class="link">.*?<b>(.*?)</b>', html, re.DOTALL)
    assert typed
    assert re.sub("<[^>]*>", "", typed[1]) == f"reseau.example/i/{one.token}"


@pytest.mark.parametrize("blank", [" ", "-", "", "\u00a0"])
def test_a_link_typed_as_it_is_read_opens(
    client: Client, meetup: Meetup, blank: str
) -> None:
    token = guest(meetup).token
    typed = blank.join(token[i : i + 4] for i in range(0, len(token), 4)).upper()
    typed = typed.replace("O", "0").replace("L", "1").replace("B", "8")
    assert client.get(f"/i/{typed}/").status_code == 200
    assert client.get(f"/i/{typed}").status_code in (200, 301)


def test_the_square_is_the_personal_link_module_by_module(meetup: Meetup) -> None:
    one = guest(meetup)
    html = page_of(one)
    link = f"https://reseau.example/i/{one.token}/"
    matrix = segno.make(link, error="m", micro=False).matrix
    (drawn,) = re.findall(r'<path d="([Mhvz0-9. -]+)"/></svg>', html)
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v", drawn):
        dark |= {(int(y), int(x) + i) for i in range(int(width))}
    assert dark == {
        (y + QUIET, x + QUIET)
        for y, row in enumerate(matrix)
        for x, module in enumerate(row)
        if module
    }


def test_the_square_is_told_to_whoever_does_not_see_it() -> None:
    svg = square("https://reseau.example/", 'Il ouvre l’invitation de "Zoé" <b>')
    assert 'role="img"' in svg
    assert "de &quot;Zoé&quot; &lt;b&gt;" in svg


def test_what_people_typed_stays_text(meetup: Meetup) -> None:
    html = page_of(guest(meetup, first_name="<i>Zoé</i>"))
    assert "<i>Zoé" not in html
    assert html.count("&lt;i&gt;Zoé") == 2


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (4, 1), (5, 2)])
def test_four_cards_fill_a_sheet(meetup: Meetup, count: int, pages: int) -> None:
    guests = [guest(meetup, first_name=f"Fatou{n}") for n in range(count)]
    reader = read(papers.cards(meetup, guests))
    assert len(reader.pages) == pages
    text = "\n".join(page.extract_text() for page in reader.pages)
    for one in guests:
        assert f"{one.professional.first_name}, on déjeune" in text
        assert one.token in re.sub(r"\s", "", text)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_long_words_stay_on_their_card(meetup: Meetup) -> None:
    meetup.venue.name = "Maison " * 17
    meetup.venue.address = "rue du Général-de-Gaulle prolongée, " * 5
    guests = [guest(meetup, first_name=name) for name in ("W" * 60, "Z" * 60)]
    assert len(read(papers.cards(meetup, guests)).pages) == 1


def test_the_most_cards_at_once_fit_a_document(meetup: Meetup) -> None:
    Meetup.objects.update(capacity=40)
    meetup.refresh_from_db()
    one = guest(meetup, first_name="W" * 60)
    assert page_of(*[one] * cards.MOST).count('<section class="card') == cards.MOST


# Who gets one


def test_cards_are_for_the_silent_whom_nothing_else_reaches(meetup: Meetup) -> None:
    alone = guest(meetup, "Alba")
    carded = guest(meetup, "Bela", phone="+33639980102")
    Delivery.objects.create(
        invitation=carded, kind="invitation", key="k", channel=DeliveryChannel.PAPER
    )
    guest(meetup, "Cora", email="cora@example.org")
    guest(meetup, "Dora", phone="+33639980103")
    guest(meetup, "Emma").rsvp(PartStat.ACCEPTED)
    stopped = guest(meetup, "Fara")
    stopped.professional.opted_out_at = timezone.now()
    stopped.professional.save()
    assert list(cards.on_paper(meetup)) == [alone, carded]


def test_any_guest_may_get_one_but_those_who_want_nothing(meetup: Meetup) -> None:
    by_mail = guest(meetup, "Alba", email="alba@example.org")
    guest(meetup, "Bela").rsvp(PartStat.DECLINED)
    stopped = guest(meetup, "Cora")
    stopped.professional.opted_out_at = timezone.now()
    stopped.professional.save()
    assert list(cards.welcome(meetup)) == [by_mail]


# The pages


def test_organiser_and_relay_get_the_cards_and_a_stranger_nothing(
    meetup: Meetup, amina: User, bruno: User, driss: User, signed_in: SignIn
) -> None:
    guest(meetup)
    for name in ("cards_pdf", "choose_cards"):
        url = reverse(name, args=(meetup.pk,))
        for user in (amina, bruno):
            assert signed_in(user).get(url).status_code == 200
        assert signed_in(driss).get(url).status_code == 404
        assert Client().get(url).status_code == 302
    response = signed_in(bruno).get(reverse("cards_pdf", args=(meetup.pk,)))
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"].startswith(
        'inline; filename="cartes-le-dejeuner-de-valmorey-'
    )
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_chosen_guests_and_only_they_get_a_card(
    meetup: Meetup, amina: User, signed_in: SignIn, method: str
) -> None:
    chosen = guest(meetup, "Alba", email="alba@example.org")
    guest(meetup, "Bela")
    foreign = InvitationFactory()
    ask = getattr(signed_in(amina), method)
    keys = [chosen.pk, foreign.pk, "x", "9" * 5000]
    response = ask(reverse("cards_pdf", args=(meetup.pk,)), {"pour": keys})
    text = read(response.content).pages[0].extract_text()
    assert text.count("on déjeune") == 1
    assert "Alba" in text


def test_without_anybody_or_with_too_many_one_chooses_again(
    meetup: Meetup, amina: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, url = signed_in(amina), reverse("cards_pdf", args=(meetup.pk,))
    guest(meetup, "Cora", email="cora@example.org")
    page = client.get(url, follow=True).content.decode()
    assert "Choisissez au moins une personne." in page
    assert "Tout le monde a un e-mail" in page
    page = client.post(url, {"pour": ["0"]}, follow=True).content.decode()
    assert "Choisissez au moins une personne." in page
    for name in ("Alba", "Bela"):
        guest(meetup, name)
    monkeypatch.setattr(cards, "MOST", 1)
    page = client.get(url, follow=True).content.decode()
    assert "Décochez des personnes." in page
    assert page.count(" checked") == 1


def test_making_cards_writes_nothing(
    meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    one = guest(meetup)
    before = list(Invitation.objects.values())
    url = reverse("cards_pdf", args=(meetup.pk,))
    signed_in(amina).post(url, {"pour": [one.pk]})
    assert list(Invitation.objects.values()) == before
    assert not Delivery.objects.exists()


def test_once_answers_are_closed_there_are_no_cards(
    meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    one, client = guest(meetup), signed_in(amina)
    pages = [reverse(name, args=(meetup.pk,)) for name in ("choose_cards", "cards_pdf")]
    meeting = reverse("meetup", args=(meetup.pk,))
    own = reverse("record_answer", args=(meetup.pk, one.pk))
    assert pages[0] in client.get(meeting).content.decode()
    assert f"{pages[1]}?pour={one.pk}" in client.get(own).content.decode()
    past = timezone.now() - timedelta(days=1)
    Meetup.objects.update(starts_at=past - timedelta(hours=1), ends_at=past)
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert pages[0] not in client.get(meeting).content.decode()
    assert pages[1] not in client.get(own).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_choosing_costs_the_same_for_any_number_of_guests(
    meetup: Meetup,
    bruno: User,
    signed_in: SignIn,
    count: int,
    django_assert_num_queries: Queries,
) -> None:
    for n in range(count):
        guest(meetup, first_name=f"Fatou{n}")
    client = signed_in(bruno)
    with django_assert_num_queries(7):
        page = client.get(reverse("choose_cards", args=(meetup.pk,))).content.decode()
    assert page.count(" checked") == count
    with django_assert_num_queries(9):
        client.get(reverse("cards_pdf", args=(meetup.pk,)))
