from typing import Any

from django import forms

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
