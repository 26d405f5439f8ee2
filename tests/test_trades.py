"""The trade that somebody means by a word of their list."""

import pytest

from networking.trades import Lexicon
from tests.factories import ProfessionFactory

pytestmark = pytest.mark.django_db


def make_trades():
    ProfessionFactory(synonyms=["IDEL", "IDE"])
    ProfessionFactory(
        key="physiotherapist",
        label_feminine="masseuse-kinésithérapeute",
        label_masculine="masseur-kinésithérapeute",
        label_epicene="kiné",
        activity="Kinésithérapie",
    )
    ProfessionFactory(
        key="home_help",
        label_feminine="aide à domicile",
        label_masculine="aide à domicile",
        label_epicene="aide à domicile",
        activity="Aide à domicile",
    )
    ProfessionFactory(
        key="care_assistant",
        label_feminine="aide-soignante",
        label_masculine="aide-soignant",
        label_epicene="équipe aide-soignante",
        activity="Soins d’aide-soignance",
    )


@pytest.mark.parametrize(
    ("text", "key", "gender"),
    [
        ("Infirmière", "nurse", "f"),
        ("INFIRMIERS", "nurse", "m"),
        ("infirmier(e)", "nurse", "m"),
        ("infirmier/infirmière", "nurse", "m"),
        ("infirmière diplômée d’État", "nurse", "f"),
        ("infirmière libérale", "nurse", "f"),
        ("idel", "nurse", "e"),
        ("Kiné", "physiotherapist", "e"),
        ("aide-soignant·e", "care_assistant", "m"),
        ("aide soignante", "care_assistant", "f"),
        ("Aides à domicile", "home_help", "e"),
    ],
)
def test_a_trade_is_known_by_all_its_forms(text, key, gender):
    make_trades()
    trade, written = Lexicon.load().find(text)
    assert (trade.pk, written) == (key, gender)


def test_an_unknown_trade_gets_suggestions():
    make_trades()
    lexicon = Lexicon.load()
    assert lexicon.find("infirmerie") is None
    assert "infirmière" in lexicon.suggest("infirmerie")
    assert len(lexicon.suggest("aide")) <= 3
