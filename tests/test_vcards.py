"""Contact cards, read back by another program's parser."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.parser import Contentlines

from networking.models import Meetup, Profession, Professional, Workplace
from reports.links import Card
from reports.vcards import LONGEST_LINE, fold, text, vcard
from tests.factories import MeetupFactory, ProfessionalFactory

ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read(card: bytes) -> dict[str, str]:
    """Names without parameters, and values as they stand in the file."""
    found = {}
    for line in Contentlines.from_ical(card.decode()):
        if line:
            name, _, value = line.parts()
            found[name] = value
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
        starts_at=MeetupFactory.build(
            booking=None, circle=None, organiser=None
        ).starts_at,
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
    plain = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]", " ", re.sub(r"\r\n?", "\n", value)
    )
    assert unescaped(text(value)) == plain


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
