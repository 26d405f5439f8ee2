"""What a table plan is made from, and what it says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

# One matrix of guests by guests per round is held in memory.
MOST_GUESTS, MOST_ROUNDS = 500, 12

# The keys of each table of one round, in order.
Round = tuple[tuple[int, ...], ...]


class Companions(Enum):
    KEPT = "kept"
    SPREAD = "spread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """An unknown trade or employer is empty, and equal to no other.

    Companions bear the same number of party; 0 is who comes alone.
    """

    key: int
    trade: str = ""
    employer: str = ""
    party: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lunch:
    """Who eats, at how many tables, and what is known of them.

    `met` counts the tables that two people shared in former meetups. `buddies` are
    pairs who share a table in the first round: a newcomer, and who welcomes them.
    Both may speak of people who are not here.
    """

    guests: Collection[Guest]
    tables: int
    rounds: int = 1
    met: Mapping[tuple[int, int], int] = field(default_factory=dict)
    companions: Companions = Companions.KEPT
    buddies: Collection[tuple[int, int]] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.guests, key=lambda guest: guest.key))
        object.__setattr__(self, "guests", ordered)
        if len({guest.key for guest in ordered}) < len(ordered):
            raise ValueError("Two guests have the same key.")
        if len(ordered) > MOST_GUESTS:
            raise ValueError(f"More than {MOST_GUESTS} guests.")
        if not 1 <= self.tables <= MOST_GUESTS:
            raise ValueError(f"From 1 to {MOST_GUESTS} tables.")
        if not 1 <= self.rounds <= MOST_ROUNDS:
            raise ValueError(f"From 1 to {MOST_ROUNDS} rounds.")
        if any(one == other for one, other in (*self.met, *self.buddies)):
            raise ValueError("Nobody meets or welcomes themselves.")
        if any(times < 0 for times in self.met.values()):
            raise ValueError("Nobody meets less than never.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Why a plan is good; pairs are counted at every table of every round.

    Companions who are kept together count in `pairs` and `companions` only.
    """

    cost: int
    pairs: int
    again: int  # pairs who shared a table before, in a former meetup or round
    same_trade: int
    same_employer: int
    companions: int  # pairs apart who should be together, or together and not apart
    buddies: int  # pairs who do not share a table in the first round
    imbalance: int  # the largest table less the smallest, in the worst round
    trades: float  # different trades at a table, on average
    moved: int = 0  # guests who change tables in the first round


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    rounds: tuple[Round, ...]
    score: Score
