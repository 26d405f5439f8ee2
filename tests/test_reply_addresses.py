import pytest

from invitations.addresses import reply_address, tokens_in
from tests.post import TOKEN


def test_the_token_stands_behind_a_plus_sign_by_default(settings):
    assert reply_address(TOKEN) == f"reponse+{TOKEN}@parentheses.example"
    assert tokens_in(reply_address(TOKEN)) == [TOKEN]


def test_a_domain_that_takes_any_name_needs_no_plus_sign(settings):
    settings.REPLY_PATTERN = "{token}@reponses.exemple.fr"
    assert reply_address(TOKEN) == f"{TOKEN}@reponses.exemple.fr"
    assert tokens_in(reply_address(TOKEN)) == [TOKEN]


def test_invitations_sent_before_a_change_of_pattern_are_still_answered(settings):
    before = reply_address(TOKEN)
    settings.REPLY_PATTERN = "{token}@reponses.exemple.fr"
    assert tokens_in(before) == [TOKEN]


def test_relays_may_change_the_case():
    assert tokens_in(reply_address(TOKEN).upper()) == [TOKEN]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reponse@parentheses.example",
        f"reponse+{TOKEN}@evil.example",
        f"reponse+{TOKEN}@parentheses.example.evil.example",
        f"reponse+{TOKEN}@parenthesesXexample",
        f"reponse+{TOKEN[:-1]}@parentheses.example",
        f"reponse+{TOKEN}a@parentheses.example",
        f"reponse+{TOKEN[:-1]}1@parentheses.example",
        f"autre+{TOKEN}@parentheses.example",
        f"{TOKEN}@parentheses.example",
        f"reponse+{TOKEN}@parentheses.example," * 100,
        f"reponse+{TOKEN[:-1]}ſ@parentheses.example",
    ],
)
def test_nothing_else_holds_a_token(address):
    assert tokens_in(address) == []
