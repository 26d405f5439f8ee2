from django import forms

from networking.forms.circles import PlainCharField
from networking.forms.fields import EuroField
from networking.models import Meetup
from reports.missions import MISSIONS


class PartneringForm(forms.ModelForm):
    """What a funder asks of a meal; none of it is shown to guests."""

    missions = forms.MultipleChoiceField(
        label="Missions de la CPTS",
        choices=MISSIONS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez une mission de la liste."},
    )
    meal_cost = EuroField(
        label="Coût du repas, en tout",
        help_text="En euros. Le bilan dit le coût par personne.",
        required=False,
    )

    class Meta:
        model = Meetup
        fields = ("funding_reference", "missions", "meal_cost", "keeps_times")
        field_classes = {"funding_reference": PlainCharField}
        help_texts = {
            "funding_reference": "Le numéro écrit par la mairie ou la CPTS. Il sera"
            " sur la feuille d’émargement.",
            "keeps_times": "Seulement si la CPTS le demande.",
        }
        error_messages = {
            "funding_reference": {"max_length": "80 signes au plus."},
        }
