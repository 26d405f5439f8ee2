"""Verbs with consequences beyond their row."""

from reports.actions.forgetting import forget, strike_address
from reports.actions.indicators import set_indicators
from reports.actions.issuing import (
    NoMeal,
    NotClosed,
    issue_period,
    issue_report,
    last_words,
)
from reports.actions.meals import (
    NotRecordable,
    add_walk_in,
    close_meetup,
    is_closable,
    is_recordable,
    record_extra,
    record_presence,
    take_off_walk_in,
)

__all__ = (
    "NoMeal",
    "NotClosed",
    "NotRecordable",
    "add_walk_in",
    "close_meetup",
    "forget",
    "is_closable",
    "is_recordable",
    "issue_period",
    "issue_report",
    "last_words",
    "record_extra",
    "record_presence",
    "set_indicators",
    "strike_address",
    "take_off_walk_in",
)
