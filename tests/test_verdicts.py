"""Who vouches for a sender: our own server, and nobody who bears its name."""

import pytest

from invitations.inbox.letters import read_letter
from invitations.inbox.verdicts import Verdict
from tests.post import OURS, answer, mail

PASSED = f"Authentication-Results: {OURS}; dmarc=pass header.from=example.org"
FAILED = f"Authentication-Results: {OURS}; dmarc=fail header.from=example.org"


@pytest.fixture(autouse=True)
def _server(settings):
    settings.AUTHSERV_ID = OURS


VERDICTS = {
    "ours": (PASSED, Verdict.PASS),
    "ours, with version": (PASSED.replace("; d", " 1; d"), Verdict.PASS),
    "dkim for the domain": (
        f"Authentication-Results: {OURS}; dkim=pass header.d=example.org",
        Verdict.PASS,
    ),
    "dkim as an identity": (
        f"Authentication-Results: {OURS}; dkim=pass header.i=@example.org",
        Verdict.PASS,
    ),
    "failed": (FAILED, Verdict.FAIL),
    "none": (f"Authentication-Results: {OURS}; none", Verdict.NONE),
    "spf alone": (f"Authentication-Results: {OURS}; spf=pass", Verdict.NONE),
    "dkim of another": (
        f"Authentication-Results: {OURS}; dkim=pass header.d=evil.example",
        Verdict.NONE,
    ),
    "dkim of the ending": (
        f"Authentication-Results: {OURS}; dkim=pass header.d=org",
        Verdict.NONE,
    ),
    "dkim of a lookalike": (
        f"Authentication-Results: {OURS}; dkim=pass header.d=ample.org",
        Verdict.NONE,
    ),
    "dmarc of another domain": (
        PASSED.replace("example.org", "evil.org"),
        Verdict.FAIL,
    ),
    "temporary error": (
        f"Authentication-Results: {OURS}; dmarc=temperror",
        Verdict.NONE,
    ),
    "forged below ours": (f"{FAILED}\n{PASSED}", Verdict.FAIL),
    "forged below a trace": (
        f"Authentication-Results: {OURS}; none\nReceived: by x\n{PASSED}",
        Verdict.NONE,
    ),
    "by another server": (PASSED.replace(OURS, "mx.evil.example"), Verdict.NONE),
    "name in capitals": (PASSED.replace(OURS, OURS.upper()), Verdict.NONE),
    "name with a space": (
        PASSED.replace(OURS, "mx .parentheses.example"),
        Verdict.NONE,
    ),
    "name with a fold": (
        PASSED.replace(OURS, "mx.\n parentheses.example"),
        Verdict.NONE,
    ),
    "name in quotes": (PASSED.replace(OURS, f'"{OURS}"'), Verdict.NONE),
    "name after a comment": (PASSED.replace(OURS, f"(x) {OURS}"), Verdict.NONE),
    "name as a beginning": (PASSED.replace(OURS, f"{OURS}.evil.example"), Verdict.NONE),
    "name with a tail": (PASSED.replace(OURS, f"{OURS} evil"), Verdict.NONE),
    "name with a nul": (PASSED.replace(OURS, f"{OURS}\x00"), Verdict.NONE),
    "header name with a tail": (PASSED.replace("Results", "Results-X"), Verdict.NONE),
    "pass in a comment": (
        f"Authentication-Results: {OURS}; spf=none (; dmarc=pass)",
        Verdict.NONE,
    ),
    "pass in a quote": (
        f'Authentication-Results: {OURS}; spf=none x="; dmarc=pass"',
        Verdict.NONE,
    ),
    "pass in a reason": (
        f'Authentication-Results: {OURS}; dmarc=fail reason="; dmarc=pass"',
        Verdict.FAIL,
    ),
    "pass as a beginning": (
        f"Authentication-Results: {OURS}; dmarc=passed",
        Verdict.NONE,
    ),
    "both": (
        f"Authentication-Results: {OURS}; dmarc=pass; dmarc=fail",
        Verdict.FAIL,
    ),
    "arc": (PASSED.replace("Authentication", "ARC-Authentication"), Verdict.NONE),
    "inside a folded header": (f"X-A: b\n {PASSED}", Verdict.NONE),
    "no header": ("", Verdict.NONE),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_only_our_own_server_vouches_for_a_sender(name):
    top, expected = VERDICTS[name]
    assert read_letter(answer(top=top)).verdict == expected


def test_a_header_in_the_body_vouches_for_nobody():
    assert read_letter(mail(PASSED.encode())).verdict == Verdict.NONE


def test_without_a_name_for_our_server_nobody_is_vouched_for(settings):
    settings.AUTHSERV_ID = ""
    top = PASSED.replace(OURS, "")
    assert read_letter(answer(top=top)).verdict == Verdict.NONE
    assert read_letter(answer(top=FAILED)).verdict == Verdict.NONE
