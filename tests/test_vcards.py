"""Contact cards, unfolded and read back."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networking.models import Meetup, Profession, Professional, Workplace
from reports.links import Card
from reports.vcards import LONGEST_LINE, fold, text, vcard
from tests.factories import MeetupFactory, ProfessionalFactory

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read(card: bytes) -> dict[str, str]:
    """Unfolded as RFC 2425 says: names without parameters, values as they stand."""
    lines = card.decode().replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    found = {}
    for line in lines:
        name, _, value = line.partition(":")
        found[name.partition(";")[0]] = value
    return found


def unescaped(value: str) -> str:
    return ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def card_of(**more: str) -> Card:
    trade = Profession(label_feminine="infirmière", label_epicene="pro")
    person = Professional(
        pk=7,
        first_name=more.get("first_name", "Élodie"),
        last_name=more.get("last_name", "Martin"),
        gender="f",
        profession=trade,
        workplace=Workplace(name=more.get("workplace", "Cabinet du Lac")),
    )
    met = Meetup(
        title=more.get("title", "Le déjeuner"),
        starts_at=datetime(2026, 3, 3, 11, 15, tzinfo=UTC),
    )
    return Card(person, more.get("email", ""), more.get("phone", ""), met)


def test_everything_is_there_and_nothing_that_is_not_shown() -> None:
    found = read(vcard(card_of(email="e@example.org", phone="+33639980101")))
    assert found["VERSION"] == "3.0"
    assert found["FN"] == "Élodie Martin"
    assert found["N"] == "Martin;Élodie;;;"
    assert found["TITLE"] == "infirmière"
    assert found["ORG"] == "Cabinet du Lac"
    assert found["EMAIL"] == "e@example.org"
    assert found["TEL"] == "+33639980101"
    assert found["NOTE"].startswith("Le déjeuner\\, le ")
    assert {"EMAIL", "TEL"} & read(vcard(card_of())).keys() == set()


def test_the_same_person_has_the_same_uid() -> None:
    one, two = read(vcard(card_of())), read(vcard(card_of(phone="+33639980101")))
    assert one["UID"] == two["UID"]


def test_signs_with_a_meaning_do_not_make_new_lines_or_fields() -> None:
    name = "Zoé; la\\bonne,\nTEL:+33600000000"
    card = vcard(card_of(first_name=name))
    assert read(card).keys() == read(vcard(card_of())).keys()
    assert b"\r\nTEL" not in card
    assert unescaped(read(card)["FN"]) == f"{name} Martin"


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1b", "\u2028", "\x85", "\r"])
def test_controls_do_not_pass(sign: str) -> None:
    assert sign not in text(f"a{sign}b")


@given(st.text())
def test_any_text_comes_back(value: str) -> None:
    lines = re.sub(r"\r\n?", "\n", value)
    assert unescaped(text(value)) == CONTROL.sub(" ", lines)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_lines_are_short_in_octets_and_whole_in_characters(value: str) -> None:
    folded = fold(value)
    lines = folded.split(b"\r\n")
    assert all(len(line) <= LONGEST_LINE for line in lines)
    for line in lines:
        line.decode()
    joined = lines[0] + b"".join(line[1:] for line in lines[1:])
    assert joined.decode() == value


@pytest.mark.django_db
def test_the_trade_is_as_the_person_writes_it() -> None:
    person = ProfessionalFactory(profession_detail="sophrologue")
    card = Card(person, "", "", MeetupFactory())
    found = read(vcard(card))
    assert found["TITLE"] == "sophrologue"
    assert "ORG" not in found
