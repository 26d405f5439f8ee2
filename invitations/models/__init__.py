from invitations.models.deliveries import (
    MAX_ATTEMPTS,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
)
from invitations.models.invitations import (
    AnswerChannel,
    AnswersClosed,
    Invitation,
    Outcome,
    PartStat,
    TableFull,
    seats_left,
)
from invitations.models.requests import SeatRequest, SeatRequestStatus

__all__ = (
    "AnswerChannel",
    "AnswersClosed",
    "Delivery",
    "DeliveryKind",
    "DeliveryStatus",
    "Invitation",
    "MAX_ATTEMPTS",
    "Outcome",
    "PartStat",
    "SeatRequest",
    "SeatRequestStatus",
    "TableFull",
    "seats_left",
)
