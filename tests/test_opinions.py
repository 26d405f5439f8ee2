"""Three taps after the meal, read together and by nobody alone."""

import logging
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from networking.models import Circle, Meetup, User
from networking.tokens import MaskTokens
from reports.actions.opinions import (
    Said,
    give_opinion,
    give_opinion_at_table,
    release_opinions,
)
from reports.models import Attendance, GoodNews, Moderation, Opinion
from reports.opinions import opinions_in, opinions_of
from reports.purge import purge
from reports.sealing import seal, unseal
from reports.views.opinions import MOST_A_MINUTE, table_token
from tests.factories import CircleFactory, ProfessionFactory
from tests.voices import DAY, past_meal, sits

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
YES = Said("yes", "", "again")
TAPS = {"at_ease": "yes", "discovered": "aucun", "what_next": "again"}


@pytest.fixture
def meal(circle: Circle) -> Meetup:
    return past_meal(circle, 2, 7)


def speak(meetup: Meetup, *said: Said) -> None:
    silent = meetup.attendances.filter(has_given_opinion=False).order_by("pk")
    for presence, one in zip(silent, said, strict=False):
        assert give_opinion(presence=presence, said=one)


def page_of(presence: Attendance) -> str:
    assert presence.invitation
    return reverse("give_opinion", args=(presence.invitation.token,))


# Giving one


def test_three_taps_and_nothing_is_written_before_the_third(
    client: Client, meal: Meetup
) -> None:
    page = page_of(meal.attendances.all()[0])
    assert "1&nbsp;sur&nbsp;3" in client.get(page).content.decode()
    said = {}
    for number, (name, value) in enumerate(TAPS.items(), start=2):
        assert not Opinion.objects.exists()
        said[name] = value
        answer = client.post(page, said)
        if number <= 3:
            shown = answer.content.decode()
            assert f"{number}&nbsp;sur&nbsp;3" in shown
            assert f'type="hidden" name="{name}" value="{value}"' in shown
    assert answer.status_code == 302
    assert "Merci. Votre avis est donné." in client.get(page).content.decode()
    assert Opinion.objects.count() == 1


def test_answers_never_stand_in_an_address(client: Client, meal: Meetup) -> None:
    page = page_of(meal.attendances.all()[0])
    shown = client.get(page, TAPS).content.decode()
    assert "1&nbsp;sur&nbsp;3" in shown
    assert 'method="post"' in shown
    assert not Opinion.objects.exists()


def test_one_goes_back_a_question(client: Client, meal: Meetup) -> None:
    page = page_of(meal.attendances.all()[0])
    back = {"at_ease": "yes", "discovered": "aucun", "words": "Bien", "retour": "1"}
    shown = client.post(page, back).content.decode()
    assert "2&nbsp;sur&nbsp;3" in shown
    assert 'name="words" value="Bien"' in shown


def test_a_second_opinion_is_impossible(client: Client, meal: Meetup) -> None:
    presence = meal.attendances.all()[0]
    client.post(page_of(presence), TAPS)
    client.post(page_of(presence), TAPS | {"at_ease": "no"})
    assert Opinion.objects.count() == 1
    assert not give_opinion(presence=presence, said=YES)


def test_whoever_was_not_there_has_no_say(client: Client, meal: Meetup) -> None:
    presence = meal.attendances.all()[0]
    page = page_of(presence)
    presence.delete()
    assert client.get(page).status_code == 404
    assert client.post(page, TAPS).status_code == 404


def test_only_trades_that_were_there_are_discovered_and_not_ones_own(
    client: Client, meal: Meetup
) -> None:
    midwife = ProfessionFactory(key="midwife", activity="Suivi de grossesse")
    ProfessionFactory(key="osteo", activity="Ostéopathie")
    sits(meal, profession=midwife)
    nurse = meal.attendances.exclude(profession=midwife)[0]
    shown = client.post(page_of(nurse), {"at_ease": "yes"}).content.decode()
    assert "Suivi de grossesse" in shown
    assert "Soins infirmiers" not in shown
    assert "Ostéopathie" not in shown


