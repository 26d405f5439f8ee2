"""What may leave of a meetup's figures (rule 3, decisions 0009 and 0017).

No number of people from 1 to threshold - 1 leaves, nor can be found, nor be narrowed,
by whoever knows every published figure and this very program:

- of a meal of 1 to threshold - 1 people only that is said, and no trade;
- a trade of 1 to threshold - 1 people is written « moins de 5 »;
- the total is exact unless it would then bound a hidden trade: near a bound it is a
  range, which depends on the hidden people together alone;
- of those who came for the first time only whether they were half of the table;
- a part of a whole leaves only if it and the rest are each 0 or threshold and more;
  a table, by mode or membership, leaves whole or with cells joined in one fixed way;
  neither leaves beside a total that is a range.

This table is made once per meetup: every later report repeats it, or adds it up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from reports.figures import MEMBERSHIP, MODES, Figures
from reports.suppression import (
    Range,
    Rung,
    exactly,
    finest,
    half,
    hidden_sum,
    is_open,
    together,
)
from venues.text import fold

RULE = 3
OTHERS = "Autre, ou non dit"


class Trade(TypedDict):
    label: str
    count_text: str
    plates: int | None


class Published(TypedDict):
    """None means: not published. `total` is the words for the number present,
    `present` the same as a number when it is exact, `low` and `high` its bounds."""

    rule: int
    threshold: int
    total: str
    present: int | None
    low: int
    high: int
    trades: list[Trade]
    invited: int | None
    answered: int | None
    expected: int | None
    first_timers: int | None
    mostly_new: bool | None
    in_commune: int | None
    structures: int | None
    modes: dict[str, int] | None
    membership: dict[str, int] | None
    minutes: int | None


@dataclass(frozen=True)
class Mask:
    threshold: int

    def leaves(self, *numbers: int) -> bool:
        return all(is_open(n, self.threshold) for n in numbers)

    def alone(self, number: int) -> int | None:
        return number if self.leaves(number) else None

    def trade(self, label: str, people: int) -> Trade:
        if self.leaves(people):
            return Trade(label=label, count_text=str(people), plates=people)
        return Trade(label=label, count_text=f"moins de {self.threshold}", plates=None)

    def trades(self, counts: Counter[str]) -> list[Trade]:
        labels = sorted(counts, key=lambda label: (fold(label), label))
        return [self.trade(label, counts[label]) for label in labels]


def mask(figures: Figures, threshold: int) -> Published:
    """Below 3, hiding hides nothing ("less than 2" is 1): 3 is the least."""
    rule = Mask(max(threshold, 3))
    is_small = not rule.leaves(figures.present)
    total = Range(1, rule.threshold - 1) if is_small else _total(figures, rule)
    trades = [] if is_small else rule.trades(figures.trades)
    published = bare(total, trades, rule.threshold)
    published["invited"] = _invited(figures, total, rule)
    _answers(published, figures, rule)
    if total.is_exact:
        _parts(published, figures, rule)
        _tables(published, figures, rule)
    return published


def bare(total: Range, trades: list[Trade], threshold: int) -> Published:
    """Of these numbers only, nothing else is told."""
    return Published(
        rule=RULE,
        threshold=threshold,
        total=words(total, threshold),
        present=total.low if total.is_exact else None,
        low=total.low,
        high=total.high,
        trades=trades,
        invited=None,
        answered=None,
        expected=None,
        first_timers=None,
        mostly_new=None,
        in_commune=None,
        structures=None,
        modes=None,
        membership=None,
        minutes=None,
    )


def words(what: Range, threshold: int) -> str:
    if what.is_exact:
        return str(what.low)
    if what.high < threshold or what.low == 0:
        return f"moins de {what.high + 1}"
    return f"{what.low} à {what.high}"


def _total(figures: Figures, rule: Mask) -> Range:
    counts = figures.trades.values()
    hidden = [count for count in counts if not rule.leaves(count)]
    shown = figures.present - sum(hidden)
    together_hidden = hidden_sum(sum(hidden), len(hidden), rule.threshold)
    total = together([exactly(shown), together_hidden])
    # Of fewer people no trade would be told.
    least = rule.threshold if figures.present else 0
    return Range(max(total.low, least), total.high)


def _tables(published: Published, figures: Figures, rule: Mask) -> None:
    """Joined in one fixed way: what most are asked about stays longest."""
    modes = finest(ladder(figures.modes, MODES, ("L", "S")), rule.threshold)
    membership = finest(
        ladder(figures.membership, MEMBERSHIP, ("yes",)), rule.threshold
    )
    published["modes"] = dict(modes) if modes else None
    published["membership"] = dict(membership) if membership else None
    published["minutes"] = figures.minutes


def ladder(
    counts: Counter[str], labels: dict[str, str], kept: Sequence[str]
) -> list[Rung]:
    """Every cell; then those of `kept` and the others; then one less…"""
    rungs: list[Rung] = [{label: counts[key] for key, label in labels.items()}]
    for end in range(len(kept), 0, -1):
        rung = {labels[key]: counts[key] for key in kept[:end]}
        rungs.append({**rung, OTHERS: counts.total() - sum(rung.values())})
    return rungs


def inside(published: Published, people: int) -> int | None:
    """How many of those present work in a perimeter around the commune of the meal.
    Never where that commune's own number is hidden: it is a part of this one."""
    total, near = published["present"], published["in_commune"]
    if total is None or near is None:
        return None
    rule = Mask(published["threshold"])
    return people if rule.leaves(people - near, total - people) else None


def _answers(published: Published, figures: Figures, rule: Mask) -> None:
    """Invited, among them answered, among them expected: each a part of the last
    one published."""
    whole = published["invited"]
    if whole is None:
        return
    if rule.leaves(figures.answered, whole - figures.answered):
        published["answered"] = whole = figures.answered
    if rule.leaves(figures.expected, whole - figures.expected):
        published["expected"] = figures.expected


def _invited(figures: Figures, total: Range, rule: Mask) -> int | None:
    """Only as many as came, or clearly more: between the two lies the number of those
    who did not come."""
    gap = figures.invited - total.high
    told = gap >= rule.threshold or (gap == 0 and total.is_exact)
    return rule.alone(figures.invited) if told else None


def _parts(published: Published, figures: Figures, rule: Mask) -> None:
    """Parts of an exact total, all of them among the people invited who came. How
    many came without an invitation is never told, and who came first only as half
    or not: next to the number of different people it would tell more."""
    present = figures.present
    published["mostly_new"] = half(figures.first_timers, present, rule.threshold)
    near = figures.in_commune
    # All those present: then nobody came without an invitation.
    gap = abs(present - figures.invited) if near == present else 0
    if rule.leaves(near, present - near, gap):
        published["in_commune"] = near
    # Structures are not people, but each has sent one with an invitation.
    others = present - figures.structures
    if rule.leaves(figures.structures) and others >= rule.threshold:
        published["structures"] = figures.structures
