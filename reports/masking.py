"""What may leave of a meetup's figures (rule 1).

No number of people from 1 to threshold - 1 leaves, nor can be found by whoever knows
every published figure and this very program:

- a trade of 1 to threshold - 1 people is written « moins de 5 »;
- with the hidden trades known to hold at least 1 and at most threshold - 1 people
  each, the total lies between two bounds that everybody can compute. Near a bound
  it would give the hidden cells away ("8 people, 8 trades": one each), so there it
  is published as a range. Whether it is, and which, depends on the range alone:
  every total of the range would have been published in the same words;
- a part of a whole leaves only if it and the rest are each 0 or threshold and more;
  parts of a total that is a range do not leave.
"""

from dataclasses import dataclass
from typing import TypedDict

from reports.figures import Figures
from venues.text import fold

RULE = 2
# How many totals a range holds, at least.
WIDTH = 3


class Trade(TypedDict):
    label: str
    count_text: str
    plates: int | None


class Published(TypedDict):
    """None means: not published. `total` is the words for the number present, and
    `present` the same as a number when it is exact."""

    rule: int
    threshold: int
    total: str
    present: int | None
    trades: list[Trade]
    invited: int | None
    answered: int | None
    expected: int | None
    first_timers: int | None
    in_commune: int | None
    structures: int | None


@dataclass(frozen=True)
class Mask:
    threshold: int

    def leaves(self, *numbers: int) -> bool:
        return all(n == 0 or n >= self.threshold for n in numbers)

    def alone(self, number: int) -> int | None:
        return number if self.leaves(number) else None

    def trade(self, label: str, people: int) -> Trade:
        if self.leaves(people):
            return Trade(label=label, count_text=str(people), plates=people)
        return Trade(label=label, count_text=f"moins de {self.threshold}", plates=None)


def mask(figures: Figures, threshold: int) -> Published:
    """Below 3, hiding hides nothing ("less than 2" is 1): 3 is the least."""
    rule = Mask(max(threshold, 3))
    labels = sorted(figures.trades, key=lambda label: (fold(label), label))
    total, present = _total(figures, rule)
    published = Published(
        rule=RULE,
        threshold=rule.threshold,
        total=total,
        present=present,
        trades=[rule.trade(label, figures.trades[label]) for label in labels],
        invited=rule.alone(figures.invited),
        answered=None,
        expected=None,
        first_timers=None,
        in_commune=None,
        structures=None,
    )
    _answers(published, figures, rule)
    if present is not None:
        _parts(published, figures, rule)
    return published


def _total(figures: Figures, rule: Mask) -> tuple[str, int | None]:
    """The words for the number present, and the number when it is exact."""
    counts = figures.trades.values()
    hidden = sum(not rule.leaves(count) for count in counts)
    if not hidden:
        return str(figures.present), figures.present
    shown = sum(count for count in counts if rule.leaves(count))
    least, most = shown + hidden, shown + hidden * (rule.threshold - 1)
    # Hidden people together are never a small number beside an exact total.
    low = max(least + WIDTH, shown + rule.threshold)
    high = most - WIDTH + 1
    if high < low:
        return _range(least, most, rule), None
    if figures.present < low:
        return _range(least, low - 1, rule), None
    if figures.present >= high:
        return _range(high, most, rule), None
    return str(figures.present), figures.present


def _range(least: int, most: int, rule: Mask) -> str:
    if most < rule.threshold:
        return f"moins de {rule.threshold}"
    return f"{least} à {most}"


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


def _parts(published: Published, figures: Figures, rule: Mask) -> None:
    """Parts of an exact total, all of them among the people invited who came. How
    many came without an invitation is never told: next to these it would tell more.
    """
    present, invited = figures.present, published["invited"]

    def part(number: int, rest: int) -> int | None:
        # A part as large as all those invited tells that every one of them came,
        # and then the other part gives a small number away.
        if invited and number == invited < present:
            return None
        # All those present would tell how many were invited and did not come.
        gap = abs(present - invited) if invited is not None else 0
        gap = gap if number == present else 0
        return number if rule.leaves(number, rest, gap) else None

    for name in ("first_timers", "in_commune"):
        number = getattr(figures, name)
        published[name] = part(number, present - number)
    # Structures are not people: what is left of the total says nothing.
    published["structures"] = part(figures.structures, 0)