def test_two_trades_of_one_name_are_one_answer(client: Client, meal: Meetup) -> None:
    for key in ("helper", "assistant"):
        sits(meal, profession=ProfessionFactory(key=key, activity="Aide à domicile"))
    helper, nurse = (
        meal.attendances.filter(profession=key)[0] for key in ("helper", "nurse")
    )
    shown = client.post(page_of(nurse), {"at_ease": "yes"}).content.decode()
    assert shown.count(">Aide à domicile<") == 1
    shown = client.post(page_of(helper), {"at_ease": "yes"}).content.decode()
    assert "Aide à domicile" not in shown


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Merci à Chloé", "contient un prénom"),
        ("x" * 301, "300 signes au plus"),
        # A space before each mark is repaired: 400 signs in a row of 300.
        ("a? " * 100, "300 signes au plus"),
    ],
)
def test_words_that_are_refused_are_kept_to_be_corrected(
    words: str, why: str, client: Client, meal: Meetup
) -> None:
    answer = client.post(page_of(meal.attendances.all()[0]), TAPS | {"words": words})
    shown = answer.content.decode()
    assert why in shown
    assert words in shown
    assert "3&nbsp;sur&nbsp;3" in shown
    assert "Jamais un mot sur un patient" in shown
    assert not Opinion.objects.exists()


# Anonymous by construction


def test_no_column_of_an_opinion_leads_to_a_person_or_a_moment() -> None:
    columns = {field.name: field for field in Opinion._meta.concrete_fields}
    assert set(columns) == {
        *("id", "meetup", "circle", "sealed", "at_ease", "discovered"),
        *("what_next", "words", "moderation", "released_on"),
    }
    assert columns["id"].get_internal_type() == "UUIDField"
    times = [f for f in columns.values() if "Time" in f.get_internal_type()]
    assert times == []


def test_a_waiting_opinion_says_nothing_even_of_its_length(meal: Meetup) -> None:
    speak(meal, YES, Said("no", "nurse", "nothing", "Trop de bruit."))
    rows = list(Opinion.objects.all())
    assert {len(row.sealed) for row in rows} == {12 + 2048 + 16}
    assert all(b"bruit" not in bytes(row.sealed) for row in rows)
    with pytest.raises(IntegrityError):
        Opinion.objects.create(meetup=meal, at_ease="yes")


def test_a_seal_opens_only_with_its_key_and_its_meal(settings: LazySettings) -> None:
    sealed = seal({"at_ease": "no"}, "a")
    assert unseal(sealed, "a") == {"at_ease": "no"}
    assert unseal(sealed, "b") is None
    assert unseal(b"", "a") is None
    settings.TOKEN_KEY = "another" * 10
    assert unseal(sealed, "a") is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="rowids are SQLite's")
def test_an_attacker_with_the_whole_file_does_no_better_than_chance(
    circle: Circle,
) -> None:
    """They know everybody who spoke and in which order, and read every column and
    rowid. Each person says something that nobody else says: any hit counts. One in
    seven is right by chance; forty meals give 280 guesses per attack."""
    rng, hits, tried = random.Random(16), dict.fromkeys(range(3), 0), 0  # noqa: S311
    for _ in range(40):
        meal = past_meal(circle, 2, 7)
        people = list(meal.attendances.values_list("pk", flat=True))
        rng.shuffle(people)
        truth = {pk: f"mot {number}" for number, pk in enumerate(people)}
        for pk in people:
            presence = Attendance.objects.select_related("meetup").get(pk=pk)
            give_opinion(presence=presence, said=Said("yes", words=truth[pk]))
        release_opinions(timezone.now())
        with connection.cursor() as cursor:
            for attack, order in enumerate(("rowid", "id", "rowid DESC")):
                cursor.execute(
                    f"SELECT words FROM reports_opinion WHERE meetup_id = %s"  # noqa: S608
                    f" ORDER BY {order}",
                    [meal.pk],
                )
                found = [row[0] for row in cursor.fetchall()]
                hits[attack] += sum(
                    truth[pk] == words for pk, words in zip(people, found, strict=True)
                )
        tried += len(people)
    # Expected 40 of 280, standard deviation about 6.3: six of them on either side.
    assert tried == 280
    for found_by in hits.values():
        assert 2 <= found_by <= 78, hits


