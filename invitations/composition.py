"""Whether one more person fits around the table, and who is told first when a seat is
free: capacity, floors that keep seats for missing trades, ceilings. Plain values.

A trade's floor also counts for its family, so the seats to keep are, family by family,
the larger of what the family lacks and of what its trades lack together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import Enum, auto
from typing import NamedTuple

from django.utils import timezone

# Whoever was overtaken this often by a trade that was missing comes first.
MOST_PASSED_OVER = 2
# Nearer to the meal than this, the organiser calls instead.
LAST_CALL = timedelta(hours=48)
HOLDS = (
    (timedelta(days=7), timedelta(hours=48)),
    (timedelta(days=4), timedelta(hours=24)),
    (LAST_CALL, timedelta(hours=12)),
)
EVENING, MORNING, LATE_MORNING = time(21), time(9), time(10)


class Refusal(Enum):
    """Why one more person of a trade does not fit."""

    FULL = auto()
    KEPT = auto()
    ENOUGH = auto()


class Trade(NamedTuple):
    """Keys of a profession and of its family; an unnamed seat may have neither."""

    profession: str
    family: str


UNKNOWN = Trade("", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """For one profession, or with profession "" for a whole family."""

    family: str
    profession: str = ""
    floor: int = 0
    ceiling: int | None = None

    def covers(self, trade: Trade) -> bool:
        if self.profession:
            return trade.profession == self.profession
        return trade.family == self.family


@dataclass(frozen=True)
class Composition:
    """`taken` counts every seat that is given, offered or promised to an employer.
    `keeps`: the floors still hold seats back."""

    capacity: int
    rules: Sequence[Rule] = ()
    taken: Mapping[Trade, int] = field(default_factory=dict)
    keeps: bool = True

    @property
    def seated(self) -> int:
        return sum(self.taken.values())

    @property
    def free(self) -> int:
        return max(self.capacity - self.seated, 0)

    @property
    def kept(self) -> int:
        """Free seats that wait for a missing trade."""
        return min(self.needed, self.free)

    @property
    def needed(self) -> int:
        """The fewest people who would fill every floor."""
        if not self.keeps:
            return 0
        families: Counter[str] = Counter()
        trades: Counter[str] = Counter()
        for rule in self.rules:
            (trades if rule.profession else families)[rule.family] += self.lacking(rule)
        return sum(max(families[key], trades[key]) for key in families | trades)

    def count(self, rule: Rule) -> int:
        return sum(n for trade, n in self.taken.items() if rule.covers(trade))

    def lacking(self, rule: Rule) -> int:
        return max(rule.floor - self.count(rule), 0)

    def has(self, trade: Trade) -> bool:
        return any(
            n and one.profession == trade.profession for one, n in self.taken.items()
        )

    def fills_a_floor(self, trade: Trade) -> bool:
        return any(rule.covers(trade) and self.lacking(rule) for rule in self.rules)

    def plus(self, trade: Trade, seats: int = 1) -> "Composition":
        return replace(self, taken=Counter(self.taken) + Counter({trade: seats}))

    def with_one_seat(self) -> "Composition":
        """As if exactly one seat were free."""
        return replace(self, capacity=self.seated + 1)

    def refusal(self, trade: Trade, seats: int = 1) -> Refusal | None:
        """None when `seats` more people of this trade fit. Floors that no table of
        this size can fill any more do not close it: they only must not get worse."""
        after = self.plus(trade, seats)
        if after.seated > self.capacity:
            return Refusal.FULL
        for rule in self.rules:
            ceiling = rule.ceiling
            if (
                rule.covers(trade)
                and ceiling is not None
                and after.count(rule) > ceiling
            ):
                return Refusal.ENOUGH
        promised = max(self.capacity, self.seated + self.needed)
        return Refusal.KEPT if after.seated + after.needed > promised else None


class Waiter(NamedTuple):
    key: int
    trade: Trade
    since: datetime
    passed_over: int = 0


def urgency(waiter: Waiter, composition: Composition) -> tuple[int, datetime, int]:
    """The order in which a free seat is offered: whoever was overtaken twice, trades
    under their floor, trades that nobody at the table has, then the others; the
    longest wait first."""
    if waiter.passed_over >= MOST_PASSED_OVER:
        tier = 0
    elif composition.fills_a_floor(waiter.trade):
        tier = 1
    else:
        tier = 2 if not composition.has(waiter.trade) else 3
    return tier, waiter.since, waiter.key


def admitted(waiters: Iterable[Waiter], composition: Composition) -> list[Waiter]:
    """Those who may sit down at this table, the next one first."""
    fitting = [w for w in waiters if composition.refusal(w.trade) is None]
    return sorted(fitting, key=lambda w: urgency(w, composition))


def overtaken(chosen: Waiter, fitting: Iterable[Waiter]) -> list[int]:
    """Keys of those who could have had this seat and waited longer."""
    return [w.key for w in fitting if (w.since, w.key) < (chosen.since, chosen.key)]


def line(waiters: Iterable[Waiter], composition: Composition) -> list[int]:
    """Keys in the order in which they are told if seats come free one by one; at the
    end those whom a rule keeps out for now."""
    left = sorted(waiters, key=lambda w: (w.since, w.key))
    order: list[int] = []
    while fitting := admitted(left, composition.with_one_seat()):
        chosen = fitting[0]
        order.append(chosen.key)
        passed = set(overtaken(chosen, fitting))
        left = [
            w._replace(passed_over=w.passed_over + (w.key in passed))
            for w in left
            if w.key != chosen.key
        ]
        composition = composition.plus(chosen.trade)
    return order + [w.key for w in left]


def offer_ends(now: datetime, starts_at: datetime) -> datetime | None:
    """Until when a seat is held for the person it is offered to: shorter near the
    date, never ending in the night; None within 48 hours of the meal, when a call is
    quicker."""
    left = starts_at - now
    hold = next((hold for limit, hold in HOLDS if left > limit), None)
    if hold is None:
        return None
    ends = timezone.localtime(now + hold)
    if ends.time() >= EVENING or ends.time() < MORNING:
        day = ends.date() + timedelta(days=ends.time() >= EVENING)
        ends = timezone.make_aware(datetime.combine(day, LATE_MORNING))
    return ends if ends < starts_at else None
