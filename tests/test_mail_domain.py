"""Each state of a mail domain is named, explained, and given its line to publish."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from invitations.mail_domain import explain
from invitations.mail_domain.dkim import explain_dkim, rsa_bits
from invitations.mail_domain.dmarc import explain_dmarc, organisational
from invitations.mail_domain.finding import Finding, Record, Status, Tags
from invitations.mail_domain.lookup import Resolver
from invitations.mail_domain.mx import explain_mx
from invitations.mail_domain.spf import parse
from invitations.mail_domain.spf_report import explain_spf
from tests import dns_server
from tests.dns_server import REFUSED, SERVFAIL, SILENT, Zone

HERE = "reseau.example"
GOOD, WRONG = Status.GOOD, Status.TO_CORRECT
MISSING, UNREACHABLE = Status.MISSING, Status.UNREACHABLE
# Made with OpenSSL, and its private half thrown away.
REAL_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDlQAh6/N5Xh38eCgczBS0mz3gTT/ImTjwaMPFCyUIC"
    "9pRZXRPAJCMztOd71sCP4aNtJ+LXFcntUfWdJ6AF3MZ2g3Zdl4i5AQKVp1KfXidUWJAeXsTGYQnMAldN"
    "IyB+sRn7pQXwV3vCDz9Sl7eWSmyV4R80DyB7BiuD+vA3IvuAuQIDAQAB"
)


@pytest.fixture
def zone() -> Iterator[Zone]:
    with dns_server.running() as running:
        running[HERE] = {}
        yield running


@pytest.fixture
def resolver(zone: Zone) -> Resolver:
    return Resolver(zone.nameserver, lifetime=0.5)


@pytest.fixture(autouse=True)
def ours(settings) -> None:
    settings.EMAIL_HOST = "smtp.reseau.example"
    settings.ORGANISATION_CONTACT = "contact@reseau.example"
    settings.MAIL_DKIM_SELECTORS = []


def der(tag: int, content: bytes) -> bytes:
    size = len(content).to_bytes(2, "big")
    return bytes([tag, 0x82]) + size + content


def rsa_key(bits: int) -> str:
    modulus = b"\0" + ((1 << bits - 1) | 1).to_bytes(bits // 8, "big")
    pair = der(0x30, der(2, modulus) + der(2, b"\1\0\1"))
    return base64.b64encode(der(0x30, der(0x30, b"") + der(3, b"\0" + pair))).decode()


def lines(finding: Finding) -> list[str]:
    return [str(record) for record in finding.records]


def said(finding: Finding) -> str:
    return " ".join(finding.advice)


# --- SPF


def spf(zone: Zone, resolver: Resolver, *texts: str) -> Finding:
    zone.txt(HERE, *texts)
    return explain_spf(HERE, resolver)


@pytest.mark.parametrize("ending", ["~all", "-all"])
def test_a_sound_spf_is_good(zone, resolver, ending):
    made = spf(
        zone, resolver, "other=1", f"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 {ending}"
    )
    assert (made.status, made.advice, made.records) == (GOOD, (), ())
    assert ending in made.found[-1]


def test_without_spf_the_line_allows_our_server(zone, resolver):
    made = spf(zone, resolver, "google-site-verification=abc")
    assert made.status == MISSING
    assert lines(made) == ['reseau.example. IN TXT "v=spf1 a:smtp.reseau.example ~all"']


@pytest.mark.parametrize(
    ("host", "term"),
    [
        ("smtp-relay.brevo.com", "include:spf.brevo.com"),
        ("ssl0.ovh.net", "include:mx.ovh.com"),
        ("notovh.net", "a:notovh.net"),
        ("localhost", "mx"),
        ("192.0.2.1", "mx"),
    ],
)
def test_the_line_follows_the_mail_host(zone, resolver, settings, host, term):
    settings.EMAIL_HOST = host
    [record] = spf(zone, resolver).records
    assert record == Record(HERE, "TXT", f"v=spf1 {term} ~all")


def test_several_spf_are_joined_into_one(zone, resolver):
    zone["ovh.example"] = {"A": ["192.0.2.1"]}
    made = spf(zone, resolver, "v=spf1 a mx -all", "V=SPF1 mx include:ovh.example ~all")
    assert made.status == WRONG
    assert "2 SPF" in said(made)
    assert lines(made) == [
        'reseau.example. IN TXT "v=spf1 mx include:ovh.example a ~all"'
    ]


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("spf1 include:x.example -all", "v=spf1 include:x.example -all"),
        ("include:x.example ~all", "v=spf1 include:x.example ~all"),
        ("v=spf1include:x.example ~all", "v=spf1 include:x.example ~all"),
        ("v=spf1; mx ~all", "v=spf1 mx ~all"),
        ("v=spf2 ip4:192.0.2.1 +all", "v=spf1 ip4:192.0.2.1 ~all"),
    ],
)
def test_a_line_without_its_version_is_repaired(zone, resolver, typed, line):
    made = spf(zone, resolver, typed)
    assert made.status == WRONG
    assert "v=spf1" in said(made)
    assert made.records == (Record(HERE, "TXT", line),)


@pytest.mark.parametrize(
    ("record", "word", "line"),
    [
        ("v=spf1 ip4:192.0.2.1 +all", "tout le monde", "v=spf1 ip4:192.0.2.1 ~all"),
        ("v=spf1 ip4:192.0.2.1 all", "tout le monde", "v=spf1 ip4:192.0.2.1 ~all"),
        ("v=spf1 ip4:192.0.2.1 ?all", "ne dit rien", "v=spf1 ip4:192.0.2.1 ~all"),
        ("v=spf1 ip4:192.0.2.1", "Il manque la fin", "v=spf1 ip4:192.0.2.1 ~all"),
        ("v=spf1", "Il manque la fin", "v=spf1 a:smtp.reseau.example ~all"),
        ("v=spf1 ip4:0.0.0.0/0 mx -all", "monde entier", "v=spf1 mx -all"),
        ("v=spf1 mx ptr ~all", "ptr", "v=spf1 mx ~all"),
        ("v=spf1 mx ip4:192.0.2.300 ~all", "ip4:192.0.2.300", "v=spf1 mx ~all"),
        ("v=spf1 mx ip6:192.0.2.1 ~all", "ip6:192.0.2.1", "v=spf1 mx ~all"),
        ("v=spf1 mx include ~all", "include", "v=spf1 mx ~all"),
        ("v=spf1 mx include=x.example ~all", "include=x", "v=spf1 mx ~all"),
        ("v=spf1 mx includ:x.example ~all", "includ:x", "v=spf1 mx ~all"),
        ("v=spf1 mx redirect= ", "redirect=", "v=spf1 mx ~all"),
        ("v=spf1 mx a:é.example ~all", r"a:\xc3\xa9.example", "v=spf1 mx ~all"),
        ("v=spf1 mx a:b..example ~all", "nom de domaine", "v=spf1 mx ~all"),
    ],
)
def test_a_harmful_term_is_named_and_left_out(zone, resolver, record, word, line):
    zone[HERE]["MX"] = ["10 mx.reseau.example."]
    made = spf(zone, resolver, record)
    assert made.status == WRONG
    assert word in said(made)
    assert made.records == (Record(HERE, "TXT", line),)


def test_what_stands_after_all_does_not_count(zone, resolver):
    made = spf(zone, resolver, "v=spf1 ip4:192.0.2.1 -all include:gone.example")
    assert made.status == GOOD
    assert ("gone.example", "TXT") not in zone.asked


def test_an_include_without_spf_is_a_fault(zone, resolver):
    made = spf(zone, resolver, "v=spf1 mx:mx.example include:gone.example ~all")
    assert made.status == WRONG
    assert "gone.example n’a pas de SPF" in said(made)
    assert made.records[0].value == "v=spf1 mx:mx.example ~all"


def test_an_include_with_two_spf_is_for_its_keeper_to_repair(zone, resolver):
    zone.txt("two.example", "v=spf1 -all", "v=spf1 ~all")
    made = spf(zone, resolver, "v=spf1 include:two.example ~all")
    assert "two.example a 2 SPF" in said(made)
    assert made.records == ()


def test_a_fault_further_away_says_where_it_is(zone, resolver):
    zone.txt("host.example", "v=spf1 include:gone.example ~all")
    made = spf(zone, resolver, "v=spf1 include:host.example ~all")
    assert "(dans le SPF de host.example)" in said(made)
    assert made.records == ()


def test_an_include_that_lets_everybody_in_is_named(zone, resolver):
    zone.txt("open.example", "v=spf1 +all")
    made = spf(zone, resolver, "v=spf1 include:open.example -all")
    assert "monde entier" in said(made)


@pytest.mark.parametrize("first", ["include", "redirect"])
def test_a_loop_is_seen(zone, resolver, first):
    zone.txt("b.example", f"v=spf1 include:{HERE} ~all")
    sign = ":" if first == "include" else "="
    made = spf(zone, resolver, f"v=spf1 {first}{sign}b.example")
    assert made.status == WRONG
    assert "une boucle" in said(made)
    assert len(zone.asked) < 5


def test_a_redirect_brings_its_own_end(zone, resolver):
    zone.txt("spf.example", "v=spf1 ip4:192.0.2.1 -all")
    made = spf(zone, resolver, "v=spf1 redirect=spf.example")
    assert made.status == GOOD
    zone.txt("spf.example", "v=spf1 ip4:192.0.2.1 ?all")
    other = explain_spf(HERE, Resolver(zone.nameserver))
    assert other.status == WRONG


def ten_questions(zone: Zone) -> str:
    """Two includes of four terms each: ten questions in all."""
    for name in ("a.example", "b.example"):
        zone.txt(
            name, "v=spf1 a:h.example mx:h.example exists:h.example a:h.example -all"
        )
    zone["h.example"] = {"A": ["192.0.2.1"], "MX": ["10 h.example."]}
    return "v=spf1 include:a.example include:b.example"


def test_ten_questions_are_allowed_and_eleven_are_not(zone, resolver):
    record = ten_questions(zone)
    made = spf(zone, resolver, f"{record} ip4:192.0.2.9 ~all")
    assert made.status == GOOD
    assert "Questions posées au DNS\u202f: 10 sur 10 permises." in made.found
    assert "include:a.example\u202f: 5" in made.found
    zone.txt(HERE, f"{record} a:h.example ~all")
    made = explain_spf(HERE, Resolver(zone.nameserver))
    assert made.status == WRONG
    assert "plus de 10 questions" in said(made)
    assert made.records == ()


def test_macros_count_as_a_question_that_we_cannot_ask(zone, resolver):
    made = spf(zone, resolver, "v=spf1 exists:%{i}._spf.x.example -all")
    assert "Questions posées au DNS\u202f: 1 sur 10 permises." in made.found
    assert made.status == GOOD


def test_two_questions_may_stay_empty_and_three_may_not(zone, resolver):
    made = spf(zone, resolver, "v=spf1 a:x.example mx:y.example ~all")
    assert made.status == GOOD
    zone.txt(HERE, "v=spf1 a:x.example mx:y.example exists:z.example ~all")
    made = explain_spf(HERE, Resolver(zone.nameserver))
    assert "Plus de 2 questions restent sans réponse" in said(made)


def test_more_than_ten_exchanges_of_one_name_are_too_many(zone, resolver):
    zone["mx.example"] = {"MX": [f"{i} h{i}.example." for i in range(11)]}
    made = spf(zone, resolver, "v=spf1 mx:mx.example ~all")
    assert "plus de 10 serveurs" in said(made)


def test_a_tree_of_includes_that_never_ends_is_left(zone, resolver):
    for i in range(100):
        zone.txt(
            f"n{i}.example", f"v=spf1 include:n{i + 1}.example a:n{i}.example ~all"
        )
    zone.txt("n100.example", "v=spf1 ~all")
    made = spf(zone, resolver, "v=spf1 include:n0.example ~all")
    assert "plus de 10 questions" in said(made)
    assert len(zone.asked) < 200


def test_a_huge_record_comes_over_tcp_and_is_told_in_short(zone, resolver):
    terms = " ".join(f"ip4:192.0.2.{i % 300}" for i in range(3000))
    made = spf(zone, resolver, f"v=spf1 {terms} ~all")
    assert made.status == WRONG
    assert len(made.found[0]) < 500
    assert len(made.advice) <= 12


@pytest.mark.parametrize("fault", [SERVFAIL, REFUSED, SILENT])
def test_a_name_server_that_fails_is_not_an_absence(zone, resolver, fault):
    zone.faults[HERE] = fault
    made = explain_spf(HERE, resolver)
    assert made.status == UNREACHABLE
    assert HERE in said(made)


def test_a_failing_include_leaves_the_whole_open(zone, resolver):
    zone.faults["slow.example"] = SERVFAIL
    made = spf(zone, resolver, "v=spf1 include:slow.example ~all")
    assert made.status == UNREACHABLE
    assert "slow.example" in said(made)
    assert made.found == ("v=spf1 include:slow.example ~all",)


@given(st.text(max_size=200))
def test_no_record_breaks_the_reader(text):
    terms, wrong = parse(f"v=spf1 {text}")
    assert len(terms) + len(wrong) <= len(text.split(" ")) + 1


# --- DKIM


def dkim(
    zone: Zone, resolver: Resolver, *texts: str, selector: str = "mail"
) -> Finding:
    zone.txt(f"{selector}._domainkey.{HERE}", *texts)
    return explain_dkim(HERE, resolver)


def test_a_usual_selector_is_found_alone(zone, resolver):
    made = dkim(zone, resolver, f"v=DKIM1; k=rsa; p={rsa_key(2048)}")
    assert (made.status, made.advice) == (GOOD, ())


def test_without_any_key_the_host_is_asked(zone, resolver):
    made = explain_dkim(HERE, resolver)
    assert made.status == MISSING
    assert lines(made) == [
        'SÉLECTEUR._domainkey.reseau.example. IN TXT "v=DKIM1; k=rsa; p=CLÉ"'
    ]


def test_a_selector_of_the_setting_is_looked_up_through_an_alias(
    zone, resolver, settings
):
    settings.MAIL_DKIM_SELECTORS = [" asso2026 "]
    zone[f"asso2026._domainkey.{HERE}"] = {"CNAME": ["key.host.example."]}
    zone.txt("key.host.example", f"v=DKIM1;p={rsa_key(2048)};")
    assert explain_dkim(HERE, resolver).status == GOOD


def test_a_selector_of_the_setting_must_exist(zone, resolver, settings):
    settings.MAIL_DKIM_SELECTORS = ["asso2026", "b..ad"]
    made = dkim(zone, resolver, f"v=DKIM1; p={rsa_key(2048)}")
    assert made.status == WRONG
    assert "asso2026\u202f: rien n’est publié" in said(made)
    assert "«\u202fb..ad\u202f»\u202f: ce n’est pas un nom" in said(made)


@pytest.mark.parametrize(
    ("record", "word", "line"),
    [
        ("v=DKIM1; p=", "révoquée", None),
        (f"v=DKIM1; k=rsa; p={rsa_key(512)}", "512 bits", None),
        ("v=DKIM1; p=AAAA", "abîmée", None),
        ("v=DKIM1; p=é", "abîmée", None),
        ("v=DKIM1; k=ed25519; p=AAAA", "abîmée", None),
        ("v=DKIM1; k=dsa; p=MAA=", "abîmée", None),
        (f"v=DKIM1; k=x; p={REAL_1024}", "type de clé", None),
        ("v=DKIM1; p=AA; p=BB", "pas une clé lisible", None),
        (f"v=DKIM1; h=sha1; p={REAL_1024}", "h=", f"v=DKIM1; p={REAL_1024}"),
        (f"v=DKIM1; s=tlsrpt; p={REAL_1024}", "s=", f"v=DKIM1; p={REAL_1024}"),
        (f"v=DKIM1; t=s:y; p={REAL_1024}", "t=y", f"v=DKIM1; p={REAL_1024}"),
        (f"v=DKIM2; p={REAL_1024}", "v=DKIM1", f"v=DKIM1; p={REAL_1024}"),
        (f"p={REAL_1024}; v=DKIM1", "v=DKIM1", f"v=DKIM1; p={REAL_1024}"),
    ],
)
def test_a_key_that_nobody_believes_is_told(zone, resolver, record, word, line):
    made = dkim(zone, resolver, record)
    assert made.status == WRONG
    assert word in said(made)
    assert [record.value for record in made.records] == ([line] if line else [])


def test_a_short_key_still_works(zone, resolver):
    made = dkim(zone, resolver, f"k=rsa; p={REAL_1024}")
    assert made.status == GOOD
    assert "1024 bits" in said(made)


def test_an_ed25519_key_is_good(zone, resolver):
    key = base64.b64encode(bytes(32)).decode()
    assert dkim(zone, resolver, f"v=DKIM1; k=ed25519; p={key}").status == GOOD


def test_an_old_key_harms_nobody_beside_a_good_one(zone, resolver):
    zone.txt(f"k1._domainkey.{HERE}", "v=DKIM1; p=")
    made = dkim(zone, resolver, f"v=DKIM1; p={rsa_key(2048)}")
    assert made.status == GOOD


def test_a_name_that_catches_everything_is_no_key(zone, resolver):
    assert dkim(zone, resolver, "v=spf1 -all").status == MISSING


def test_two_keys_under_one_name_are_too_many(zone, resolver):
    made = dkim(zone, resolver, f"p={rsa_key(2048)}", f"p={REAL_1024}")
    assert made.status == WRONG
    assert "plusieurs clés" in said(made)


def test_keys_that_cannot_be_asked_for_are_left_open(zone, resolver):
    zone.faults[f"s1._domainkey.{HERE}"] = SERVFAIL
    assert explain_dkim(HERE, resolver).status == UNREACHABLE


def test_the_size_of_a_real_key_is_read():
    assert rsa_bits(base64.b64decode(REAL_1024)) == 1024
    whole = base64.b64decode(REAL_1024)
    bare = whole[whole.index(b"\x03\x81\x8d\x00") + 4 :]
    assert rsa_bits(bare) == 1024


@given(st.binary(max_size=80))
def test_no_key_breaks_the_reader(content):
    with suppress(ValueError):
        assert rsa_bits(content) >= 0


@given(st.text())
def test_tags_lose_nothing_that_was_written(text):
    values, wrong = Tags.read(text)
    parts = [part for part in text.split(";") if part.strip()]
    assert len(values) + len(wrong) == len(parts)


# --- DMARC


def dmarc(zone: Zone, resolver: Resolver, *texts: str) -> Finding:
    zone.txt(f"_dmarc.{HERE}", *texts)
    return explain_dmarc(HERE, resolver)


RUA = "rua=mailto:contact@reseau.example"


def test_without_dmarc_the_first_line_blocks_nothing(zone, resolver):
    made = explain_dmarc(HERE, resolver)
    assert made.status == MISSING
    assert lines(made) == [f'_dmarc.reseau.example. IN TXT "v=DMARC1; p=none; {RUA}"']


def test_a_first_step_is_good_and_the_next_one_is_told(zone, resolver):
    made = dmarc(zone, resolver, f"v=DMARC1; p=none; {RUA}!10m")
    assert made.status == GOOD
    assert made.records[0].value == f"v=DMARC1; p=quarantine; {RUA}!10m"


@pytest.mark.parametrize("policy", ["quarantine", "reject", "REJECT"])
def test_a_firm_policy_is_good(zone, resolver, policy):
    made = dmarc(zone, resolver, f"v=DMARC1;p={policy};{RUA}")
    assert (made.status, made.advice, made.records) == (GOOD, (), ())


@pytest.mark.parametrize(
    ("extra", "word"), [("", "rua="), ("; pct=50", "pct="), ("; t=y", "t=y")]
)
def test_what_could_be_better_is_only_advice(zone, resolver, extra, word):
    made = dmarc(zone, resolver, f"v=DMARC1; p=reject{extra}")
    assert made.status == GOOD
    assert word in said(made)


@pytest.mark.parametrize(
    ("record", "word", "line"),
    [
        ("v=DMARC1; p=none", "rua=", f"v=DMARC1; p=none; {RUA}"),
        (f"v=DMARC1; {RUA}", "p=", f"v=DMARC1; p=none; {RUA}"),
        (f"v=DMARC1; p=strict; {RUA}", "p=", f"v=DMARC1; p=none; {RUA}"),
        ("v=DMARC1; p=reject; rua=me", "mailto", f"v=DMARC1; p=reject; {RUA}"),
        (f"v=DMARC1; p=reject; oops; {RUA}", "oops", f"v=DMARC1; p=reject; {RUA}"),
        (f"p=reject; {RUA}", "v=DMARC1", f"v=DMARC1; p=reject; {RUA}"),
        (f"v=dmarc1; p=reject; {RUA}", "v=DMARC1", f"v=DMARC1; p=reject; {RUA}"),
        (f"v=DMARC10; p=reject; {RUA}", "v=DMARC1", f"v=DMARC1; p=reject; {RUA}"),
    ],
)
def test_a_wrong_dmarc_is_repaired(zone, resolver, record, word, line):
    made = dmarc(zone, resolver, record)
    assert made.status == WRONG
    assert word in said(made)
    assert made.records == (Record(f"_dmarc.{HERE}", "TXT", line),)


def test_an_address_that_we_made_up_is_told(zone, resolver, settings):
    assert "doit exister" not in said(explain_dmarc(HERE, resolver))
    settings.ORGANISATION_CONTACT = "contact@asso.example"
    made = explain_dmarc(HERE, resolver)
    assert made.records[0].value.endswith("rua=mailto:dmarc@reseau.example")
    assert "dmarc@reseau.example doit exister" in said(made)


def test_several_dmarc_count_for_none(zone, resolver):
    made = dmarc(zone, resolver, "v=DMARC1; p=none", f"v=DMARC1; p=Reject; {RUA}")
    assert made.status == WRONG
    assert "plusieurs DMARC" in said(made)
    assert made.records[0].value == f"v=DMARC1; p=none; {RUA}"


def test_reports_to_another_domain_need_its_consent(zone, resolver):
    record = "v=DMARC1; p=reject; rua=mailto:a@reports.example"
    made = dmarc(zone, resolver, record)
    assert made.status == WRONG
    name = "reseau.example._report._dmarc.reports.example"
    assert lines(made) == [f'{name}. IN TXT "v=DMARC1;"']
    zone.txt(name, "v=DMARC1")
    assert explain_dmarc(HERE, Resolver(zone.nameserver)).status == GOOD


def test_a_subdomain_follows_its_organisation(zone, resolver):
    zone.txt(f"_dmarc.{HERE}", f"v=DMARC1; p=reject; sp=none; {RUA}")
    made = explain_dmarc(f"mail.{HERE}", resolver)
    assert made.status == GOOD
    assert f"Publié pour {HERE}, dont mail.{HERE} dépend." in made.found
    assert made.records[0].name == f"_dmarc.{HERE}"
    assert "bon début" in said(made)


def test_the_tree_is_walked_by_eight_names_at_most(zone, resolver):
    deep = ".".join("abcdefghij") + f".{HERE}"
    zone.txt(f"_dmarc.{HERE}", f"v=DMARC1; p=reject; {RUA}")
    assert explain_dmarc(deep, resolver).status == GOOD
    asked = list(dict.fromkeys(name for name, _ in zone.asked))
    assert asked == [
        f"_dmarc.{deep}",
        f"_dmarc.f.g.h.i.j.{HERE}",
        f"_dmarc.g.h.i.j.{HERE}",
        f"_dmarc.h.i.j.{HERE}",
        f"_dmarc.i.j.{HERE}",
        f"_dmarc.j.{HERE}",
        f"_dmarc.{HERE}",
        "_dmarc.example",
    ]


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ({}, "a.b.c.example"),
        ({"c.example": ""}, "c.example"),
        ({"b.c.example": "", "c.example": ""}, "c.example"),
        ({"b.c.example": "; psd=n", "c.example": ""}, "b.c.example"),
        ({"c.example": "; psd=y"}, "b.c.example"),
        ({"b.c.example": "", "example": "; psd=y"}, "c.example"),
    ],
)
def test_an_organisation_is_found_by_walking_up(zone, resolver, records, found):
    for name, extra in records.items():
        zone.txt(f"_dmarc.{name}", f"v=DMARC1; p=none{extra}")
    assert organisational("a.b.c.example", resolver) == found


def test_what_a_registry_publishes_is_not_ours_to_repair(zone, resolver):
    zone.txt("_dmarc.example", "v=DMARC1; p=none; psd=y")
    made = explain_dmarc(HERE, resolver)
    assert made.status == WRONG
    assert made.records[0].name == f"_dmarc.{HERE}"


def test_a_dmarc_that_cannot_be_asked_for_is_left_open(zone, resolver):
    zone.faults[f"_dmarc.{HERE}"] = SILENT
    assert explain_dmarc(HERE, resolver).status == UNREACHABLE


# --- MX


def test_a_server_with_an_address_receives_mail(zone, resolver):
    zone[HERE]["MX"] = ["10 mx.reseau.example."]
    zone["mx.reseau.example"] = {"AAAA": ["2001:db8::1"]}
    made = explain_mx(HERE, resolver)
    assert (made.status, made.found) == (GOOD, ("mx.reseau.example (10)",))


@pytest.mark.parametrize(
    ("records", "status", "word"),
    [
        ({}, MISSING, "se perdent"),
        ({"A": ["192.0.2.1"]}, WRONG, "site web"),
        ({"MX": ["0 ."]}, WRONG, "refuse tout courrier"),
        ({"MX": ["10 gone.example."]}, WRONG, "gone.example n’existe pas"),
        ({"MX": ["10 192.0.2.1."]}, WRONG, "est une adresse"),
    ],
)
def test_mail_that_cannot_arrive_is_told(zone, resolver, records, status, word):
    zone[HERE] = records
    made = explain_mx(HERE, resolver)
    assert made.status == status
    assert word in said(made)


def test_only_the_dead_one_of_two_servers_is_left_out(zone, resolver):
    zone[HERE]["MX"] = ["10 gone.example.", "20 mx.reseau.example."]
    zone["mx.reseau.example"] = {"A": ["192.0.2.1"]}
    made = explain_mx(HERE, resolver)
    assert lines(made) == ["reseau.example. IN MX 20 mx.reseau.example."]


# --- All of it


def make_good(zone: Zone, name: str = HERE) -> None:
    zone[name] = {"MX": [f"10 mx.{name}."]}
    zone.txt(name, "v=spf1 mx ~all")
    zone[f"mx.{name}"] = {"A": ["192.0.2.1"]}
    zone.txt(f"mail._domainkey.{name}", f"v=DKIM1; p={rsa_key(2048)}")
    zone.txt(f"_dmarc.{name}", f"v=DMARC1; p=quarantine; rua=mailto:a@{name}")


def states(findings: list[Finding]) -> dict[str, Status]:
    return {finding.subject: finding.status for finding in findings}


def test_a_good_domain_is_good_everywhere(zone, resolver):
    make_good(zone)
    found = states(explain(HERE, resolver))
    assert found == dict.fromkeys(["SPF", "DKIM", "DMARC", "Alignement", "MX"], GOOD)


def test_a_domain_that_does_not_exist_is_said_once(zone, resolver):
    del zone[HERE]
    [finding] = explain(HERE, resolver)
    assert (finding.subject, finding.status) == ("Domaine", MISSING)


def test_a_silent_name_server_is_said_once(zone, resolver):
    zone.faults[HERE] = SILENT
    [finding] = explain(HERE, resolver)
    assert finding.status == UNREACHABLE


def alignment(zone: Zone, resolver: Resolver, **seen: str) -> Finding:
    found = {one.subject: one for one in explain(HERE, resolver, **seen)}
    return found["Alignement"]


def test_a_relay_that_takes_the_return_path_needs_dkim(zone, resolver, settings):
    make_good(zone)
    settings.EMAIL_HOST = "smtp-relay.brevo.com"
    assert alignment(zone, resolver).status == GOOD
    del zone[f"mail._domainkey.{HERE}"]
    made = alignment(zone, Resolver(zone.nameserver))
    assert made.status == WRONG
    assert "smtp-relay.brevo.com met d’habitude" in said(made)


@pytest.mark.parametrize(
    ("mode", "seen", "status"),
    [
        ("", {"return_path": "x.relay.example", "signed_by": HERE}, GOOD),
        ("", {"return_path": HERE, "signed_by": "relay.example"}, GOOD),
        ("", {"return_path": "relay.example", "signed_by": "relay.example"}, WRONG),
        ("", {"return_path": f"m.{HERE}", "signed_by": "relay.example"}, GOOD),
        ("; aspf=s", {"return_path": f"m.{HERE}", "signed_by": "r.example"}, WRONG),
        ("", {"return_path": "r.example", "signed_by": f"m.{HERE}"}, GOOD),
        ("; adkim=s", {"return_path": "r.example", "signed_by": f"m.{HERE}"}, WRONG),
    ],
)
def test_what_a_message_shows_is_compared(zone, resolver, mode, seen, status):
    make_good(zone)
    zone.txt(f"_dmarc.{HERE}", f"v=DMARC1; p=reject{mode}; {RUA}")
    assert alignment(zone, resolver, **seen).status == status


def test_spf_alone_is_good_with_a_word(zone, resolver):
    make_good(zone)
    del zone[f"mail._domainkey.{HERE}"]
    made = alignment(zone, resolver)
    assert made.status == GOOD
    assert "Seul SPF" in said(made)


def test_neither_proof_while_a_server_is_silent_is_left_open(zone, resolver):
    make_good(zone)
    zone.txt(HERE, "v=spf1 +all")
    zone.faults[f"mail._domainkey.{HERE}"] = SERVFAIL
    assert alignment(zone, resolver).status == UNREACHABLE


SENTENCE = re.compile(r"[\w»)] [;:!?»](?=\s|$)|« |'")


def test_every_sentence_has_the_spaces_of_french(zone, resolver, settings):
    settings.MAIL_DKIM_SELECTORS = ["none", "mail"]
    zone.txt(f"mail._domainkey.{HERE}", "v=DKIM2; p=AA")
    zone.txt(f"_dmarc.{HERE}", "v=DMARC1; p=x; oops; rua=me; t=y; pct=5")
    zone[HERE]["MX"] = ["0 ."]
    zone.txt(HERE, "v=spf1 x include:gone.example redirect=a redirect=b ptr ?all")
    findings = explain(HERE, resolver)
    sentences = [one for f in findings for one in (f.what, *f.advice)]
    assert len(sentences) > 15
    assert [one for one in sentences if SENTENCE.search(one)] == []


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=3),
    st.sampled_from(["", "v=spf1 ", "v=DMARC1; ", "v=DKIM1; p="]),
)
def test_whatever_is_published_is_explained(zone, contents, start):
    texts = [start + content.decode("latin-1") for content in contents]
    for name in (HERE, f"_dmarc.{HERE}", f"mail._domainkey.{HERE}"):
        zone.txt(name, *texts)
    findings = explain(HERE, Resolver(zone.nameserver))
    assert len(findings) == 5
    told = "".join("".join((*f.found, *f.advice)) for f in findings)
    assert told.replace("\u202f", "").isprintable()


# --- The command


def run(zone: Zone, *words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(
            "check_mail_domain", *words, "--nameserver", zone.nameserver, stdout=out
        )
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_reads_well_without_colours(zone):
    make_good(zone)
    code, told = run(zone, "contact@Reseau.example.")
    assert code == 0
    assert "SPF\u202f: bon" in told
    assert "\x1b" not in told
    zone.txt(HERE, "v=spf1 [bold]mx[/bold] +all")
    code, told = run(zone, HERE)
    assert code == 1
    assert "SPF\u202f: à corriger" in told
    assert "Trouvé\u202f: v=spf1 [bold]mx[/bold] +all" in told
    assert '    reseau.example. IN TXT "v=spf1 a:smtp.reseau.example ~all"\n' in told


def test_the_command_checks_the_two_domains_of_the_settings(zone, settings):
    settings.REPLY_ADDRESS = f"reponse@{HERE}"
    settings.DEFAULT_FROM_EMAIL = "Parenthèses <contact@asso.example>"
    make_good(zone)
    make_good(zone, "asso.example")
    code, told = run(zone, "--json")
    content = json.loads(told)
    assert code == 0
    assert list(content) == [HERE, "asso.example"]
    assert content[HERE][0]["status"] == "good"


def test_a_program_reads_the_line_to_publish(zone):
    code, told = run(zone, HERE, "--json")
    finding = json.loads(told)[HERE][0]
    assert code == 1
    assert finding["records"] == [
        {
            "name": HERE,
            "kind": "TXT",
            "value": "v=spf1 a:smtp.reseau.example ~all",
            "line": 'reseau.example. IN TXT "v=spf1 a:smtp.reseau.example ~all"',
        }
    ]


def test_not_knowing_is_neither_good_nor_wrong(zone):
    make_good(zone)
    zone.faults[f"_dmarc.{HERE}"] = SERVFAIL
    assert run(zone, HERE)[0] == 2


def test_what_a_message_showed_can_be_given(zone):
    make_good(zone)
    seen = ("--return-path", "b@relay.example", "--signed-by", "relay.example")
    code, told = run(zone, HERE, *seen)
    assert code == 1
    assert "Rien ne prouve l’adresse d’envoi" in told


@pytest.mark.parametrize(
    "typed",
    ["localhost", "a b.example", "a.-", "192.0.2.1", "x" * 64 + ".example", "é" * 300],
)
def test_what_is_no_domain_is_refused(zone, typed):
    with pytest.raises(CommandError, match="n’est pas un nom de domaine"):
        run(zone, typed)
    assert zone.asked == []


def test_an_accented_domain_is_asked_for_in_ascii(zone):
    code, told = run(zone, "été.example")
    assert "xn--t-9fab.example" in told
    assert code == 1


@pytest.mark.parametrize("server", ["[::1", "127.0.0.1:x", "no such host", ":53"])
def test_a_name_server_that_cannot_be_used_is_named(server):
    with pytest.raises(CommandError, match="Serveur DNS inutilisable"):
        call_command("check_mail_domain", HERE, "--nameserver", server)


def test_a_long_value_is_cut_into_strings():
    record = Record("k.example", "TXT", "a" * 300 + '"\\')
    assert str(record) == f'k.example. IN TXT "{"a" * 255}" "{"a" * 45}\\"\\\\"'
