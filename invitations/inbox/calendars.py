"""The answer of a calendar program among the parts of a mail."""

from invitations import itip
from invitations.inbox.parts import Part
from invitations.itip import Answer

CALENDAR = "text/calendar"
FILES = ("application/ics", "text/x-vcalendar", "application/octet-stream")
MAX_FILES = 10


class Unclear(Exception):
    """A calendar part that announces an answer and gives none; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def answer_in(parts: list[Part]) -> tuple[Answer | None, str]:
    """The answer and its method. Only a method for a calendar that is no answer (an
    invitation sent to us, a cancellation); neither without a calendar.

    An announced answer is read first. The same answer is often there twice, inline
    and as a file; two different ones are none. Raises Unclear.
    """
    announced, others = [], []
    for part in parts:
        method = part.params.get("method", "").strip().upper()
        if part.kind == CALENDAR and method in itip.ANSWERS:
            announced.append((part, method))
        elif part.kind == CALENDAR and method:
            others.append(method)
    if announced:
        return _agreed([_read(part, method) for part, method in announced[:MAX_FILES]])
    if others:
        return None, others[0]
    return _unannounced([part for part in parts if _may_be_calendar(part)])


def _unannounced(files: list[Part]) -> tuple[Answer | None, str]:
    found: list[Answer] = []
    methods, reasons = [], []
    for part in files[:MAX_FILES]:
        charset = part.params.get("charset", "")
        try:
            method = itip.method_of(part.content(), charset=charset)
            if method in itip.ANSWERS:
                found.append(itip.parse_reply(part.content(), charset=charset))
            else:
                # A file to keep has no METHOD (RFC 5546 section 1.4: PUBLISH).
                methods.append(method or "PUBLISH")
        except itip.UnreadableCalendar as error:
            reasons.append(error.reason)
    if found:
        return _agreed(found)
    if methods:
        return None, methods[0]
    if reasons:
        raise Unclear(reasons[0])
    return None, ""


def _read(part: Part, method: str) -> Answer:
    try:
        answer = itip.parse_reply(
            part.content(), charset=part.params.get("charset", "")
        )
    except itip.UnreadableCalendar as error:
        raise Unclear(error.reason) from error
    if answer.method != method:  # RFC 6047 section 2.4
        raise Unclear("method-mismatch")
    return answer


def _agreed(answers: list[Answer]) -> tuple[Answer, str]:
    if len({_said(answer) for answer in answers}) > 1:
        raise Unclear("conflicting-calendars")
    return answers[0], answers[0].method


def _said(answer: Answer) -> tuple[object, ...]:
    people = tuple((one.address, one.partstat) for one in answer.attendees)
    return answer.method, answer.uid, answer.sequence, people, answer.proposed_start


def _may_be_calendar(part: Part) -> bool:
    named = part.kind in FILES and part.filename.endswith(".ics")
    return part.kind in (CALENDAR, "application/ics") or named
