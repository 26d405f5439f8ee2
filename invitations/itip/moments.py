"""Dates and times of a calendar object as instants in UTC."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from invitations.itip.lines import Line

PARIS = ZoneInfo("Europe/Paris")
# "20261015T121500", and the longer form of programs that mix two standards up.
DATE_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d)(?::?(\d\d))?(Z?)", re.ASCII | re.IGNORECASE
)
DURATION = re.compile(
    r"\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?"
    r"(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?",
    re.ASCII | re.IGNORECASE,
)
UNITS = ("weeks", "days", "hours", "minutes", "seconds")
UNIVERSAL = {"utc", "gmt", "z", "etc/utc", "etc/gmt", "microsoft/utc"}


def instant(line: Line) -> datetime | None:
    """None for a day without an hour, a zone we do not know, or no date at all.

    A time without a zone is meant where the meal takes place.
    """
    found = DATE_TIME.fullmatch(line.value.strip())
    if not found:
        return None
    tzid = line.param("TZID")
    zone = UTC if found[7] else _zone(tzid) if tzid else PARIS
    if zone is None:
        return None
    try:
        year, month, day, hour, minute, second = map(int, found.groups("0")[:6])
        wall = datetime(year, month, day, hour, minute, second)
        return wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def duration(line: Line) -> timedelta | None:
    found = DURATION.fullmatch(line.value.strip())
    if not found or not any(found.groups()):
        return None
    return timedelta(**dict(zip(UNITS, map(int, found.groups("0")), strict=True)))


def _zone(tzid: str) -> tzinfo | None:
    # libical puts its own path before the name: "/…/Tzfile/Europe/Paris".
    parts = tzid.strip("\"' ").split("/")
    name = "/".join(parts[-2:])
    if name.casefold() in UNIVERSAL:
        return UTC
    name = _windows().get(name.casefold(), name)
    return ZoneInfo(name) if name in _names() else None


@lru_cache(maxsize=1)
def _windows() -> dict[str, str]:
    return {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """The closed list: ZoneInfo() would take a hostile name for a path."""
    return frozenset(available_timezones())
