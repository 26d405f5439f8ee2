"""Text messages leave through one door, for one gateway, and never twice by chance."""

import json
import time
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.checks import run_checks
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from invitations import sms
from invitations.sms import SmsRefused, SmsUnavailable
from networking.mailbox import letters
from tests import sms_gateway
from tests.sms_gateway import SmsGateway

TO = "+33639980102"
TEXT = 'Chloé, on déjeune jeudi à 12 h 15 ? {to} "oui" & 100 % sûr \\ €\nÀ bientôt'
JSON_BODY = json.dumps(
    {
        "sender": "{sender}",
        "recipient": "{digits}",
        "content": "{text}",
        "type": "transactional",
        "tag": ["{reference}", 7, None],
    }
)
FORM_BODY = "From={sender}&To={to}&Body={text}&Ref={reference}&noStop=1"


@pytest.fixture
def gateway(settings) -> Iterator[SmsGateway]:
    with sms_gateway.running() as server:
        settings.SMS_URL = server.url
        settings.SMS_HEADERS = {"api-key": "s3cret"}
        settings.SMS_BODY = JSON_BODY
        settings.SMS_SENDER = "Parenthese"
        settings.SMS_TIMEOUT = 5
        yield server


@pytest.fixture
def form(gateway, settings) -> SmsGateway:
    settings.SMS_FORMAT, settings.SMS_BODY = "form", FORM_BODY
    return gateway


def send(**changes: str) -> None:
    sms.send(**{"to": TO, "text": TEXT, "reference": "invitation-7", **changes})


def test_a_json_gateway_gets_every_sign_as_it_was(gateway):
    send()
    [asked] = gateway.asked
    assert (asked.method, asked.path) == ("POST", "/v3/send")
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["api-key"] == "s3cret"
    assert json.loads(asked.body) == {
        "sender": "Parenthese",
        "recipient": "33639980102",
        "content": TEXT,
        "type": "transactional",
        "tag": ["invitation-7", 7, None],
    }


def test_a_form_gateway_gets_every_sign_as_it_was(form):
    send()
    [asked] = form.asked
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked.body.decode("ascii"), strict_parsing=True) == {
        "From": ["Parenthese"],
        "To": [TO],
        "Body": [TEXT],
        "Ref": ["invitation-7"],
        "noStop": ["1"],
    }


def test_a_gateway_that_wants_get_finds_the_form_in_the_address(form, settings):
    settings.SMS_METHOD = "GET"
    settings.SMS_URL += "?account=sms-1"
    send()
    [asked] = form.asked
    query = parse_qs(urlsplit(asked.path).query, strict_parsing=True)
    assert (asked.method, asked.body) == ("GET", b"")
    assert query["account"] == ["sms-1"]
    assert query["Body"] == [TEXT]
    assert "content-type" not in asked.headers


def test_a_header_of_the_keeper_wins_over_ours(gateway, settings):
    settings.SMS_HEADERS = {"Content-Type": "application/vnd.sms+json"}
    send()
    assert gateway.asked[0].headers["content-type"] == "application/vnd.sms+json"


def test_half_an_emoji_leaves_as_a_question_mark(gateway):
    send(text="Bravo \ud83d")
    assert json.loads(gateway.asked[0].body)["content"] == "Bravo ?"


@given(st.text(), st.text(), st.text())
def test_no_text_escapes_from_its_place_in_json(text, sender, reference):
    values = {"to": TO, "digits": TO[1:], "text": text, "sender": sender}
    made = json.loads(sms.fill(JSON_BODY, "json", {**values, "reference": reference}))
    assert made["content"] == text
    assert made["sender"] == sender
    assert made["tag"] == [reference, 7, None]
    assert set(made) == {"sender", "recipient", "content", "type", "tag"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_text_escapes_from_its_place_in_a_form(text):
    values = {"to": TO, "text": text, "sender": "{text}", "reference": "7"}
    made = sms.fill(FORM_BODY, "form", values)
    fields = parse_qs(made, strict_parsing=True)
    assert fields["Body"] == [text]
    assert fields["From"] == ["{text}"]
    assert set(fields) == {"From", "To", "Body", "Ref", "noStop"}


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422])
def test_a_refusal_is_for_good(gateway, status):
    gateway.answer(status, b'{"message": "Invalid phone number"}')
    with pytest.raises(SmsRefused, match="Invalid phone number") as refusal:
        send()
    assert refusal.value.code == status
    assert str(refusal.value) == refusal.value.reason


