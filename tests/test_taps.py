"""Gestures of the welcome page: in any order, any number of times, one state."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from invitations.models import ExtraSeatKind, Invitation, PartStat
from networking.models import Meetup, User
from reports.actions import close_meetup
from reports.actions.after import stay
from reports.actions.taps import WALK_IN, Gesture, Outcome, receive
from reports.models import Attendance, Presence, Tap
from reports.purge import purge
from reports.standing import Mark, Standing, replay
from tests.factories import (
    InvitationFactory,
    ProfessionFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
MARKS = list(Mark)


@pytest.fixture
def guest(meetup: Meetup, chloe) -> Invitation:
    Meetup.objects.update(keeps_times=True)
    meetup.keeps_times = True
    return InvitationFactory(
        meetup=meetup, professional=chloe, partstat=PartStat.ACCEPTED
    )


@pytest.fixture
def noon(meetup: Meetup):
    """An hour after the beginning."""
    with time_machine.travel(meetup.starts_at + timedelta(hours=1), tick=False) as t:
        yield t


def at(meetup: Meetup, minutes: float) -> datetime:
    return meetup.starts_at + timedelta(minutes=minutes)


def tap(guest: Invitation, mark: str, minutes: float, **fields) -> Gesture:
    target = fields.pop("target", f"i{guest.pk}")
    made_at = at(guest.meetup, minutes)
    return Gesture(target=target, mark=Mark(mark), made_at=made_at, **fields)


def send(meetup: Meetup, *gestures: Gesture) -> list[Outcome]:
    told = receive(meetup=meetup, gestures=gestures, user=None)
    return [told[one.key] for one in gestures]


def standing(guest: Invitation) -> Standing:
    return Standing.of(Attendance.objects.filter(invitation=guest).first())


def test_a_departure_received_before_its_arrival_keeps_both(
    guest: Invitation, noon
) -> None:
    leaves, comes = tap(guest, "left", 40), tap(guest, "present", 5)
    send(guest.meetup, leaves)
    assert standing(guest) == Standing()
    send(guest.meetup, comes)
    assert standing(guest) == Standing(
        "present", at(guest.meetup, 5), at(guest.meetup, 40)
    )


def test_an_old_tap_never_overwrites_a_newer_one(guest: Invitation, noon) -> None:
    send(guest.meetup, tap(guest, "present", 10))
    old = tap(guest, "absent", 2)
    assert send(guest.meetup, old, old) == [Outcome.KNOWN, Outcome.KNOWN]
    assert standing(guest).presence == "present"


def test_an_hour_corrected_by_hand_survives_a_late_tap(guest: Invitation, noon) -> None:
    send(guest.meetup, tap(guest, "present", 10), tap(guest, "left", 40))
    Attendance.objects.update(arrived_at=at(guest.meetup, 3))
    send(guest.meetup, tap(guest, "excused", 1))
    send(guest.meetup, tap(guest, "back", 39))
    assert standing(guest) == Standing(
        "present", at(guest.meetup, 3), at(guest.meetup, 40)
    )


def test_who_left_and_is_seen_again_is_there(guest: Invitation, noon) -> None:
    for mark, minutes in (("present", 1), ("left", 20), ("present", 30)):
        send(guest.meetup, tap(guest, mark, minutes))
    assert standing(guest) == Standing("present", at(guest.meetup, 1), None)


def test_what_is_noted_after_the_meal_does_not_say_when_somebody_came(
    guest: Invitation,
) -> None:
    """Or the certificate would say that they stayed no time at all."""
    meetup = guest.meetup
    extra = {"first_name": "Rosa", "profession": guest.professional.profession}
    with time_machine.travel(meetup.ends_at + timedelta(hours=3), tick=False):
        late = (meetup.ends_at - meetup.starts_at).total_seconds() / 60 + 120
        send(
            meetup,
            tap(guest, "present", late),
            tap(guest, "", late, target="w", **extra),
        )
    assert [row.arrived_at for row in Attendance.objects.all()] == [None, None]
    assert {stay(row, meetup) for row in Attendance.objects.all()} == {meetup.duration}


def test_hours_are_kept_only_where_a_partner_needs_them(
    guest: Invitation, noon
) -> None:
    Meetup.objects.update(keeps_times=False)
    send(guest.meetup, tap(guest, "present", 1), tap(guest, "left", 20))
    assert standing(guest) == Standing("present")


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(marks=[Mark.PRESENT, Mark.LEFT], order=[1, 0], cuts=[1])
@example(marks=[Mark.PRESENT, Mark.NONE, Mark.PRESENT], order=[2, 0, 1, 0], cuts=[2])
@given(
    marks=st.lists(st.sampled_from(MARKS), min_size=1, max_size=6),
    order=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
def test_any_interleaving_and_repetition_ends_in_one_state(
    guest: Invitation, noon, marks: list[Mark], order: list[int], cuts: list[int]
) -> None:
    """Two telephones send the same gestures in any order, in any batches, some of them
    twice; whatever was never sent comes last."""
    Tap.objects.all().delete()
    Attendance.objects.all().delete()
    made = [tap(guest, mark, 3 * n) for n, mark in enumerate(marks)]
    sent = [made[n % len(made)] for n in order] + made
    edges = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    for start, end in zip(edges, edges[1:], strict=False):
        send(guest.meetup, *sent[start:end])
    once = [Tap(mark=one.mark, made_at=one.made_at) for one in made]
    assert standing(guest) == replay(once)
    assert Tap.objects.count() == len(made)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.lists(st.integers(0, 4), min_size=1, max_size=15))
def test_walk_ins_are_as_many_as_their_keys(
    meetup: Meetup, noon, order: list[int]
) -> None:
    Tap.objects.all().delete()
    Attendance.objects.all().delete()
    nurse = ProfessionFactory()
    made = [
        Gesture(target=WALK_IN, first_name="Fatou", profession=nurse) for _ in range(5)
    ]
    for n in order:
        send(meetup, made[n])
    assert meetup.attendances.there().count() == len(set(order))


def test_a_walk_in_arrives_at_the_hour_of_the_tap(guest: Invitation, noon) -> None:
    nurse, made_at = ProfessionFactory(), at(guest.meetup, 7.5)
    send(
        guest.meetup,
        Gesture(target="w", first_name="Ana", profession=nurse, made_at=made_at),
    )
    assert Attendance.objects.get().arrived_at == at(guest.meetup, 7)


@pytest.mark.parametrize(
    ("said", "kept"), [(-60 * 24, -180), (-30, -30), (60 * 24 * 300, 60)]
)
def test_a_wrong_clock_is_bounded(
    guest: Invitation, noon, said: int, kept: int
) -> None:
    send(guest.meetup, tap(guest, "present", said))
    assert Tap.objects.get().made_at == at(guest.meetup, kept)
    assert standing(guest).arrived_at == at(guest.meetup, kept)


def test_whoever_comes_along_is_there_or_not(guest: Invitation, noon) -> None:
    extra = guest.extra_seats.create(
        meetup=guest.meetup, kind=ExtraSeatKind.COMPANION, first_name="Rosa"
    )
    target = f"e{extra.pk}"
    send(guest.meetup, tap(guest, "left", 30, target=target))
    send(guest.meetup, tap(guest, "present", 3, target=target))
    row = Attendance.objects.get(extra=extra)
    assert (row.arrived_at, row.left_at) == (at(guest.meetup, 3), at(guest.meetup, 30))
    send(guest.meetup, tap(guest, "excused", 31, target=target))
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("target", ["", "i", "x1", "i0", "i-1", "i" + "9" * 40, "e1"])
def test_a_gesture_about_nobody_is_said_unknown(
    guest: Invitation, noon, target: str
) -> None:
    for _ in range(2):
        assert send(guest.meetup, Gesture(target=target)) == [Outcome.UNKNOWN]
    assert not Tap.objects.exists()


def test_a_guest_of_another_meetup_is_unknown(meetup: Meetup, noon) -> None:
    other = InvitationFactory()
    assert send(meetup, Gesture(target=f"i{other.pk}")) == [Outcome.UNKNOWN]
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_what_arrives_after_the_end_is_said_and_changes_nothing(
    guest: Invitation, amina: User, noon, state: str
) -> None:
    known = tap(guest, "present", 4)
    send(guest.meetup, known)
    if state == "closed":
        close_meetup(meetup=guest.meetup, user=amina)
    Meetup.objects.update(status=state)
    late = tap(guest, "absent", 9)
    assert send(guest.meetup, late, known) == [Outcome.CLOSED, Outcome.KNOWN]
    assert standing(guest).presence == "present"


# The address that the script posts to.


def post(client: Client, meetup: Meetup, body: object):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    url = reverse("send_gestures", args=(meetup.pk,))
    return client.post(url, text, content_type="application/json")


def row(guest: Invitation, **fields: object) -> dict[str, object]:
    moment = int(at(guest.meetup, 5).timestamp() * 1000)
    target = f"i{guest.pk}"
    return {
        "key": str(uuid4()),
        "at": moment,
        "target": target,
        "mark": "present",
        **fields,
    }


def test_the_answer_tells_what_another_telephone_said_later(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    send(guest.meetup, tap(guest, "present", 20))
    client = signed_in(bruno)
    told = post(client, guest.meetup, {"gestures": [row(guest, mark="absent")]}).json()
    assert told["marks"] == {f"i{guest.pk}": "present"}
    send(guest.meetup, tap(guest, "left", 30))
    told = post(client, guest.meetup, {"gestures": [row(guest, mark="absent")]}).json()
    assert told["marks"] == {f"i{guest.pk}": "left"}


def test_gestures_sent_twice_count_once_and_tell_the_new_counts(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    ProfessionFactory()
    walk_in = row(guest, target="w", first_name=" Ana\x00 ", profession="nurse")
    rows, client = [row(guest), walk_in], signed_in(bruno)
    first = post(client, guest.meetup, {"gestures": rows}).json()
    again = post(client, guest.meetup, {"gestures": rows}).json()
    assert set(first["outcomes"].values()) == {"done"}
    assert set(again["outcomes"].values()) == {"known"}
    assert first["counts"] == again["counts"]
    assert (again["counts"]["present"], again["counts"]["unmarked"]) == (2, 0)
    names = Attendance.objects.values_list("first_name", "presence", "recorded_by")
    assert set(names) == {
        ("Chloé", Presence.PRESENT, bruno.pk),
        ("Ana", Presence.WALK_IN, bruno.pk),
    }


HOSTILE = [
    b"",
    b"\xff",
    "[]",
    "{}",
    "null",
    '{"gestures": 1}',
    '{"gestures": {"a": 1}}',
    '{"gestures": [1]}',
    '{"gestures": [{}]}',
    "[" * 90_000,
    {"gestures": [{"key": "x", "at": 1, "target": "w"}]},
    {"gestures": [{"key": str(UUID(int=1)), "at": "x", "target": "w"}]},
    {"gestures": [{"key": str(UUID(int=1)), "at": 9e21, "target": "w"}]},
    {"gestures": [{"key": str(UUID(int=1)), "at": -9e21, "target": "w"}]},
    '{"gestures": [{"key": "00000000-0000-0000-0000-000000000001",'
    ' "at": NaN, "target": "w"}]}',
    {"gestures": [{"key": str(UUID(int=1)), "at": 1, "target": "i1", "mark": "x"}]},
    {"gestures": [{}] * 501},
    '{"gestures": []}' + " " * 200_001,
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_what_our_script_would_not_write_is_refused(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, body: object
) -> None:
    assert post(signed_in(bruno), guest.meetup, body).status_code == 400
    assert not Attendance.objects.exists()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    fields=st.dictionaries(
        st.sampled_from(["key", "at", "target", "mark", "first_name", "profession"]),
        st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_no_gesture_breaks_the_address(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, fields: dict[str, object]
) -> None:
    body = {"gestures": [row(guest, **fields)]}
    assert post(signed_in(bruno), guest.meetup, body).status_code in (200, 400)


@pytest.mark.parametrize("name", ["Zo\ud83d", "\ud800", "\udfffZoé", "Z\0oé"])
def test_half_an_emoji_does_not_hold_the_other_gestures_up(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, name: str
) -> None:
    """A field that is full cuts an emoji in two; a gesture that breaks the page would
    be sent again for ever, with all that wait behind it."""
    trade = ProfessionFactory()
    odd = row(guest, target="w", first_name=f"A {name}", profession=trade.pk)
    none = row(guest, target="w", first_name="Léa", profession="\0")
    body = {"gestures": [odd, none, row(guest)]}
    assert post(signed_in(bruno), guest.meetup, body).status_code == 200
    assert Attendance.objects.there().count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [("amina", 200), ("bruno", 200), ("nora", 404), ("driss", 404), ("eloy", 404)],
)
def test_the_team_alone_sends_gestures_and_keeps_the_page(
    guest: Invitation, everyone, signed_in: SignIn, noon, who: str, status: int
) -> None:
    client = signed_in(everyone[who])
    sent = post(client, guest.meetup, {"gestures": [row(guest)]})
    assert sent.status_code == status
    assert Attendance.objects.exists() is (status == 200)
    worker = client.get(reverse("offline_script", args=(guest.meetup_id,)))
    assert worker.status_code == status


def test_a_visitor_is_sent_to_sign_in_and_a_forged_post_is_refused(
    guest: Invitation, bruno: User, noon
) -> None:
    body = {"gestures": [row(guest)]}
    assert post(Client(), guest.meetup, body).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(
        bruno, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert post(strict, guest.meetup, body).status_code == 403
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(("gestures", "queries"), [(1, 26), (3, 58)])
def test_each_gesture_costs_sixteen_queries_more(
    guest: Invitation,
    bruno: User,
    signed_in: SignIn,
    noon,
    gestures: int,
    queries: int,
    django_assert_num_queries,
) -> None:
    guests = [guest] + [
        InvitationFactory(meetup=guest.meetup) for _ in range(gestures - 1)
    ]
    client = signed_in(bruno)
    body = {"gestures": [row(one) for one in guests]}
    with django_assert_num_queries(queries):
        post(client, guest.meetup, body)


def test_the_worker_answers_for_this_page_only_and_is_not_kept(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    url = reverse("offline_script", args=(guest.meetup_id,))
    answer = signed_in(bruno).get(url)
    page = reverse("attendance", args=(guest.meetup_id,))
    assert url.startswith(page)
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer["Cache-Control"]
    assert "Service-Worker-Allowed" not in answer
    text = answer.content.decode()
    assert "{{" not in text
    assert "welcome.js" in text


@pytest.mark.parametrize(
    ("state", "forgets"), [("planned", False), ("closed", True), ("cancelled", True)]
)
def test_the_page_says_when_a_telephone_must_forget_its_copy(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, state: str, forgets: bool
) -> None:
    Meetup.objects.update(status=state)
    page = signed_in(bruno).get(reverse("attendance", args=(guest.meetup_id,)))
    assert ("X-Forget-Copy" in page) is forgets
    # What a telephone still holds is shown after the end too.
    assert "data-lost" in page.content.decode()
    assert "welcome.js" in page.content.decode()
    assert ("data-worker" in page.content.decode()) is not forgets


def test_gestures_go_a_year_after_the_meal(guest: Invitation, noon) -> None:
    send(guest.meetup, tap(guest, "present", 1))
    purge(guest.meetup.ends_at + timedelta(days=364))
    assert Tap.objects.exists()
    purge(guest.meetup.ends_at + timedelta(days=366))
    assert not Tap.objects.exists()


def test_search_finds_whoever_comes_along(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    for name in ("Zoé", "Rosa"):
        guest.extra_seats.create(
            meetup=guest.meetup, kind=ExtraSeatKind.COMPANION, first_name=name
        )
    client = signed_in(bruno)
    url = reverse("attendance", args=(guest.meetup_id,))
    page = client.get(url).content.decode()
    assert page.index("<bdi>Rosa") < page.index("<bdi>Zoé")
    found = client.get(url, {"q": "zoe"}).content.decode()
    assert "<bdi>Zoé" in found
    assert "<bdi>Rosa" not in found
    assert "Voyez plus bas" in found
