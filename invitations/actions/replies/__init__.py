"""What comes back by mail: kept raw, tied to a guest, applied when it may be believed,
and shown to the team otherwise."""

from invitations.actions.replies.receiving import receive, receive_all
from invitations.actions.replies.settling import (
    accept,
    hand_over_to,
    keep_the_date,
    settle,
)

__all__ = (
    "accept",
    "hand_over_to",
    "keep_the_date",
    "receive",
    "receive_all",
    "settle",
)
