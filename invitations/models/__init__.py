from invitations.models.answers import Answer
from invitations.models.deliveries import (
    BY_PERSON,
    BY_PROGRAM,
    MAX_ATTEMPTS,
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
)
from invitations.models.details import Arrival, Diet, GuestDetail
from invitations.models.extras import (
    ExtraSeat,
    ExtraSeatKind,
    SeatBlock,
    SeatRule,
)
from invitations.models.invitations import Invitation
from invitations.models.partstat import (
    AnswerChannel,
    AnswerOutdated,
    AnswersClosed,
    Outcome,
    PartStat,
    TableFull,
)
from invitations.models.places import compose, composition_of, trade_of, waiters
from invitations.models.received import LetterKind, LetterOutcome, Received
from invitations.models.requests import SeatRequest, SeatRequestStatus
from invitations.models.seats import Seat

__all__ = (
    "Answer",
    "AnswerChannel",
    "AnswerOutdated",
    "AnswersClosed",
    "Arrival",
    "BY_PERSON",
    "BY_PROGRAM",
    "Delivery",
    "DeliveryChannel",
    "DeliveryKind",
    "DeliveryStatus",
    "Diet",
    "ExtraSeat",
    "ExtraSeatKind",
    "GuestDetail",
    "Invitation",
    "LetterKind",
    "LetterOutcome",
    "MAX_ATTEMPTS",
    "Outcome",
    "PartStat",
    "Received",
    "Seat",
    "SeatBlock",
    "SeatRequest",
    "SeatRequestStatus",
    "SeatRule",
    "TableFull",
    "compose",
    "composition_of",
    "trade_of",
    "waiters",
)
