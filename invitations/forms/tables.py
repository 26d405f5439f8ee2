from collections.abc import Sequence
from secrets import randbelow
from typing import Any

from django import forms

from invitations.seating import Companions, Round

COMFORT = 8
NUMBER = {
    "required": "Écrivez un nombre.",
    "invalid": "Écrivez un nombre, par exemple 3.",
    "min_value": "Écrivez 1 ou plus.",
}


class TablesForm(forms.Form):
    tables = forms.IntegerField(
        label="Combien de tables\u202f?",
        min_value=1,
        max_value=100,
        error_messages={**NUMBER, "max_value": "100 tables au plus."},
    )
    rounds = forms.IntegerField(
        label="Combien de tours\u202f?",
        min_value=1,
        max_value=6,
        help_text="À chaque tour, on change de table.",
        error_messages={**NUMBER, "max_value": "6 tours au plus."},
    )
    companions = forms.ChoiceField(
        label="Les personnes venues ensemble",
        choices=(
            (Companions.KEPT.value, "restent ensemble"),
            (Companions.SPREAD.value, "se mêlent aux autres"),
        ),
        initial=Companions.KEPT.value,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choisissez l’un des deux."},
    )

    # Another number, another plan of the same people; the same form sent twice gives
    # the same plan.
    turn = forms.IntegerField(
        required=False, min_value=0, max_value=1_000_000, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, people: int, rounds: Sequence[Round], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        tables = len(rounds[0]) if rounds else -(-people // COMFORT)
        self.fields["tables"].initial = max(tables, 1)
        self.fields["rounds"].initial = len(rounds) or 1
        self.fields["turn"].initial = randbelow(1_000_000)

    @property
    def wish(self) -> Companions:
        return Companions(self.cleaned_data["companions"])