def test_two_backups_around_one_tap_tell_who_and_never_what(meal: Meetup) -> None:
    speak(meal, *[YES] * 4)
    before = set(Opinion.objects.values_list("sealed", flat=True))
    speak(meal, Said("no", "nurse", "nothing", "Trop de bruit."))
    (fresh,) = set(Opinion.objects.values_list("sealed", flat=True)) - before
    said = list(Opinion.objects.values_list("at_ease", "what_next", "words"))
    assert said == [("", "", "")] * 5
    assert b"no" not in bytes(fresh)[:12]
    sealed = set(Opinion.objects.values_list("pk", flat=True))
    release_opinions(timezone.now())
    opened = set(Opinion.objects.values_list("pk", flat=True))
    assert len(opened) == 5
    assert opened & sealed == set()


def test_giving_one_opens_no_session_and_is_not_logged(
    client: Client, meal: Meetup, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(MaskTokens())
    presence = meal.attendances.all()[0]
    answer = client.post(page_of(presence), TAPS | {"words": "Quel calme"})
    assert presence.invitation
    assert "sessionid" not in answer.cookies
    assert "messages" not in answer.cookies
    said = [r for r in caplog.records if not r.name.startswith("django.db")]
    told = " ".join(caplog.handler.format(record) for record in said)
    assert presence.invitation.token not in told
    assert "Quel calme" not in told


# Read together


@pytest.mark.parametrize(("people", "read"), [(4, 0), (5, 5), (7, 7)])
def test_five_at_least_are_read_and_then_all_of_them(
    people: int, read: int, meal: Meetup
) -> None:
    speak(meal, *[YES] * people)
    release_opinions(timezone.now())
    assert opinions_of([meal])["given"] == read


def test_a_higher_threshold_of_the_site_counts(
    meal: Meetup, settings: LazySettings
) -> None:
    settings.SMALLEST_COUNT = 7
    speak(meal, *[YES] * 6)
    assert release_opinions(timezone.now()) == 0
    speak(meal, YES)
    assert release_opinions(timezone.now()) == 7


def test_nothing_is_read_on_the_day_itself(circle: Circle) -> None:
    meal = past_meal(circle, 0.5, 6)
    speak(meal, *[YES] * 6)
    assert release_opinions(timezone.now()) == 0
    assert release_opinions(timezone.now() + DAY) == 6


def test_later_opinions_wait_for_five_of_their_own(circle: Circle) -> None:
    meal = past_meal(circle, 2, 12)
    speak(meal, *[YES] * 6)
    release_opinions(timezone.now())
    speak(meal, *[YES] * 4)
    assert release_opinions(timezone.now()) == 0
    speak(meal, YES)
    assert release_opinions(timezone.now()) == 5
    assert opinions_of([meal])["given"] == 11


def test_four_invented_ones_do_not_lay_the_fifth_bare(circle: Circle) -> None:
    """Whoever holds the square of the table taps as often as they like."""
    meal = past_meal(circle, 2, 8)
    speak(meal, Said("no"))
    for _ in range(7):
        assert give_opinion_at_table(meetup=meal, said=YES)
    assert release_opinions(timezone.now()) == 0
    speak(meal, *[YES] * 4)
    assert release_opinions(timezone.now()) == 12


def test_small_meals_count_together_for_the_circle_without_their_words(
    circle: Circle,
) -> None:
    small, other = past_meal(circle, 40, 3), past_meal(circle, 50, 4)
    speak(small, *[Said("no", words="À peine trois")] * 3)
    assert release_opinions(timezone.now()) == 0
    speak(other, *[YES] * 2)
    assert release_opinions(timezone.now()) == 5
    assert opinions_of([small, other])["given"] == 0
    told = opinions_in(circle)
    assert told["at_ease"] == {"yes": 2, "somewhat": 0, "no": 3}
    rows = Opinion.objects.values_list("meetup", "circle", "words")
    assert set(rows) == {(None, circle.pk, "")}


def test_one_small_meal_alone_is_never_read_and_goes_after_a_year(
    circle: Circle,
) -> None:
    meal = past_meal(circle, 40, 4)
    speak(meal, *[YES] * 4)
    soon, late = timezone.now(), timezone.now() + 366 * DAY
    assert release_opinions(soon) == 0
    assert purge(soon)["sealed opinions"] == 0
    assert purge(late)["sealed opinions"] == 4


def test_another_circle_is_not_added_up(circle: Circle) -> None:
    elsewhere = past_meal(CircleFactory(), 40, 4)
    here = past_meal(circle, 40, 4)
    for meal in (here, elsewhere):
        speak(meal, *[YES] * 4)
    assert release_opinions(timezone.now()) == 0


def test_what_a_former_key_sealed_is_lost_and_counts_for_nothing(
    meal: Meetup, settings: LazySettings
) -> None:
    speak(meal, *[YES] * 2)
    settings.TOKEN_KEY = "another" * 10
    speak(meal, *[YES] * 4)
    assert release_opinions(timezone.now()) == 0
    speak(meal, YES)
    assert release_opinions(timezone.now()) == 5


def test_who_spoke_is_forgotten_with_the_links_and_words_after_a_year(
    meal: Meetup,
) -> None:
    speak(meal, *[Said("yes", words="Un mot")] * 5)
    release_opinions(timezone.now())
    assert purge(timezone.now())["opinion flags"] == 0
    assert purge(timezone.now() + 29 * DAY)["opinion flags"] == 5
    assert not Attendance.objects.filter(has_given_opinion=True).exists()
    assert purge(timezone.now() + 367 * DAY)["opinion words"] == 5
    assert opinions_of([meal])["given"] == 5


# At the table, without a link of one's own


def at_table(meetup: Meetup) -> str:
    return reverse("give_opinion_at_table", args=(meetup.pk, table_token(meetup)))


def test_a_walk_in_speaks_once_per_browser(client: Client, circle: Circle) -> None:
    meal = past_meal(circle, 1, 6)
    assert client.post(at_table(meal), TAPS).status_code == 302
    assert "Merci" in client.get(at_table(meal)).content.decode()
    client.post(at_table(meal), TAPS)
    assert Opinion.objects.count() == 1
    assert "sessionid" not in client.cookies
    Client().post(at_table(meal), TAPS)
    assert Opinion.objects.count() == 2


def test_never_more_opinions_than_people(circle: Circle) -> None:
    meal = past_meal(circle, 1, 3)
    for _ in range(3):
        Client().post(at_table(meal), TAPS)
    late = Client()
    shown = late.post(at_table(meal), TAPS | {"words": "Merci"}).content.decode()
    assert "autant d’avis que de personnes" in shown
    assert "Merci" in shown
    assert not late.cookies.get(f"avis-{meal.pk}")
    assert Opinion.objects.count() == 3


def test_a_flood_is_slowed_down(circle: Circle) -> None:
    cache.clear()
    meal = past_meal(circle, 1, MOST_A_MINUTE + 5)
    for _ in range(MOST_A_MINUTE):
        assert Client().post(at_table(meal), TAPS).status_code == 302
    hasty = Client()
    shown = hasty.post(at_table(meal), TAPS | {"words": "Merci"}).content.decode()
    assert "Attendez une minute" in shown
    assert "Merci" in shown
    assert 'name="at_ease" value="yes"' in shown
    assert Opinion.objects.count() == MOST_A_MINUTE
    cache.clear()
    assert hasty.post(at_table(meal), TAPS).status_code == 302
    assert Opinion.objects.count() == MOST_A_MINUTE + 1


@pytest.mark.parametrize("days", [4, -3])
def test_the_page_at_the_table_is_open_for_three_days(
    days: int, client: Client, circle: Circle
) -> None:
    meal = past_meal(circle, days, 6, status="planned")
    assert "ne sont pas ouverts" in client.get(at_table(meal)).content.decode()
    client.post(at_table(meal), TAPS)
    assert not Opinion.objects.exists()


def test_a_wrong_square_opens_nothing(client: Client, meal: Meetup) -> None:
    other = reverse("give_opinion_at_table", args=(meal.pk, "a" * 26))
    assert client.get(other).status_code == 404


# The team


def test_who_reads_and_who_decides(
    meal: Meetup, amina: User, bruno: User, driss: User, eloy: User, signed_in: SignIn
) -> None:
    speak(meal, *[Said("yes", words="Merci à toute la table")] * 5)
    release_opinions(timezone.now())
    page = reverse("opinions", args=(meal.pk,))
    other = User.objects.create_user("nadia@example.org", first_name="Nadia")
    CircleFactory(organiser=other)
    read = {amina: 200, bruno: 200, driss: 404, eloy: 404, other: 404}
    acts = {amina: 302, bruno: 403, driss: 404, eloy: 404, other: 404}
    row = Opinion.objects.all()[0]
    for user in read:
        client = signed_in(user)
        assert client.get(page).status_code == read[user]
        sent = client.post(page, {"avis": row.pk, "cacher": "1"})
        assert sent.status_code == acts[user]
        circle_page = reverse("circle_opinions", args=(meal.circle_id,))
        assert client.get(circle_page).status_code == read[user]
    assert Client().get(page).status_code == 302


def test_words_are_shown_one_by_one_and_never_with_a_name(
    meal: Meetup, amina: User, signed_in: SignIn
) -> None:
    speak(meal, Said("yes", words="Bravo à Odette"), *[Said("yes", words="Bien")] * 4)
    release_opinions(timezone.now())
    assert opinions_of([meal])["words"] == []
    client, page = signed_in(amina), reverse("opinions", args=(meal.pk,))
    kind = Opinion.objects.filter(words="Bien")[0]
    client.post(page, {"avis": kind.pk, "montrer": "1"})
    assert opinions_of([meal])["words"] == ["Bien"]
    client.post(page, {"avis": kind.pk, "cacher": "1"})
    assert opinions_of([meal])["words"] == []
    # Somebody whose presence was noted after the words were written.
    sits(meal, first_name="Odette")
    named = Opinion.objects.get(words="Bravo à Odette")
    answer = client.post(page, {"avis": named.pk, "montrer": "1"}, follow=True)
    assert "contient un prénom (Odette)" in answer.content.decode()
    named.refresh_from_db()
    assert named.moderation == Moderation.WAITING


@pytest.mark.parametrize("key", ["", "zut", "00000000-0000-4000-8000-000000000000"])
def test_what_is_no_opinion_of_this_meal_is_not_decided(
    key: str, meal: Meetup, amina: User, signed_in: SignIn
) -> None:
    page = reverse("opinions", args=(meal.pk,))
    assert signed_in(amina).post(page, {"avis": key}).status_code == 404


def test_the_page_does_not_tell_how_many_wait(
    meal: Meetup, amina: User, signed_in: SignIn
) -> None:
    client, page = signed_in(amina), reverse("opinions", args=(meal.pk,))
    empty = client.get(page).content
    speak(meal, *[YES] * 4)
    assert client.get(page).content == empty


def test_a_rarely_discovered_trade_has_no_number(
    meal: Meetup, amina: User, signed_in: SignIn
) -> None:
    speak(meal, Said("yes", "nurse"), *[YES] * 4)
    release_opinions(timezone.now())
    client, page = signed_in(amina), reverse("opinions", args=(meal.pk,))
    assert "Soins infirmiers</li>" in client.get(page).content.decode()
    Opinion.objects.update(discovered="nurse")
    assert "Soins infirmiers · 5</li>" in client.get(page).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_any_number_of_words(
    count: int,
    circle: Circle,
    amina: User,
    signed_in: SignIn,
    django_assert_num_queries: Queries,
) -> None:
    meal = past_meal(circle, 5, 8)
    said = [Said("yes", "nurse", words=f"Mot {number}") for number in range(count)]
    speak(meal, *said, *[YES] * 5)
    release_opinions(timezone.now())
    client = signed_in(amina)
    with django_assert_num_queries(8):
        page = client.get(reverse("opinions", args=(meal.pk,))).content.decode()
    assert page.count('name="montrer"') == count
    with django_assert_num_queries(6):
        client.get(reverse("circle_opinions", args=(circle.pk,)))


@pytest.mark.django_db(transaction=True)
def test_the_worker_opens_what_is_ripe(meal: Meetup) -> None:
    speak(meal, *[YES] * 5)
    call_command("worker", "--once")
    assert opinions_of([meal])["given"] == 5


def test_an_opinion_is_no_sign_of_life(meal: Meetup) -> None:
    """`last_sign_at` would be a time beside a person."""
    presence = meal.attendances.select_related("invitation__professional")[0]
    assert presence.invitation
    person, before = presence.invitation.professional, timedelta(0)
    before_at = person.last_sign_at
    give_opinion(presence=presence, said=YES)
    person.refresh_from_db()
    assert person.last_sign_at - before_at == before
    assert not GoodNews.objects.exists()
