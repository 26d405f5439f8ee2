"""What can be said of the style sheet and the shared templates without a browser."""

import re
from pathlib import Path

import pytest
from defusedxml import ElementTree
from django import forms
from django.template.loader import render_to_string

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
STYLE = (STATIC / "style.css").read_text()
PRINTED = {"pdf", "mails"}


def pages() -> list[Path]:
    """Every template of a page; mails and printed documents style themselves."""
    found = (ROOT / "templates").rglob("*.html")
    return [path for path in found if not PRINTED & set(path.parts)]


class Lunch(forms.Form):
    name = forms.CharField(
        label="Prénom",
        help_text="Celui du quotidien",
        error_messages={"required": "Écrivez votre prénom"},
    )
    day = forms.DateField(label="Jour")
    note = forms.CharField(label="Message", required=False, widget=forms.Textarea)
    meal = forms.ChoiceField(
        label="Repas", choices=[("all", "De tout")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="D’accord")


class Search(forms.Form):
    hide_optional = True
    q = forms.CharField(label="Un métier", required=False)


def test_the_style_sheet_stays_light() -> None:
    assert len(STYLE.encode()) <= 15 * 1024


def test_fonts_stay_light_and_carry_their_licence() -> None:
    fonts = sorted((STATIC / "fonts").glob("*.woff2"))
    assert len(fonts) == 4
    assert sum(font.stat().st_size for font in fonts) < 45_000
    licence = (STATIC / "fonts" / "OFL.txt").read_text()
    assert "Bricolage Grotesque Project Authors" in licence
    assert "Braille Institute" in licence
    assert "SIL OPEN FONT LICENSE" in licence


def test_files_named_by_the_style_sheet_exist() -> None:
    named = re.findall(r"url\(([^)]+)\)", STYLE)
    assert named
    assert [name for name in named if not (STATIC / name).exists()] == []


@pytest.mark.parametrize("path", pages(), ids=str)
def test_pages_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"", text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or "application/json" in attributes


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    root = ElementTree.parse(STATIC / "icons.svg").getroot()
    drawn = {symbol.get("id") for symbol in root}
    asked = set()
    for path in pages():
        for call in re.findall(r"\{%\s*include[^%]*%\}", path.read_text()):
            pattern = r"icon\.html.\s+with\s+name=['\"]([\w-]+)|\bicon=['\"]([\w-]+)"
            asked |= {a or b for a, b in re.findall(pattern, call)}
    assert asked
    assert asked <= drawn


def test_shared_templates_use_only_known_classes() -> None:
    """A name missing from the style sheet is a slip of the pen."""
    known = set(re.findall(r"\.(-?[a-z][\w-]*)", STYLE))
    folders = ("includes", "forms", "account", "mfa", "allauth")
    shared = [p for p in pages() if p.parent == ROOT / "templates"]
    for folder in folders:
        shared += (ROOT / "templates" / folder).rglob("*.html")
    for path in shared:
        for value in re.findall(r'\sclass="([^"]*)"', path.read_text()):
            plain = re.sub(r"\{[{%].*?[%}]\}", " ", value)
            assert set(plain.split()) <= known, path


@pytest.mark.parametrize("name", ["400", "403", "404", "403_csrf", "500"])
def test_error_pages_offer_a_way_back(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert '<html lang="fr">' in page
    assert page.count("<h1>") == 1
    assert 'href="/"' in page
    assert 'id="contenu"' in page


def test_the_last_error_page_needs_nothing() -> None:
    source = (ROOT / "templates" / "500.html").read_text()
    assert "{%" not in source
    assert "{{" not in source


def test_a_page_is_not_indexed_unless_it_says_so() -> None:
    page = render_to_string("404.html")
    assert '<meta name="robots" content="noindex">' in page
    assert 'href="#contenu"' in page


def test_an_error_comes_first_in_the_title() -> None:
    wrong = render_to_string("base.html", {"form": Lunch({})})
    right = render_to_string("base.html", {"form": Lunch()})
    assert "<title>Erreur\u202f: " in wrong
    assert "Erreur" not in right


def test_errors_stand_on_top_and_beside_their_field() -> None:
    html = str(Lunch({"day": "2026-12-10", "meal": "all", "agreed": "on"}))
    assert '<a href="#id_name">Écrivez votre prénom</a>' in html
    assert 'role="alert"' in html
    assert "1\u00a0chose à corriger" in html
    field = re.search(r'<input[^>]*name="name"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="id_name_helptext id_name_error"' in field[0]
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_an_empty_field_is_named_rather_than_called_compulsory() -> None:
    html = str(Lunch({}))
    assert "Jour\u202f: à compléter" in html
    assert "obligatoire" not in html


def test_a_group_of_choices_has_a_legend_and_its_own_anchor() -> None:
    html = str(Lunch({}))
    assert re.search(r"<legend>Repas\s*</legend>", html)
    assert 'href="#id_meal_0"' in html
    assert 'id="id_meal_0"' in html


def test_only_optional_fields_say_so() -> None:
    html = str(Lunch())
    assert html.count("(facultatif)") == 1
    assert "Message <i>(facultatif)</i>" in html
    assert "*" not in html


def test_a_search_does_not_call_its_fields_optional() -> None:
    assert "facultatif" not in str(Search())


def test_a_tick_box_is_inside_its_label() -> None:
    html = str(Lunch()["agreed"].as_field_group())
    assert re.search(r"<label[^>]*>\s*<input type=\"checkbox\"", html)


def test_what_people_type_is_escaped_in_a_returned_form() -> None:
    html = str(Lunch({"name": "<script>", "day": "x"}))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
