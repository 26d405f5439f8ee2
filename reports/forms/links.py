from typing import Any

from django import forms

from invitations.models import Invitation
from networking.models import Professional
from networking.templatetags.french import phone
from reports.links import at_my_tables, at_table, offered
from reports.models import Connection


class MetForm(forms.Form):
    """Whom I have met, and what I show to those who met me too. Who is offered by the
    code of a table comes first, then who shared one of mine."""

    met = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": "Choisissez des personnes de la liste."},
    )
    shows_email = forms.BooleanField(required=False)
    shows_phone = forms.BooleanField(required=False)

    def __init__(
        self,
        invitation: Invitation,
        *args: Any,
        table: int | None = None,
        known: set[int],
        **kwargs: Any,
    ) -> None:
        person = invitation.professional
        said = list(Connection.objects.filter(professional=person))
        kwargs["initial"] = shared(person, said)
        super().__init__(*args, **kwargs)
        self.others = [
            guest for guest in offered(invitation) if guest.professional_id not in known
        ]
        self.said = {one.other_id for one in said}
        self.near = (
            at_table(invitation.meetup, table) if table else at_my_tables(invitation)
        )
        self.table = table
        self.email = person.email
        self.phone = phone(person.phone) if person.phone else ""
        fields: dict[str, Any] = self.fields
        fields["met"].choices = [(str(one.pk), one.pk) for one in self.others]

    @property
    def groups(self) -> list[tuple[str, list[tuple[Invitation, bool]]]]:
        """Title, then people with whether they are ticked; alphabetically."""
        asked = self["met"].value() if self.is_bound else None
        title = f"À la table {self.table}" if self.table else "À votre table"
        rows: dict[bool, list[tuple[Invitation, bool]]] = {True: [], False: []}
        for guest in self.others:
            said = guest.professional_id in self.said
            ticked = said if asked is None else str(guest.pk) in asked
            rows[guest.pk in self.near].append((guest, ticked))
        rest = "Ailleurs dans la salle" if rows[True] else "Autour du repas"
        return [(t, r) for t, r in ((title, rows[True]), (rest, rows[False])) if r]

    @property
    def ticked(self) -> list[Professional]:
        keys = set(self.cleaned_data["met"])
        return [one.professional for one in self.others if str(one.pk) in keys]

    @property
    def unticked(self) -> list[int]:
        """Said before, offered here, and not ticked any more."""
        keys = set(self.cleaned_data["met"])
        return [
            one.professional_id
            for one in self.others
            if str(one.pk) not in keys and one.professional_id in self.said
        ]


def shared(person: Professional, said: list[Connection]) -> dict[str, bool]:
    """What was chosen last, else what the directory shows."""
    if said:
        last = said[-1]
        return {"shows_email": last.shows_email, "shows_phone": last.shows_phone}
    return {"shows_email": person.shows_email, "shows_phone": person.shows_phone}
