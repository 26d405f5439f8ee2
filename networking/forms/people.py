from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q
from django.db.models.functions import Lower

from networking.actions.import_rows import channel_error
from networking.actions.people import people_of
from networking.addresses import (
    BOUNCED,
    NOT_AN_ADDRESS,
    OBJECTED,
    refusal,
)
from networking.forms.circles import PlainCharField
from networking.forms.fields import (
    FOR_COUNTS,
    CommuneField,
    DatalistInput,
    ModeField,
    YesNoField,
)
from networking.models import (
    Circle,
    Profession,
    Professional,
    Suppression,
    SuppressionReason,
    Workplace,
)
from networking.perms import Person
from venues.text import fold

OTHER = "other"
NO_PATIENT = "Jamais d’information sur un patient."
TOO_LONG = "C’est trop long\u202f: %(limit_value)d signes au plus."
WORKPLACES_SHOWN = 40


def errors(required: str) -> dict[str, str]:
    return {"required": required, "max_length": TOO_LONG}


class PersonForm(forms.ModelForm):
    """`known` is the person who has the typed address already, if somebody has."""

    known: Professional | None = None

    commune = CommuneField(
        label="Commune de travail",
        help_text="Nom, ou code postal et nom\u202f: «\u202f73000 Chambéry\u202f».",
    )
    workplace_name = PlainCharField(
        label="Structure",
        max_length=120,
        required=False,
        widget=DatalistInput,
        error_messages={"max_length": TOO_LONG},
        help_text="Cabinet, service d’aide à domicile, pharmacie, mairie…",
    )
    mode = ModeField(label="Mode d’exercice", help_text=FOR_COUNTS)
    in_cpts = YesNoField(label="Adhère à une CPTS", help_text=FOR_COUNTS)

    field_order = (
        *("first_name", "last_name", "profession", "profession_detail", "gender"),
        *("workplace_name", "commune", "email", "shares_mailbox", "phone"),
    )

    class Meta:
        model = Professional
        fields = (
            "first_name",
            "last_name",
            "profession",
            "profession_detail",
            "gender",
            "workplace_name",
            "commune",
            "email",
            "shares_mailbox",
            "phone",
            "channel",
            "channel_hours",
            "what_i_do",
            "mode",
            "in_cpts",
            "source",
        )
        field_classes = {
            "first_name": PlainCharField,
            "last_name": PlainCharField,
            "profession_detail": PlainCharField,
            "channel_hours": PlainCharField,
            "what_i_do": PlainCharField,
            "source": PlainCharField,
        }
        labels = {
            "profession_detail": "Le métier avec ses mots",
            "source": "D’où vient ce contact\u202f?",
            "channel": "La personne préfère",
            "what_i_do": "Ce que je fais",
        }
        help_texts = {
            "profession_detail": "À remplir pour «\u202fautre métier\u202f».",
            "channel_hours": "Par exemple «\u202fle midi\u202f».",
            "what_i_do": f"Une phrase de la personne. {NO_PATIENT}",
            "source": "Par exemple «\u202fcarte laissée à la pharmacie\u202f».",
        }
        widgets = {"gender": forms.RadioSelect, "channel": forms.RadioSelect}
        error_messages = {
            "first_name": errors("Écrivez le prénom."),
            "last_name": errors(""),
            "profession": errors("Choisissez le métier."),
            "profession_detail": errors(""),
            "gender": errors("Choisissez comment le métier s’écrit."),
            "email": {"invalid": NOT_AN_ADDRESS, "max_length": TOO_LONG},
            "channel": errors("Choisissez ce que la personne préfère."),
            "channel_hours": errors(""),
            "what_i_do": errors(""),
            "source": errors("Écrivez d’où vient ce contact."),
        }

    def __init__(
        self, *args: Any, user: Person, circle: Circle | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.circle = user, circle
        fields: dict[str, Any] = self.fields
        fields["profession"].choices = professions_by_family()
        workplaces = Workplace.objects.filter(
            people__in=people_of(user).values("pk")
        ).distinct()
        fields["workplace_name"].widget.suggestions = [
            str(one) for one in workplaces[:WORKPLACES_SHOWN]
        ]
        if circle is not None:
            fields["commune"].suggest(circle.communes.all()[:WORKPLACES_SHOWN])
        if self.instance.pk:
            self.initial["commune"] = self.instance.commune
            self.initial["workplace_name"] = self.instance.workplace or ""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email.lower() == self.instance.email.lower():
            return email
        if why := Suppression.objects.reason(email):
            is_bounce = why == SuppressionReason.BOUNCED
            raise forms.ValidationError(BOUNCED if is_bounce else OBJECTED)
        if email and (reason := refusal(email)):
            raise forms.ValidationError(reason)
        return email

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        profession = data.get("profession")
        if profession and profession.pk == OTHER and not data.get("profession_detail"):
            self.add_error("profession_detail", "Écrivez le métier.")
        self._check_known(data.get("email", ""), data.get("shares_mailbox", False))
        if not {"email", "phone", "channel"} & set(self.errors) and (
            reason := channel_error(data["channel"], data["email"], data["phone"])
        ):
            self.add_error("channel", reason)
        return data

    def _check_known(self, email: str, is_shared: bool) -> None:
        if not email or is_shared:
            return
        others = Professional.objects.exclude(pk=self.instance.pk)
        self.known = (
            others.annotate(folded_email=Lower("email"))
            .filter(Q(folded_email=email.lower()) | Q(email__iexact=email))
            .first()
        )
        if self.known:
            self.add_error("email", self._already_there(self.known))

    def _already_there(self, known: Professional) -> str:
        """Names nobody whom the user may not see."""
        if not people_of(self.user).filter(pk=known.pk).exists():
            return "Une personne du réseau a déjà cette adresse."
        here = self.circle and known.memberships.filter(circle=self.circle).exists()
        where = "dans ce cercle" if here else "dans l’annuaire"
        return f"Cette adresse est déjà {where}\u202f: {known.short_name}"

    @property
    def can_add_known(self) -> bool:
        """Somebody known elsewhere may join this circle, without being shown. An
        address alone is not enough: the first name must be theirs too."""
        known, circle = self.known, self.circle
        if known is None or circle is None:
            return False
        typed = fold(self.cleaned_data.get("first_name", ""))
        if typed != fold(known.first_name):
            return False
        return not known.memberships.filter(circle=circle).exists()


def professions_by_family() -> list[tuple[str, Any]]:
    """Choices grouped by need, alphabetically inside each."""
    trades = Profession.objects.select_related("family").order_by(
        "family__order", "family__label", "label_epicene"
    )
    groups = [
        (family.label, [(trade.pk, trade.label_epicene) for trade in group])
        for family, group in groupby(trades, key=lambda trade: trade.family)
    ]
    return [("", "Choisissez un métier"), *groups]
