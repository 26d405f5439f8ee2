"""What a partner and its organisers write in the portal."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from networking.addresses import NOT_AN_ADDRESS, refusal
from networking.models import Partner
from networking.templatetags.french import typo
from reports.models import Frequency, NoticeKind, PartnerNotice

SEATS = "Écrivez un nombre de places, de 2 à 1000."
WARNING = "Jamais le nom d’une personne, jamais un mot sur un patient."
HINTS = {
    NoticeKind.ROOM: "Où elle est, quels jours elle est libre, quel service appeler.",
    NoticeKind.NEED: "Par exemple «\u202fplus de kiné à domicile depuis juin\u202f».",
}
EMPTY = {
    NoticeKind.ROOM: "Dites en quelques mots quelle salle vous proposez.",
    NoticeKind.NEED: "Dites en quelques mots ce qui manque.",
}


class NoticeForm(forms.ModelForm):
    class Meta:
        model = PartnerNotice
        fields = ("commune", "seats", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 5})}
        labels = {"commune": "Dans quelle commune", "text": "En quelques mots"}
        error_messages = {
            "commune": dict.fromkeys(
                ("required", "invalid_choice"), "Choisissez une de vos communes."
            ),
            "seats": dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), SEATS
            ),
            "text": {"max_length": "600 signes au plus, c’est assez."},
        }

    def __init__(
        self, *args: Any, partner: Partner, kind: NoticeKind, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        commune = cast(forms.ModelChoiceField, self.fields["commune"])
        commune.queryset = partner.communes.all()
        first = partner.communes.first()
        if first and partner.communes.count() == 1:
            self.initial["commune"] = first
            commune.empty_label = None
        else:
            commune.empty_label = "Choisir une commune"
        text = self.fields["text"]
        text.help_text = f"{HINTS[kind]} <b>{WARNING}</b>"
        text.error_messages["required"] = EMPTY[kind]
        if kind == NoticeKind.NEED:
            del self.fields["seats"]

    def clean_text(self) -> str:
        return typo(self.cleaned_data["text"])

    def clean_seats(self) -> int | None:
        seats: int | None = self.cleaned_data["seats"]
        if seats is not None and not 2 <= seats <= 1000:
            raise ValidationError(SEATS)
        return seats


class AddressField(forms.EmailField):
    """In small letters; refuses what a mail cannot reach."""

    def clean(self, value: Any) -> Any:
        email = str(super().clean(value)).lower()
        if reason := refusal(email):
            raise ValidationError(reason)
        return email


def address_field(label: str) -> AddressField:
    return AddressField(
        label=label,
        max_length=254,
        error_messages={
            "required": "Écrivez une adresse e-mail.",
            "invalid": NOT_AN_ADDRESS,
            "max_length": NOT_AN_ADDRESS,
        },
    )


class SubscriptionForm(forms.Form):
    """Added by the team."""

    email = address_field("E-mail")
    frequency = forms.ChoiceField(
        label="À quel moment",
        choices=Frequency.choices,
        initial=Frequency.ISSUED,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez un moment.",
            "invalid_choice": "Choisissez un moment de la liste.",
        },
    )


class LinkForm(forms.Form):
    email = address_field("Envoyer un nouveau lien à")


class RhythmsForm(forms.Form):
    """By a member, for themselves."""

    hide_optional = True

    rhythms = forms.MultipleChoiceField(
        label="Quand voulez-vous les recevoir\u202f?",
        help_text="Rien de coché\u202f: aucun e-mail. Les bilans restent ici.",
        choices=Frequency.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez un moment de la liste."},
    )
