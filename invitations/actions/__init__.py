"""Verbs with consequences beyond their row: each writes its messages to the queue
in the same transaction."""

from invitations.actions.answers import (
    adjust_meetup,
    answer,
    expire_offers,
    promote,
)
from invitations.actions.changes import cancel_meetup, move_meetup
from invitations.actions.employers import (
    AllNamed,
    give_back,
    keep_seats,
    name_seat,
    take_back,
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
from invitations.actions.seats import AlreadyDecided, give_seat, refuse_seat
from invitations.actions.sending import queue_invitation, reachable, send_invitations
from invitations.actions.tables import NobodyComes, deal_again, deal_tables
from invitations.actions.welcome import offer_welcome, pair_newcomers

__all__ = (
    "AllNamed",
    "AlreadyDecided",
    "NoSeat",
    "NobodyComes",
    "TooManyCompanions",
    "adjust_meetup",
    "answer",
    "bring",
    "cancel_meetup",
    "deal_again",
    "deal_tables",
    "expire_offers",
    "give_back",
    "give_seat",
    "hand_over",
    "keep_seats",
    "leave_out",
    "move_meetup",
    "name_seat",
    "offer_welcome",
    "pair_newcomers",
    "promote",
    "queue_invitation",
    "reachable",
    "refuse_seat",
    "send_invitations",
    "stop_writing",
    "take_back",
    "tell_employer",
    "write_again",
)
