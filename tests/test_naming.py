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


def test_somebody_invited_who_did_not_come_is_not_named_either() -> None:
    said = "Cette phrase contient un prénom (Driss). Écrivez-la sans nom."
    assert named("On a pensé à Driss.", PRESENT, INVITED) == said
    assert not named("Une rose pour chacun.", PRESENT, [("Rose", "")])


@pytest.mark.parametrize("place", ["Saint-Chloé", "St Chloé du Lac", "Sainte-Chloé"])
def test_a_commune_named_after_a_saint_names_nobody(place: str) -> None:
    assert not named(f"Le déjeuner de {place}", PRESENT, [("Chloé", "")])
    assert named(f"Le déjeuner de {place}, avec Chloé", PRESENT, INVITED)


def test_a_saint_in_a_last_name_is_still_that_name() -> None:
    invited = [("Driss", "Saint-Martin")]
    assert named("Merci à Mme Saint-Martin", PRESENT, invited)
