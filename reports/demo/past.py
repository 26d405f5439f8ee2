"""Eight meals that took place: who came, what was said, what was decided."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from invitations.models import AnswerChannel, Invitation, PartStat
from networking.actions.meetups import plan_meetup
from networking.models import Circle, MealPaidBy, Meetup, Profession, Professional, User
from reports.actions import add_walk_in, close_meetup, issue_report, record_presence
from reports.demo import days
from reports.demo.words import PAST, Told
from reports.forms import addressees
from reports.models import Attendance, Presence, Report
from venues.models import Booking, Venue

INVITED, COMING, HESITATING, REFUSING = 24, 13, 2, 5
CAPACITY = 14
WALK_INS = (
    ("Ombeline", "volunteer"),
    ("Ludivine", "home_help"),
    ("Tristan", "student"),
    ("Apolline", "nurse"),
    ("Gwenaël", "social_worker"),
)


class Table(NamedTuple):
    """What a past meetup is made of, before its day."""

    told: Told
    circle: Circle
    people: Sequence[Professional]
    venue: Venue
    user: User


def make(rng: Random, tables: Sequence[Table]) -> list[Meetup]:
    """The oldest first; `tables` in the order of words.PAST."""
    slots = [days.slot(day) for day in days.past(len(PAST))]
    return [_meal(rng, table, slot) for table, slot in zip(tables, slots, strict=True)]


def _meal(rng: Random, table: Table, slot: days.Slot) -> Meetup:
    starts_at, ends_at = slot
    meetup = plan_meetup(
        circle=table.circle,
        organiser=table.user,
        venue=table.venue,
        starts_at=starts_at,
        ends_at=ends_at,
        details=details(
            table.told.title, MealPaidBy(table.told.paid_by), **_for_funders(table)
        ),
    )
    meetup.booking.confirm()
    _answer(rng, meetup, rng.sample(table.people, min(INVITED, len(table.people))))
    _come(rng, meetup, table.user)
    _pay(meetup, Decimal(table.told.cost))
    close_meetup(meetup=meetup, user=table.user)
    _set_dates(meetup)
    return meetup


def _for_funders(table: Table) -> dict[str, Any]:
    told: dict[str, Any] = {"missions": ["2", "6"]}
    if table.told.paid_by == MealPaidBy.CPTS:
        told["funding_reference"] = "Convention 2026-07"
    return told


def _pay(meetup: Meetup, cost: Decimal) -> None:
    """The bill is for whoever came, as the price per person says."""
    if cost:
        meetup.meal_cost = cost * meetup.attendances.there().count()
        meetup.save(update_fields=("meal_cost",))


def details(title: str, paid_by: MealPaidBy, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "capacity": CAPACITY,
        "meal_paid_by": paid_by,
        "reminder_days": [7, 2],
        **more,
    }


def _answer(rng: Random, meetup: Meetup, people: Sequence[Professional]) -> None:
    """Written at once: a meal that is over takes no answer any more."""
    guests = Invitation.objects.invite(meetup, people)
    answers = [PartStat.ACCEPTED] * COMING + [PartStat.TENTATIVE] * HESITATING
    answers += [PartStat.DECLINED] * REFUSING
    for guest, partstat in zip(guests, answers, strict=False):
        guest.partstat = partstat
        guest.answered_at = meetup.starts_at - timedelta(hours=rng.randrange(30, 400))
        has_mail = bool(guest.professional.email)
        guest.answered_by = AnswerChannel.WEB if has_mail else AnswerChannel.TEAM
    Invitation.objects.bulk_update(guests, ("partstat", "answered_at", "answered_by"))


def _come(rng: Random, meetup: Meetup, user: User) -> None:
    """Two of those who said yes did not come; one said so. Somebody hesitating came."""
    guests = list(meetup.invitations.with_person().select_related("meetup"))
    coming = [guest for guest in guests if guest.is_coming]
    excused, _silent, *there = rng.sample(coming, len(coming))
    there += [g for g in guests if g.partstat == PartStat.TENTATIVE][:1]
    record_presence(invitation=excused, presence=Presence.EXCUSED, user=user)
    for guest in there:
        record_presence(invitation=guest, presence=Presence.PRESENT, user=user)
    for first_name, trade in rng.sample(WALK_INS, rng.choice((1, 2))):
        add_walk_in(
            meetup=meetup,
            first_name=first_name,
            profession=Profession.objects.get(pk=trade),
            user=user,
        )


def report(meetups: Sequence[Meetup], tables: Sequence[Table]) -> None:
    """Once the opinions are read; of the last meal nobody has written one yet."""
    for meetup, table in zip(meetups, tables, strict=True):
        if table.told.quotes:
            _report(meetup, table)
        given = Report.objects.filter(meetup=meetup)
        given.update(issued_at=meetup.ends_at + timedelta(days=2))


def _report(meetup: Meetup, table: Table) -> None:
    meetup.refresh_from_db()
    for partner in addressees(meetup):
        issue_report(
            meetup=meetup,
            partner=partner,
            quotes=list(table.told.quotes),
            next_steps=list(table.told.next_steps),
            cost=Decimal(table.told.cost),
            user=table.user,
        )


def _set_dates(meetup: Meetup) -> None:
    """The same rows as if they had been written then."""
    asked, ended = meetup.starts_at - timedelta(days=24), meetup.ends_at
    Meetup.objects.filter(pk=meetup.pk).update(changed_at=ended + timedelta(hours=1))
    Booking.objects.filter(meetup=meetup).update(decided_at=asked - timedelta(days=2))
    Invitation.objects.filter(meetup=meetup).update(created_at=asked)
    Attendance.objects.filter(meetup=meetup).update(recorded_at=meetup.starts_at)
