from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from networking.models import Meetup
from networking.templatetags.french import hour
from reports.models import Attendance

WRONG = "Écrivez une heure, par exemple 12:20."
BACKWARDS = "Le départ vient après l’arrivée."


def clock_input() -> forms.TimeInput:
    attrs = {"type": "time", "class": "court"}
    return forms.TimeInput(attrs=attrs, format="%H:%M")


class HoursForm(forms.Form):
    """When somebody came and left, on the day of the meal."""

    arrived = forms.TimeField(
        label="Arrivée",
        required=False,
        error_messages={"invalid": WRONG},
        widget=clock_input(),
    )
    left = forms.TimeField(
        label="Départ",
        required=False,
        error_messages={"invalid": WRONG},
        widget=clock_input(),
    )

    def __init__(self, presence: Attendance, *args: Any, **kwargs: Any) -> None:
        self.presence = presence
        super().__init__(*args, **kwargs)
        self.initial = {
            "arrived": clock_of(presence.arrived_at),
            "left": clock_of(presence.left_at),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        arrived, left = data.get("arrived"), data.get("left")
        for name, wrong in wrong_hours(self.presence.meetup, arrived, left).items():
            self.add_error(name, wrong)
        return data

    def save(self) -> None:
        for name in ("arrived", "left"):
            moment = on_the_day(self.presence.meetup, self.cleaned_data[name])
            setattr(self.presence, f"{name}_at", moment)
        self.presence.save(update_fields=("arrived_at", "left_at"))


def wrong_hours(
    meetup: Meetup, arrived: time | None, left: time | None
) -> dict[str, str]:
    """By field. « 1:30 » for « 13:30 » would certify that somebody stayed no time."""
    if arrived and left and left <= arrived:
        return {"left": BACKWARDS}
    came, went = on_the_day(meetup, arrived), on_the_day(meetup, left)
    if came and came >= meetup.ends_at:
        return {"arrived": f"Le repas finit à {hour(meetup.ends_at)}."}
    if went and went <= meetup.starts_at:
        return {"left": f"Le repas commence à {hour(meetup.starts_at)}."}
    return {}


def clock_of(moment: datetime | None) -> time | None:
    return timezone.localtime(moment).time() if moment else None


def on_the_day(meetup: Meetup, clock: time | None) -> datetime | None:
    if clock is None:
        return None
    day = timezone.localdate(meetup.starts_at)
    return timezone.make_aware(datetime.combine(day, clock))
