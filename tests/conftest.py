"""The cast that every test knows: Amina organises, Bruno is the relay, Chloé is
invited, Driss is a stranger, Mme Eloy is the town hall's clerk."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import hypothesis
import pytest
import time_machine
from django.conf import LazySettings, settings
from django.test import Client
from django.utils import timezone

from invitations.models import Invitation, PartStat
from networking.models import Circle, Meetup, Professional, Role, TeamMember, User
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    MeetupFactory,
    PartnerFactory,
    ProfessionalFactory,
    UserFactory,
)

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")

# Playwright's synchronous API owns an event loop in this thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_configure() -> None:
    """The test database is a file of this folder, absent from a fresh clone, as are
    the hashed names of static files."""
    settings.VAR.mkdir(mode=0o700, exist_ok=True)
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }


@pytest.fixture(autouse=True)
def plain_settings(
    settings: LazySettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    settings.MAILBOX = tmp_path_factory.mktemp("mailbox")


@pytest.fixture
def amina(db: None) -> User:
    return UserFactory(first_name="Amina", email="amina@example.org")


@pytest.fixture
def bruno(db: None) -> User:
    return UserFactory(first_name="Bruno", email="bruno@example.org")


@pytest.fixture
def driss(db: None) -> User:
    return UserFactory(first_name="Driss", email="driss@example.org")


@pytest.fixture
def chloe(db: None) -> Professional:
    return ProfessionalFactory(
        first_name="Chloé", last_name="Martin", email="chloe@example.org"
    )


@pytest.fixture
def circle(amina: User, bruno: User, chloe: Professional) -> Circle:
    circle = CircleFactory(name="Le Biollay", people=[chloe], organiser=amina)
    circle.communes.add(chloe.commune)
    TeamMember.objects.create(circle=circle, user=bruno, role=Role.RELAY)
    return circle


@pytest.fixture
def meetup(circle: Circle, amina: User) -> Meetup:
    return MeetupFactory(circle=circle, organiser=amina)


@pytest.fixture
def eloy(meetup: Meetup) -> User:
    """The clerk of the town hall where the meetup takes place."""
    user = UserFactory(first_name="Mme Eloy", email="eloy@mairie.example")
    PartnerFactory(
        name="Mairie de Valmorey", communes=[meetup.venue.commune], members=[user]
    )
    return user


@pytest.fixture
def guest(meetup: Meetup, chloe: Professional) -> Invitation:
    """Chloé said yes."""
    guest: Invitation = InvitationFactory(
        meetup=meetup, professional=chloe, partstat=PartStat.ACCEPTED
    )
    return guest


@pytest.fixture
def noon(meetup: Meetup) -> Iterator[object]:
    """Ten minutes after the beginning."""
    with time_machine.travel(meetup.starts_at + timedelta(minutes=10), tick=False) as t:
        yield t


@pytest.fixture
def over(meetup: Meetup) -> Meetup:
    """It ended an hour ago."""
    now = timezone.now()
    Meetup.objects.filter(pk=meetup.pk).update(
        starts_at=now - timedelta(minutes=150), ends_at=now - timedelta(minutes=60)
    )
    meetup.refresh_from_db()
    return meetup


@pytest.fixture
def everyone(amina: User, bruno: User, driss: User, eloy: User) -> dict[str, User]:
    """The cast, and Nora, who organises another circle."""
    nora = UserFactory(first_name="Nora", email="nora@example.org")
    CircleFactory(organiser=nora)
    return {
        "amina": amina,
        "bruno": bruno,
        "nora": nora,
        "driss": driss,
        "eloy": eloy,
    }


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(
            user, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return sign_in
