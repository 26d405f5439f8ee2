from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import NON_FIELD_ERRORS

from networking.forms.circles import PlainCharField
from networking.forms.fields import CommuneField, EuroField
from networking.models import Circle, User
from venues.models import Commune, PointSource, StepFree, Venue

SEATS_CODES = ("required", "invalid", "min_value", "max_value")
SEATS = "Écrivez un nombre de places, de 2 à 1000."


class VenueForm(forms.ModelForm):
    commune = CommuneField()
    step_free = forms.ChoiceField(
        label="Peut-on entrer sans monter de marche\u202f?",
        choices=StepFree.choices,
        widget=forms.RadioSelect,
        initial=StepFree.UNKNOWN,
        error_messages={"required": "Choisissez une réponse."},
    )
    loan_value = EuroField(
        label="Ce que vaut ce prêt, en euros",
        help_text="Pour un repas. Les bilans disent ce que la mairie a donné.",
        required=False,
    )

    class Meta:
        model = Venue
        fields = (
            "name",
            "address",
            "commune",
            "seats",
            "step_free",
            "access_notes",
            "lender",
            "lender_email",
            "lender_phone",
            "loan_value",
            "is_active",
        )
        field_classes = dict.fromkeys(
            ("name", "address", "access_notes", "lender"), PlainCharField
        )
        labels = {
            "name": "Nom du lieu",
            "address": "Numéro et rue",
            "access_notes": "Bus, parking, entrée",
            "is_active": "Proposer ce lieu pour les prochaines rencontres",
        }
        help_texts = {
            "name": "Par exemple «\u202fSalle des Tilleuls\u202f».",
            "seats": "Combien de personnes peuvent s’asseoir pour manger.",
            "access_notes": "Ce qui aide à arriver. Tout le monde pourra le lire.",
            "lender": "La mairie, une structure, une personne.",
        }
        error_messages = {
            NON_FIELD_ERRORS: {
                "unique_together": "Un lieu porte déjà ce nom dans cette commune."
            },
            "name": {
                "required": "Écrivez le nom du lieu.",
                "max_length": "Ce nom est trop long\u202f: 120 signes au plus.",
            },
            "address": {
                "required": "Écrivez le numéro et la rue.",
                "max_length": "Cette adresse dépasse 200 signes.",
            },
            "seats": dict.fromkeys(SEATS_CODES, SEATS),
            "access_notes": {"max_length": "200 signes au plus, c’est assez."},
            "lender": {"max_length": "Ce nom est trop long\u202f: 120 signes au plus."},
            "lender_email": {
                "invalid": "Écrivez une adresse complète, comme accueil@mairie.example."
            },
        }

    def __init__(self, *args: Any, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was_at = (self.instance.address, self.instance.commune_id)
        if self.instance.pk:
            self.initial["commune"] = self.instance.commune
        field = self.fields["commune"]
        if isinstance(field, CommuneField):
            field.suggest(communes_of(user))

    @property
    def asks_for_a_point(self) -> bool:
        """The address changed, or it was never found and nobody settled for that."""
        venue = self.instance
        if self.was_at != (venue.address, venue.commune_id):
            return True
        is_settled = venue.point_confirmed_at is not None
        return not is_settled and venue.point_source != PointSource.ADDRESS


def communes_of(user: User | AnonymousUser) -> list[Commune]:
    """The communes of the user's circles: what a field may suggest."""
    circles = Circle.objects.visible_to(user)
    return list(Commune.objects.filter(circles__in=circles).distinct()[:100])
