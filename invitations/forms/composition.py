"""What the organiser asks of the table: floors, ceilings, employers' seats."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from invitations.models import SeatBlock, SeatRule
from networking.actions.people import same, workplace_named
from networking.addresses import NOT_AN_ADDRESS, refusal
from networking.forms.circles import PlainCharField
from networking.forms.fields import DatalistInput
from networking.forms.people import professions_by_family
from networking.models import (
    Family,
    Meetup,
    Profession,
    Professional,
    Suppression,
    Workplace,
)

NUMBER = {
    "invalid": "Écrivez un nombre, par exemple 2.",
    "min_value": "Écrivez 0 ou plus.",
    "max_value": "500 au plus.",
}
RELEASED_BEFORE = timedelta(days=3)
SHOWN = 40


def families_and_trades() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices: whole families first, then every trade under its family."""
    families = [
        (f"besoin:{family.pk}", family.label) for family in Family.objects.all()
    ]
    trades = [
        (str(label), [(f"metier:{key}", name) for key, name in group])
        for label, group in professions_by_family()[1:]
    ]
    return [("Tout un besoin", families), *trades]


class SeatRuleForm(forms.Form):
    """« Au moins 2 aides à domicile », « au plus 3 soins à la maison »."""

    who = forms.ChoiceField(
        label="Pour quel métier, ou quel besoin\u202f?",
        error_messages={
            "required": "Choisissez un métier ou un besoin.",
            "invalid_choice": "Choisissez dans la liste.",
        },
    )
    floor = forms.IntegerField(
        label="Au moins",
        min_value=0,
        max_value=500,
        required=False,
        error_messages=NUMBER,
    )
    ceiling = forms.IntegerField(
        label="Au plus",
        min_value=0,
        max_value=500,
        required=False,
        error_messages=NUMBER,
    )

    def __init__(self, *args: Any, meetup: Meetup, **options: Any) -> None:
        super().__init__(*args, **options)
        self.meetup = meetup
        fields: dict[str, Any] = self.fields
        fields["who"].choices = [("", "Choisissez"), *families_and_trades()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        floor, ceiling = data.get("floor"), data.get("ceiling")
        if not self.errors and not floor and ceiling is None:
            self.add_error("floor", "Écrivez au moins un des deux nombres.")
        if ceiling is not None and floor and ceiling < floor:
            self.add_error("ceiling", "Ce nombre doit être plus grand que l’autre.")
        if floor and floor > self.meetup.capacity:
            self.add_error("floor", "C’est plus que le nombre de places.")
        return data

    def save(self) -> SeatRule:
        """A second rule for the same trade replaces the first."""
        kind, _, key = self.cleaned_data["who"].partition(":")
        column = "family_id" if kind == "besoin" else "profession_id"
        rule, _ = SeatRule.objects.update_or_create(
            meetup=self.meetup,
            **{column: key},
            defaults={
                "floor": self.cleaned_data["floor"] or 0,
                "ceiling": self.cleaned_data["ceiling"],
            },
        )
        return rule


class HeldSeatsForm(forms.Form):
    """Until when seats wait, and how many people each guest may bring."""

    held_until = forms.DateField(
        label="Garder ces places jusqu’au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Ensuite, elles vont aux personnes qui attendent.",
        error_messages={
            "required": "Choisissez un jour.",
            "invalid": "Écrivez le jour ainsi\u202f: 10/12/2026.",
        },
    )
    companions = forms.IntegerField(
        label="Chaque personne peut amener",
        min_value=0,
        max_value=9,
        help_text="0 pour personne. Chacun donne un prénom et un métier.",
        error_messages={
            **NUMBER,
            "required": "Écrivez un nombre, 0 pour personne.",
            "max_value": "9 personnes au plus.",
        },
    )

    def __init__(self, *args: Any, meetup: Meetup, **options: Any) -> None:
        self.meetup = meetup
        proposed = meetup.held_until or meetup.starts_at - RELEASED_BEFORE
        options.setdefault(
            "initial",
            {
                "held_until": timezone.localtime(proposed).date(),
                "companions": meetup.companions,
            },
        )
        super().__init__(*args, **options)

    def clean_held_until(self) -> datetime:
        """The end of that day, or the meal if that comes first."""
        day = self.cleaned_data["held_until"]
        if day > timezone.localtime(self.meetup.starts_at).date():
            raise ValidationError("Choisissez un jour avant la rencontre.")
        end = timezone.make_aware(datetime.combine(day, time(23, 59)))
        return min(end, self.meetup.starts_at)


class SeatBlockForm(forms.ModelForm):
    """« 2 places pour le SAD »; the contact gets a link to put names to them."""

    workplace_name = PlainCharField(
        label="Pour quelle structure\u202f?",
        max_length=120,
        widget=DatalistInput,
        error_messages={
            "required": "Écrivez le nom de la structure.",
            "max_length": "120 signes au plus. Raccourcissez le nom.",
        },
    )
    profession = forms.ModelChoiceField(
        queryset=Profession.objects.all(),
        label="Quel métier est attendu\u202f?",
        required=False,
    )

    class Meta:
        model = SeatBlock
        fields = ("seats", "profession", "contact_name", "contact_email")
        field_classes = {"contact_name": PlainCharField}
        labels = {
            "seats": "Combien de places\u202f?",
            "contact_name": "Prénom de la personne à qui écrire",
            "contact_email": "Son e-mail",
        }
        help_texts = {"contact_email": "Sans e-mail, vous aurez le lien à donner."}
        error_messages = {
            "seats": {
                **NUMBER,
                "required": "Écrivez un nombre de places.",
                "min_value": "Écrivez 1 ou plus.",
            },
            "contact_name": {
                "required": "Écrivez un prénom.",
                "max_length": "60 signes au plus. Raccourcissez.",
            },
            "contact_email": {"invalid": NOT_AN_ADDRESS},
        }

    field_order = ("workplace_name", "seats", "profession")

    def __init__(self, *args: Any, meetup: Meetup, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.meetup = meetup
        fields: dict[str, Any] = self.fields
        everything = professions_by_family()
        fields["profession"].choices = [("", "Peu importe"), *everything[1:]]
        people = Professional.objects.filter(memberships__circle=meetup.circle_id)
        known = Workplace.objects.filter(people__in=people.values("pk")).distinct()
        fields["workplace_name"].widget.suggestions = [str(w) for w in known[:SHOWN]]

    def clean_workplace_name(self) -> str:
        name: str = self.cleaned_data["workplace_name"]
        blocks = self.instance.meetup.seat_blocks.select_related("workplace")
        if any(same(block.workplace.name, name) for block in blocks):
            raise ValidationError("Cette structure a déjà ses places.")
        return name

    def clean_contact_email(self) -> str:
        email: str = self.cleaned_data["contact_email"].lower()
        if email and (reason := refusal(email)):
            raise ValidationError(reason)
        if email and Suppression.objects.holds(email):
            raise ValidationError("Nous ne pouvons pas écrire à cette adresse.")
        return email

    def block(self) -> SeatBlock:
        """The unsaved seats, for the workplace of this name, made if need be."""
        block: SeatBlock = self.instance
        if workplace := workplace_named(self.cleaned_data["workplace_name"]):
            block.workplace = workplace
        return block
