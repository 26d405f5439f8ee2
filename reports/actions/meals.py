"""Presences, and the end of a meal."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from invitations.models import (
    ExtraSeat,
    Invitation,
)
from networking.models import (
    Meetup,
    Profession,
    Professional,
    User,
)
from reports.actions.after import thank, withdraw_certificates
from reports.models import Attendance, Presence

SAME_WALK_IN = timedelta(seconds=60)
OTHER = "other"


class NotRecordable(Exception):
    """Too early, cancelled or closed: presences do not change."""


def is_recordable(meetup: Meetup) -> bool:
    return meetup.is_planned and meetup.is_near


def is_closable(meetup: Meetup) -> bool:
    return meetup.is_planned and meetup.has_started


def locked(meetup: Meetup) -> Meetup:
    """The row as it is now, held until the end of the transaction."""
    return Meetup.objects.select_for_update().get(pk=meetup.pk)


def record_presence(
    *, invitation: Invitation, presence: Presence | None, user: User | None
) -> None:
    """Mark a guest, or unmark with None; doing it twice changes nothing more. Coming
    is a sign of life: the contact is kept three years from it."""
    with transaction.atomic():
        if not is_recordable(locked(invitation.meetup)):
            raise NotRecordable
        rows = Attendance.objects.filter(invitation=invitation)
        if presence != Presence.PRESENT:
            withdraw_certificates(rows)
        if presence is None:
            rows.delete()
            return
        Attendance.objects.update_or_create(
            invitation=invitation, defaults=_mark(invitation, presence, user)
        )
        if presence == Presence.PRESENT:
            Professional.objects.filter(pk=invitation.professional_id).update(
                last_sign_at=timezone.now()
            )


def _mark(
    invitation: Invitation, presence: Presence, user: User | None
) -> dict[str, object]:
    person = invitation.professional
    return {
        "meetup_id": invitation.meetup_id,
        "first_name": person.first_name,
        "profession_id": person.profession_id,
        "commune_id": person.commune_id,
        "mode": person.mode,
        "in_cpts": person.in_cpts,
        "presence": presence,
        "recorded_at": timezone.now(),
        "recorded_by": user,
    }


def record_extra(*, extra: ExtraSeat, is_there: bool, user: User | None) -> None:
    """Mark somebody who came with a guest, in their place or from an employer; twice
    changes nothing more. Somebody whose trade nobody knew counts as "other"."""
    with transaction.atomic():
        if not is_recordable(locked(extra.meetup)):
            raise NotRecordable
        if not is_there:
            rows = Attendance.objects.filter(extra=extra)
            withdraw_certificates(rows)
            rows.delete()
            return
        Attendance.objects.update_or_create(
            extra=extra,
            defaults={
                "meetup_id": extra.meetup_id,
                "first_name": extra.first_name,
                "profession_id": extra.profession_id or OTHER,
                "presence": Presence.PRESENT,
                "recorded_at": timezone.now(),
                "recorded_by": user,
            },
        )


def add_walk_in(
    *, meetup: Meetup, first_name: str, profession: Profession, user: User | None
) -> bool:
    """Somebody came without an invitation. False for the same first name and trade
    within a minute: the button was pressed twice."""
    with transaction.atomic():
        if not is_recordable(locked(meetup)):
            raise NotRecordable
        same = meetup.attendances.filter(
            presence=Presence.WALK_IN,
            first_name__iexact=first_name,
            profession=profession,
            recorded_at__gte=timezone.now() - SAME_WALK_IN,
        )
        if same.exists():
            return False
        meetup.attendances.create(
            presence=Presence.WALK_IN,
            first_name=first_name,
            profession=profession,
            arrived_at=arrival_hour(meetup, timezone.now()),
            recorded_by=user,
        )
    return True


def arrival_hour(meetup: Meetup, moment: datetime) -> datetime | None:
    """To the minute, and only where hours are kept; what is noted after the meal does
    not say when somebody came."""
    is_known = meetup.keeps_times and moment < meetup.ends_at
    return moment.replace(second=0, microsecond=0) if is_known else None


def take_off_walk_in(*, meetup: Meetup, attendance_pk: int) -> None:
    with transaction.atomic():
        if not is_recordable(locked(meetup)):
            raise NotRecordable
        rows = meetup.attendances.filter(presence=Presence.WALK_IN, pk=attendance_pk)
        withdraw_certificates(rows)
        rows.delete()


def close_meetup(*, meetup: Meetup, user: User) -> None:
    """Who said yes and is not marked was not there; presences no longer change."""
    with transaction.atomic():
        current = locked(meetup)
        if not is_closable(current):
            return
        unmarked = current.invitations.coming().filter(attendance=None)
        Attendance.objects.bulk_create(
            Attendance(
                invitation=invitation, **_mark(invitation, Presence.ABSENT, user)
            )
            for invitation in unmarked.select_related("professional")
        )
        current.close()
        thank(current)
