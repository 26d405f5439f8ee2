import datetime as dt
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networking.templatetags import french

UTC = dt.UTC
LUNCH = dt.datetime(2026, 12, 10, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0\u00a0personne"),
        (1, "1\u00a0personne"),
        (2, "2\u00a0personnes"),
        (1.5, "1,5\u00a0personne"),
        (-1, "-1\u00a0personne"),
        (1234, "1\u202f234\u00a0personnes"),
    ],
)
def test_zero_and_one_are_singular(count: float, said: str) -> None:
    assert french.plural(count, "personne,personnes") == said


def test_a_single_form_takes_an_s() -> None:
    assert french.plural(3, "place") == "3\u00a0places"
    assert french.plural_word(3, "cheval,chevaux") == "chevaux"
    assert french.plural_word(1, "cheval,chevaux") == "cheval"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (LUNCH, "12\u00a0h\u00a015"),
        (dt.time(12), "12\u00a0h"),
        (dt.time(9, 5), "9\u00a0h\u00a005"),
        (dt.datetime(2026, 7, 1, 10, tzinfo=UTC), "12\u00a0h"),
        (dt.datetime(2026, 12, 10, 12, 15), "12\u00a0h\u00a015"),  # already local
        (None, ""),
    ],
)
def test_hours_are_those_of_paris(moment: dt.datetime, said: str) -> None:
    assert french.hour(moment) == said


def test_two_hours_make_a_span() -> None:
    span = french.hours_between(dt.time(12, 15), dt.time(13, 45))
    assert span == "de 12\u00a0h\u00a015 à 13\u00a0h\u00a045"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.date(2026, 12, 10), "jeudi 10 décembre"),
        (dt.date(2026, 12, 1), "mardi 1er décembre"),
        (dt.datetime(2026, 12, 9, 23, 30, tzinfo=UTC), "jeudi 10 décembre"),
        (None, ""),
    ],
)
def test_a_long_date_names_the_day(day: dt.date, said: str) -> None:
    assert french.long_date(day) == said


def test_dates_exist_shorter_and_longer() -> None:
    day = dt.date(2026, 8, 1)
    assert french.short_date(day) == "1er août"
    assert french.long_date_year(day) == "samedi 1er août 2026"
    assert french.month_year(day) == "août 2026"
    assert french.short_date(None) == french.long_date_year(None) == ""
    assert french.month_year(None) == ""


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0, "aujourd’hui"),
        (1, "demain"),
        (-1, "hier"),
        (18, "dans 18\u00a0jours"),
        (-3, "il y a 3\u00a0jours"),
    ],
)
def test_days_are_counted_from_today(gap: int, said: str) -> None:
    day = french.today() + dt.timedelta(days=gap)
    assert french.in_days(day) == said


def test_days_can_be_counted_from_another_day() -> None:
    late = dt.datetime(2026, 12, 9, 23, 30, tzinfo=UTC)
    assert french.in_days(LUNCH, late) == "aujourd’hui"


@pytest.mark.parametrize(
    "typed",
    ["0639980102", "+33639980102", "06 39 98 01 02", "+33 (0)6.39.98.01.02"],
)
def test_a_phone_number_is_read_in_pairs(typed: str) -> None:
    assert french.phone(typed) == "06\u00a039\u00a098\u00a001\u00a002"
    assert french.e164(typed) == "+33639980102"


def test_a_foreign_number_is_left_alone() -> None:
    assert french.phone("+41 22 555 01 02") == "+41 22 555 01 02"
    assert french.e164("0041 22 555 01 02") == "+41225550102"
    assert french.phone(None) == french.e164(None) == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c")],
)
def test_a_list_reads_as_a_sentence(words: list[str], said: str) -> None:
    assert french.sentence_list(words) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Decimal("7.4"), "7,40\u00a0€"),
        (7, "7\u00a0€"),
        (0.005, "0,01\u00a0€"),
        (1234.5, "1\u202f234,50\u00a0€"),
        (None, ""),
    ],
)
def test_euros_have_two_decimals_or_none(amount: float, said: str) -> None:
    assert french.euro(amount) == said


@pytest.mark.parametrize(
    ("kilometres", "said"),
    [
        (0.02, "moins de 100\u00a0m"),
        (0.4, "400\u00a0m"),
        (0.98, "1\u00a0km"),
        (2, "2\u00a0km"),
        (2.46, "2,5\u00a0km"),
        (12.4, "12\u00a0km"),
        (None, ""),
    ],
)
def test_a_distance_is_rounded_as_people_say_it(kilometres: float, said: str) -> None:
    assert french.distance(kilometres) == said


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("On vient ? Oui !", "On vient\u202f? Oui\u202f!"),
        ("Vraiment?!", "Vraiment\u202f?!"),
        ("Midi: salle 2; soir: bar.", "Midi\u202f: salle 2\u202f; soir\u202f: bar."),
        ("Il dit « oui ».", "Il dit «\u202foui\u202f»."),
        ("Il dit «oui ?»", "Il dit «\u202foui\u202f?\u202f»"),
        ("C'est l'heure", "C’est l’heure"),
        ("47 %, 12€", "47\u202f%, 12\u00a0€"),
        ("(vraiment ?)", "(vraiment\u202f?)"),
        ("https://exemple.fr/?a=1;b=2", "https://exemple.fr/?a=1;b=2"),
        ("12:15", "12:15"),
        ("a@example.org", "a@example.org"),
        (None, ""),
    ],
)
def test_typed_words_get_their_spaces(typed: str, kept: str) -> None:
    assert french.typo(typed) == kept


@given(st.text())
def test_mending_twice_changes_nothing_more(text: str) -> None:
    once = french.typo(text)
    assert french.typo(once) == once


@pytest.mark.parametrize(
    ("name", "of", "at"),
    [
        ("Valmorey", "de Valmorey", "à Valmorey"),
        ("Annecy", "d’Annecy", "à Annecy"),
        ("Écully", "d’Écully", "à Écully"),
        ("Le Villard", "du Villard", "au Villard"),
        ("Les Granges", "des Granges", "aux Granges"),
        ("La Motte", "de La Motte", "à La Motte"),
        ("Lescheraines", "de Lescheraines", "à Lescheraines"),
        ("", "de ", "à "),
    ],
)
def test_towns_take_their_articles(name: str, of: str, at: str) -> None:
    assert french.of_place(name) == of
    assert french.at_place(name) == at


@pytest.mark.parametrize(
    "words", ["?" * 50_000 + "a", "?!" * 25_000 + "(", "« " * 25_000]
)
def test_long_runs_of_marks_are_read_once(words: str) -> None:
    began = time.process_time()
    french.typo(words)
    assert time.process_time() - began < 1


def test_signs_that_nobody_sees_are_left_out() -> None:
    assert french.typo("un\x07 mot\x1b, \u202eun\u202c autre \ud83d\ufeff\nfin") == (
        "un mot, un autre \nfin"
    )


@given(st.text(alphabet="a?!:;() «»\u202f\n", max_size=12))
def test_repaired_twice_is_repaired_once(words: str) -> None:
    once = french.typo(words)
    assert french.typo(once) == once
