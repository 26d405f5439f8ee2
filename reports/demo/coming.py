"""Three meals to come: one almost full, one just announced, one not yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from invitations.actions import bounced, send_invitations
from invitations.channels import channel_for
from invitations.models import (
    AnswerChannel,
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    PartStat,
    SeatRequest,
)
from networking.actions.meetups import plan_meetup
from networking.models import MealPaidBy, Meetup, Professional, User
from reports.demo import days, words
from reports.demo.cast import Cast
from reports.demo.past import CAPACITY, details

INVITED, JUST_INVITED = 34, 26
# Of those, still to be called; one more is when their mail came back.
CALLED = 5
SENT_AGO = timedelta(days=6)
PAUSE = timedelta(days=70)
REFUSED = "550 5.1.1 Cette adresse n’existe pas."
ASKING = (
    ("Driss", "Valombre", "adult_foster_carer", "driss.valombre@courrier.example"),
    ("Ysaline", "Ferrand-Lac", "nurse", "ysaline.ferrand-lac@courrier.example"),
)


def make(rng: Random, cast: Cast) -> list[Meetup]:
    """The nearest first."""
    first, second, third = days.coming(3)
    full = _plan(cast, "biollay", words.CARREFOUR, days.slot(first))
    announced = _plan(cast, "west", words.LAVOIR, days.slot(second))
    evening = _plan(cast, "elders", words.SOURCE, days.slot(third, days.EVENING))
    _fill(rng, full, cast.people["biollay"], cast.users["bruno"])
    announced.booking.confirm()
    west = cast.people["west"]
    invited = rng.sample(west, min(JUST_INVITED, len(west)))
    send_invitations(meetup=announced, people=invited)
    return [full, announced, evening]


def _plan(cast: Cast, circle: str, venue: str, slot: days.Slot) -> Meetup:
    title, message, is_public = words.COMING[circle]
    return plan_meetup(
        circle=cast.circles[circle],
        organiser=cast.organiser(circle),
        venue=cast.venues[venue],
        starts_at=slot[0],
        ends_at=slot[1],
        details=details(
            title, MealPaidBy.ASSOCIATION, message=message, is_public=is_public
        ),
    )


def _fill(
    rng: Random, meetup: Meetup, people: Sequence[Professional], relay: User
) -> None:
    """Full, then somebody gives their seat back while another one waits for it."""
    meetup.booking.confirm()
    invited = _invited(rng, people)
    send_invitations(meetup=meetup, people=invited)
    _one_rests(person for person in people if person not in invited)
    guests = list(meetup.invitations.select_related("professional").order_by("pk"))
    for guest in guests:
        guest.meetup = meetup
    answers = [PartStat.ACCEPTED] * CAPACITY + [PartStat.TENTATIVE] * 3
    answers += [PartStat.DECLINED] * 4
    for guest, partstat in zip(guests, answers, strict=False):
        _say(guest, partstat, relay)
    late, early = guests[len(answers)], guests[0]
    _say(late, PartStat.ACCEPTED, relay)
    _say(early, PartStat.DECLINED, relay)
    _one_lost(guests[len(answers) + 1 :])
    _one_not_reached(meetup)
    for first_name, last_name, trade, email in ASKING:
        SeatRequest.objects.create(
            meetup=meetup,
            first_name=first_name,
            last_name=last_name,
            profession_id=trade,
            email=email,
        )
    _set_dates(rng, meetup)


def _invited(rng: Random, people: Sequence[Professional]) -> list[Professional]:
    """Those to be called come last, among the silent."""
    called = [one for one in people if _by(one) == DeliveryChannel.PHONE][:CALLED]
    others = [one for one in people if one not in called]
    return rng.sample(others, min(INVITED - CALLED, len(others))) + called


def _by(person: Professional) -> DeliveryChannel | None:
    return channel_for(person, DeliveryKind.INVITATION)


def _one_rests(others: Iterable[Professional]) -> None:
    person = next(iter(others))
    person.paused_until = timezone.localdate() + PAUSE
    person.save(update_fields=("paused_until",))


def _say(guest: Invitation, partstat: PartStat, relay: User) -> None:
    """By the page, or told to the relay on the telephone."""
    calls = guest.deliveries.calls()
    sent, now = DeliveryStatus.SENT, timezone.now()
    if calls.update(status=sent, sent_at=now, attempts=1, told_by=relay):
        guest.rsvp(partstat, by=AnswerChannel.TEAM, recorded_by=relay)
    else:
        guest.rsvp(partstat)


def _one_lost(silent: Iterable[Invitation]) -> None:
    """One message that came back, so that somebody has to call."""
    guest = next(
        guest for guest in silent if _by(guest.professional) == DeliveryChannel.EMAIL
    )
    bounced(delivery=guest.deliveries.get(), reason=REFUSED)


def _one_not_reached(meetup: Meetup) -> None:
    for call in Delivery.objects.round().filter(invitation__meetup=meetup)[:1]:
        call.attempts = 1
        call.save(update_fields=("attempts",))


def _set_dates(rng: Random, meetup: Meetup) -> None:
    """Asked some days ago; answers came since."""
    asked = timezone.now() - SENT_AGO
    Invitation.objects.filter(meetup=meetup).update(created_at=asked)
    answered = list(meetup.invitations.exclude(answered_at=None).order_by("pk"))
    for guest in answered:
        guest.answered_at = asked + timedelta(minutes=rng.randrange(20, 8000))
        if guest.waiting_since:
            guest.waiting_since = guest.answered_at
    Invitation.objects.bulk_update(answered, ("answered_at", "waiting_since"))


def sent_then(meetup: Meetup, sent_at: datetime) -> None:
    """Once delivered, the messages of the almost full table are some days old."""
    rows = Delivery.objects.filter(invitation__meetup=meetup)
    rows.update(created_at=sent_at)
    rows.filter(status=DeliveryStatus.SENT).update(sent_at=sent_at)
