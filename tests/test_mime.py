import base64
import re
import socket
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage as ParsedMail

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from invitations.mime import CalendarEmail, FrozenMessage, freeze, mailbox, one_line

ICS = (
    b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:D\xc3\xa9jeuner\r\nEND:VCALENDAR\r\n"
)
SENT_AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
BARE_ID = "<6f0e6d1c.0@rdv.example.fr>"
HEADERS = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID"),
    "Auto-Submitted",
}
NASTY = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x00", "\x85", "\u2028", "\nBcc: d@e.fr"]
NASTY += ["=?utf-8?q?=0D=0ABcc:?=", '"', "<d@e.fr>", ",", ";", ":", "@", "\\", "\u202e"]
NASTY += ["👩‍⚕️", "שלום", "\ud800", "é" * 90, "(", ")"]
hostile = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=40))).map("".join)


def invitation(**changes) -> CalendarEmail:
    values = {
        "subject": "Déjeuner du jeudi 15 octobre",
        "body": "Bonjour,\nà 12 h 15.\n",
        "from_email": mailbox("Cercle de Crest", "reponse+k4x7@rdv.example.fr"),
        "to": [mailbox("Chloé Martin", "chloe@example.org")],
        "alternatives": [("<p>Bonjour, à 12 h 15.</p>", "text/html")],
        "calendar": ICS,
    }
    return CalendarEmail(**values | changes)


def frozen(message: mail.EmailMessage) -> bytes:
    return freeze(message, message_id=BARE_ID, date=SENT_AT)


def parse(data: bytes) -> ParsedMail:
    return message_from_bytes(data, policy=policy.default)


def shape(part: ParsedMail) -> list[str]:
    return [piece.get_content_type() for piece in part.walk()]


def test_an_invitation_has_the_parts_that_calendar_programs_look_for():
    assert shape(parse(frozen(invitation()))) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


def test_every_part_is_base64_and_nothing_is_raw():
    data = frozen(invitation())
    leaves = [part for part in parse(data).walk() if not part.is_multipart()]
    assert {part["Content-Transfer-Encoding"] for part in leaves} == {"base64"}
    assert all(part["MIME-Version"] is None for part in leaves)
    assert data.isascii()


def test_the_inline_calendar_is_no_file_and_the_attached_one_is():
    *_, inline, attached = parse(frozen(invitation(method="CANCEL"))).walk()
    assert inline.get_param("method") == "CANCEL"
    assert inline.get_param("charset") == "UTF-8"
    assert inline["Content-Disposition"] is None
    assert inline.get_param("name") is None
    assert inline["Content-Type"].count("charset") == 1
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_filename() == "invite.ics"
    assert inline.get_payload(decode=True) == attached.get_payload(decode=True) == ICS


def test_texts_come_back_as_they_were():
    message = parse(frozen(invitation()))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain.get_content() == "Bonjour,\r\nà 12 h 15.\r\n"
    assert html.get_content() == "<p>Bonjour, à 12 h 15.</p>"


def test_without_a_calendar_the_alternative_stands_alone():
    assert shape(parse(frozen(invitation(calendar=b"")))) == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_a_file_can_be_joined_without_a_calendar():
    message = invitation(calendar=b"")
    message.attach("procès-verbal\r\n.pdf", b"%PDF-1.7\x00", "application/pdf")
    parsed = parse(frozen(message))
    assert shape(parsed)[-1] == "application/pdf"
    (joined,) = parsed.iter_attachments()
    assert joined.get_filename() == "procès-verbal .pdf"
    assert joined.get_content() == b"%PDF-1.7\x00"


def test_the_mail_says_that_no_person_sent_it():
    assert parse(frozen(invitation()))["Auto-Submitted"] == "auto-generated"
    reply = invitation(headers={"auto-submitted": "auto-replied"})
    assert parse(frozen(reply)).get_all("Auto-Submitted") == ["auto-replied"]


def test_the_same_mail_has_the_same_bytes():
    assert frozen(invitation()) == frozen(invitation())
    assert frozen(invitation()) != frozen(invitation(body="Autre"))


def test_freezing_fixes_the_identity_and_leaves_the_message_alone():
    message = invitation(headers={"message-id": "<other@x>", "List-Id": "<l.example>"})
    parsed = parse(frozen(message))
    assert parsed.get_all("Message-ID") == [BARE_ID]
    assert parsed.get_all("Date") == ["Tue, 01 Sep 2026 08:00:00 +0000"]
    assert parsed["List-Id"] == "<l.example>"
    assert message.extra_headers["message-id"] == "<other@x>"


@pytest.mark.parametrize("wrong", ["", "abc", "<a b@c>", "<a@b>\r\nX: y", "a@b"])
def test_a_message_id_has_its_form(wrong):
    with pytest.raises(ValueError, match="not a message id"):
        freeze(invitation(), message_id=wrong, date=SENT_AT)


def test_a_mail_with_raw_letters_is_not_frozen():
    plain = EmailMultiAlternatives("Sujet", "é" * 10, "a@example.org", ["b@example.fr"])
    with pytest.raises(ValueError, match="8-bit"):
        frozen(plain)


def test_a_line_too_long_for_relays_is_not_frozen():
    with pytest.raises(ValueError, match="overlong"):
        frozen(invitation(headers={"List-Unsubscribe": f"<https://x/{'a' * 999}>"}))


