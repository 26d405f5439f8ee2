"""The calculation by itself, against everything that a reader could try."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.suppression import (
    Equation,
    Group,
    Range,
    band,
    banded,
    betrayed,
    different,
    exactly,
    fits,
    grown,
    half,
    hidden_sum,
    of_half,
    tells,
    tightened,
)

T = 5
SMALL = set(range(1, T))


def is_narrowed(values: set[int]) -> bool:
    return values & SMALL not in (set(), SMALL)


def test_a_reader_who_adds_and_subtracts_finds_every_bound() -> None:
    known = {"all": exactly(14), "a": Range(1, 4), "b": Range(1, 4), "c": exactly(8)}
    found = tightened(known, [Equation("all", ("a", "b", "c"))])
    assert (found["a"], found["b"]) == (Range(2, 4), Range(2, 4))
    assert betrayed(known, [Equation("all", ("a", "b", "c"))], T) == {"a", "b"}


@given(st.data())
def test_the_bounds_are_reached_by_some_table(data: st.DataObject) -> None:
    ranges = [
        Range(low, low + width)
        for low, width in data.draw(
            st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=4)
        )
    ]
    names = tuple("abcd"[: len(ranges)])
    tables = list(product(*(range(r.low, r.high + 1) for r in ranges)))
    total = data.draw(st.sampled_from(sorted({sum(table) for table in tables})))
    known = dict(zip(names, ranges, strict=True)) | {"all": exactly(total)}
    found = tightened(known, [Equation("all", names)])
    fitting = [table for table in tables if sum(table) == total]
    for index, name in enumerate(names):
        values = {table[index] for table in fitting}
        assert (min(values), max(values)) == found[name]


@pytest.mark.parametrize(
    ("what", "is_told"),
    [
        (exactly(0), False),
        (exactly(3), True),
        (Range(1, 4), False),
        (Range(0, 9), False),
        (Range(2, 9), True),
        (Range(0, 3), True),
        (exactly(5), False),
    ],
)
def test_a_small_number_is_told_when_one_is_excluded(
    what: Range, is_told: bool
) -> None:
    assert tells(what, T) is is_told


@pytest.mark.parametrize("threshold", [3, 5, 7])
@pytest.mark.parametrize("cells", range(1, 6))
def test_the_classes_of_a_hidden_sum_leave_each_cell_free(
    cells: int, threshold: int
) -> None:
    tables: dict[Range, list[tuple[int, ...]]] = {}
    for table in product(range(1, threshold), repeat=cells):
        told = hidden_sum(sum(table), cells, threshold)
        assert told.holds(sum(table))
        tables.setdefault(told, []).append(table)
    for candidates in tables.values():
        for cell in zip(*candidates, strict=True):
            assert set(cell) == set(range(1, threshold))


def test_different_people_of_two_meals_leave_every_small_number_free() -> None:
    """Whoever came without an invitation came to the first meal."""
    for total, second in product(range(5, 17), (0, *range(5, 13))):
        told: dict[Range, list[tuple[int, int]]] = {}
        for without in range(total + 1):
            for both in range(min(total - without, second) + 1):
                number = total - without + second - both
                what = different(number, [exactly(total), exactly(second)], [], T)
                assert what.holds(number)
                told.setdefault(what, []).append((without, both))
        before = of_two_meals(total, second, sum(told.values(), []))
        for candidates in told.values():
            after = of_two_meals(total, second, candidates)
            for known, values in zip(before, after, strict=True):
                small = values & SMALL
                assert small in (set(), known & SMALL), (total, second, candidates[0])


def of_two_meals(
    total: int, second: int, candidates: list[tuple[int, int]]
) -> list[set[int]]:
    """The numbers that each way to fill them gives: without a name, counted again,
    at both, only at the second, only at the first, with a name, different."""
    columns = [
        (
            w,
            w + both,
            both,
            second - both,
            total - w - both,
            total - w,
            total - w + second - both,
        )
        for w, both in candidates
    ]
    return [set(column) for column in zip(*columns, strict=True)]


def test_different_people_are_exact_between_the_edges_alone() -> None:
    meals = [exactly(13)] * 4
    assert different(30, meals, [], T) == exactly(30)
    assert different(18, meals, [], T) == exactly(18)
    assert different(17, meals, [], T) == Range(5, 17)
    assert different(48, meals, [], T) == Range(48, 52)
    assert different(3, meals, [], T) == Range(1, 4)
    assert different(0, meals, [], T) == exactly(0)
    assert different(13, [exactly(13)], [], T) == Range(5, 13)
    assert different(4, [exactly(6)], [], T) == Range(1, 6)


def test_a_longer_period_takes_the_shorter_one_as_one_meal() -> None:
    quarter, meals = Range(30, 30), [exactly(13)] * 3
    assert different(34, [quarter, *meals], [], T, floor=30) == Range(30, 34)
    assert different(35, [quarter, *meals], [], T, floor=30) == exactly(35)
    assert different(29, [quarter, *meals], [], T, floor=30) == Range(30, 34)


def test_different_people_leave_the_newcomers_of_a_meal_free() -> None:
    meals, new = [exactly(14)] * 3, [Range(7, 14), Range(0, 6), Range(0, 6)]
    told = {number: different(number, meals, [new], T) for number in range(14, 30)}
    exact = [number for number, what in told.items() if what.is_exact]
    assert exact == []
    new = [Range(7, 14)] * 2 + [Range(0, 6)] * 4
    meals = [exactly(14)] * 6
    for number in range(22, 45):
        what = different(number, meals, [new], T)
        if what.is_exact:
            others = [sum(pair) for pair in (((7 + 0 * 4), 0), ((14 + 6 * 4), 0))]
            assert others[0] + 14 <= number <= others[1] + 7


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=3),
    st.integers(0, 40),
)
def test_a_number_that_grew_hides_what_was_added(
    before: list[tuple[int, int]], number: int
) -> None:
    earlier = [Range(low, low + width) for low, width in before]
    least, most = sum(r.low for r in earlier), sum(r.high for r in earlier)
    told = grown(max(number, least), earlier, T)
    assert told.holds(max(number, least))
    # Each of the earlier numbers stays possible, and what was added is not small.
    assert told.high >= most
    added = set(range(max(told.low - most, 0), told.high - least + 1))
    assert not is_narrowed(added)


@pytest.mark.parametrize(
    ("number", "low", "high"),
    [(0, 0, 0), (1, 1, 4), (5, 5, 9), (19, 10, 19), (20, 20, 39), (85, 80, 159)],
)
def test_bands_are_the_same_for_whatever_table(
    number: int, low: int, high: int
) -> None:
    assert band(number, T) == (low, high)


def test_a_table_in_bands_is_refused_where_its_sum_tells() -> None:
    cells = {"Brenne": 12, "Jore": 2}
    assert banded(cells, exactly(14), T) is not None
    assert banded({"Brenne": 19, "Jore": 4}, exactly(23), T) is None
    assert banded({"Brenne": 12}, Range(8, 14), T) is None


def test_a_map_is_refused_where_it_tells_of_one_meal() -> None:
    bands = {"A": Range(5, 9), "B": Range(1, 4)}
    hidden = Group(frozenset("A"), None, exactly(13))
    assert not fits(bands, [hidden], 40, T)
    assert fits({"A": Range(20, 39)}, [hidden], 40, T)
    told = Group(frozenset("AB"), 12, exactly(20))
    assert not fits({"A": Range(5, 9), "B": Range(1, 4)}, [told], 40, T)
    assert fits({"A": Range(10, 19), "B": Range(1, 4)}, [told], 40, T)


def test_newcomers_are_half_of_the_table_or_not() -> None:
    assert half(7, 13, T) is True
    assert half(6, 13, T) is False
    assert half(6, 9, T) is None
    for total in range(10, 16):
        for number in range(total + 1):
            what = of_half(half(number, total, T), exactly(total))
            assert what.holds(number)
            assert not tells(what, T)
            assert not tells(Range(total - what.high, total - what.low), T)
    assert of_half(None, Range(5, 8)) == (0, 8)
