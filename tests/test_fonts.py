"""The letters our documents can show, and what becomes of the others."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.fonts import KNOWN, has_unknown_letters, printable

NARROW, NBSP = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ÿ Œ ł Đorđe Ŵ", "Ÿ Œ ł Đorđe Ŵ"),
        ("Nguyễn", "Nguyễn"),
        ("Ελλάδα, Кирилл", "Ελλάδα, Кирилл"),
        ("e\u0301", "é"),
        ("Zoë\u200b\u202e", "Zoë"),
        ("محمد", "????"),
        ("田中", "??"),
        ("Merci 😀", "Merci "),
        ("ﬁn, Ａ①", "fin, A1"),
        ("a\tb", "a b"),
        (f"«{NARROW}oui{NARROW}»", f"«{NARROW}oui{NARROW}»"),
        ("＜b＞", "b"),
        ("<b>\u0338x</b>", "<b>x</b>"),
    ],
)
def test_unknown_letters_are_replaced(typed: str, shown: str) -> None:
    assert printable(typed) == unicodedata.normalize("NFC", shown)


@example("A\u031c\u0323")
@given(st.text())
def test_only_known_characters_are_printed(typed: str) -> None:
    shown = printable(typed)
    assert KNOWN.issuperset(shown)
    assert printable(shown) == shown
    assert [c for c in shown if c in "<>&\"'"] == [c for c in typed if c in "<>&\"'"]


def test_french_typography_is_known() -> None:
    assert KNOWN.issuperset("éèêëàâäîïôöùûüÿçœæ ÉÈÊËÀÂÎÏÔÙÛÜŸÇŒÆ «»’…–—·•€° 0123456789")
    assert KNOWN.issuperset({NBSP, NARROW, "\u2011", "\u2212"})


def test_a_question_mark_that_was_typed_needs_no_note() -> None:
    assert not has_unknown_letters("Qui vient ?")
    assert has_unknown_letters("田 ?")
