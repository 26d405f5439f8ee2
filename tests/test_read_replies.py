"""The command, the worker and the webhook: one door behind all of them."""

import base64
import json
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invitations.models import Invitation, LetterOutcome, PartStat, Received
from reports.management.commands.worker import read_mailbox
from reports.purge import MAILS_KEPT, purge
from tests.imap_server import ImapServer
from tests.post import mail
from tests.test_inbox_sources import address as address  # fixtures
from tests.test_inbox_sources import server as server
from tests.test_replies import fresh, reply
from tests.test_replies import guest as guest  # a fixture

pytestmark = pytest.mark.django_db

SECRET = "postmark:un-long-secret"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("read_replies", *arguments, stdout=out)
    return out.getvalue()


def test_a_maildir_is_read_once(guest: Invitation, tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(reply())
    (tmp_path / "new" / "2").write_bytes(b"\xff\x00")
    said = told("--maildir", str(tmp_path))
    assert "réponse d’agenda, noté" in said
    assert "illisible, à vérifier" in said
    assert fresh(guest).partstat == PartStat.ACCEPTED
    assert told("--maildir", str(tmp_path)) == "Aucun message.\n"
    assert Received.objects.count() == 2


def test_one_message_on_the_standard_input(
    guest: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(reply())))
    assert "noté" in told("--stdin")


def test_an_mbox_is_read(guest: Invitation, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(b"From x Thu Sep  3 09:15:00 2026\n" + reply() + b"\n")
    assert "noté" in told("--mbox", str(box))


def test_without_a_mailbox_the_command_says_what_is_missing(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.IMAP_URL = ""
    with pytest.raises(CommandError, match="IMAP_URL"):
        told()
    with pytest.raises(CommandError, match="n’existe pas"):
        told("--maildir", str(tmp_path / "nowhere"))


def test_a_message_that_breaks_us_stops_no_other(
    guest: Invitation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("invitations.actions.replies.receiving.forward", broken)
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(mail())
    (tmp_path / "new" / "2").write_bytes(reply())
    told("--maildir", str(tmp_path))
    assert sorted(Received.objects.values_list("outcome", flat=True)) == [
        LetterOutcome.APPLIED,
        LetterOutcome.HELD,
    ]


def test_the_worker_reads_the_mailbox(
    guest: Invitation, server: ImapServer, address: str, settings: LazySettings
) -> None:
    server.messages[1] = reply()
    settings.IMAP_URL = address
    read_mailbox(timezone.now())
    assert fresh(guest).partstat == PartStat.ACCEPTED


def posted(body: object, *, secret: str = SECRET, provider: str = "postmark") -> int:
    word = base64.b64encode(secret.encode()).decode()
    return (
        Client(enforce_csrf_checks=True)
        .post(
            reverse("inbound_mail", args=(provider,)),
            json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Basic {word}"},
        )
        .status_code
    )


def test_a_provider_hands_a_message_over(
    guest: Invitation, settings: LazySettings
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert posted({"RawEmail": reply().decode()}) == 200
    assert fresh(guest).partstat == PartStat.ACCEPTED


def test_the_envelope_of_the_provider_says_whom_it_was_for(
    guest: Invitation, settings: LazySettings
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    raw = reply(to="Parentheses <bonjour@parentheses.example>").decode()
    relayed = {
        "protocol": "smtp",
        "msg_from": "chloe@example.org",
        "rcpt_to": guest.reply_address.replace(
            guest.reply_token, "k4x7m2qpa3bcdefghijklmn5op"
        ),
        "content": {"email_rfc822": raw, "email_rfc822_is_base64": False},
    }
    assert posted([{"msys": {"relay_message": relayed}}], provider="sparkpost") == 200
    assert fresh(guest).partstat == PartStat.ACCEPTED


@pytest.mark.parametrize(
    ("configured", "provider", "secret", "status"),
    [
        ("", "postmark", SECRET, 404),
        (SECRET, "unknown", SECRET, 404),
        (SECRET, "postmark", "postmark:wrong", 400),
    ],
)
def test_a_stranger_hands_nothing_over(
    settings: LazySettings, configured: str, provider: str, secret: str, status: int
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": configured}
    body = {"RawEmail": reply().decode()}
    assert posted(body, provider=provider, secret=secret) == status
    assert not Received.objects.exists()


def test_after_ninety_days_the_words_are_gone(guest: Invitation) -> None:
    told_row = Received.objects.create(
        digest="a" * 64,
        raw=b"x",
        text="bonjour",
        sender="chloe@example.org",
        kind="text",
        outcome="forwarded",
        invitation=guest,
    )
    Received.objects.create(digest="b" * 64, raw=b"y", kind="text", outcome="held")
    purge(timezone.now() + MAILS_KEPT / 2)
    assert Received.objects.count() == 2
    purge(timezone.now() + MAILS_KEPT * 1.1)
    assert Received.objects.get() == told_row
    told_row.refresh_from_db()
    assert (bytes(told_row.raw), told_row.text, told_row.sender) == (b"", "", "")
