from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from networking.addresses import NOT_AN_ADDRESS, refusal
from networking.forms.circles import PlainCharField
from networking.forms.fields import CommunesField
from networking.models import Partner


class PartnerForm(forms.ModelForm):
    communes = CommunesField(
        label="Son territoire",
        help_text="Ses communes, séparées par des virgules. Nom ou code postal, comme"
        " «\u202fCognin, 73490 La Ravoire\u202f».",
    )

    class Meta:
        model = Partner
        fields = ("name", "kind", "communes")
        field_classes = {"name": PlainCharField}
        widgets = {"kind": forms.RadioSelect}
        labels = {"name": "Nom du partenaire", "kind": "C’est"}
        help_texts = {"name": "Par exemple «\u202fMairie de Cognin\u202f»."}
        error_messages = {
            "name": {
                "required": "Écrivez le nom du partenaire.",
                "unique": "Un partenaire porte déjà ce nom.",
                "max_length": "Ce nom est trop long\u202f: 120 signes au plus.",
            },
            "kind": {"required": "Choisissez une mairie, une CPTS ou autre."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.fields["kind"], forms.ChoiceField):
            self.fields["kind"].choices = Partner._meta.get_field("kind").flatchoices
        if self.instance.pk:
            self.initial["communes"] = list(self.instance.communes.all())


class MemberForm(forms.Form):
    first_name = PlainCharField(
        label="Prénom",
        max_length=60,
        error_messages={
            "required": "Écrivez son prénom.",
            "max_length": "Ce prénom est trop long\u202f: 60 signes au plus.",
        },
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        help_text="Un code de connexion y arrivera.",
        error_messages={
            "required": "Écrivez son adresse e-mail.",
            "invalid": NOT_AN_ADDRESS,
        },
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if reason := refusal(email):
            raise ValidationError(reason)
        return email
