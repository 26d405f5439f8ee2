"""Verbs with consequences beyond their row: each writes its messages to the queue
in the same transaction."""

from invitations.actions.answers import (
    adjust_meetup,
    answer,
    expire_offers,
    promote,
)
from invitations.actions.changes import cancel_meetup, move_meetup
from invitations.actions.objections import stop_writing, write_again
from invitations.actions.seats import AlreadyDecided, give_seat, refuse_seat
from invitations.actions.sending import queue_invitation, reachable, send_invitations

__all__ = (
    "AlreadyDecided",
    "adjust_meetup",
    "answer",
    "cancel_meetup",
    "expire_offers",
    "give_seat",
    "move_meetup",
    "promote",
    "queue_invitation",
    "reachable",
    "refuse_seat",
    "send_invitations",
    "stop_writing",
    "write_again",
)