@pytest.mark.parametrize("status", [401, 402, 408, 409, 425, 429, 500, 502, 503])
def test_a_busy_gateway_or_an_unpaid_account_costs_no_message(gateway, status):
    gateway.answer(status, b"later")
    with pytest.raises(SmsUnavailable) as later:
        send()
    assert later.value.reason == f"La passerelle SMS a répondu {status} later."


def test_what_a_gateway_says_loses_numbers_and_personal_links(gateway):
    token = "abcdefghijklmnopqrstuvwx23"
    said = f"no: +33 6 39 98 01 02, 0639980102, https://reseau.example/i/{token}/"
    gateway.answer(400, f"{said}\r\nBcc: x\x1b[31m\x00".encode())
    with pytest.raises(SmsRefused) as refusal:
        send()
    assert refusal.value.reason == (
        "La passerelle SMS a répondu 400"
        " no: …, …, https://reseau.example/i/…/ Bcc: x[31m."
    )


def test_a_silent_gateway_is_left_after_the_time_limit(gateway, settings):
    gateway.hangs, settings.SMS_TIMEOUT = True, 0.2
    started = time.monotonic()
    with pytest.raises(SmsUnavailable, match=r"ne répond pas \(TimeoutError\)"):
        send()
    assert time.monotonic() - started < 3


def test_a_gateway_that_answers_drop_by_drop_is_left_too(gateway, settings):
    settings.SMS_TIMEOUT, gateway.pause = 0.5, 0.2
    gateway.answer(503, *[b"x"] * 100)
    started = time.monotonic()
    with pytest.raises(SmsUnavailable, match="503 xx"):
        send()
    assert time.monotonic() - started < 3


def test_a_gateway_that_is_not_there_is_asked_later(gateway, settings):
    settings.SMS_URL = "http://127.0.0.1:9/"
    with pytest.raises(SmsUnavailable, match="ConnectionRefusedError"):
        send()


def test_an_answer_that_is_not_http_is_asked_later(gateway):
    gateway.garbles = True
    with pytest.raises(SmsUnavailable, match=r"ne répond pas \(BadStatusLine\)"):
        send()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(gateway, status):
    with sms_gateway.running() as elsewhere:
        gateway.answer(status, Location=elsewhere.url)
        with pytest.raises(SmsUnavailable, match=f"répondu {status}"):
            send()
        assert elsewhere.asked == []
    assert len(gateway.asked) == 1


def test_a_huge_answer_is_read_in_part_only(gateway):
    gateway.answer(400, *[b"x" * 65536] * 400)
    with pytest.raises(SmsRefused) as refusal:
        send()
    assert len(refusal.value.reason) < 300
    assert gateway.written < 20 * 1024 * 1024


def test_words_decide_when_a_gateway_always_says_200(gateway, settings):
    settings.SMS_ACCEPTED = "^OK"
    gateway.answer(200, b"OK\n85.95\n123456789")
    send()
    gateway.answer(200, b"KO\nInvalid receiver")
    with pytest.raises(
        SmsRefused, match="«\u202fKO Invalid receiver\u202f»"
    ) as refusal:
        send()
    assert refusal.value.code == 200


@pytest.mark.parametrize(
    "to", ["", "0639980102", "+", "+33", "+0639980102", "+33639980102\n", "+٣٣٦٣٩٩٨٠"]
)
def test_only_a_whole_international_number_is_asked_for(gateway, to):
    with pytest.raises(SmsRefused) as refusal:
        send(to=to)
    assert refusal.value.code == 0
    assert gateway.asked == []


def test_an_empty_text_does_not_leave(gateway):
    with pytest.raises(SmsRefused, match="vide"):
        send(text=" \u202f\n")
    assert gateway.asked == []


