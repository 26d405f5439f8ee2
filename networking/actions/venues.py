from django.utils import timezone

from networking.models import Circle, Meetup
from venues.geocoding import WHOLE_COMMUNE, geocode
from venues.models import Commune, PointSource, Venue

POINT = (
    "latitude",
    "longitude",
    "point_source",
    "point_label",
    "point_score",
    "point_confirmed_at",
)


def communes_of(circle: Circle) -> list[Commune]:
    """Where the people of the circle work: one commune a person, so that ten
    neighbours weigh as ten."""
    return list(Commune.objects.filter(people__memberships__circle=circle))


def refresh_calendars(*, venue: Venue) -> None:
    """Calendars that people subscribed to hold its name, address and point: without a
    later stamp, programs take the new place for one they know."""
    meetups = Meetup.objects.planned().filter(
        booking__venue=venue, ends_at__gte=timezone.now()
    )
    meetups.update(changed_at=timezone.now())


def locate(*, venue: Venue) -> None:
    """Ask where the address is, or else take the centre of the commune. The answer
    may take seconds: never inside a transaction."""
    found = geocode(venue.address, venue.commune)
    if found is None:
        settle_for_commune(venue=venue)
        return
    is_address = found.kind != WHOLE_COMMUNE
    venue.place(found.point, PointSource.ADDRESS if is_address else PointSource.COMMUNE)
    venue.point_label, venue.point_score = found.label, found.score
    venue.save(update_fields=POINT)


def settle_for_commune(*, venue: Venue) -> None:
    venue.place(venue.commune.point, PointSource.COMMUNE)
    venue.point_label, venue.point_score = "", None
    venue.save(update_fields=POINT)
