from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from networking.forms.fields import EuroField
from networking.models import Meetup, Partner, Profession
from networking.templatetags.french import typo
from reports.models import Attendance, Indicator
from reports.naming import named, names_around

QUOTES, QUOTE_LENGTH = 4, 170
STEPS, STEP_LENGTH = 6, 110
INDICATOR_LENGTH = 200
# French quotation marks come with the printed page.
MARKS = ' \t\u00a0\u202f«»“”"-•'


class WalkInForm(forms.ModelForm):
    class Meta:
        model = Attendance
        fields = ("first_name", "profession")
        error_messages = {
            "profession": {
                "required": "Choisissez un métier.",
                "invalid_choice": "Choisissez un métier de la liste.",
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first_name = self.fields["first_name"]
        first_name.required = True
        first_name.error_messages["required"] = "Écrivez son prénom."
        first_name.widget.attrs["autocomplete"] = "off"
        profession = cast(forms.ModelChoiceField, self.fields["profession"])
        profession.queryset = Profession.objects.order_by("label_epicene")
        profession.empty_label = "Choisir un métier"


class LinesField(forms.CharField):
    """One sentence a line; gives a list of sentences."""

    widget = forms.Textarea

    def __init__(self, *, lines: int, length: int, **kwargs: Any) -> None:
        self.lines, self.length = lines, length
        super().__init__(required=False, **kwargs)
        self.widget.attrs["rows"] = lines

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        lines = [typo(line.strip(MARKS)) for line in text.splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > self.lines:
            raise ValidationError(
                f"Gardez {self.lines} phrases au plus. Il y en a {len(lines)}."
            )
        for line in lines:
            if len(line) > self.length:
                raise ValidationError(
                    f"Raccourcissez cette phrase à {self.length} signes\u202f:"
                    f" «\u202f{line[:40]}…\u202f»"
                )
        return lines


class QuotesField(LinesField):
    def __init__(self) -> None:
        super().__init__(
            label="Ce qui s’est dit",
            help_text=f"{QUOTES} phrases au plus, une par ligne."
            " Aucun nom. Rien sur un patient.",
            lines=QUOTES,
            length=QUOTE_LENGTH,
        )


class ReportForm(forms.Form):
    partner = forms.ModelChoiceField(
        Partner.objects.none(),
        label="Pour qui",
        empty_label=None,
        error_messages={"required": "Choisissez à qui part ce bilan."},
    )
    quotes = QuotesField()
    next_steps = LinesField(
        label="La suite",
        help_text=f"{STEPS} lignes au plus\u202f: la prochaine date, qui inviter…",
        lines=STEPS,
        length=STEP_LENGTH,
    )
    cost = EuroField(
        label="Coût par personne, en euros",
        help_text="Le bilan le tait quand il cache le nombre de personnes.",
        required=False,
        max_value=Decimal(999),
    )

    def __init__(self, meetup: Meetup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names_around(meetup)
        partner = cast(forms.ModelChoiceField, self.fields["partner"])
        partner.queryset = addressees(meetup)
        self.asked = list(
            Indicator.objects.filter(partner__in=partner.queryset).select_related(
                "partner"
            )
        )
        for line in self.asked:
            self.fields[f"indicator_{line.pk}"] = forms.CharField(
                label=line.label,
                help_text=f"Demandé par {line.partner}. Aucun nom.",
                required=False,
                max_length=INDICATOR_LENGTH,
                error_messages={
                    "max_length": f"Écrivez {INDICATOR_LENGTH} signes au plus."
                },
            )

    def clean(self) -> dict[str, Any]:
        """`indicators`: what the chosen partner asks for, with what was written."""
        data, told = self.cleaned_data, []
        for line in self.asked:
            name = f"indicator_{line.pk}"
            text = typo(data.pop(name, "").strip())
            if found := named(text, *self.names):
                self.add_error(name, found)
            if text and line.partner == data.get("partner"):
                told.append((line.label, text))
        data["indicators"] = told
        return data

    def clean_quotes(self) -> list[str]:
        return self._nameless("quotes")

    def clean_next_steps(self) -> list[str]:
        return self._nameless("next_steps")

    def _nameless(self, field: str) -> list[str]:
        lines: list[str] = self.cleaned_data[field]
        for line in lines:
            if found := named(line, *self.names):
                raise ValidationError(found)
        return lines


def addressees(meetup: Meetup) -> QuerySet[Partner]:
    """Partners of the venue's commune, or else all of them."""
    near = Partner.objects.filter(communes=meetup.venue.commune_id)
    return near if near.exists() else Partner.objects.all()
