"""One factory per model, without surprises: what a test does not say is plain."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from invitations.models import Invitation, SeatRequest
from networking.models import (
    CarePathway,
    Circle,
    Family,
    Meetup,
    Membership,
    Partner,
    PartnerKind,
    PartnerMember,
    Profession,
    Professional,
    Role,
    TeamMember,
    User,
    Workplace,
)
from venues.models import Booking, Commune, Neighbourhood, Venue
from venues.text import fold


class CommuneFactory(DjangoModelFactory[Commune]):
    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: str(73_000 + n % 26_000))
    name = factory.Sequence(lambda n: f"Valmorey-{n}")
    search_name = factory.LazyAttribute(lambda o: fold(o.name))
    department = "73"
    latitude = 45.57
    longitude = 5.92


class NeighbourhoodFactory(DjangoModelFactory[Neighbourhood]):
    class Meta:
        model = Neighbourhood

    commune = factory.SubFactory(CommuneFactory)
    name = factory.Sequence(lambda n: f"Quartier {n}")


class VenueFactory(DjangoModelFactory[Venue]):
    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: f"Salle des Tilleuls {n}")
    address = "4 place de la Mairie"
    commune = factory.SubFactory(CommuneFactory)
    seats = 30


class BookingFactory(DjangoModelFactory[Booking]):
    class Meta:
        model = Booking

    venue = factory.SubFactory(VenueFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=18))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=90))


class FamilyFactory(DjangoModelFactory[Family]):
    class Meta:
        model = Family
        django_get_or_create = ("key",)

    key = "home_care"
    label = "Soins à la maison"


class ProfessionFactory(DjangoModelFactory[Profession]):
    class Meta:
        model = Profession
        django_get_or_create = ("key",)

    key = "nurse"
    label_feminine = "infirmière"
    label_masculine = "infirmier"
    label_epicene = "pro des soins infirmiers"
    activity = "Soins infirmiers"
    family = factory.SubFactory(FamilyFactory)
    search_text = "infirmiere | infirmier | soins infirmiers | idel"


class WorkplaceFactory(DjangoModelFactory[Workplace]):
    class Meta:
        model = Workplace

    name = factory.Sequence(lambda n: f"Structure {n}")


class ProfessionalFactory(DjangoModelFactory[Professional]):
    class Meta:
        model = Professional

    first_name = "Chloé"
    last_name = factory.Sequence(lambda n: f"Martin{n}")
    search_name = factory.LazyAttribute(lambda o: fold(f"{o.first_name} {o.last_name}"))
    gender = "f"
    profession = factory.SubFactory(ProfessionFactory)
    commune = factory.SubFactory(CommuneFactory)
    email = factory.Sequence(lambda n: f"chloe{n}@example.org")
    source = "la pharmacie du quartier"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    first_name = "Driss"
    email = factory.Sequence(lambda n: f"driss{n}@example.org")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        """As the product makes them; the same address is the same person."""
        known = User.objects.filter(email=kwargs["email"]).first()
        return known or User.objects.create_user(**kwargs)


class PathwayFactory(DjangoModelFactory[CarePathway]):
    class Meta:
        model = CarePathway

    slug = factory.Sequence(lambda n: f"parcours-{n}")
    label = "Santé mentale"


class CircleFactory(DjangoModelFactory[Circle]):
    class Meta:
        model = Circle

    name = factory.Sequence(lambda n: f"Cercle {n}")

    @classmethod
    def _create(cls, model_class: type[Circle], *args: Any, **kwargs: Any) -> Circle:
        people = kwargs.pop("people", ())
        organiser = kwargs.pop("organiser", None)
        circle: Circle = super()._create(model_class, *args, **kwargs)
        for person in people:
            Membership.objects.create(circle=circle, professional=person)
        if organiser:
            TeamMember.objects.create(
                circle=circle, user=organiser, role=Role.ORGANISER
            )
        return circle


class MeetupFactory(DjangoModelFactory[Meetup]):
    class Meta:
        model = Meetup

    circle = factory.SubFactory(CircleFactory)
    title = "Le déjeuner de Valmorey"
    starts_at = factory.LazyFunction(
        lambda: (
            timezone.localtime().replace(hour=12, minute=15, second=0, microsecond=0)
            + timedelta(days=18)
        )
    )
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=90))
    booking = factory.SubFactory(
        BookingFactory,
        starts_at=factory.SelfAttribute("..starts_at"),
        ends_at=factory.SelfAttribute("..ends_at"),
    )
    organiser = factory.SubFactory(
        UserFactory, first_name="Amina", email="amina@example.org"
    )


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    meetup = factory.SubFactory(MeetupFactory)
    professional = factory.SubFactory(ProfessionalFactory)

    @classmethod
    def _create(
        cls, model_class: type[Invitation], *args: Any, **kwargs: Any
    ) -> Invitation:
        meetup, person = kwargs.pop("meetup"), kwargs.pop("professional")
        invitation = Invitation.new(meetup, person)
        for name, value in kwargs.items():
            setattr(invitation, name, value)
        invitation.save()
        return invitation


class SeatRequestFactory(DjangoModelFactory[SeatRequest]):
    class Meta:
        model = SeatRequest

    meetup = factory.SubFactory(MeetupFactory)
    first_name = "Driss"
    profession = factory.SubFactory(ProfessionFactory)
    email = "driss@example.org"


class PartnerFactory(DjangoModelFactory[Partner]):
    class Meta:
        model = Partner

    kind = PartnerKind.TOWN_HALL
    name = factory.Sequence(lambda n: f"Mairie de Valmorey-{n}")

    @classmethod
    def _create(cls, model_class: type[Partner], *args: Any, **kwargs: Any) -> Partner:
        communes = kwargs.pop("communes", ())
        members = kwargs.pop("members", ())
        partner: Partner = super()._create(model_class, *args, **kwargs)
        partner.communes.set(communes)
        for user in members:
            PartnerMember.objects.create(partner=partner, user=user)
        return partner
