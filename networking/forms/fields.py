"""Communes as people type them. No list of 35,000 names travels with a page."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from networking.models import PracticeMode
from networking.templatetags.french import NARROW, number, typo
from venues.gazetteer import find, find_each, label, labels, resembling
from venues.models import Commune

SHOWN_CHOICES = 12
SHOWN_ERRORS = 5
MOST_COMMUNES = 400
# Why a mode of practice and a membership are asked.
FOR_COUNTS = "Facultatif. Sert aux bilans, en nombres, jamais avec un nom."


class DatalistInput(forms.TextInput):
    """A text field with suggestions; anything else may still be typed."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.suggestions: list[str] = []

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        attrs = dict(attrs or {})
        if not self.suggestions:
            return super().render(name, value, attrs, renderer)
        list_id = f"{attrs.get('id', name)}_list"
        options = format_html_join(
            "", '<option value="{}"></option>', ((one,) for one in self.suggestions)
        )
        field = super().render(name, value, {**attrs, "list": list_id}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


def which(text: str, communes: list[Commune]) -> Commune:
    """The only commune found, or a sentence that says how to choose."""
    if len(communes) == 1:
        return communes[0]
    if communes:
        shown = labels(communes)[:SHOWN_CHOICES]
        more = " …" if len(communes) > SHOWN_CHOICES else ""
        words = f"« {text} », c’est plusieurs communes. Choisissez :"
        raise ValidationError(f"{typo(words)} {', '.join(shown)}{more}", code="several")
    close = " ou ".join(label(commune) for commune in resembling(text))
    words = f"Aucune commune ne porte ce nom : « {text} ». Vérifiez l’orthographe."
    hint = f" Peut-être {close}{NARROW}?" if close else ""
    raise ValidationError(typo(words) + hint, code="unknown")


class CommuneField(forms.CharField):
    """Cleans to a Commune; accepts "Cognin", "73160 Cognin" or an INSEE code.

    The initial value is a Commune. Give `suggest()` the communes of the user's
    circles, never all of them.
    """

    widget = DatalistInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Commune")
        kwargs.setdefault("max_length", 120)
        errors = {
            "required": "Écrivez la commune.",
            "max_length": "Ce nom de commune est trop long.",
            **(kwargs.pop("error_messages", None) or {}),
        }
        super().__init__(error_messages=errors, **kwargs)

    def suggest(self, communes: Iterable[Commune]) -> None:
        self.widget.suggestions = [label(commune) for commune in communes]

    def prepare_value(self, value: Any) -> Any:
        return label(value) if isinstance(value, Commune) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(label(value) if isinstance(value, Commune) else value)
        return which(text, find(text)) if text else None


class CommunesField(forms.CharField):
    """Cleans to a list of Commune, as typed: names or postal codes separated by
    commas, semicolons or lines. The initial value is an iterable of Commune."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Communes")
        kwargs.setdefault("max_length", 20_000)
        errors = {
            "required": "Écrivez une commune au moins.",
            "max_length": "Cette liste est trop longue.",
            **(kwargs.pop("error_messages", None) or {}),
        }
        super().__init__(error_messages=errors, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return ", ".join(label(commune) for commune in value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        parts = [part.strip() for part in re.split(r"[,;\n]", text)]
        typed = list(dict.fromkeys(part for part in parts if part))
        if len(typed) > MOST_COMMUNES:
            raise ValidationError(
                f"Écrivez {MOST_COMMUNES} communes au plus.", code="too_many"
            )
        if text and not typed:
            raise ValidationError(self.error_messages["required"], code="required")
        return resolve(typed)


class RowsField(forms.ModelMultipleChoiceField):
    """Refuses a number that no column can hold, which SQLite would not survive."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if not (str(key).isascii() and str(key).isdecimal() and len(str(key)) < 19):
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": key},
                )
        return super().clean(value)


def resolve(typed: list[str]) -> list[Commune]:
    """The communes of these texts, once each, in their order."""
    found = find_each(typed)
    communes: dict[str, Commune] = {}
    errors: list[ValidationError] = []
    for text in typed:
        try:
            commune = which(text, found[text])
        except ValidationError as error:
            errors.append(error)
        else:
            communes[commune.code] = commune
        if len(errors) == SHOWN_ERRORS:
            break
    if errors:
        raise ValidationError(errors)
    return list(communes.values())


class EuroField(forms.DecimalField):
    """« 7,40 » as well as « 7.40 » or « 7,40 € »."""

    default_error_messages = {
        "invalid": "Écrivez un prix, par exemple 7,40.",
        "min_value": "Écrivez un prix positif.",
        "max_decimal_places": "Écrivez deux chiffres après la virgule.",
    }

    def __init__(self, **kwargs: Any) -> None:
        most = kwargs.pop("max_value", Decimal(99_999))
        too_much = f"Écrivez un prix de {number(most)} euros au plus."
        kwargs.setdefault("error_messages", {"max_value": too_much})
        attrs = {"inputmode": "decimal", "class": "court"}
        super().__init__(
            min_value=Decimal(0),
            max_value=most,
            decimal_places=2,
            widget=forms.TextInput(attrs=attrs),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"[\s€]", "", str(value or "")).replace(",", ".")
        return super().to_python(text)


class YesNoField(forms.NullBooleanField):
    """Yes, no, or nothing said, in that order of haste: silence comes first."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.choices = (
            ("unknown", "Ne pas répondre"),
            ("true", "Oui"),
            ("false", "Non"),
        )


class ModeField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        choices = (("", "Ne pas répondre"), *PracticeMode.choices)
        super().__init__(choices=choices, required=False, **kwargs)
