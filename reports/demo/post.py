"""What came back by mail for the almost full table: noted, or left to the team."""

import email
import email.policy
from datetime import timedelta

from invitations.actions.replies import receive
from invitations.models import Delivery, DeliveryChannel, DeliveryKind, PartStat
from networking.models import Meetup
from reports.demo.answers import calendar_counter, calendar_reply, words
from reports.demo.folder import Letter

SAID = (
    "Bonjour, je viens sûrement, mais j’arrive à 12 h 30 après ma tournée.\n"
    "Est-ce qu’on peut se garer devant ?"
)


def fill(meetup: Meetup) -> None:
    """A no by calendar, a proposal, a few words, and somebody sent instead."""
    letters = [letter_of(row) for row in unanswered(meetup)[:4]]
    if len(letters) < 4:
        return
    no, other, talks, sends = letters
    receive(calendar_reply(no, "DECLINED", 1))
    receive(calendar_counter(other, timedelta(days=2), 2))
    receive(words(talks, SAID, 3))
    receive(calendar_reply(sends, "DELEGATED", 4))


def unanswered(meetup: Meetup) -> list[Delivery]:
    rows = Delivery.objects.filter(
        invitation__meetup=meetup,
        invitation__partstat=PartStat.NEEDS_ACTION,
        kind=DeliveryKind.INVITATION,
        channel=DeliveryChannel.EMAIL,
    )
    return list(rows.exclude(status="failed").order_by("pk"))


def letter_of(row: Delivery) -> Letter:
    content = bytes(row.mime)
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    return Letter(content, parsed)
