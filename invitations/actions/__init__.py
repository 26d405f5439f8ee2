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
from invitations.actions.employers import (
    AllNamed,
    give_back,
    keep_seats,
    name_seat,
    object_to,
    take_seats_back,
    tell_employer,
)
from invitations.actions.extras import (
    NoSeat,
    TooManyCompanions,
    bring,
    hand_over,
    leave_out,
)
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
from invitations.actions.tables import NobodyComes, deal_again, deal_tables
from invitations.actions.waiting import rewrite, send_now, take_back
from invitations.actions.welcome import offer_welcome, pair_newcomers
from invitations.undelivered import bounced

__all__ = (
    "AllNamed",
    "AlreadyDecided",
    "NoSeat",
    "NobodyComes",
    "NotWaiting",
    "TooManyCompanions",
    "adjust_meetup",
    "answer",
    "answer_call",
    "bounced",
    "bring",
    "cancel_meetup",
    "deal_again",
    "deal_tables",
    "end_pause",
    "expire_offers",
    "give_back",
    "give_seat",
    "hand_over",
    "keep_seats",
    "leave_out",
    "mark_told",
    "move_meetup",
    "name_seat",
    "not_reached",
    "object_to",
    "offer_welcome",
    "pair_newcomers",
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
    "take_seats_back",
    "tell_employer",
    "try_again",
    "undo_call",
    "write_again",
)
