"""Where the demonstration meets, around whom, and who reads its reports."""

import csv
from pathlib import Path

from django.utils import timezone

from networking.models import (
    CarePathway,
    Circle,
    Partner,
    PartnerKind,
    PartnerMember,
    Role,
    TeamMember,
    User,
)
from venues.distance import Point
from venues.models import Commune, Neighbourhood, PointSource, Venue

WEST = ("73087", "73179", "73281", "73326", "73228")
EAST = ("73065", "73137", "73213", "73029", "73031", "73222")
VENUES = Path(__file__).parent / "venues.csv"

LOAN_PER_SEAT = 4

Account = tuple[str, str, str]
TEAM: dict[str, Account] = {
    "amina": ("Amina", "Belhadj-Roux", "amina@parentheses.example"),
    "bruno": ("Bruno", "Castelvieux", "bruno@parentheses.example"),
    "nadège": ("Nadège", "Orsolin", "nadege@parentheses.example"),
}
STAFF: Account = ("Iris", "Vaumarin", "iris@parentheses.example")
PARTNERS: tuple[tuple[PartnerKind, str, tuple[str, ...], Account], ...] = (
    (
        PartnerKind.TOWN_HALL,
        "Mairie de Chambéry",
        ("73065",),
        ("Mme Eloy", "", "eloy@mairie-chambery.example"),
    ),
    (
        PartnerKind.TOWN_HALL,
        "Mairie de Cognin",
        ("73087",),
        ("Gaspard", "Lioret", "lioret@mairie-cognin.example"),
    ),
    (
        PartnerKind.CPTS,
        "CPTS des Trois Sources",
        EAST,
        ("Farid", "Montessin", "farid@cpts-trois-sources.example"),
    ),
    (
        PartnerKind.CPTS,
        "CPTS du Grand Noyer",
        WEST,
        ("Judith", "Avrilleau", "judith@cpts-grand-noyer.example"),
    ),
)


def make_users() -> dict[str, User]:
    """The team by first name in small letters, and "iris" of the staff."""
    users = {
        key: User.objects.create_user(
            email, first_name=first, last_name=last, phone=f"+33639981{number:03}"
        )
        for number, (key, (first, last, email)) in enumerate(TEAM.items(), 1)
    }
    first, last, email = STAFF
    users["iris"] = User.objects.create_superuser(
        email, first_name=first, last_name=last
    )
    return users


def make_venues(communes: dict[str, Commune]) -> list[Venue]:
    """In the file, `north` and `east` are thousandths of a degree from the centre of
    the commune."""
    with VENUES.open(encoding="utf-8", newline="") as file:
        return Venue.objects.bulk_create(
            _venue(number, row, communes[row["commune"]])
            for number, row in enumerate(csv.DictReader(file), 1)
        )


def _venue(number: int, row: dict[str, str], commune: Commune) -> Venue:
    venue = Venue(
        name=row["name"],
        address=row["address"],
        commune=commune,
        seats=int(row["seats"]),
        step_free=row["step_free"],
        access_notes=row["notes"],
        lender=row["lender"],
        lender_email=f"salles@{row['domain']}.example",
        lender_phone=f"+3346571{number:04}",
        loan_value=LOAN_PER_SEAT * int(row["seats"]),
    )
    if centre := commune.point:
        latitude = centre.latitude + int(row["north"]) / 1000
        longitude = centre.longitude + int(row["east"]) / 1000
        venue.place(Point(latitude, longitude), PointSource.ADDRESS)
        venue.point_label, venue.point_score = f"{row['address']}, {commune}", 0.93
        venue.point_confirmed_at = timezone.now()
    return venue


def make_circles(users: dict[str, User]) -> dict[str, Circle]:
    """ "biollay", "west" and "elders", each with its team."""
    biollay = Circle.objects.create(name="Le Biollay")
    biollay.neighbourhoods.set(Neighbourhood.objects.filter(name="Biollay"))
    west = Circle.objects.create(name="Cognin et La Motte-Servolex")
    west.communes.set(Commune.objects.filter(pk__in=WEST))
    elders = Circle.objects.create(
        name="Personnes âgées, bassin de Chambéry",
        pathway=CarePathway.objects.get(slug="gerontologie"),
    )
    elders.communes.set(Commune.objects.filter(pk__in=EAST))
    circles = {"biollay": biollay, "west": west, "elders": elders}
    teams = (
        ("biollay", "amina", Role.ORGANISER),
        ("biollay", "bruno", Role.RELAY),
        ("west", "amina", Role.ORGANISER),
        ("elders", "nadège", Role.ORGANISER),
        ("elders", "amina", Role.ORGANISER),
    )
    TeamMember.objects.bulk_create(
        TeamMember(circle=circles[circle], user=users[user], role=role)
        for circle, user, role in teams
    )
    return circles


def make_partners() -> None:
    for kind, name, communes, (first, last, email) in PARTNERS:
        partner = Partner.objects.create(kind=kind, name=name)
        partner.communes.set(Commune.objects.filter(pk__in=communes))
        user = User.objects.create_user(email, first_name=first, last_name=last)
        PartnerMember.objects.create(partner=partner, user=user)
