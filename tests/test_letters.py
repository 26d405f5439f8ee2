"""Mails as the usual programs write them, read as they were meant."""

from datetime import UTC, datetime

import pytest

from invitations.inbox.letters import Kind, read_letter
from invitations.inbox.texts import MAX_TEXT, from_html
from invitations.inbox.verdicts import Verdict
from tests.post import (
    CHLOE,
    CORPUS,
    OURS,
    REPLY_TO,
    TOKEN,
    UID,
    mail,
    multipart,
    stored,
)

ANSWERS = {
    "gmail-accepted": ("ACCEPTED", "chloe.martin@gmail.example"),
    "gmail-declined": ("DECLINED", "chloe.martin@gmail.example"),
    "gmail-tentative": ("TENTATIVE", "chloe.martin@gmail.example"),
    "gmail-comment": ("DECLINED", "chloe.martin@gmail.example"),
    "outlook-accepted": ("ACCEPTED", "chloe@outlook.example"),
    "outlook-comment": ("DECLINED", "chloe@outlook.example"),
    "exchange-bare": ("TENTATIVE", "chloe@outlook.example"),
    "apple-accepted": ("ACCEPTED", "chloe@icloud.example"),
    "apple-reference": ("DECLINED", "chloe@icloud.example"),
    "thunderbird-accepted": ("ACCEPTED", "chloe@orange.example"),
    "nextcloud-accepted": ("ACCEPTED", "chloe@nuage.example"),
    "sabre-declined": ("DECLINED", "chloe@nuage.example"),
    "zimbra-tentative": ("TENTATIVE", "chloe@laposte.example"),
    "delegated": ("DELEGATED", "chloe@hopital.example"),
    "delegate-accepted": ("ACCEPTED", "fatou@hopital.example"),
    "secretary-accepted": ("ACCEPTED", "chloe@cabinet.example"),
    "file-only": ("ACCEPTED", "chloe@mutuelle.example"),
}
OTHERS = {
    "outlook-new-time": Kind.COUNTER,
    "google-counter": Kind.COUNTER,
    "outlook-refresh": Kind.REFRESH,
    "text-french": Kind.TEXT,
    "text-outlook-html": Kind.TEXT,
    "auto-gmail": Kind.AUTO_REPLY,
    "auto-exchange": Kind.AUTO_REPLY,
    "read-receipt": Kind.AUTO_REPLY,
    "bounce-postfix": Kind.BOUNCE,
    "bounce-expired": Kind.BOUNCE,
    "bounce-qmail": Kind.BOUNCE,
    "bounce-delayed": Kind.DELAYED,
    "invitation-to-us": Kind.CALENDAR_OTHER,
}
VOUCHED = {"gmail", "outlook", "exchange", "apple-accepted"}


@pytest.fixture(autouse=True)
def _server(settings):
    settings.AUTHSERV_ID = OURS


def test_every_file_of_the_corpus_is_expected():
    assert {path.stem for path in CORPUS.iterdir()} == ANSWERS.keys() | OTHERS.keys()


@pytest.mark.parametrize("name", [*ANSWERS, *OTHERS])
def test_each_program_is_understood(name):
    letter = read_letter(stored(name))
    assert letter.kind == OTHERS.get(name, Kind.REPLY)
    assert letter.tokens == (TOKEN,)
    assert (letter.problems, letter.date.year) == ((), 2026)
    assert letter.message_id.startswith("<")
    assert "@" in letter.sender
    vouched = name.split("-")[0] in VOUCHED or name in VOUCHED
    assert letter.verdict == (Verdict.PASS if vouched else Verdict.NONE)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_says_who_and_what(name):
    answer = read_letter(stored(name)).answer
    assert (answer.uid, answer.problems) == (UID, ())
    assert (answer.attendee.partstat, answer.attendee.address) == ANSWERS[name]


def test_a_letter_gives_its_envelope():
    letter = read_letter(stored("gmail-accepted"))
    assert letter.sender == "chloe.martin@gmail.example"
    assert letter.sender_name == "Chloé Martin"
    assert letter.recipients == (REPLY_TO, "reponse@parentheses.example")
    assert letter.subject == "Accepté : Déjeuner du cercle de Crest"
    assert letter.date == datetime(2026, 9, 3, 7, 12, 6, tzinfo=UTC)
    assert letter.message_id == "<calendar-4b7a@gmail.example>"


def test_proposals_of_outlook_and_google_are_instants():
    outlook = read_letter(stored("outlook-new-time")).answer
    assert outlook.proposed_start == datetime(2026, 10, 16, 10, 30, tzinfo=UTC)
    assert outlook.proposed_end == datetime(2026, 10, 16, 12, tzinfo=UTC)
    assert outlook.original_start == datetime(2026, 10, 15, 10, 15, tzinfo=UTC)
    google = read_letter(stored("google-counter")).answer
    assert google.proposed_start == datetime(2026, 10, 15, 11, tzinfo=UTC)
    assert google.comment == "J’ai une visite avant, je peux à 13 h"
    assert [one.partstat for one in google.attendees] == ["ACCEPTED", "NEEDS-ACTION"]


