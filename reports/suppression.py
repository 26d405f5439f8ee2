"""Which numbers of people may leave, as a pure calculation (decision 0017).

Everything published about a number is a `Range`: what a reader may still believe. A
number of people from 1 to threshold - 1 is safe when its range holds all of 1 to
threshold - 1, whatever the reader adds and subtracts. Every choice of a range is a
choice between fixed classes, made from what is public already and from the number
itself: so the choice tells the class, and nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Range(NamedTuple):
    """From `low` to `high`, both possible."""

    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    def holds(self, number: int) -> bool:
        return self.low <= number <= self.high


class Equation(NamedTuple):
    """`whole` is the sum of `parts`: names of numbers."""

    whole: str
    parts: tuple[str, ...]


def exactly(number: int) -> Range:
    return Range(number, number)


def together(ranges: Sequence[Range]) -> Range:
    return Range(sum(r.low for r in ranges), sum(r.high for r in ranges))


def is_open(number: int, threshold: int) -> bool:
    """Nobody, or enough people to hide among."""
    return number == 0 or number >= threshold


def tightened(
    known: Mapping[str, Range], equations: Sequence[Equation]
) -> dict[str, Range]:
    """What a reader finds who adds and subtracts until nothing changes. Exact for
    equations that form a tree, two of them sharing one number at most, as all those
    of a report do: each bound is reached by some table."""
    ranges = dict(known)
    while True:
        before = dict(ranges)
        for equation in equations:
            _tighten(ranges, equation)
        if ranges == before:
            return ranges


def _tighten(ranges: dict[str, Range], equation: Equation) -> None:
    parts = together([ranges[name] for name in equation.parts])
    whole = ranges[equation.whole]
    whole = Range(max(whole.low, parts.low), min(whole.high, parts.high))
    ranges[equation.whole] = whole
    for name in equation.parts:
        part = ranges[name]
        ranges[name] = Range(
            max(part.low, whole.low - (parts.high - part.high)),
            min(part.high, whole.high - (parts.low - part.low)),
        )


def betrayed(
    known: Mapping[str, Range], equations: Sequence[Equation], threshold: int
) -> set[str]:
    """The numbers that may be small and of which a reader learns more than that."""
    found = tightened(known, equations)
    return {name for name, what in found.items() if tells(what, threshold)}


def tells(what: Range, threshold: int) -> bool:
    """A range inside 1 to threshold - 1 that misses a part of it."""
    is_small = what.low < threshold and what.high >= 1 and what != (0, 0)
    return is_small and not (what.low <= 1 and what.high >= threshold - 1)


def hidden_sum(number: int, cells: int, threshold: int) -> Range:
    """Of `cells` hidden numbers, each from 1 to threshold - 1 and `number` in all.
    Where the sum would bound a cell on one side it is a range that does not."""
    room = threshold - 2
    least, most = cells, cells * (threshold - 1)
    if most - room <= least + room:
        # One cell, or two: no sum of theirs may be told.
        return Range(least, most)
    if number <= least + room:
        return Range(least, least + room)
    if number >= most - room:
        return Range(most - room, most)
    return exactly(number)


Rung = Mapping[str, int]


def finest(ladder: Sequence[Rung], threshold: int) -> Rung | None:
    """The first table of the ladder without any small number. Each rung only joins
    cells of the rung above, in a way that does not depend on the numbers: whoever
    sees that the finer ones were refused learns that some cell there is small, and
    of none which number it is."""
    for rung in ladder:
        if all(is_open(number, threshold) for number in rung.values()):
            return rung
    return None


def different(
    number: int,
    parts: Sequence[Range],
    newcomers: Sequence[Sequence[Range]],
    threshold: int,
    floor: int = 0,
) -> Range:
    """How many different people, over `parts`: single meals, or sets of them whose
    own number is told already (`floor` is the largest of those, at least). Where every
    meal is known, `newcomers` of each of them add up to the same number.

    Exact only where it is possible whatever the parts and newcomers are, and where
    `threshold` people at least came beyond each part, and `threshold` came again."""
    number, whole = max(number, floor), together(parts)
    if number == 0:
        return exactly(0)
    if not floor and whole.low < 2 * threshold:
        # So few came that whether many of them had a name tells who had none.
        return Range(1, max(whole.high, number))
    if number < threshold:
        return Range(1, threshold - 1)
    first, last = _exact_between(parts, newcomers, threshold)
    bottom, top = max(threshold, floor), max(whole.high, number)
    if first > last:
        return Range(bottom, top)
    if number < first:
        return Range(bottom, first - 1)
    return exactly(number) if number <= last else Range(last + 1, top)


def _exact_between(
    parts: Sequence[Range], newcomers: Sequence[Sequence[Range]], threshold: int
) -> tuple[int, int]:
    first = max((part.high for part in parts), default=0) + threshold
    last = together(parts).low - threshold
    for ranges in newcomers:
        around = together(ranges)
        width = max((what.high - what.low for what in ranges), default=0) + 1
        first, last = max(first, around.low + width), min(last, around.high - width)
    return first, last


def half(number: int, total: int, threshold: int) -> bool | None:
    """Whether half of them at least, or less; None where that would say more."""
    return 2 * number >= total if total >= 2 * threshold else None


def of_half(is_most: bool | None, total: Range) -> Range:
    if is_most is None or not total.is_exact:
        return Range(0, total.high)
    middle = -(-total.low // 2)
    return Range(middle, total.low) if is_most else Range(0, middle - 1)


def grown(number: int, earlier: Sequence[Range], threshold: int) -> Range:
    """A number that holds the disjoint numbers told `earlier` and perhaps more, in
    steps of `threshold`; the first step is long enough to hide what was added."""
    low, high = together(earlier)
    step = number // threshold * threshold
    if high == 0:
        if number < threshold:
            return exactly(0) if number == 0 else Range(1, threshold - 1)
        return Range(step, step + threshold - 1)
    end = -(-(high + threshold) // threshold) * threshold - 1
    if number <= end:
        return Range(low, end)
    return Range(step, step + threshold - 1)


def band(number: int, threshold: int) -> Range:
    """0, 1 to 4, 5 to 9, 10 to 19, 20 to 39…: the same for whatever table."""
    if number == 0:
        return exactly(0)
    if number < threshold:
        return Range(1, threshold - 1)
    low = threshold
    while number >= 2 * low:
        low *= 2
    return Range(low, 2 * low - 1)


class Group(NamedTuple):
    """Of one meal: how many people of it work in these communes, when it is told."""

    communes: frozenset[str]
    told: int | None
    total: Range


def fits(
    bands: Mapping[str, Range], groups: Sequence[Group], most: int, threshold: int
) -> bool:
    """Whether a table of people by commune leaves to each group of a meal what a
    reader may believe of it; `most` is how often anybody came, all meals together."""
    return all(
        _fits_hidden(bands, group, most, threshold)
        if group.told is None
        else _fits_told(bands, group, threshold)
        for group in groups
    )


def _of_group(bands: Mapping[str, Range], group: Group) -> list[Range]:
    return [bands.get(code, exactly(0)) for code in group.communes]


def _fits_told(bands: Mapping[str, Range], group: Group, threshold: int) -> bool:
    """No commune of the group must have sent more than one of those told."""
    around = _of_group(bands, group)
    high = together(around).high
    least = [(group.told or 0) - (high - what.high) for what in around]
    return len(around) == 1 or all(n <= 1 or n >= threshold for n in least)


def _fits_hidden(
    bands: Mapping[str, Range], group: Group, most: int, threshold: int
) -> bool:
    """Hidden, the group or the rest of the table is small: all small numbers must
    stay possible on the side where one is."""
    around = together(_of_group(bands, group))
    least = around.low - (most - group.total.high)
    small = range(1, threshold)
    for total in {group.total.low, group.total.high}:
        for side in (small, [total - n for n in small]):
            possible = [least <= n <= around.high for n in side]
            if any(possible) and not all(possible):
                return False
    return True


def banded(
    cells: Mapping[str, int], total: Range, threshold: int
) -> dict[str, Range] | None:
    """A table whose cells are bands, or None where their sum would narrow the band
    of a small one, or the total. That depends on the bands and on the published
    total alone."""
    bands = {name: band(number, threshold) for name, number in cells.items()}
    around = together(list(bands.values()))
    if not total.is_exact and not (
        around.holds(total.low) and around.holds(total.high)
    ):
        return None
    known = {f"= {name}": what for name, what in bands.items()}
    whole = Equation("", tuple(known))
    if betrayed({**known, "": total}, [whole], threshold):
        return None
    return bands
