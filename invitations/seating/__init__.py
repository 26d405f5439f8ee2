"""The table plan: plain values in, plain values out, nothing of Django.

deal(Lunch(guests=guests, tables=6, rounds=3, met=met)) -> Plan
redeal(Lunch(guests=present, tables=6, rounds=3, met=met), plan.rounds) -> Plan
"""

from invitations.seating.deals import deal, redeal
from invitations.seating.scoring import remember, score
from invitations.seating.values import Companions, Guest, Lunch, Plan, Round, Score

__all__ = [
    "Companions",
    "Guest",
    "Lunch",
    "Plan",
    "Round",
    "Score",
    "deal",
    "redeal",
    "remember",
    "score",
]