def test_without_a_gateway_the_caller_learns_it(settings):
    assert settings.SMS_URL == ""
    assert not sms.is_configured()
    with pytest.raises(SmsUnavailable, match="Aucune passerelle"):
        send()
    assert run_checks() == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SMS_URL", "http://sms.example/send", "https://"),
        ("SMS_URL", "ftp://127.0.0.1/send", "https://"),
        ("SMS_URL", "file:///etc/passwd", "https://"),
        ("SMS_URL", "https://[sms", "https://"),
        ("SMS_URL", "https://sms.example:port/", "https://"),
        ("SMS_URL", "https://sms.example/a b", "https://"),
        ("SMS_FORMAT", "xml", "SMS_FORMAT"),
        ("SMS_METHOD", "GET", "SMS_METHOD=GET"),
        ("SMS_HEADERS", ["api-key"], "SMS_HEADERS"),
        ("SMS_HEADERS", {"api-key": "a\r\nHost: b"}, "SMS_HEADERS"),
        ("SMS_HEADERS", {"api key": "a"}, "SMS_HEADERS"),
        ("SMS_HEADERS", {"api-key": 7}, "SMS_HEADERS"),
        ("SMS_BODY", "", "SMS_BODY must hold"),
        ("SMS_BODY", '{"text": "{text}"}', "SMS_BODY must hold"),
        ("SMS_BODY", '{"text": {text}, "to": "{to}"}', "must be JSON"),
        ("SMS_ACCEPTED", "(", "regular expression"),
    ],
)
def test_a_wrong_setting_is_named_and_costs_no_message(
    gateway, settings, name, value, said
):
    setattr(settings, name, value)
    with pytest.raises(SmsUnavailable, match="mal réglée"):
        send()
    [error] = run_checks()
    assert error.id == "invitations.E001"
    assert said in error.msg
    assert "s3cret" not in error.msg
    assert gateway.asked == []


@pytest.mark.parametrize("host", ["https://sms.example/", "http://[::1]:80/"])
def test_https_or_this_machine_is_safe(gateway, settings, host):
    settings.SMS_URL = host
    assert sms.misconfigured() == ""


def test_a_proxy_does_not_learn_what_stays_on_this_machine(gateway, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    send()
    assert len(gateway.asked) == 1


def test_a_demonstration_keeps_its_text_messages(client, gateway, settings):
    settings.DEMO, settings.SMS_URL = True, ""
    assert sms.is_configured()
    send()
    settings.SMS_URL = gateway.url
    send(to="+33639980103", text="Votre code\u202f:\n123456\nÀ jeudi", reference="8")
    assert gateway.asked == []
    second, first = letters()
    assert first.text.rstrip("\n") == TEXT
    assert (first.recipient, first.is_sms, first.sender) == (TO, True, "Parenthese")
    assert second.code == "123456"


def test_a_text_message_shows_in_the_mailbox(client, settings):
    settings.DEMO = True
    send()
    page = client.get(reverse("mailbox")).content.decode()
    assert "SMS</span>" in page
    assert "06\u00a039\u00a098\u00a001\u00a002" in page
    [kept] = letters()
    page = client.get(reverse("letter", args=(kept.name,))).content.decode()
    assert "06\u00a039\u00a098\u00a001\u00a002</b>, par SMS" in page
    assert "À bientôt" in page


@pytest.mark.parametrize("typed", ["06 39 98 01 02", "0639980102", TO, "39 98 01", ""])
def test_a_text_message_is_found_by_its_number(client, settings, typed):
    settings.DEMO = True
    send()
    page = client.get(reverse("mailbox"), {"pour": typed}).content.decode()
    assert "Chloé, on déjeune jeudi" in page


@pytest.mark.parametrize("typed", ["06 39 98 01 03", "amina33@parentheses.example"])
def test_a_text_message_is_not_found_by_another(client, settings, typed):
    settings.DEMO = True
    send()
    page = client.get(reverse("mailbox"), {"pour": typed}).content.decode()
    assert "Chloé, on déjeune jeudi" not in page


def test_an_odd_sender_or_text_breaks_no_file(settings):
    settings.DEMO, settings.SMS_SENDER = True, "A\r\nBcc: <x@y.example>"
    send(text="\r\n\x00\x85\u2028" + "é" * 5000)
    [kept] = letters()
    assert kept.sender == "ABccxyexample"
    assert parseaddr(kept.recipient)[1] == TO
    assert "é" * 5000 in kept.text
    assert len(kept.subject) <= 60
