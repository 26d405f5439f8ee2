from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import holidays
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from networking.forms.circles import PlainCharField
from networking.forms.venue_choice import VenueChoice, venues_for
from networking.models import Circle, MealPaidBy, Meetup
from networking.templatetags.french import (
    hour,
    hours_between,
    long_date,
    of_place,
    plural,
)
from venues.models import Booking, Venue

LUNCH = time(12, 15), time(13, 45)
REMINDERS = (("7", "7 jours avant"), ("2", "2 jours avant"))
FURTHEST = timedelta(days=2 * 366)
REFUSED = (
    "Ce lieu est refusé pour ce jour et cette heure. "
    "Choisissez un autre lieu, un autre jour ou une autre heure."
)
SKIPPED = "Cette heure n’existe pas ce jour-là\u202f: on passe à l’heure d’été."
KEEP_OR_CHANGE = "Choisissez un autre jour, ou cochez « Je garde ce jour quand même »."


def clash(day: date) -> str:
    """Why few people may come on this day; empty on an ordinary day. Public and
    school holidays (zone A) come from the `holidays` package."""
    public = holidays.country_holidays("FR", years=day.year, language="fr")
    if day in public:
        return f"{long_date(day).capitalize()} est férié\u202f: {public[day]}."
    school = holidays.country_holidays(
        "FR", subdiv="Zone A", categories=("school",), years=day.year, language="fr"
    )
    if day in school:
        return f"Ce jour tombe pendant les vacances scolaires ({school[day]})."
    if day.weekday() >= 5:
        return f"C’est un {long_date(day).split()[0]}."
    return ""


def exists(moment: datetime) -> bool:
    """False for the hour that the clocks skip in spring."""
    wall = moment.replace(tzinfo=None)
    return timezone.localtime(moment.astimezone(UTC)).replace(tzinfo=None) == wall


class SlotForm(forms.Form):
    """When and where: shared by planning and moving."""

    on = forms.DateField(
        label="Quel jour\u202f?",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Choisissez un jour.",
            "invalid": "Écrivez le jour ainsi\u202f: 10/12/2026.",
        },
    )
    venue = VenueChoice()
    starts = forms.TimeField(
        label="Début",
        initial=LUNCH[0],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": "Écrivez l’heure du début.",
            "invalid": "Écrivez l’heure ainsi\u202f: 12:15.",
        },
    )
    ends = forms.TimeField(
        label="Fin",
        initial=LUNCH[1],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": "Écrivez l’heure de la fin.",
            "invalid": "Écrivez l’heure ainsi\u202f: 13:45.",
        },
    )
    keep_day = forms.BooleanField(
        label="Je garde ce jour quand même", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, circle: Circle, **options: Any) -> None:
        self.current: Meetup | None = options.pop("current", None)
        super().__init__(*args, **options)
        venue = self.fields["venue"]
        assert isinstance(venue, VenueChoice)  # noqa: S101 - tells the type
        venue.offer(venues_for(circle))

    @property
    def starts_at(self) -> datetime:
        return self._moment("starts")

    @property
    def ends_at(self) -> datetime:
        return self._moment("ends")

    def _moment(self, name: str) -> datetime:
        naive = datetime.combine(self.cleaned_data["on"], self.cleaned_data[name])
        return timezone.make_aware(naive)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not {"on", "starts", "ends"} <= data.keys():
            return data
        now = timezone.now()
        if not exists(self.starts_at):
            self.add_error("starts", SKIPPED)
        elif not exists(self.ends_at):
            self.add_error("ends", SKIPPED)
        elif data["ends"] <= data["starts"]:
            self.add_error("ends", "La fin doit venir après le début.")
        elif self.starts_at <= now:
            self.add_error("on", "Ce jour est passé. Choisissez un jour à venir.")
        elif self.starts_at > now + FURTHEST:
            self.add_error("on", "C’est dans plus de deux ans. Vérifiez l’année.")
        else:
            self._check_venue(data)
            self._check_day(data)
        return data

    def _check_day(self, data: dict[str, Any]) -> None:
        reason = clash(data["on"])
        if reason and not data.get("keep_day"):
            self.fields["keep_day"].widget = forms.CheckboxInput()
            self.add_error("on", f"{reason} {KEEP_OR_CHANGE}")

    def _check_venue(self, data: dict[str, Any]) -> None:
        venue = data.get("venue")
        if venue is None:
            return
        mine = self.current.booking_id if self.current else None
        if taken := venue.taken_by(self.starts_at, self.ends_at, but=mine):
            self.say_taken(taken)
        if self.current:
            self._check_move(venue, self.current)

    def say_taken(self, taken: Booking) -> None:
        """Beside the venue, also when the slot went during the saving (SlotTaken)."""
        self.add_error(
            "venue",
            f"Ce lieu est déjà pris ce jour-là de {hour(taken.starts_at)} à "
            f"{hour(taken.ends_at)}. Choisissez un autre lieu ou une autre heure.",
        )

    def _check_move(self, venue: Venue, current: Meetup) -> None:
        slot = (current.venue, current.starts_at, current.ends_at)
        if (venue, self.starts_at, self.ends_at) == slot:
            if current.booking.is_declined:
                self.add_error("venue", REFUSED)
        elif venue != current.venue and current.capacity > venue.seats:
            seats = plural(venue.seats, "place assise,places assises")
            table = plural(current.capacity, "place,places")
            self.add_error(
                "venue",
                f"Ce lieu a {seats}, et la rencontre compte {table}. Choisissez un "
                "autre lieu, ou baissez d’abord le nombre de places.",
            )


