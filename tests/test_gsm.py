"""What fits one text message, and how French gets there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invitations.gsm import BASIC, EXTENDED, GSM, fits_one, gsm_length, plain


def test_the_tables_have_the_size_of_the_standard():
    """128 places, one of which is the escape to the second table of ten signs."""
    assert (len(BASIC), len(EXTENDED)) == (127, 10)
    assert "Ç" in BASIC
    assert "ç" not in GSM


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", (0, 0)),
        ("a", (1, 1)),
        ("é" * 160, (160, 1)),
        ("a" * 161, (161, 2)),
        ("a" * 306, (306, 2)),
        ("a" * 307, (307, 3)),
        ("€" * 80, (160, 1)),
        ("€" * 81, (162, 2)),
        ("a" * 152 + "€" + "a" * 152, (306, 3)),
        ("ê", (1, 1)),
        ("ê" * 70, (70, 1)),
        ("ê" * 71, (71, 2)),
        ("ê" * 134, (134, 2)),
        ("ê" * 135, (135, 3)),
        ("😀" * 35, (70, 1)),
        ("😀" * 36, (72, 2)),
        ("😀" * 67, (134, 3)),
    ],
)
def test_a_length_is_counted_as_networks_do(text, length):
    assert gsm_length(text) == length


def test_one_circumflex_more_than_halves_what_fits():
    assert fits_one("a" * 160)
    assert not fits_one("a" * 159 + "ê")
    assert fits_one(plain("a" * 159 + "ê"))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Chloé, ça ira\u202f?", "Chloé, ca ira ?"),
        ("l’œuf «\u202fbien\u202f» cuit…", 'l\'oeuf "bien" cuit...'),
        ("«\nici\n»", '"\nici\n"'),
        ("où là près été", "où là près été"),
        ("âge fête île hôpital août", "age fete ile hopital aout"),
        ("Noël naïf", "Noel naif"),
        ("À Évian, CHÂTEAU, GARÇON", "A Évian, CHATEAU, GARÇON"),
        ("12\u00a0h\u00a015 – 14\u00a0h · 5\u00a0€", "12 h 15 - 14 h - 5 €"),
        ("n°\u00a04, ½ m²", "no 4, 1/2 m2"),
        ("e\u0301te\u0301", "été"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("🙂 Привет", "🙂 Привет"),
    ],
)
def test_french_becomes_plain(typed, sent):
    assert plain(typed) == sent


@given(st.text())
def test_plain_settles_at_once_and_never_costs_more_messages(text):
    once = plain(text)
    assert plain(once) == once
    if GSM.issuperset(text.replace("«", "").replace("»", "")):
        assert GSM.issuperset(once)


@given(st.text(st.sampled_from(sorted(GSM) + ["ê", "😀"]), max_size=700))
def test_messages_are_just_enough(text):
    length, messages = gsm_length(text)
    whole, part = (160, 153) if GSM.issuperset(text) else (70, 67)
    if messages <= 1:
        assert length <= whole
    else:
        assert length > whole
        # The last place of a message stays empty before a sign of two places.
        assert part * (messages - 1) - messages < length <= part * messages


@given(
    st.text(
        st.sampled_from("abcàâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ’«» \u202f…–"),
        max_size=160,
    )
)
def test_every_french_letter_fits_the_alphabet(text):
    assert GSM.issuperset(plain(text))
