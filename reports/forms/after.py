from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from networking.addresses import NOT_AN_ADDRESS, refusal
from networking.forms.circles import PlainCharField
from networking.models import Meetup
from reports.models import FollowUp
from venues.text import fold

LONGEST_WAIT = timedelta(days=3 * 365)
NO_PATIENT = "Rien sur un patient."


class LastNameForm(forms.Form):
    """An employer reads a whole name; nothing else is missing for a certificate."""

    last_name = PlainCharField(
        label="Nom de famille",
        max_length=60,
        error_messages={
            "required": "Écrivez le nom de famille.",
            "max_length": "60 signes au plus.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class EmployerForm(forms.Form):
    name = PlainCharField(
        label="À qui l’envoyer",
        help_text="Une personne ou un service.",
        max_length=60,
        error_messages={
            "required": "Écrivez un nom, ou celui du service.",
            "max_length": "60 signes au plus.",
        },
    )
    email = forms.EmailField(
        label="Son e-mail",
        # No queue holds a longer one (RFC 5321, 4.5.3.1.3).
        max_length=254,
        error_messages={
            "required": "Écrivez l’adresse de votre employeur.",
            "invalid": NOT_AN_ADDRESS,
            "max_length": "254 signes au plus.",
        },
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if reason := refusal(email):
            raise forms.ValidationError(reason)
        return email


class FollowUpForm(forms.ModelForm):
    """`who` is somebody of the team ("u3") or of the table ("i12")."""

    who = forms.ChoiceField(
        label="Qui s’en occupe",
        required=False,
        error_messages={"invalid_choice": "Choisissez une personne de la liste."},
    )

    class Meta:
        model = FollowUp
        fields = ("action", "due_on")
        field_classes = {"action": PlainCharField}
        labels = {"action": "Quoi", "due_on": "Pour quel jour"}
        help_texts = {
            "action": f"Par exemple «\u202fenvoyer la liste des numéros\u202f»."
            f" {NO_PATIENT}"
        }
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        error_messages = {
            "action": {
                "required": "Écrivez ce qu’il y a à faire.",
                "max_length": "200 signes au plus. Raccourcissez la phrase.",
            },
            "due_on": {
                "required": "Choisissez un jour.",
                "invalid": "Écrivez un jour, par exemple 12/01/2027.",
            },
        }

    field_order = ("action", "who", "due_on")

    def __init__(self, meetup: Meetup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetup = meetup
        fields: dict[str, Any] = self.fields
        fields["who"].choices = owners(meetup)
        one = self.instance
        if one.owner_id or one.guest_id:
            self.initial["who"] = f"u{one.owner_id}" if one.owner_id else ""
            self.initial["who"] = self.initial["who"] or f"i{one.guest_id}"

    def clean_due_on(self) -> Any:
        """Before the meal it would never be reminded: a wrong year."""
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate(self.meetup.starts_at):
            raise forms.ValidationError("Choisissez un jour après la rencontre.")
        if day > timezone.localdate() + LONGEST_WAIT:
            raise forms.ValidationError("Choisissez un jour dans les trois ans.")
        return day

    def save(self, commit: bool = True) -> FollowUp:
        who = self.cleaned_data["who"]
        self.instance.owner_id = int(who[1:]) if who[:1] == "u" else None
        self.instance.guest_id = int(who[1:]) if who[:1] == "i" else None
        saved: FollowUp = super().save(commit)
        return saved


def owners(meetup: Meetup) -> list[tuple[str, Any]]:
    """The team, then the guests who were there, by first name."""
    team = meetup.circle.team.select_related("user").order_by("user__first_name", "pk")
    guests = meetup.invitations.filter(attendance__presence="present").with_person()
    people = sorted(
        ((f"i{one.pk}", one.professional.short_name) for one in guests),
        key=lambda pair: fold(pair[1]),
    )
    members = [(f"u{one.user_id}", one.user.get_short_name()) for one in team]
    choices: list[tuple[str, Any]] = [("", "Personne encore"), ("L’équipe", members)]
    return [*choices, ("La table", people)] if people else choices
