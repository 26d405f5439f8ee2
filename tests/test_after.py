"""What a guest finds after the meal, behind the same link."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networking.models import Meetup, User
from reports.actions import record_presence
from reports.models import Presence
from tests.factories import InvitationFactory

pytestmark = pytest.mark.django_db


def test_only_somebody_who_was_there_has_a_page_afterwards(
    client: Client, meetup: Meetup, amina: User
) -> None:
    guest = InvitationFactory(meetup=meetup)
    page = reverse("after", args=(guest.token,))
    assert client.get(page).status_code == 404
    now = timezone.now()
    Meetup.objects.filter(pk=meetup.pk).update(
        starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1)
    )
    guest.refresh_from_db()
    record_presence(invitation=guest, presence=Presence.PRESENT, user=amina)
    assert guest.professional.first_name in client.get(page).content.decode()