@settings(deadline=None)
@given(subject=hostile, name=hostile)
@example(subject="=?utf-8?q?Bonjour?=", name="=?utf-8?q?Bonjour?= @")
@example(subject="a" * 900, name="a" * 900)
def test_hostile_text_makes_no_header(subject, name):
    message = invitation(
        subject=f"Déjeuner {subject}",
        from_email=mailbox(name, "reponse+k4x7@rdv.example.fr"),
        to=[mailbox(name, "chloe@example.org")],
    )
    data = frozen(message)
    parsed = parse(data)
    assert set(parsed.keys()) == HEADERS
    assert len(parsed.keys()) == len(HEADERS)
    assert parsed["Subject"].split() == message.subject.split()
    for header, given_as in (("From", message.from_email), ("To", message.to[0])):
        (address,) = parsed[header].addresses
        assert given_as.endswith(address.addr_spec + ">" * given_as.count(">"))
        # Not from `parsed`: its display names get a space between encoded words.
        raw = message_from_bytes(data)[header]
        shown = str(make_header(decode_header(raw))).replace('"', "")
        assert shown.split() == given_as.replace('"', "").split()
    head = data.split(b"\r\n\r\n")[0]
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+?\?[bq]\?\S*?\?=", head))
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")


@settings(deadline=None)
@given(body=hostile, html=hostile)
def test_hostile_bodies_stay_in_their_part(body, html):
    message = invitation(body=body, alternatives=[(html, "text/html")])
    parsed = parse(frozen(message))
    assert shape(parsed) == shape(parse(frozen(invitation())))
    text = parsed.get_body(("plain",)).get_payload(decode=True).decode()
    assert "\n" not in text.replace("\r\n", "")
    clean = re.sub("[\ud800-\udfff]", "?", body)
    assert re.split("\r\n", text) == re.split("\r\n|\r|\n", clean)


@pytest.mark.parametrize("wrong", ["\r\nBcc: d@e.fr", "\n", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("field", ["from_email", "to", "reply_to", "name", "value"])
def test_a_control_character_in_any_header_is_refused(field, wrong):
    message = invitation()
    if field in ("to", "reply_to"):
        setattr(message, field, [f"a@example.org{wrong}"])
    elif field == "from_email":
        message.from_email = f"a@example.org{wrong}"
    elif field == "name":
        message.extra_headers[f"X-Note{wrong}"] = "x"
    else:
        message.extra_headers["X-Note"] = f"x{wrong}"
    with pytest.raises(BadHeaderError):
        message.message()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Chloé Martin", '"Chloé Martin" <c@example.org>'),
        ("Cercle : Crest, Aouste", '"Cercle Crest Aouste" <c@example.org>'),
        ('"<admin@bank.example>"', '"admin bank.example" <c@example.org>'),
        ("\u202egro.elpmaxe", '"gro.elpmaxe" <c@example.org>'),
        ("é" * 80, f'"{"é" * 74}…" <c@example.org>'),
        (" \r\n ", "c@example.org"),
    ],
)
def test_a_display_name_is_only_a_name(name, shown):
    assert mailbox(name, "c@example.org") == shown


@pytest.mark.parametrize("email", ["", "c", "c@d@e.fr", "c@e.fr, d@e.fr", "c@e.fr\n"])
def test_a_mailbox_holds_one_address(email):
    with pytest.raises(ValueError, match="not an address"):
        mailbox("Chloé", email)


def test_one_line_never_ends_on_half_an_emoji():
    assert one_line("a👩‍⚕️b", limit=4) == "a👩…"


def frozen_message() -> FrozenMessage:
    return FrozenMessage(
        frozen(invitation()),
        sender="retours@rdv.example.fr",
        recipient="chloe@example.org",
    )


def test_a_frozen_message_leaves_through_memory_unchanged():
    assert frozen_message().send() == 1
    (sent,) = mail.outbox
    assert sent.message().as_bytes() == frozen(invitation())
    assert sent.message().as_bytes(linesep="\n") == frozen(invitation())
    assert sent.message().as_string() == frozen(invitation()).decode()
    assert sent.recipients() == ["chloe@example.org"]
    assert sent.subject == "Déjeuner du jeudi 15 octobre"
    assert sent.body == "Bonjour,\nà 12 h 15.\n"


def test_a_frozen_message_leaves_through_a_folder_unchanged(tmp_path):
    backend = "django.core.mail.backends.filebased.EmailBackend"
    connection = get_connection(backend, file_path=str(tmp_path))
    assert connection.send_messages([frozen_message()]) == 1
    (written,) = tmp_path.iterdir()
    assert written.read_bytes().startswith(frozen(invitation()))


class Sink:
    """Keeps what a real SMTP conversation delivers."""

    def __init__(self) -> None:
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.envelopes.append(envelope)
        return "250 OK"


def test_a_frozen_message_leaves_through_smtp_unchanged():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        options = {"host": "127.0.0.1", "port": port, "username": "", "password": ""}
        connection = get_connection(backend, use_tls=False, use_ssl=False, **options)
        assert connection.send_messages([frozen_message()]) == 1
    finally:
        controller.stop()
    (envelope,) = sink.envelopes
    assert envelope.original_content == frozen(invitation())
    assert envelope.mail_from == "retours@rdv.example.fr"
    assert envelope.rcpt_tos == ["chloe@example.org"]


@pytest.mark.parametrize("side", ["sender", "recipient"])
def test_an_envelope_address_is_bare(side):
    envelope = {"sender": "a@example.org", "recipient": "b@example.org"}
    with pytest.raises(ValueError, match="not an address"):
        FrozenMessage(b"\r\n", **envelope | {side: "x@example.org\r\nRCPT TO:<y@z>"})


def test_base64_lines_are_short():
    data = frozen(invitation(body="é" * 5000))
    assert max(map(len, data.split(b"\r\n"))) <= 80
    part = parse(data).get_body(("plain",))
    assert base64.b64decode(part.get_payload()) == ("é" * 5000).encode()
