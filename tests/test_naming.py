"""Names are found however the words were pasted."""

import unicodedata

import pytest

from reports.naming import named

PRESENT, INVITED = ["Chloé"], [("Driss", "Lefèvre")]


@pytest.mark.parametrize(
    "line",
    [
        "Merci à Chloé.",
        "merci à CHLOE",
        "Merci à Chlo\u00adé",  # a soft hyphen, of a page or a PDF
        "Merci à Chlo\u200bé",
        "Merci à \u2060Ch\u200dlo\ufe0fé",
        unicodedata.normalize("NFD", "Merci à Chloé"),
        "Merci à Mme Lefè\u00advre",
        unicodedata.normalize("NFD", "Merci à Mme Lefèvre"),
    ],
)
def test_signs_that_nobody_sees_hide_no_name(line: str) -> None:
    assert "contient un" in named(line, PRESENT, INVITED)


def test_other_words_pass() -> None:
    assert not named("On se connaît enfin, famille\u200bou voisins.", PRESENT, INVITED)
