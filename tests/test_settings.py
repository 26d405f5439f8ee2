"""The settings refuse a half-configured production, and the README tells them all."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SETTINGS = Path(settings.ROOT) / "networking" / "settings.py"
README = Path(settings.ROOT) / "README.md"
ASKED = re.compile(r"""(?:env\.\w+|required)\(\s*["']([A-Z_]+)["']""")
TOLD = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)

PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "s" * 50,
    "TOKEN_KEY": "t" * 50,
    "BASE_URL": "https://reseau.example",
    "ALLOWED_HOSTS": "reseau.example",
    "EMAIL_URL": "smtp+tls://user:word@smtp.example:587",
    "ORGANISATION_CONTACT": "contact@reseau.example",
    "REPLY_ADDRESS": "reponse@reseau.example",
}
REQUIRED = sorted(PRODUCTION.keys() - {"PRODUCTION"})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch):
    """The settings of a process that has these variables and no other of ours."""

    def run(**variables: str) -> dict[str, Any]:
        for name in ASKED.findall(SETTINGS.read_text()):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return run


def test_a_complete_production_starts(read) -> None:
    made = read(**PRODUCTION)
    assert made["SECOND_FACTOR_REQUIRED"] is True
    assert made["SESSION_COOKIE_SECURE"] is True
    assert made["EMAIL_HOST"] == "smtp.example"
    assert made["EMAIL_TIMEOUT"] == 15


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, ""])
def test_production_names_the_variable_it_misses(read, name, value) -> None:
    given = PRODUCTION | {name: value or ""}
    if value is None:
        del given[name]
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(**given)
    assert str(refusal.value) == f"{name} must be set in production."


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "s" * 49, "SECRET_KEY and TOKEN_KEY need 50 characters"),
        ("TOKEN_KEY", "t" * 49, "SECRET_KEY and TOKEN_KEY need 50 characters"),
        ("BASE_URL", "http://reseau.example", "BASE_URL must start with https://"),
        ("DEMO", "1", "PRODUCTION excludes DEMO and DEBUG."),
        ("DEBUG", "1", "PRODUCTION excludes DEMO and DEBUG."),
    ],
)
def test_production_refuses_what_is_weak(read, name, value, sentence) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape(sentence)):
        read(**PRODUCTION | {name: value})


@pytest.mark.parametrize("value", ["0", "4", "12"])
def test_a_small_number_is_from_five_to_eleven(read, value) -> None:
    with pytest.raises(ImproperlyConfigured, match="SMALLEST_COUNT must be from 5"):
        read(SMALLEST_COUNT=value)
    assert read(SMALLEST_COUNT="11")["SMALLEST_COUNT"] == 11


def test_each_guest_answers_behind_a_plus_sign_or_in_a_domain_of_its_own(read) -> None:
    assert read()["REPLY_PATTERN"] == "reponse+{token}@parentheses.example"
    pattern = "{token}@reponses.reseau.example"
    assert read(REPLY_PATTERN=pattern)["REPLY_PATTERN"] == pattern


@pytest.mark.parametrize(
    "wrong",
    [
        {"REPLY_PATTERN": "reponse@reseau.example"},
        {"REPLY_PATTERN": "{token}{token}@reseau.example"},
        {"REPLY_PATTERN": "reponse@{token}.example"},
        {"REPLY_PATTERN": "a b{token}@reseau.example"},
        {"REPLY_PATTERN": "a" * 39 + "{token}@reseau.example"},
        {"REPLY_ADDRESS": "reponse"},
    ],
)
def test_a_reply_address_without_room_for_a_token_is_refused(read, wrong) -> None:
    with pytest.raises(ImproperlyConfigured, match="REPLY_PATTERN must be an address"):
        read(**PRODUCTION | wrong)


def test_the_mailbox_is_only_read_over_tls(read) -> None:
    with pytest.raises(ImproperlyConfigured, match="IMAP_URL must start with imaps://"):
        read(**PRODUCTION | {"IMAP_URL": "imap://a:b@imap.example"})


def test_without_any_variable_everything_has_a_value(read) -> None:
    made = read()
    assert made["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert made["BASE_URL"] == "http://localhost:8000"
    off = ("PRODUCTION", "DEMO", "DEBUG", "SECOND_FACTOR_REQUIRED")
    assert {name for name in off if made[name]} == set()


def test_a_demonstration_never_mails_whatever_the_address(read) -> None:
    made = read(DEMO="1", EMAIL_URL=PRODUCTION["EMAIL_URL"])
    assert made["EMAIL_BACKEND"] == "networking.mailbox.MailboxBackend"
    assert "EMAIL_HOST" not in made
    assert made["GEOCODER_TIMEOUT"] == 0


def test_what_is_written_goes_to_one_folder(read, tmp_path) -> None:
    made = read(VAR_FOLDER=str(tmp_path))
    assert made["DATABASES"]["default"]["NAME"] == str(tmp_path / "db.sqlite3")
    assert made["MAILBOX"] == tmp_path / "mailbox"
    assert made["STATIC_ROOT"] == tmp_path / "static"


def test_the_readme_tells_every_variable_and_no_other() -> None:
    told = TOLD.findall(README.read_text())
    assert len(told) == len(set(told))
    assert set(told) == set(ASKED.findall(SETTINGS.read_text()))


def test_nobody_else_reads_the_environment() -> None:
    """But the two that start before the settings exist."""
    readers = {
        str(path.relative_to(settings.ROOT))
        for app in ("venues", "networking", "invitations", "reports")
        for path in (Path(settings.ROOT) / app).rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|environ\.Env", path.read_text())
    }
    starters = {"networking/machine.py", "networking/wsgi.py"}
    assert readers == {"networking/settings.py"} | starters
