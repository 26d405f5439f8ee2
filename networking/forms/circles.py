from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from networking.addresses import NOT_AN_ADDRESS, plain, refusal
from networking.forms.fields import CommunesField
from networking.models import CarePathway, Circle, Role
from venues.models import Neighbourhood

NO_PERIMETER = "Choisissez au moins une commune, un quartier ou un parcours de soin."


class PlainCharField(forms.CharField):
    """One line, without control signs; see `addresses.plain`."""

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")


class CircleForm(forms.ModelForm):
    communes = CommunesField(
        required=False,
        help_text="Séparez par des virgules. Nom ou code postal, comme"
        " «\u202fCognin, 73000 Chambéry\u202f».",
    )
    neighbourhoods = forms.ModelMultipleChoiceField(
        queryset=Neighbourhood.objects.select_related("commune"),
        required=False,
        label="Quartiers",
        widget=forms.CheckboxSelectMultiple,
    )
    pathway = forms.ModelChoiceField(
        queryset=CarePathway.objects.all(),
        required=False,
        label="Parcours de soin",
        empty_label="Aucun en particulier",
    )

    class Meta:
        model = Circle
        fields = ("name", "communes", "neighbourhoods", "pathway")
        field_classes = {"name": PlainCharField}
        labels = {"name": "Nom du cercle"}
        help_texts = {"name": "Par exemple le nom du quartier ou de la vallée."}
        error_messages = {
            "name": {
                "required": "Écrivez le nom du cercle.",
                "unique": "Un cercle porte déjà ce nom. Choisissez-en un autre.",
                "max_length": "Ce nom est trop long\u202f: 100 signes au plus.",
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["communes"] = list(self.instance.communes.all())
        if not Neighbourhood.objects.exists():
            del self.fields["neighbourhoods"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Circle.objects.exclude(pk=self.instance.pk)
        taken = others.values_list("name", flat=True)
        if any(name.casefold() == other.casefold() for other in taken):
            raise ValidationError(
                "Un cercle porte déjà ce nom. Choisissez-en un autre."
            )
        return name

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = (data.get("communes"), data.get("neighbourhoods"), data.get("pathway"))
        if not any(given) and "communes" not in self.errors:
            self.add_error("communes", NO_PERIMETER)
        return data


class AccountForm(forms.Form):
    """Whom to let in: the name serves when the address has no account yet."""

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


class TeamForm(AccountForm):
    role = forms.ChoiceField(
        label="Rôle",
        choices=(
            (Role.RELAY, "Relais\u202f: ajoute des personnes, note les réponses"),
            (Role.ORGANISER, "Organise\u202f: prépare, invite, fait le bilan"),
        ),
        initial=Role.RELAY,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un rôle."},
    )
