"""One venue, one slot, one meetup: asked for, refused, moved, and raced for."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.utils import timezone

from networking.actions.meetups import plan_meetup
from networking.forms.meetups import MeetupForm, MeetupSettingsForm, SlotForm
from networking.models import Circle, Meetup, User
from networking.views import meetups as meetup_views
from tests.factories import (
    BookingFactory,
    CircleFactory,
    MeetupFactory,
    UserFactory,
    VenueFactory,
)
from tests.test_meetup_pages import ordinary_day, plan
from venues.models import Booking, BookingStatus, SlotTaken, Venue

ASKERS = 6
HOUR = timedelta(hours=1)


@pytest.fixture
def noon() -> datetime:
    day = timezone.localtime() + timedelta(days=21)
    return day.replace(hour=12, minute=0, second=0, microsecond=0)


def slot_of(meetup: Meetup, **changes: object) -> dict[str, object]:
    """The answers that change nothing."""
    start, end = map(timezone.localtime, (meetup.starts_at, meetup.ends_at))
    return {
        "on": f"{start:%Y-%m-%d}",
        "starts": f"{start:%H:%M}",
        "ends": f"{end:%H:%M}",
        "venue": meetup.venue.pk,
        "keep_day": "on",
        **changes,
    }


def move_form(meetup: Meetup, **changes: object) -> SlotForm:
    data = slot_of(meetup, **changes)
    return SlotForm(data, circle=meetup.circle, current=meetup)


@pytest.mark.django_db
def test_a_slot_that_touches_another_is_free_and_one_that_overlaps_is_not(noon):
    taken = BookingFactory(starts_at=noon, ends_at=noon + HOUR)
    venue = taken.venue
    Booking.objects.book(venue, noon + HOUR, noon + 2 * HOUR)
    Booking.objects.book(venue, noon - HOUR, noon)
    Booking.objects.book(VenueFactory(), noon, noon + HOUR)
    with pytest.raises(SlotTaken) as refused:
        Booking.objects.book(venue, noon + HOUR / 2, noon + HOUR)
    assert refused.value.booking == taken
    assert venue.bookings.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("end", [Booking.decline, Booking.withdraw])
def test_a_refused_or_withdrawn_booking_leaves_its_slot_to_others(noon, end):
    first = BookingFactory(starts_at=noon, ends_at=noon + HOUR)
    end(first)
    second = Booking.objects.book(first.venue, noon, noon + HOUR)
    with pytest.raises(SlotTaken):
        first.confirm()
    assert list(Booking.objects.standing()) == [second]


@pytest.mark.django_db
def test_a_confirmed_venue_is_asked_again_for_another_hour(meetup):
    meetup.booking.confirm()
    meetup.move(
        starts_at=meetup.starts_at + 24 * HOUR,
        ends_at=meetup.ends_at + 24 * HOUR,
        venue=meetup.venue,
    )
    booking = Booking.objects.get()
    assert booking.status == BookingStatus.REQUESTED
    assert booking.decided_at is None
    assert booking.starts_at == meetup.starts_at


@pytest.mark.django_db
def test_after_a_refusal_another_hour_holds_its_slot_again(meetup, noon):
    meetup.booking.decline()
    meetup.move(starts_at=noon, ends_at=noon + HOUR, venue=meetup.venue)
    assert Booking.objects.standing().get() == meetup.booking
    with pytest.raises(SlotTaken):
        Booking.objects.book(meetup.venue, noon, noon + HOUR)


@pytest.mark.django_db
@pytest.mark.parametrize("same_venue", [True, False])
def test_a_move_onto_a_taken_slot_changes_nothing(meetup, noon, same_venue):
    target = meetup.venue if same_venue else VenueFactory()
    Booking.objects.book(target, noon, noon + HOUR)
    with pytest.raises(SlotTaken):
        meetup.move(starts_at=noon, ends_at=noon + HOUR, venue=target)
    kept = Meetup.objects.get()
    assert kept.sequence == 0
    assert kept.venue == Venue.objects.get(pk=meetup.booking.venue_id)
    assert kept.booking.starts_at == kept.starts_at
    assert kept.booking.status == BookingStatus.REQUESTED


@pytest.mark.django_db
def test_moving_and_cancelling_keep_what_others_changed_meanwhile(meetup, noon):
    stale = Meetup.objects.get()
    Meetup.objects.update(message="Apportez un dessert.", capacity=9)
    stale.move(starts_at=noon, ends_at=noon + HOUR, venue=stale.venue)
    stale.cancel("Trop de neige.")
    fresh = Meetup.objects.get()
    assert (fresh.message, fresh.capacity) == ("Apportez un dessert.", 9)
    assert (fresh.starts_at, fresh.sequence) == (noon, 2)
    assert fresh.is_cancelled
    assert fresh.cancellation_reason == "Trop de neige."


@pytest.mark.django_db
def test_the_refused_slot_cannot_be_chosen_again(meetup):
    assert move_form(meetup).is_valid()
    meetup.booking.decline()
    form = move_form(meetup)
    assert "Ce lieu est refusé pour ce jour et cette heure." in str(form.errors)
    assert list(form.errors) == ["venue"]
    end = timezone.localtime(meetup.ends_at + HOUR / 2)
    assert move_form(meetup, ends=f"{end:%H:%M}").is_valid()
    assert move_form(meetup, venue=VenueFactory().pk).is_valid()


@pytest.mark.django_db
def test_a_move_to_a_room_too_small_is_refused_with_both_numbers(meetup):
    small = VenueFactory(seats=meetup.capacity - 1)
    form = move_form(meetup, venue=small.pk)
    assert "Ce lieu a 13\u00a0places assises" in form.errors["venue"][0]
    assert "la rencontre compte 14\u00a0places" in form.errors["venue"][0]
    assert move_form(meetup, venue=VenueFactory(seats=14).pk).is_valid()


def settings_form(meetup: Meetup, capacity: int) -> MeetupSettingsForm:
    data = {"title": "T", "capacity": capacity, "meal_paid_by": "each"}
    return MeetupSettingsForm(data, meetup=meetup, coming=0)


@pytest.mark.django_db
def test_the_table_never_outgrows_the_room_afterwards(meetup):
    seats = meetup.venue.seats
    assert settings_form(meetup, seats).is_valid()
    form = settings_form(meetup, seats + 1)
    assert "Ce lieu a 30\u00a0places assises." in form.errors["capacity"][0]


@pytest.mark.django_db
def test_a_room_that_became_too_small_does_not_hold_back_the_message(meetup):
    Venue.objects.update(seats=4)
    meetup = Meetup.objects.get()
    assert settings_form(meetup, meetup.capacity).is_valid()
    assert not settings_form(meetup, meetup.capacity - 1).is_valid()


@pytest.mark.django_db
def test_a_slot_lost_during_the_saving_is_said_beside_the_venue(
    circle: Circle,
    amina: User,
    signed_in: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    venue = VenueFactory(seats=20)

    class Overtaken(MeetupForm):
        def clean(self) -> dict[str, object]:
            data = super().clean()
            Booking.objects.book(venue, self.starts_at, self.ends_at)
            return data

    monkeypatch.setattr(meetup_views, "MeetupForm", Overtaken)
    data = plan(venue, message="Venez.", on=ordinary_day().isoformat())
    address = f"/rencontres/nouvelle/?cercle={circle.pk}"
    response = signed_in(amina).post(address, data)
    assert response.status_code == 200
    assert "Ce lieu est déjà pris" in response.context["form"].errors["venue"][0]
    assert "Venez." in response.content.decode()
    assert not Meetup.objects.exists()


def race(*tasks: Callable[[], object]) -> list[str]:
    """Each in its own thread and connection; the names of the errors raised."""
    start, errors = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], object]) -> None:
        try:
            start.wait()
            task()
        except Exception as error:  # noqa: BLE001 - the test says which are right
            errors.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def on_one_file() -> bool:
    return connection.vendor != "sqlite" or not connection.is_in_memory_db()


@pytest.mark.django_db(transaction=True)
def test_a_room_wanted_by_many_at_once_goes_to_one(noon):
    assert on_one_file()
    circle, user, venue = CircleFactory(), UserFactory(), VenueFactory()

    def ask() -> None:
        plan_meetup(
            circle=circle,
            organiser=user,
            venue=venue,
            starts_at=noon,
            ends_at=noon + HOUR,
            details={"title": "Le déjeuner"},
        )

    assert race(*[ask] * ASKERS) == ["SlotTaken"] * (ASKERS - 1)
    assert Booking.objects.standing().count() == Meetup.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_room_moved_to_by_many_at_once_goes_to_one(noon):
    venue = VenueFactory()
    meetups = [MeetupFactory() for _ in range(ASKERS)]

    def mover(meetup: Meetup) -> Callable[[], None]:
        return lambda: meetup.move(starts_at=noon, ends_at=noon + HOUR, venue=venue)

    errors = race(*(mover(meetup) for meetup in meetups))
    assert errors == ["SlotTaken"] * (ASKERS - 1)
    assert venue.bookings.standing().count() == 1
    assert Booking.objects.standing().count() == ASKERS


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_books_twice(noon):
    """The control: look, then write, with nothing in between."""
    venue, looked = VenueFactory(), threading.Barrier(ASKERS)

    def careless() -> None:
        taken = venue.taken_by(noon, noon + HOUR)
        looked.wait()
        if taken is None:
            BookingFactory(venue=venue, starts_at=noon, ends_at=noon + HOUR)

    assert race(*[careless] * ASKERS) == []
    assert venue.bookings.standing().count() > 1


@pytest.mark.django_db(transaction=True)
def test_a_slot_is_held_inside_a_transaction_or_not_at_all(noon):
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            VenueFactory().hold(noon, noon + HOUR)
