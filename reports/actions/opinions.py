"""Opinions are given one by one and read together (decision 0016)."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from invitations.links import LIVES_AFTER
from networking.models import Circle, Meetup, Profession
from reports.models import Attendance, Opinion
from reports.sealing import seal, unseal

FEWEST = 5
# Most people answer by then: the first batch is large, and its hour says nothing.
RIPENS = timedelta(days=1)
AT_THE_TABLE = timedelta(days=3)
LONGEST = Opinion._meta.get_field("words").max_length


@dataclass(frozen=True)
class Said:
    """`discovered` is the key of a trade, or nothing."""

    at_ease: str
    discovered: str = ""
    what_next: str = ""
    words: str = ""


@dataclass(frozen=True)
class Opened:
    """What was under a seal. `is_proven`: given behind a personal link, which nobody
    has twice; only these make a batch, so that four invented ones do not lay the
    fifth bare."""

    said: Said
    is_proven: bool
    meetup: int | None


def fewest() -> int:
    return max(FEWEST, settings.SMALLEST_COUNT)


def give_opinion(*, presence: Attendance, said: Said) -> bool:
    """Once per person: the flag is all that is kept of who spoke. False the second
    time."""
    with transaction.atomic():
        fresh = Attendance.objects.filter(pk=presence.pk, has_given_opinion=False)
        if not fresh.update(has_given_opinion=True):
            return False
        _keep(presence.meetup, said, is_proven=True)
    return True


def give_opinion_at_table(*, meetup: Meetup, said: Said) -> bool:
    """From somebody without a link: never more opinions than people at the table."""
    with transaction.atomic():
        locked = Meetup.objects.select_for_update().get(pk=meetup.pk)
        there = locked.attendances.there().count() or locked.capacity
        if not takes_opinions_at_table(locked) or locked.opinions.count() >= there:
            return False
        _keep(locked, said, is_proven=False)
    return True


def takes_opinions_at_table(meetup: Meetup) -> bool:
    now = timezone.now()
    held = meetup.is_planned or meetup.is_closed
    return held and meetup.starts_at <= now <= meetup.ends_at + AT_THE_TABLE


def _keep(meetup: Meetup, said: Said, *, is_proven: bool) -> None:
    content = asdict(said) | {"is_proven": is_proven}
    Opinion.objects.create(meetup=meetup, sealed=seal(content, meetup.uid))


def release_opinions(now: datetime) -> int:
    """Open what may be read by now; how many. Safe to run twice."""
    ripe = Opinion.objects.sealed().filter(meetup__ends_at__lt=now - RIPENS)
    meetups = Meetup.objects.filter(pk__in=ripe.order_by().values("meetup"))
    count = sum(_release(meetup, now) for meetup in meetups)
    over = ripe.filter(meetup__ends_at__lt=now - LIVES_AFTER)
    circles = Circle.objects.filter(pk__in=over.order_by().values("meetup__circle"))
    return count + sum(_pool(circle, now) for circle in circles)


def _release(meetup: Meetup, now: datetime) -> int:
    """All that wait for this meal, or none of them."""
    with transaction.atomic():
        Meetup.objects.select_for_update().get(pk=meetup.pk)
        rows = list(meetup.opinions.sealed().select_related("meetup"))
        opened = _open(rows)
        if sum(one.is_proven for one in opened) < fewest():
            return 0
        _break(rows)
        return _write(opened, now, meetup=meetup)


def _pool(circle: Circle, now: datetime) -> int:
    """What no single meal can tell, once its links are dead: the answers of several,
    without their meal and without their words."""
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=circle.pk)
        over = Opinion.objects.sealed().filter(
            meetup__circle=circle, meetup__ends_at__lt=now - LIVES_AFTER
        )
        rows = list(over.select_related("meetup"))
        opened = _open(rows)
        several = len({one.meetup for one in opened}) > 1
        if not several or sum(one.is_proven for one in opened) < fewest():
            return 0
        _break(rows)
        return _write(opened, now, circle=circle)


def _break(seals: Sequence[Opinion]) -> None:
    """Those that were opened, and no other: somebody may have spoken meanwhile."""
    Opinion.objects.filter(pk__in=[seal.pk for seal in seals]).delete()


def _open(rows: Sequence[Opinion]) -> list[Opened]:
    """What a former key sealed is lost, and counts for nothing."""
    opened = []
    for row in rows:
        meetup = row.meetup
        content = unseal(bytes(row.sealed), meetup.uid) if meetup else None
        if content and meetup:
            is_proven = bool(content.pop("is_proven"))
            said = {name: str(value) for name, value in content.items()}
            opened.append(Opened(Said(**said), is_proven, meetup.pk))
    return opened


def _write(opened: Sequence[Opened], now: datetime, **place: Any) -> int:
    """Fresh rows with fresh keys, in an order that is drawn: neither SQLite's rowid
    nor PostgreSQL's xmin tells which seal a row comes from."""
    drawn = list(opened)
    secrets.SystemRandom().shuffle(drawn)
    trades = set(Profession.objects.values_list("pk", flat=True))
    for one in drawn:
        said = one.said
        Opinion.objects.create(
            at_ease=said.at_ease,
            discovered_id=said.discovered if said.discovered in trades else None,
            what_next=said.what_next,
            words=said.words[:LONGEST] if "meetup" in place else "",
            released_on=timezone.localtime(now).date(),
            **place,
        )
    return len(drawn)
