from typing import Any

from django import forms

from networking.forms.circles import PlainCharField
from networking.models import Meetup, Profession
from reports.actions.arrivals import expected_trades


def trade_choices(meetup: Meetup) -> list[tuple[str, Any]]:
    """The trades of this table first, then all of them, alphabetically."""
    trades = list(Profession.objects.order_by("label_epicene"))
    expected = set(expected_trades(meetup))
    here = [(one.pk, one.label_epicene) for one in trades if one.pk in expected]
    others = [(one.pk, one.label_epicene) for one in trades if one.pk not in expected]
    groups: list[tuple[str, Any]] = [("", "Choisir mon métier")]
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
        fields["profession"].widget.choices = trade_choices(meetup)
