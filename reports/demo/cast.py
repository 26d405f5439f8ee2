"""Everybody and every place of the demonstration, before any meal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from networking.models import Circle, Membership, Professional, User
from networking.reference import DATA, load_all
from reports.demo import people, places
from venues.models import Venue

SEED = 73


@dataclass(frozen=True)
class Cast:
    """Venues by name; circles, and their people, by their key in places."""

    users: dict[str, User]
    venues: dict[str, Venue]
    circles: dict[str, Circle]
    people: dict[str, Sequence[Professional]]

    def organiser(self, circle: str) -> User:
        return self.users["nadège" if circle == "elders" else "amina"]


def chance() -> Random:
    """The same each time."""
    return Random(SEED)  # noqa: S311 - it repeats itself on purpose, and hides nothing


def make_cast(rng: Random) -> Cast:
    load_all()
    users = places.make_users()
    everybody = people.make(rng)
    venues = places.make_venues(people.communes())
    circles = places.make_circles(users)
    places.make_partners()
    return Cast(
        users=users,
        venues={venue.name: venue for venue in venues},
        circles=circles,
        people=_join(circles, everybody),
    )


def _join(
    circles: dict[str, Circle], everybody: Iterable[Professional]
) -> dict[str, Sequence[Professional]]:
    """By place of work, and by trade for the pathway; whoever fits nowhere joins the
    Biollay."""
    usual = _usual_trades()
    members: dict[str, list[Professional]] = {key: [] for key in circles}
    for number, person in enumerate(everybody):
        in_west = person.commune_id in places.WEST
        if in_west:
            members["west"].append(person)
        # Half of them: the others have not been asked to join yet.
        if person.profession_id in usual and number % 2:
            members["elders"].append(person)
        elif not in_west:
            members["biollay"].append(person)
    Membership.objects.bulk_create(
        Membership(circle=circles[key], professional=person)
        for key, chosen in members.items()
        for person in chosen
    )
    return dict(members)


def _usual_trades() -> set[str]:
    """Those of the pathway for elderly people, from the reference file."""
    for line in (DATA / "care_pathways.csv").read_text(encoding="utf-8").splitlines():
        if line.startswith("gerontologie,"):
            return set(line.rpartition(",")[2].split("|"))
    return set()
