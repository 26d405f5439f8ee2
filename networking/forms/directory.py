from typing import Any

from django import forms

from networking.forms.circles import PlainCharField
from networking.forms.fields import CommuneField
from networking.models import Family

RADII = (2, 5, 10, 20)
DEFAULT_RADIUS = 5


class DirectoryForm(forms.Form):
    """A search by GET: nothing is required, and a wrong field stops nothing else."""

    hide_optional = True

    q = PlainCharField(
        label="Un métier, un prénom, un besoin",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": "Écrivez quelques mots seulement."},
    )
    autour = CommuneField(label="Autour de", required=False)
    rayon = forms.TypedChoiceField(
        label="Jusqu’à",
        choices=[(radius, f"{radius}\u00a0km") for radius in RADII],
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "Choisissez une distance de la liste."},
    )
    besoin = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_besoin(self) -> str:
        """An unknown need is no need: a link kept for years still works."""
        key: str = self.cleaned_data["besoin"]
        return key if Family.objects.filter(key=key).exists() else ""

    def value(self, name: str) -> Any:
        return getattr(self, "cleaned_data", {}).get(name)
