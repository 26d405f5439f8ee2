"""What a guest says after a yes: who comes along, and the light question."""

from typing import Any

from django import forms
from django.utils import timezone

from invitations.forms.answers import NAME
from invitations.models import GuestDetail
from networking.forms.circles import PlainCharField
from networking.forms.people import professions_by_family
from networking.models import Profession

NO_PATIENT = "Rien sur un patient."


class ExtraSeatForm(forms.Form):
    """A first name and a trade: all that the table needs to know."""

    first_name = PlainCharField(
        label="Son prénom",
        max_length=60,
        error_messages={**NAME, "required": "Écrivez son prénom."},
    )
    profession = forms.ModelChoiceField(
        queryset=Profession.objects.all(),
        label="Son métier",
        error_messages={
            "required": "Choisissez son métier.",
            "invalid_choice": "Choisissez un métier de la liste.",
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["profession"].choices = professions_by_family()


class DetailForm(forms.ModelForm):
    """Nothing here is asked for; diet and access need their own yes."""

    needs_consent = forms.BooleanField(
        label="Oui, gardez cela jusqu’au lendemain du repas",
        required=False,
    )

    class Meta:
        model = GuestDetail
        fields = ("arrival", "dish", "question", "diet", "access")
        field_classes = dict.fromkeys(("dish", "question", "access"), PlainCharField)
        labels = {
            "arrival": "J’arrive",
            "dish": "J’apporte",
            "question": "Ma question à la table",
            "diet": "Pour le repas",
            "access": "Pour venir",
        }
        help_texts = {
            "dish": "Si vous voulez. Par exemple\u202f: une tarte.",
            "question": f"Par exemple\u202f: qui appeler le soir\u202f? {NO_PATIENT}",
            "access": "Par exemple\u202f: une place de parking, peu de marches.",
        }
        widgets = {"arrival": forms.RadioSelect}
        error_messages = {
            "dish": {"max_length": "80 signes au plus. Raccourcissez."},
            "question": {"max_length": "200 signes au plus. Raccourcissez."},
            "access": {"max_length": "160 signes au plus. Raccourcissez."},
        }

    field_order = ("arrival", "dish", "question", "diet", "access", "needs_consent")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["diet"].choices = [
            ("", "Comme tout le monde"),
            *fields["diet"].choices[1:],
        ]
        given = self.instance.needs_consent_at is not None
        fields["needs_consent"].initial = given

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needs = data.get("diet") or data.get("access")
        if needs and not data.get("needs_consent"):
            self.add_error(
                "needs_consent",
                "Cochez cette case, ou laissez vides le repas et la venue.",
            )
        return data

    def save(self, commit: bool = True) -> GuestDetail:
        detail = self.instance
        needs = self.cleaned_data["diet"] or self.cleaned_data["access"]
        detail.needs_consent_at = timezone.now() if needs else None
        detail.updated_at = timezone.now()
        return super().save(commit)
