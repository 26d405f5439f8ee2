"""What providers post, as they document it, and as it may really look."""

import base64
import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from invitations.models import Invitation, LetterOutcome, PartStat, Received
from tests.post import CHLOE, REPLY_TO, mail, stored
from tests.test_replies import fresh, reply
from tests.test_replies import guest as guest  # a fixture

pytestmark = pytest.mark.django_db

SECRET = "provider:un-long-secret"
LATIN = "Je préfère à 13 h, désolée.".encode("latin-1")


@pytest.fixture(autouse=True)
def _secret(settings: LazySettings) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def posted(provider: str, body: object, *, secret: str = SECRET) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    word = base64.b64encode(secret.encode()).decode()
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answered = client.post(
        reverse("inbound_mail", args=(provider,)),
        content,
        content_type="application/json",
        headers={"authorization": f"Basic {word}"} if secret else {},
    )
    return answered.status_code


def relayed(raw: bytes, **more: Any) -> list[object]:
    """SparkPost's relay webhook, in base64 as for whatever is not UTF-8."""
    content = {
        "email_rfc822": base64.b64encode(raw).decode(),
        "email_rfc822_is_base64": True,
    }
    message = {"protocol": "smtp", "msg_from": CHLOE, "content": content, **more}
    return [{"msys": {"relay_message": message}}]


def test_a_message_is_kept_byte_for_byte(guest: Invitation) -> None:
    raw = stored("gmail-accepted").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert posted("sparkpost", relayed(raw)) == 200
    assert posted("postmark", {"RawEmail": reply().decode()}) == 200
    assert [bytes(row.raw) for row in Received.objects.order_by("pk")] == [raw, reply()]


def test_words_in_an_old_alphabet_arrive(guest: Invitation) -> None:
    raw = mail(LATIN, kind="text/plain; charset=iso-8859-1")
    assert posted("sparkpost", relayed(raw)) == 200
    row = Received.objects.get()
    assert row.outcome == LetterOutcome.FORWARDED
    assert row.text == LATIN.decode("latin-1")


def test_parts_of_mailjet_are_put_together(guest: Invitation) -> None:
    parts = {
        "Headers": {
            "From": f"Chloe <{CHLOE}>",
            "To": "bonjour@parentheses.example",
            "Message-ID": "<mj1@example.org>",
        },
        "Text-part": "Je viens avec une tarte.",
        "Recipient": REPLY_TO,
    }
    assert posted("mailjet", parts) == 200
    row = Received.objects.get()
    assert (row.outcome, row.invitation) == (LetterOutcome.FORWARDED, guest)
    assert "une tarte" in row.text


def test_a_provider_that_posts_again_changes_nothing_more(guest: Invitation) -> None:
    for _ in range(3):
        assert posted("postmark", {"RawEmail": reply().decode()}) == 200
    assert Received.objects.count() == 1
    assert guest.answers.count() == 1


ODD = {
    "no object": b"bonjour",
    "list": [],
    "number": {"RawEmail": 5},
    "half an emoji": {"RawEmail": f"Subject: \ud83d\r\n\r\n{'é' * 3}\ud800"},
    "empty": {"RawEmail": ""},
    "two lines of recipient": {
        "RawEmail": mail(to="reponse@parentheses.example").decode(),
        "OriginalRecipient": "a@b.example\r\nX-Original-To: c@d.example",
    },
}


@pytest.mark.parametrize("name", sorted(ODD))
def test_whatever_is_posted_is_kept_for_a_person(name: str) -> None:
    assert posted("postmark", ODD[name]) == 200
    row = Received.objects.get()
    assert (row.is_held, row.invitation) == (True, None)


@pytest.mark.parametrize("secret", ["", "provider:wrong", "provider"])
def test_without_the_secret_nothing_is_taken(secret: str) -> None:
    for provider in ("mailjet", "postmark", "sparkpost"):
        body = {"RawEmail": reply().decode()}
        assert posted(provider, body, secret=secret) == 400
    assert not Received.objects.exists()


def test_a_body_above_the_limit_is_refused(settings: LazySettings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    assert posted("postmark", {"RawEmail": "x" * 20_000}) == 400
    assert not Received.objects.exists()


def test_a_long_message_is_cut_and_applies_nothing(guest: Invitation) -> None:
    long = reply() + b" " * 1_100_000
    assert posted("postmark", {"RawEmail": long.decode()}) == 200
    row = Received.objects.get()
    assert row.is_held
    assert len(row.raw) < len(long)
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION


def test_a_look_before_the_first_message_is_answered() -> None:
    path = reverse("inbound_mail", args=("postmark",))
    assert Client().head(path).status_code == 200
    assert Client().get(path).status_code == 405
