"""An address that a form takes is one that a mail can be written to."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from invitations.mime import CalendarEmail, FrozenMessage, freeze, mailbox
from networking.actions.import_rows import Reader
from networking.addresses import NOT_WRITABLE, TOO_LONG, refusal
from networking.forms.circles import AccountForm
from tests.factories import CircleFactory, CommuneFactory, ProfessionFactory

LONG = "a" * 65 + "@example.org"
SIGNS = "abcXYZ019!#$%&'*+-/=?^_`{|}~.\"\\ éſ@"
DOMAINS = "ab9-._é\u00a1\u2122中[]:"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (LONG, TOO_LONG),
        ("who?@example.org", NOT_WRITABLE),
        ('"a b"@example.org', NOT_WRITABLE),
        ("chloé@example.org", NOT_WRITABLE),
        ("a@[127.0.0.1]", NOT_WRITABLE),
        ("a@\u00a1x.fr", NOT_WRITABLE),
        ("a" * 64 + "@example.org", ""),
        ("o'neil+repas@example.org", ""),
        ("jo@hôpital.example", ""),
    ],
)
def test_what_no_mail_can_be_written_to_is_refused(address, reason):
    assert refusal(address) == reason


@example(LONG)
@example("who?@example.org")
@example("a@\u00a1x.fr")
@example("a@" + "é" * 63 + ".fr")
@given(
    st.builds(
        "{}@{}.{}".format,
        st.text(SIGNS, min_size=1, max_size=70),
        st.text(DOMAINS, min_size=1, max_size=66),
        st.sampled_from(("fr", "example", "é", "xn--p1ai")),
    )
)
def test_whatever_a_form_takes_can_be_sent(typed):
    try:
        address = forms.EmailField(max_length=254).clean(typed)
    except ValidationError:
        return
    if refusal(address):
        return
    mail = CalendarEmail("Bonjour", "Bonjour", to=[mailbox("Jo", address)])
    data = freeze(
        mail, message_id="<1@example.org>", date=datetime(2026, 3, 2, tzinfo=UTC)
    )
    FrozenMessage(data, sender="nous@example.org", recipient=address)


def test_a_form_says_it_beside_the_address():
    form = AccountForm({"first_name": "Jo", "email": LONG})
    assert form.errors == {"email": [TOO_LONG]}


@pytest.mark.django_db
def test_an_import_refuses_the_line_and_says_why():
    row = {"first_name": "Jo", "profession": "infirmier", "commune": "Valmorey"}
    CommuneFactory(name="Valmorey")
    ProfessionFactory()
    row["email"] = LONG
    with pytest.raises(Exception, match="64 signes au plus"):
        Reader.of([row], CircleFactory()).person(row)
