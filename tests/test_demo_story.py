"""A whole meetup through real servers, as people in browsers play it."""

import re
from io import StringIO
from pathlib import Path
from smtplib import SMTP

import pytest
from django.core.management import call_command
from django.db import connection

from networking.models import User
from reports.demo import sink
from reports.demo.browser import NoSuchForm, Page


@pytest.mark.parametrize("kind", ["get", "post"])
def test_a_form_is_sent_as_a_browser_does(kind):
    html = f"""<form method="{kind}" action="/a/"><input name="a" value="1&amp;2">
    <input type="checkbox" name="b" value="x" checked><input type="checkbox" name="b">
    <select name="c"><option value="1">un<option value="2" selected>deux</select>
    <textarea name="d">\nune\nligne</textarea><button name="e" value="oui">Oui</button>
    </form><input name="outside">"""
    form = Page("http://localhost/", html, b"").form("a", "e", method=kind)
    assert form.fields == [("a", "1&2"), ("b", "x"), ("c", "2"), ("d", "une\nligne")]
    assert form.buttons == [("e", "oui")]


def by_kind(folder: Path) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for path in folder.iterdir():
        kinds.setdefault(path.suffix, set()).add(path.stem)
    return kinds


def methods(folder: Path) -> dict[str, list[bytes]]:
    """By number of step."""
    return {
        path.stem[:2]: re.findall(rb"\r\nMETHOD:(\w+)", path.read_bytes())
        for path in folder.glob("*.ics")
    }


@pytest.mark.django_db(transaction=True)
def test_a_whole_meetup_is_played_and_leaves_its_papers(settings, tmp_path: Path):
    settings.DEMO = True
    before = connection.settings_dict["NAME"], User.objects.count()
    told = StringIO()
    call_command("demo", artefacts=tmp_path, stdout=told)

    assert (connection.settings_dict["NAME"], User.objects.count()) == before
    assert "annulation" in told.getvalue()
    kinds = by_kind(tmp_path)
    assert len(kinds[".pdf"]) == 6
    assert all(path.read_bytes()[:5] == b"%PDF-" for path in tmp_path.glob("*.pdf"))
    plain = re.compile("code|relance|reponse|proposee|structure|bilan|merci|mot-a")
    without = {stem for stem in kinds[".eml"] if plain.search(stem)}
    downloads = {stem for stem in kinds[".ics"] if "agenda" in stem or "abonne" in stem}
    came = sum("merci" in stem for stem in without)
    assert came >= 4
    assert len(without) == 1 + 4 + 1 + 1 + 1 + 2 + came + 1
    assert len(downloads) == 3
    assert kinds[".eml"] - without == kinds[".ics"] - downloads
    assert methods(tmp_path) == {
        "01": [b"REQUEST"],
        "02": [],
        "03": [b"REQUEST"],
        "05": [b"REQUEST"],
        "06": [b"REQUEST"],
        "11": [b"REQUEST"],
        "12": [b"CANCEL"],
        "13": [b"REQUEST"],
        "17": [],
    }


def test_the_sink_keeps_letters_byte_for_byte():
    letter = b"Subject: dots\r\n\r\n.one\r\n..two\r\nend\r\n"
    with sink.running() as mail, SMTP("127.0.0.1", mail.port) as client:
        for _ in range(2):
            client.sendmail("a@example.org", ["b@example.org"], letter)
    assert mail.letters == [letter, letter]


def test_a_form_that_is_not_there_is_said_with_its_page():
    with pytest.raises(NoSuchForm, match="http://localhost/x"):
        Page("http://localhost/x", "<form><input name=a></form>", b"").form("b")
