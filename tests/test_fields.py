"""Communes, prices and short answers as people type them, in forms."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError

from networking.forms.fields import (
    CommuneField,
    CommunesField,
    DatalistInput,
    EuroField,
    YesNoField,
)
from tests.factories import CommuneFactory
from venues.models import Commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def valmorey() -> Commune:
    return CommuneFactory(code="73999", name="Valmorey", postal_codes=["73000"])


def errors_of(field: CommuneField | CommunesField, typed: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    return caught.value.messages


def test_homonyms_are_told_apart_by_their_postal_code():
    CommuneFactory(code="73998", name="Sainte-Colombe", postal_codes=["73900"])
    CommuneFactory(code="01998", name="Sainte-Colombe", postal_codes=["01900"])
    [error] = errors_of(CommuneField(), "Sainte Colombe")
    assert "Sainte-Colombe (01900), Sainte-Colombe (73900)" in error
    assert CommuneField().clean("Sainte-Colombe (73900)").code == "73998"


def test_homonyms_of_one_post_office_are_told_apart_by_their_insee_code():
    for code in ("73997", "73998"):
        CommuneFactory(code=code, name="Sainte-Colombe", postal_codes=["73900"])
    [error] = errors_of(CommuneField(), "Sainte Colombe")
    assert "Sainte-Colombe (73997), Sainte-Colombe (73998)" in error


def test_a_list_of_communes_keeps_its_order_and_says_each_only_once(valmorey):
    brenne = CommuneFactory(code="73998", name="Brenne", postal_codes=["73900"])
    typed = " brenne ;\n73000 Valmorey,, Brenne (73900)\r\n"
    assert CommunesField().clean(typed) == [brenne, valmorey]


def test_each_unknown_commune_of_a_list_has_its_sentence(valmorey):
    errors = errors_of(CommunesField(), "Valmorey, Ici, Là")
    assert ["Ici" in errors[0], "Là" in errors[1]] == [True, True]
    assert len(errors) == 2


@pytest.mark.parametrize("typed", ["", " , ;\n"])
def test_an_empty_list_of_communes_is_explained(typed):
    assert errors_of(CommunesField(), typed) == ["Écrivez une commune au moins."]


def test_an_optional_list_may_be_empty():
    assert CommunesField(required=False).clean("") == []


def test_a_list_of_communes_is_shown_as_it_can_be_typed_again(valmorey):
    field = CommunesField()
    shown = field.prepare_value([valmorey, CommuneFactory(postal_codes=["73900"])])
    assert len(field.clean(shown)) == 2


def test_five_hundred_communes_are_too_many():
    typed = ",".join(f"Commune {count}" for count in range(500))
    assert errors_of(CommunesField(), typed) == ["Écrivez 400 communes au plus."]


def test_a_suggestion_cannot_break_out_of_its_attribute():
    widget = DatalistInput()
    widget.suggestions = ['"><script>alert(1)</script>']
    html = widget.render("commune", "", {"id": "id_commune"})
    assert "<script>" not in html
    assert 'list="id_commune_list"' in html
    assert 'id="id_commune_list"' in html


def test_two_forms_do_not_share_their_suggestions(valmorey):
    class Form(forms.Form):
        commune = CommuneField()

    first, second = Form(), Form()
    first.fields["commune"].suggest([valmorey])
    assert "Valmorey" in str(first["commune"])
    assert "Valmorey" not in str(second["commune"])


@pytest.mark.parametrize("typed", ["x" * 121, "x\x00y"])
def test_what_cannot_be_a_name_is_refused(typed):
    assert errors_of(CommuneField(), typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("7,40", "7.40"), ("7.40 €", "7.40"), ("1\u202f200,5", "1200.5"), ("", None)],
)
def test_a_price_is_read_as_people_write_it(typed, value):
    read = EuroField(required=False).clean(typed)
    assert read == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sept", "Écrivez un prix, par exemple 7,40."),
        ("-3", "Écrivez un prix positif."),
        ("7,404", "Écrivez deux chiffres après la virgule."),
        ("1e9", "Écrivez un prix de 999 euros au plus."),
        ("NaN", "Écrivez un prix, par exemple 7,40."),
    ],
)
def test_a_price_that_is_none_has_its_sentence(typed, said):
    with pytest.raises(ValidationError, match=re.escape(said)):
        EuroField(max_value=Decimal(999)).clean(typed)


def test_saying_nothing_is_not_saying_no():
    field = YesNoField(label="Adhère à une CPTS")
    assert [field.clean(value) for value in ("unknown", "true", "false", "")] == [
        None,
        True,
        False,
        None,
    ]
