"""Calendar objects: `writing` makes them, `reading` understands what comes back."""

from invitations.itip.lines import UnreadableCalendar
from invitations.itip.reading import (
    ANSWERS,
    Answer,
    Attendee,
    method_of,
    parse_reply,
)
from invitations.itip.writing import (
    CalendarEvent,
    Person,
    cancel,
    download,
    feed,
    google_url,
    outlook_url,
    request,
)

__all__ = [
    "ANSWERS",
    "Answer",
    "Attendee",
    "CalendarEvent",
    "Person",
    "UnreadableCalendar",
    "cancel",
    "download",
    "feed",
    "google_url",
    "method_of",
    "outlook_url",
    "parse_reply",
    "request",
]
