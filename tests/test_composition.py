"""Floors, ceilings and the line, as plain values."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invitations.composition import (
    MOST_PASSED_OVER,
    Composition,
    Refusal,
    Rule,
    Trade,
    Waiter,
    admitted,
    line,
    offer_ends,
    overtaken,
)

HOME, CARE = "maison", "soins"
HELP, NIGHT = Trade("home_help", HOME), Trade("night_sitter", HOME)
NURSE, PHYSIO = Trade("nurse", CARE), Trade("physio", CARE)
TRADES = (HELP, NIGHT, NURSE, PHYSIO)
START = datetime(2026, 11, 2, 8, tzinfo=UTC)

counts = st.integers(0, 3)
ceilings = st.none() | st.integers(3, 5)
tables = st.builds(
    Composition,
    capacity=st.integers(0, 8),
    rules=st.tuples(
        st.builds(Rule, st.just(HOME), st.just(""), counts, ceilings),
        st.builds(Rule, st.just(HOME), st.just("home_help"), counts, ceilings),
        st.builds(Rule, st.just(HOME), st.just("night_sitter"), counts, ceilings),
        st.builds(Rule, st.just(CARE), st.just("nurse"), counts, ceilings),
    ),
    taken=st.dictionaries(st.sampled_from(TRADES), counts, max_size=4),
)
lines = st.lists(st.tuples(st.sampled_from(TRADES), st.integers(0, 2)), max_size=7).map(
    lambda people: [
        Waiter(key, trade, START + timedelta(hours=key), passed)
        for key, (trade, passed) in enumerate(people)
    ]
)


def fillings(most: int) -> Iterator[Counter[Trade]]:
    for numbers in product(range(most + 1), repeat=len(TRADES)):
        yield Counter(dict(zip(TRADES, numbers, strict=True)))


@given(tables)
def test_what_is_needed_is_the_fewest_people_who_fill_every_floor(
    table: Composition,
) -> None:
    def fills(more: Counter[Trade]) -> bool:
        taken = Counter(table.taken) + more
        after = Composition(table.capacity, table.rules, taken)
        return not any(after.lacking(rule) for rule in table.rules)

    fewest = min(sum(more.values()) for more in fillings(3) if fills(more))
    assert table.needed == fewest


@given(tables, st.sampled_from(TRADES))
def test_whoever_is_let_in_leaves_room_for_what_is_missing(
    table: Composition, trade: Trade
) -> None:
    after = table.plus(trade)
    if table.refusal(trade) is None:
        assert after.seated <= table.capacity
        gap = table.seated + table.needed - table.capacity
        assert after.seated + after.needed - table.capacity <= max(gap, 0)


@given(tables, st.sampled_from(TRADES))
def test_a_seat_is_refused_for_a_reason_that_is_true(
    table: Composition, trade: Trade
) -> None:
    reason = table.refusal(trade)
    if reason == Refusal.FULL:
        assert table.free == 0
    elif reason == Refusal.KEPT:
        assert table.kept == table.free > 0 or table.needed >= table.free
        assert table.plus(trade).needed == table.needed
    elif reason == Refusal.ENOUGH:
        assert any(
            rule.ceiling is not None and table.count(rule) >= rule.ceiling
            for rule in table.rules
            if rule.covers(trade)
        )


@given(tables, st.lists(st.sampled_from(TRADES), max_size=8), st.sampled_from(TRADES))
def test_whoever_finds_no_seat_finds_none_after_others_either(
    table: Composition, others: list[Trade], trade: Trade
) -> None:
    before = table.refusal(trade)
    for other in others:
        if table.refusal(other) is None:
            table = table.plus(other)
    assert before is None or table.refusal(trade)


def test_the_last_seat_waits_for_the_missing_trade() -> None:
    table = Composition(3, (Rule(HOME, "home_help", 1),), {NURSE: 2})
    assert table.refusal(NURSE) == Refusal.KEPT
    assert table.refusal(NIGHT) == Refusal.KEPT
    assert table.refusal(HELP) is None
    assert (table.free, table.kept) == (1, 1)


def test_a_trade_counts_for_its_family() -> None:
    rules = (Rule(HOME, "", 2), Rule(HOME, "home_help", 1))
    assert Composition(5, rules).needed == 2
    assert Composition(5, rules, {NIGHT: 2}).needed == 1


def test_after_the_release_nothing_is_kept() -> None:
    table = Composition(1, (Rule(HOME, "home_help", 1),), keeps=False)
    assert table.refusal(NURSE) is None


@given(lines, tables)
def test_the_line_holds_everybody_once(
    waiters: list[Waiter], table: Composition
) -> None:
    assert sorted(line(waiters, table)) == [waiter.key for waiter in waiters]


@given(st.lists(st.sampled_from(TRADES), min_size=1, max_size=20), tables)
def test_nobody_is_overtaken_for_ever(
    newcomers: list[Trade], table: Composition
) -> None:
    """Seats come free one by one while people of other trades keep joining."""
    waiters = [Waiter(0, PHYSIO, START)]
    passed = 0
    for number, trade in enumerate(newcomers, 1):
        joined = START + timedelta(hours=number)
        waiters.append(Waiter(number, trade, joined))
        one_seat = table.with_one_seat()
        fitting = admitted(waiters, one_seat)
        if not fitting or fitting[0].key == 0:
            break
        chosen = fitting[0]
        over = overtaken(chosen, fitting)
        passed += 0 in over
        waiters = [
            w._replace(passed_over=w.passed_over + (w.key in over))
            for w in waiters
            if w.key != chosen.key
        ]
    assert passed <= MOST_PASSED_OVER


def test_a_trade_that_nobody_has_comes_before_one_that_is_there() -> None:
    table = Composition(4, (), {NURSE: 3})
    waiters = [Waiter(1, NURSE, START), Waiter(2, HELP, START + timedelta(hours=1))]
    assert line(waiters, table) == [2, 1]


PARIS = ZoneInfo("Europe/Paris")
MEAL = datetime(2026, 12, 10, 12, 15, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ((11, 20, 14), (11, 22, 14)),
        ((12, 4, 14), (12, 5, 14)),
        ((12, 7, 8), (12, 7, 20)),
        ((12, 7, 10), (12, 8, 10)),
        ((12, 5, 23), (12, 7, 10)),
    ],
)
def test_an_offer_is_shorter_near_the_date_and_never_ends_in_the_night(
    now: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    asked, until = (datetime(2026, *moment, tzinfo=PARIS) for moment in (now, ends))
    assert offer_ends(asked, MEAL) == until


def test_within_48_hours_nothing_is_offered() -> None:
    assert offer_ends(MEAL - timedelta(hours=48), MEAL) is None
    assert offer_ends(MEAL - timedelta(hours=49), MEAL) is not None
