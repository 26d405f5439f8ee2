from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from invitations.mime import plain_text
from invitations.models import PartStat, SeatRequest
from networking.addresses import NOT_AN_ADDRESS, plain, refusal
from networking.forms.circles import PlainCharField
from networking.forms.fields import FOR_COUNTS, ModeField, RowsField, YesNoField
from networking.models import Channel, Profession, Professional

ANSWERS = (
    ("oui", "Oui, je viens"),
    ("peut", "Je ne sais pas"),
    ("non", "Pas cette fois"),
)
PARTSTATS = {
    "oui": PartStat.ACCEPTED,
    "peut": PartStat.TENTATIVE,
    "non": PartStat.DECLINED,
}
NAME = {
    "required": "Écrivez votre prénom.",
    "max_length": "Ce nom dépasse 60 signes. Raccourcissez-le.",
}


class AnswerForm(forms.Form):
    """The answer button is the submit button: silence is never a no."""

    reponse = forms.ChoiceField(choices=ANSWERS)

    @property
    def partstat(self) -> PartStat:
        return PARTSTATS[self.cleaned_data["reponse"]]


class MyDataForm(forms.ModelForm):
    """What the person may change alone, consent to the directory first."""

    shown = forms.BooleanField(
        label="Je veux être dans l’annuaire",
        required=False,
        help_text="Les équipes et toutes les personnes invitées à une rencontre "
        "voient alors mon prénom, mon nom, mon métier, ma commune de travail et "
        "ce que je fais.",
    )
    mode = ModeField(label="Je travaille comme", help_text=FOR_COUNTS)
    in_cpts = YesNoField(
        label="J’adhère à une CPTS",
        help_text=f"Un groupe de soignants d’un même territoire. {FOR_COUNTS}",
    )

    class Meta:
        model = Professional
        fields = (
            "what_i_do",
            "channel",
            "channel_hours",
            "phone",
            "shows_phone",
            "shows_email",
            "mode",
            "in_cpts",
        )
        labels = {
            "what_i_do": "Ce que je fais, en une phrase",
            "channel": "Je préfère qu’on me contacte par",
            "shows_phone": "Montrer mon téléphone dans l’annuaire",
            "shows_email": "Montrer mon e-mail dans l’annuaire",
        }
        help_texts = {
            "what_i_do": "Par exemple\u202f: j’aide à la toilette et aux repas. "
            "Rien sur un patient.",
            "channel_hours": "Par exemple\u202f: le midi, avant 9\u00a0h.",
        }
        error_messages = {
            "what_i_do": {"max_length": "200 signes au plus. Raccourcissez la phrase."},
            "channel_hours": {"max_length": "60 signes au plus."},
        }

    field_order = ("shown", "shows_phone", "shows_email")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["shown"].initial = self.instance.directory_consent_at is not None

    def clean_what_i_do(self) -> str:
        return plain(self.cleaned_data["what_i_do"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        by_phone = data.get("channel") in (Channel.PHONE, Channel.SMS)
        if by_phone and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Écrivez un téléphone, ou choisissez l’e-mail.")
        return data

    def save(self, commit: bool = True) -> Professional:
        data = self.cleaned_data
        if data["shown"]:
            self.instance.give_directory_consent(
                email=data["shows_email"], phone=data["shows_phone"]
            )
        else:
            self.instance.withdraw_directory_consent()
        return super().save(commit)


class SeatRequestForm(forms.ModelForm):
    """Asked on the public page by somebody nobody invited."""

    profession = forms.ModelChoiceField(
        queryset=Profession.objects.all(),
        label="Votre métier",
        empty_label="Choisissez",
        error_messages={"required": "Choisissez votre métier."},
    )
    # People leave it empty; robots fill everything they see.
    website = forms.CharField(
        label="Ne rien écrire ici", required=False, widget=forms.TextInput
    )

    class Meta:
        model = SeatRequest
        fields = ("first_name", "last_name", "profession", "email", "phone")
        field_classes = dict.fromkeys(("first_name", "last_name"), PlainCharField)
        labels = {
            "first_name": "Votre prénom",
            "last_name": "Votre nom",
            "email": "Votre e-mail",
            "phone": "Ou votre téléphone",
        }
        error_messages = {
            "first_name": NAME,
            "last_name": NAME,
            "email": {"invalid": NOT_AN_ADDRESS},
        }

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email and (reason := refusal(email)):
            raise ValidationError(reason)
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        missing = not data.get("email") and not data.get("phone")
        if missing and not {"email", "phone"} & self.errors.keys():
            self.add_error(
                "email", "Écrivez un e-mail ou un téléphone pour la réponse."
            )
        return data

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class CancelForm(forms.Form):
    reason = PlainCharField(
        label="Pourquoi\u202f?",
        max_length=200,
        help_text="Cette phrase part dans le message. Rien sur un patient.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Dites pourquoi en une phrase.",
            "max_length": "200 signes au plus. Raccourcissez la phrase.",
        },
    )


class WordsForm(forms.Form):
    """What the team adds to a message that waits."""

    hide_optional = True
    words = forms.CharField(
        label="Vos mots",
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Dans une invitation, ils prennent la place du message de la "
        "rencontre. Ailleurs, ils s’ajoutent. Rien sur un patient.",
        error_messages={"max_length": "600 signes au plus. Raccourcissez vos mots."},
    )
    scope = forms.ChoiceField(
        choices=(("une", ""), ("toutes", "")), required=False, label="Pour qui"
    )

    def clean_words(self) -> str:
        return plain_text(self.cleaned_data["words"])


PAUSES = {"3": 3, "6": 6}
LONGEST_PAUSE = 24


class PauseForm(forms.Form):
    """For some months, or until a day."""

    hide_optional = True
    pause = forms.CharField(required=False)
    until = forms.DateField(
        label="Jusqu’à quel jour\u202f?",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Écrivez le jour ainsi\u202f: 10/12/2026."},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        today = timezone.localdate()
        if data.get("pause") in PAUSES:
            data["until"] = in_months(today, PAUSES[data["pause"]])
        if "until" in self.errors:
            return data
        until = data.get("until")
        if until is None:
            self.add_error("until", "Choisissez un jour.")
        elif until <= today:
            self.add_error("until", "Choisissez un jour à venir.")
        elif until > in_months(today, LONGEST_PAUSE):
            self.add_error("until", "Deux ans au plus.")
        return data


def in_months(day: date, months: int) -> date:
    """The same day, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


class GuestsForm(forms.Form):
    """Who to invite among the people of the circle who have no invitation yet."""

    def __init__(
        self, *args: Any, candidates: QuerySet[Professional], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["people"] = RowsField(
            queryset=candidates,
            error_messages={
                "required": "Choisissez au moins une personne.",
                "invalid_choice": "Une personne n’est plus à inviter. "
                "Vérifiez la liste.",
            },
        )
