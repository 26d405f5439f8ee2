from typing import Any

from django import forms

from networking.forms.circles import PlainCharField
from networking.models import Meetup, Profession
from reports.actions.arrivals import expected_trades
from reports.forms.meals import WalkInForm
from venues.text import fold


def named_trades() -> list[tuple[str, str]]:
    """All of them, alphabetically, as people call themselves: nobody looks for
    « infirmière » under « pro »."""
    named = [(one.pk, one.both_forms) for one in Profession.objects.all()]
    return sorted(named, key=lambda pair: fold(pair[1]))


def trade_choices(meetup: Meetup, first: str) -> list[tuple[str, Any]]:
    """The trades of this table first, then the others."""
    named = named_trades()
    expected = set(expected_trades(meetup))
    here = [pair for pair in named if pair[0] in expected]
    others = [pair for pair in named if pair[0] not in expected]
    groups: list[tuple[str, Any]] = [("", first)]
    if here:
        groups.append(("Autour de cette table", here))
    return [*groups, ("Tous les métiers", others)]


class ArrivalForm(forms.Form):
    """What a walk-in gives, and nothing else."""

    first_name = PlainCharField(
        label="Votre prénom",
        max_length=60,
        error_messages={
            "required": "Écrivez votre prénom.",
            "max_length": "60 signes au plus.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    profession = forms.ModelChoiceField(
        Profession.objects.all(),
        label="Votre métier",
        error_messages={
            "required": "Choisissez votre métier.",
            "invalid_choice": "Choisissez un métier de la liste.",
        },
    )

    def __init__(self, meetup: Meetup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["profession"].widget.choices = trade_choices(
            meetup, "Choisir mon métier"
        )


class OneMoreForm(WalkInForm):
    """The same question, asked by the team."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        choices = [("", "Choisir un métier"), *named_trades()]
        fields["profession"].widget.choices = choices