class DetailsMixin(forms.Form):
    """All that is proposed and can be left as it is."""

    title = PlainCharField(
        label="Titre",
        max_length=120,
        error_messages={
            "required": "Écrivez un titre.",
            "max_length": "Le titre dépasse 120 signes. Raccourcissez-le.",
        },
    )
    capacity = forms.IntegerField(
        label="Nombre de places",
        initial=14,
        min_value=0,
        max_value=500,
        error_messages={
            "required": "Écrivez un nombre de places.",
            "invalid": "Écrivez un nombre, par exemple 14.",
            "min_value": "Écrivez 0 ou plus.",
            "max_value": "500 places au plus.",
        },
    )
    meal_paid_by = forms.ChoiceField(label="Le repas", choices=MealPaidBy.choices)
    message = forms.CharField(
        label="Votre message",
        required=False,
        max_length=600,
        help_text="Deux phrases suffisent. Aucune information sur un patient.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "max_length": "Le message dépasse 600 signes. Raccourcissez-le."
        },
    )
    reminders = forms.MultipleChoiceField(
        label="Relances douces",
        choices=REMINDERS,
        required=False,
        initial=["7", "2"],
        help_text="À midi, seulement aux personnes qui n’ont pas répondu.",
        widget=forms.CheckboxSelectMultiple,
    )
    is_public = forms.BooleanField(
        label="Annoncer dans l’agenda public", required=False, initial=True
    )

    def clean_reminders(self) -> list[int]:
        return sorted(
            (int(days) for days in self.cleaned_data["reminders"]), reverse=True
        )

    def check_seats(self, venue: Venue) -> None:
        capacity = self.cleaned_data.get("capacity")
        if capacity and capacity > venue.seats:
            self.add_error(
                "capacity",
                f"Ce lieu a {plural(venue.seats, 'place assise,places assises')}. "
                "Écrivez moins de places, ou choisissez un autre lieu.",
            )

    def details(self) -> dict[str, Any]:
        """The values for a Meetup's columns."""
        data = self.cleaned_data
        names = ("title", "capacity", "meal_paid_by", "message", "is_public")
        values = {name: data[name] for name in names}
        return {**values, "reminder_days": data["reminders"]}


class MeetupForm(DetailsMixin, SlotForm):
    """Three answers, when, where and who; all the rest is proposed."""

    field_order = ("on", "venue", "starts", "ends")

    def __init__(self, *args: Any, circle: Circle, **options: Any) -> None:
        super().__init__(*args, circle=circle, **options)
        self.fields["title"].initial = f"Le déjeuner {of_place(circle.name)}"

    @property
    def proposed_hours(self) -> str:
        return "heures" if self.is_bound else hours_between(*LUNCH)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if venue := data.get("venue"):
            self.check_seats(venue)
        return data


class MeetupSettingsForm(DetailsMixin):
    """What can change without anybody being told."""

    def __init__(self, *args: Any, meetup: Meetup, coming: int, **options: Any) -> None:
        self.meetup, self.coming = meetup, coming
        options.setdefault(
            "initial",
            {
                "title": meetup.title,
                "capacity": meetup.capacity,
                "meal_paid_by": meetup.meal_paid_by,
                "message": meetup.message,
                "reminders": [str(days) for days in meetup.reminder_days],
                "is_public": meetup.is_public,
            },
        )
        super().__init__(*args, **options)

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if capacity < self.coming:
            people = plural(self.coming, "personne vient,personnes viennent")
            raise ValidationError(
                f"{people} déjà. Gardez au moins {self.coming} places."
            )
        return capacity

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # A room that became too small must not hold back the message.
        if data.get("capacity") != self.meetup.capacity:
            self.check_seats(self.meetup.venue)
        return data