def test_comments_arrive_whole():
    assert (
        "je suis en formation" in read_letter(stored("outlook-comment")).answer.comment
    )
    assert "ma fille" in read_letter(stored("gmail-comment")).answer.comment
    answer = read_letter(stored("secretary-accepted")).answer
    assert answer.comment == "Le docteur Martin sera là… à l’heure"
    assert answer.attendee.sent_by == "secretariat@cabinet.example"


def test_people_s_own_words_are_kept_and_the_history_is_not():
    text = read_letter(stored("text-french")).text
    assert text.startswith("Bonjour,\n\nje viens, mais sans gluten")
    assert text.endswith("Chloé")
    page = read_letter(stored("text-outlook-html")).text
    assert page == "Je ne peux pas, désolée\u00a0!\n\nChloé <3"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("> Venez\n\nOui, je viens.", "Oui, je viens."),
        ("Oui\n\nOn Thu, 3 Sep 2026, Cercle wrote:\n> x", "Oui"),
        ("Oui\n-----Message d'origine-----\nDe : x", "Oui"),
        ("Oui\n________________________________\nDe : x", "Oui"),
        ("Non\nDe : Cercle <a@b.fr>\nEnvoyé : jeudi 3\nÀ : moi", "Non"),
        ("Le mar. 1 sept. 2026, Cercle a écrit :\n> Venez\n\nNon.", "Non."),
        ("Oui\x00\x1b[31m\u202erouge", "Oui[31mrouge"),
        (f"Oui https://x.example/i/{TOKEN}/", "Oui https://x.example/i/…/"),
        ("é" * 9_000, "é" * MAX_TEXT),
    ],
)
def test_what_is_above_or_below_the_history_is_the_answer(written, kept):
    assert read_letter(mail(written.encode())).text == kept


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("<p>Oui</p><p>merci</p>", "Oui\n\nmerci"),
        ("a<script>x()</script>b<style>p{}</style>c", "abc"),
        ("a<!-- <p>x</p> -->b", "ab"),
        ("<b>5 < 6</b> &amp; 7", "5 < 6 & 7"),
        ("Oui<div class='gmail_quote'>Venez</div>", "Oui"),
        ("<blockquote>Venez</blockquote>Non", "Venez\nNon"),
        ("a<img src=x onerror=y>b", "ab"),
    ],
)
def test_a_page_becomes_its_words(page, kept):
    assert from_html(page).strip() == kept


def test_a_page_alone_is_read_when_the_plain_part_is_empty():
    letter = read_letter(
        multipart(
            ("text/plain", b" \r\n"),
            ("text/html", b"<p>Oui</p>"),
            subtype="alternative",
        )
    )
    assert (letter.kind, letter.text) == (Kind.TEXT, "Oui")


@pytest.mark.parametrize(
    "extra",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "X-Autoreply: yes",
        "X-Autorespond: yes",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All",
        "Subject: Out of Office: x",
    ],
)
def test_programs_that_answer_alone_are_told_apart(extra):
    raw = mail(extra=extra)
    if extra.startswith("Subject"):
        raw = raw.replace(b"Subject: Re: Dejeuner\r\n", b"")
    assert read_letter(raw).kind == Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "extra", ["Auto-Submitted: no", "Precedence: normal", "X-A: b"]
)
def test_people_are_not_taken_for_programs(extra):
    assert read_letter(mail(extra=extra)).kind == Kind.TEXT


def test_absente_is_an_answer_and_no_automatic_message():
    raw = mail().replace(b"Subject: Re: Dejeuner", b"Subject: Absente")
    assert read_letter(raw).kind == Kind.TEXT


def test_a_report_names_recipient_status_and_our_message():
    (bounce,) = read_letter(stored("bounce-postfix")).bounces
    assert bounce.recipient == "chloe@orange.example"
    assert (bounce.action, bounce.status, bounce.permanent) == ("failed", "5.1.1", True)
    assert bounce.diagnostic == "smtp; 550 5.1.1 unknown user"
    assert bounce.original_message_id == "<invitation-1@parentheses.example>"


def test_waiting_too_long_and_a_full_mailbox_are_different_failures():
    late, full = read_letter(stored("bounce-expired")).bounces
    assert (late.status, late.permanent) == ("4.4.7", False)
    assert (full.status, full.permanent) == ("5.2.2", True)


def test_a_delay_is_no_failure():
    (bounce,) = read_letter(stored("bounce-delayed")).bounces
    assert (bounce.action, bounce.permanent) == ("delayed", False)
    assert bounce.original_message_id == "<invitation-2@parentheses.example>"


def test_a_server_that_writes_no_report_is_understood():
    (bounce,) = read_letter(stored("bounce-qmail")).bounces
    assert (bounce.recipient, bounce.status) == ("chloe@vieux.example", "5.1.1")
    assert bounce.permanent
    assert bounce.original_message_id == "<invitation-3@parentheses.example>"


def test_a_person_who_quotes_a_refusal_is_no_server():
    letter = read_letter(mail(b"On me dit 550 5.1.1 user unknown, pourquoi ?"))
    assert (letter.kind, letter.bounces, letter.sender) == (Kind.TEXT, (), CHLOE)
