"""The list of venues to choose from, each with what it means for the circle."""

from collections.abc import Sequence
from typing import Any

from django import forms

from networking.actions.venues import communes_of
from networking.models import Circle
from networking.templatetags.french import distance, plural
from venues.models import Venue, points_of
from venues.ranking import Ranked, nearest


class VenueChoice(forms.ModelChoiceField):
    """Venues nearest-first for the people of the circle."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Venue.objects.none(),
            label="Où\u202f?",
            empty_label="Choisissez un lieu",
            error_messages={
                "required": "Choisissez un lieu.",
                "invalid_choice": "Choisissez un lieu de la liste.",
            },
            **options,
        )

    def offer(self, ranked: Sequence[Ranked]) -> None:
        self.queryset = Venue.objects.filter(pk__in=[r.venue.pk for r in ranked])
        options = [(r.venue.pk, describe(r)) for r in ranked]
        self.choices = [("", self.empty_label), *options]


def describe(ranked: Ranked) -> str:
    """« Salle des Tilleuls, Cognin · 30 places · à 2 km, 8 sur 11 à moins de 5 km »"""
    venue, spread = ranked.venue, ranked.spread
    words = f"{venue} · {plural(venue.seats, 'place,places')}"
    if spread is None:
        return words
    near = f"{spread.near} sur {spread.people} à moins de 5\u00a0km"
    return f"{words} · à {distance(spread.median)}, {near}"


def venues_for(circle: Circle) -> list[Ranked]:
    venues = Venue.objects.filter(is_active=True).select_related("commune")
    return nearest(venues, points_of(communes_of(circle)))
