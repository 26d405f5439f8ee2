"""The phone round: what was said on the telephone, and slips of the finger."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from invitations.actions.answers import answer, promote
from invitations.actions.sending import give_notice
from invitations.models import (
    AnswerChannel,
    Delivery,
    DeliveryStatus,
    Invitation,
    Outcome,
    PartStat,
)
from networking.models import Meetup, User

MORNING = time(8)
SOON = timedelta(hours=1)
UNDO = timedelta(hours=1)
# After so many the page says that it is enough.
ENOUGH = 3
MOMENTS = ("answered_at", "waiting_since")
KEPT = ("partstat", "answered_by", "passed_over", *MOMENTS)


class NotWaiting(Exception):
    """Somebody of the team told this person a moment ago, or the call was dropped."""


def answer_call(*, call: Delivery, partstat: PartStat, user: User) -> Outcome:
    """What the person said. Raises NotWaiting and AnswersClosed."""
    with transaction.atomic():
        invitation = _reached(call, user)
        before = {name: getattr(invitation, name) for name in KEPT}
        outcome = answer(
            invitation=invitation,
            partstat=partstat,
            by=AnswerChannel.TEAM,
            recorded_by=user,
        )
        if invitation.answered_at != before["answered_at"]:
            call.facts = call.facts | {
                "before": {name: _plain(value) for name, value in before.items()},
                "answered_at": _plain(invitation.answered_at),
            }
            call.save(update_fields=("facts",))
    return outcome


def mark_told(*, call: Delivery, user: User) -> None:
    """The person knows; nothing was asked. Raises NotWaiting."""
    with transaction.atomic():
        _reached(call, user)


def not_reached(*, call: Delivery) -> None:
    """Comes back tomorrow, or in an hour when tomorrow is too late. Raises
    NotWaiting."""
    rows = Delivery.objects.calls().filter(pk=call.pk)
    if not rows.update(attempts=F("attempts") + 1, due_at=_later(call)):
        raise NotWaiting


def undo_call(*, call: Delivery) -> None:
    """A mistaken tap: the call waits again, and what it changed is as before. Raises
    NotWaiting when it cannot be undone any more."""
    with transaction.atomic():
        meetup, invitation = _locked(call)
        rows = Delivery.objects.filter(
            pk=call.pk, status=DeliveryStatus.SENT, sent_at__gt=timezone.now() - UNDO
        )
        again = rows.update(
            status=DeliveryStatus.QUEUED,
            due_at=timezone.now(),
            sent_at=None,
            told_by=None,
            attempts=F("attempts") - 1,
        )
        postponed = Delivery.objects.calls().filter(pk=call.pk, attempts__gt=0)
        if not again and not postponed.update(
            due_at=timezone.now(), attempts=F("attempts") - 1
        ):
            raise NotWaiting
        before = call.facts.get("before") if again else None
        if before and call.facts["answered_at"] == _plain(invitation.answered_at):
            invitation.take_back({n: _moment(n, before[n]) for n in KEPT})
            promote(meetup=meetup)


def _locked(call: Delivery) -> tuple[Meetup, Invitation]:
    """The meetup first, as everywhere: two locks taken in one order never wait for
    each other."""
    assert call.invitation is not None  # noqa: S101 - the round is that of a meetup
    meetup = Meetup.objects.select_for_update().get(pk=call.invitation.meetup_id)
    call.refresh_from_db()
    guests = Invitation.objects.with_person().select_related("meetup")
    return meetup, guests.get(deliveries=call)


def _reached(call: Delivery, user: User) -> Invitation:
    _, invitation = _locked(call)
    done = Delivery.objects.calls().filter(pk=call.pk)
    if not done.update(
        status=DeliveryStatus.SENT,
        sent_at=timezone.now(),
        told_by=user,
        attempts=F("attempts") + 1,
    ):
        raise NotWaiting
    give_notice(invitation.professional)
    return invitation


def _later(call: Delivery) -> datetime:
    tomorrow = timezone.localdate() + timedelta(days=1)
    morning = timezone.make_aware(datetime.combine(tomorrow, MORNING))
    too_late = call.not_after is not None and morning >= call.not_after
    return timezone.now() + SOON if too_late else morning


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(name: str, value: Any) -> Any:
    return parse_datetime(value) if name in MOMENTS and value else value
