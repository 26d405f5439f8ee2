"""Verbs with consequences beyond their row: each writes its messages to the queue
in the same transaction."""

from invitations.actions.answers import (
    adjust_meetup,
    answer,
    expire_offers,
    promote,
)
from invitations.actions.calls import (
    NotWaiting,
    answer_call,
    mark_told,
    not_reached,
    undo_call,
)
from invitations.actions.changes import cancel_meetup, move_meetup
from invitations.actions.objections import stop_writing, write_again
from invitations.actions.pauses import end_pause, pause
from invitations.actions.returned import try_again
from invitations.actions.seats import AlreadyDecided, give_seat, refuse_seat
from invitations.actions.sending import (
    queue_invitation,
    reachable,
    send_again,
    send_invitations,
)
from invitations.actions.waiting import rewrite, send_now, take_back
from invitations.undelivered import bounced

__all__ = (
    "AlreadyDecided",
    "NotWaiting",
    "adjust_meetup",
    "answer",
    "answer_call",
    "bounced",
    "cancel_meetup",
    "end_pause",
    "expire_offers",
    "give_seat",
    "mark_told",
    "move_meetup",
    "not_reached",
    "pause",
    "promote",
    "queue_invitation",
    "reachable",
    "refuse_seat",
    "rewrite",
    "send_again",
    "send_invitations",
    "send_now",
    "stop_writing",
    "take_back",
    "try_again",
    "undo_call",
    "write_again",
)
