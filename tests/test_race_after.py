"""After the meal, two things at once, on the real database: each in its own thread and
connection."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from invitations.models import Delivery
from invitations.outbox import claim
from networking.models import Circle, Professional, User
from reports.actions.letters import send_letter, take_letter_back
from reports.actions.opinions import (
    Said,
    give_opinion,
    give_opinion_at_table,
    release_opinions,
)
from reports.actions.portal import add_address
from reports.digests import queue_digests
from reports.letters import letter_of, month_of
from reports.models import Consent, Opinion, Portrait, Report, ReportKind
from tests.factories import InvitationFactory
from tests.portal import period, town_hall
from tests.voices import past_meal

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gave, or its error."""
    start = threading.Barrier(len(acts))
    given: list[object] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            given[number] = acts[number]()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            given[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 40), "green").save(out, "PNG")
    return out.getvalue()


def test_a_portrait_sent_by_two_taps_is_kept_once(chloe: Professional) -> None:
    guest = InvitationFactory(professional=chloe)
    url, content = reverse("my_portrait", args=(guest.token,)), picture()

    def send() -> int:
        file = SimpleUploadedFile("moi.png", content, "image/png")
        answer = Client().post(url, {"is_shown": "on", "picture": file})
        return answer.status_code

    for _ in range(3):
        assert at_once(*[send] * TIMES) == [302] * TIMES
        assert Portrait.objects.count() == Consent.objects.count() == 1


def test_no_picture_stays_of_who_says_no_meanwhile(chloe: Professional) -> None:
    guest = InvitationFactory(professional=chloe)
    url, content = reverse("my_portrait", args=(guest.token,)), picture()

    def agree() -> int:
        file = SimpleUploadedFile("moi.png", content, "image/png")
        return Client().post(url, {"is_shown": "on", "picture": file}).status_code

    def refuse() -> int:
        return Client().post(url, {"picture": ""}).status_code

    for _ in range(5):
        assert at_once(agree, refuse, agree, refuse) == [302] * 4
        assert Portrait.objects.count() == Consent.objects.count()


def letter_to(circle: Circle, chloe: Professional, amina: User) -> Delivery:
    InvitationFactory(meetup=past_meal(circle, 70, 0), professional=chloe)
    written = letter_of(circle, timezone.now(), ["Merci à toutes et à tous."])
    assert send_letter(letter=written, by=amina) == 1
    return Delivery.objects.get()


def test_a_letter_that_a_worker_holds_is_not_taken_back(
    circle: Circle, chloe: Professional, amina: User
) -> None:
    row = letter_to(circle, chloe, amina)
    held, done = threading.Event(), threading.Event()

    def work() -> list[int]:
        with transaction.atomic():
            claimed = [one.pk for one in claim("w", timezone.now())]
            held.set()
            done.wait(1)
        return claimed

    def take() -> bool:
        held.wait()
        return take_letter_back(circle=circle, month=month_of(timezone.now()))

    assert at_once(work, take) == [[row.pk], False]
    assert Delivery.objects.filter(pk=row.pk).exists()


def test_an_opinion_given_while_others_are_opened_waits_for_its_own_batch(
    circle: Circle, monkeypatch: pytest.MonkeyPatch
) -> None:
    meal = past_meal(circle, 2, 6)
    *five, sixth = meal.attendances.select_related("meetup")
    for presence in five:
        give_opinion(presence=presence, said=Said("yes"))
    unseal, said = release_opinions.__globals__["unseal"], []

    def slow(sealed: bytes, about: str) -> object:
        """Somebody else's transaction, as it may fall on PostgreSQL."""
        if not said:
            said.append(give_opinion(presence=sixth, said=Said("no")))
        return unseal(sealed, about)

    monkeypatch.setattr("reports.actions.opinions.unseal", slow)
    release_opinions(timezone.now())
    assert Opinion.objects.released().count() == 5
    assert Opinion.objects.sealed().count() == 1


def test_two_workers_send_a_quarter_once_and_leave_no_other_link(
    eloy: User, amina: User
) -> None:
    partner = town_hall(eloy)
    report = period(ReportKind.TERRITORY, partner, amina)
    Report.objects.update(issued_at=datetime(2026, 8, 10, 12, tzinfo=UTC))
    add_address(partner=partner, email="a@mairie.example", frequency="quarterly")
    now = datetime(2026, 10, 1, 8, tzinfo=UTC)
    assert sum(map(int, at_once(*[lambda: queue_digests(now)] * TIMES))) == 1
    assert report.links.count() == Delivery.objects.count() == 1


def test_the_worker_opens_the_same_opinions_once(circle: Circle) -> None:
    meal = past_meal(circle, 2, 6)
    for presence in meal.attendances.select_related("meetup"):
        give_opinion(presence=presence, said=Said("yes"))
    now = timezone.now()
    assert sum(at_once(*[lambda: release_opinions(now)] * TIMES)) == 6
    assert Opinion.objects.count() == 6


def test_the_table_s_square_takes_no_more_than_the_table_holds(circle: Circle) -> None:
    meal = past_meal(circle, 0.01, 3)
    tap = lambda: give_opinion_at_table(meetup=meal, said=Said("yes"))  # noqa: E731
    assert sorted(at_once(*[tap] * 6)) == [False] * 3 + [True] * 3


def test_one_person_speaks_once_whatever_their_thumb_does(circle: Circle) -> None:
    meal = past_meal(circle, 2, 1)
    presence = meal.attendances.select_related("meetup").get()
    tap = lambda: give_opinion(presence=presence, said=Said("yes"))  # noqa: E731
    assert sorted(at_once(*[tap] * TIMES)) == [False] * 3 + [True]
    assert Opinion.objects.count() == 1
