"""The table plan: what always holds, and that no better plan was overlooked."""

import random
from collections import Counter
from dataclasses import replace
from itertools import combinations, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invitations.seating import (
    Companions,
    Guest,
    Lunch,
    Plan,
    Round,
    deal,
    redeal,
    remember,
    score,
)
from invitations.seating.blocks import together
from invitations.seating.laying import laid
from invitations.seating.values import MOST_GUESTS

# Each plan takes some hundredths of a second.
few = settings(max_examples=20, deadline=None)
many = settings(max_examples=80, deadline=None)


@st.composite
def lunches(draw: st.DrawFn, most: int = 10, **fixed: object) -> Lunch:
    keys = draw(st.lists(st.integers(-99, 99), unique=True, max_size=most))
    guests = [
        Guest(
            key=key,
            trade=draw(st.sampled_from(["", "nurse", "doctor", "home helper"])),
            employer=draw(st.sampled_from(["", "A", "B"])),
            party=draw(st.integers(0, 3)),
        )
        for key in keys
    ]
    pairs = list(permutations(keys[:6], 2))
    some = st.lists(st.sampled_from(pairs), max_size=4) if pairs else st.just([])
    asked: dict[str, object] = {
        "tables": draw(st.integers(1, 5)),
        "rounds": draw(st.integers(1, 2)),
        "met": dict.fromkeys(draw(some), 2),
        "companions": draw(st.sampled_from(Companions)),
        "buddies": draw(some),
        "seed": draw(st.integers(0, 9)),
    }
    return Lunch(guests=guests, **{**asked, **fixed})


def seated(turn: Round) -> Counter[int]:
    return Counter(key for table in turn for key in table)


def table_of(turn: Round) -> dict[int, int]:
    return {key: number for number, table in enumerate(turn) for key in table}


def sizes(turn: Round) -> set[int]:
    return {len(table) for table in turn}


def crowd(count: int, seed: int = 1) -> list[Guest]:
    chance = random.Random(seed)
    return [
        Guest(key=key, trade=chance.choice("abcd"), employer=chance.choice("ABCDEF"))
        for key in range(count)
    ]


def assert_sound(lunch: Lunch, plan: Plan) -> None:
    keys = Counter(guest.key for guest in lunch.guests)
    assert len(plan.rounds) == lunch.rounds
    for turn in plan.rounds:
        assert len(turn) == lunch.tables
        assert seated(turn) == keys
        assert max(sizes(turn)) - min(sizes(turn)) <= 1
    assert plan.score.imbalance <= 1


@few
@given(lunch=lunches(), data=st.data())
def test_everybody_sits_once_at_balanced_tables_in_whatever_order_they_came(
    lunch: Lunch, data: st.DataObject
) -> None:
    plan = deal(lunch)
    assert_sound(lunch, plan)
    shuffled = data.draw(st.permutations(list(lunch.guests)))
    met = dict(reversed([(pair[::-1], n) for pair, n in lunch.met.items()]))
    other = replace(lunch, guests=shuffled, buddies=lunch.buddies[::-1])
    if not any(pair[::-1] in lunch.met for pair in lunch.met):
        other = replace(other, met=met)
    assert deal(other) == plan


def exchange_cost(lunch: Lunch, chance: random.Random) -> tuple[int, int]:
    """What the board believes that twenty swaps cost, and what they do cost."""
    board = laid(lunch, [[-1] * len(lunch.guests)] * lunch.rounds)
    keys, believed, counted = [guest.key for guest in lunch.guests], 0, []
    for step in range(21):
        rounds = [
            [[keys[guest] for guest in table] for table in seats]
            for seats in board.seats
        ]
        counted.append(score(lunch, rounds).cost)
        turn = chance.randrange(lunch.rounds)
        filled = [seats for seats in board.seats[turn] if seats]
        if step < 20 and len(filled) > 1:
            left, right = chance.sample(filled, 2)
            size = chance.randint(1, min(len(left), len(right)))
            groups = left[:size], right[-size:]
            believed += board.weigh(turn, *groups)
            for one, other in zip(*groups, strict=True):
                board.swap(turn, one, other)
    return believed, counted[-1] - counted[0]


@many
@given(lunch=lunches(), chance=st.randoms(use_true_random=False))
def test_what_an_exchange_is_believed_to_cost_is_what_it_costs(
    lunch: Lunch, chance: random.Random
) -> None:
    believed, counted = exchange_cost(lunch, chance)
    assert believed == counted


@many
@given(lunch=lunches(most=30))
def test_the_first_plan_is_sound_before_any_search(lunch: Lunch) -> None:
    board = laid(lunch, [[-1] * len(lunch.guests)] * lunch.rounds)
    for seats in board.seats:
        assert seated(seats) == Counter(range(len(lunch.guests)))
        assert max(map(len, seats)) - min(map(len, seats)) <= 1


def fits(parties: list[int], rooms: list[int]) -> bool:
    """Tried in all ways, without any cleverness."""
    return not parties or any(
        fits(parties[1:], [*rooms[:n], room - parties[0], *rooms[n + 1 :]])
        for n, room in enumerate(rooms)
        if room >= parties[0]
    )


@many
@given(
    parties=st.lists(st.integers(2, 5), max_size=6),
    alone=st.integers(0, 6),
    tables=st.integers(1, 4),
)
def test_companions_are_kept_whole_whenever_the_tables_allow_it(
    parties: list[int], alone: int, tables: int
) -> None:
    small, larger = divmod(sum(parties) + alone, tables)
    rooms = [small + (table < larger) for table in range(tables)]
    numbers = iter(range(sum(parties)))
    wishes = [tuple(next(numbers) for _ in range(n)) for n in sorted(parties)[::-1]]
    granted = together(wishes, rooms, [-1] * (sum(parties) + alone))
    assert (set(granted) == set(wishes)) == fits(parties, rooms) or not rooms[0]
    used = Counter[int]()
    for block, table in granted.items():
        used[table] += len(block)
    assert all(used[table] <= room for table, room in enumerate(rooms))


@few
@given(lunch=lunches(companions=Companions.KEPT, buddies=[], tables=2))
def test_kept_companions_share_their_tables(lunch: Lunch) -> None:
    parties = Counter(guest.party for guest in lunch.guests if guest.party)
    half, more = divmod(len(lunch.guests), 2)
    plan = deal(lunch)
    if fits(list(parties.values()), [half + more, half]):
        assert plan.score.companions == 0
    else:
        assert plan.score.companions > 0


@few
@given(lunch=lunches(companions=Companions.SPREAD, buddies=[], tables=4))
def test_spread_companions_meet_others(lunch: Lunch) -> None:
    parties = Counter(guest.party for guest in lunch.guests if guest.party)
    apart = max(parties.values(), default=0) <= lunch.tables
    assert (deal(lunch).score.companions == 0) == apart


def test_a_party_larger_than_a_table_is_cut_in_equal_parts() -> None:
    guests = [Guest(key=key, party=1 if key < 10 else 0) for key in range(24)]
    [turn] = deal(Lunch(guests=guests, tables=3)).rounds
    assert sorted(sum(key < 10 for key in table) for table in turn) == [0, 5, 5]


def test_a_party_of_everyone_is_only_balanced() -> None:
    guests = [Guest(key=key, party=1) for key in range(21)]
    for companions in Companions:
        lunch = Lunch(guests=guests, tables=4, rounds=2, companions=companions)
        assert_sound(lunch, deal(lunch))


def test_companions_leave_each_other_when_balance_asks_it() -> None:
    guests = [Guest(key=key, party=1 + key // 2) for key in range(6)]
    plan = deal(Lunch(guests=guests, tables=2))
    assert sizes(plan.rounds[0]) == {3}
    assert plan.score.companions == 1


@few
@given(lunch=lunches(companions=Companions.SPREAD, rounds=2))
def test_a_newcomer_sits_with_who_welcomes_them_in_the_first_round(
    lunch: Lunch,
) -> None:
    keys = [guest.key for guest in lunch.guests]
    pairs = list(zip(keys[::4], keys[1::4], strict=False))
    tables = max(1, len(keys) // 4)
    plan = deal(replace(lunch, buddies=pairs, tables=tables))
    assert plan.score.buddies == 0
    at = table_of(plan.rounds[0])
    assert all(at[one] == at[other] for one, other in pairs)


def test_a_newcomer_is_beside_who_welcomes_them_before_any_search() -> None:
    buddies = [(key, 19 - key) for key in range(8)]
    board = laid(Lunch(guests=crowd(20), tables=5, buddies=buddies), [[-1] * 20])
    assert all(board.where[0][one] == board.where[0][other] for one, other in buddies)


def test_who_welcomes_too_many_sits_with_as_many_as_the_table_holds() -> None:
    buddies = [(0, key) for key in range(1, 11)]
    plan = deal(Lunch(guests=crowd(12), tables=3, buddies=buddies))
    assert plan.score.buddies == 10 - 3


def test_buddies_who_did_not_come_are_nobodys_fault() -> None:
    plan = deal(Lunch(guests=crowd(4), tables=2, buddies=[(0, 77)], met={(0, 77): 3}))
    assert plan.score.buddies == plan.score.again == 0


def best_cost(lunch: Lunch) -> int:
    """The least cost of all plans, tried one by one."""
    keys = [guest.key for guest in lunch.guests]
    small, larger = divmod(len(keys), lunch.tables)
    wanted = sorted(small + (n < larger) for n in range(lunch.tables))
    rounds = set()
    for tables in product(range(lunch.tables), repeat=len(keys)):
        dealt = [
            tuple(k for k, at in zip(keys, tables, strict=True) if at == n)
            for n in range(lunch.tables)
        ]
        if sorted(map(len, dealt)) == wanted:
            rounds.add(tuple(sorted(dealt)))
    return min(
        score(lunch, turns).cost for turns in product(rounds, repeat=lunch.rounds)
    )


def tiny(count: int, seed: int, **asked: object) -> Lunch:
    chance = random.Random(seed)
    guests = [replace(g, party=chance.choice([0, 0, 1])) for g in crowd(count, seed)]
    pairs = chance.sample(list(combinations(range(count), 2)), count)
    met = {pair: chance.randint(1, 4) for pair in pairs}
    return Lunch(guests=guests, met=met, **asked)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("count", "tables", "rounds"), [(8, 2, 1), (7, 3, 1), (6, 2, 2), (6, 3, 2)]
)
def test_no_plan_of_a_tiny_lunch_is_better(
    count: int, tables: int, rounds: int, seed: int
) -> None:
    lunch = tiny(count, seed, tables=tables, rounds=rounds)
    lunch = replace(lunch, companions=list(Companions)[seed % 2])
    assert deal(lunch).score.cost == best_cost(lunch)


def test_people_who_met_are_seated_apart_far_more_than_by_chance() -> None:
    past = [tuple(tuple(range(n, n + 6)) for n in range(0, 36, 6))]
    lunch = Lunch(guests=crowd(36), tables=6, rounds=2, met=remember(past, {}))
    ours, chance = deal(lunch).score, random.Random(1)
    by_chance = []
    for _ in range(20):
        rounds = []
        for _ in range(2):
            keys = chance.sample(range(36), 36)
            rounds.append([keys[n : n + 6] for n in range(0, 36, 6)])
        by_chance.append(score(lunch, rounds))
    assert ours.again <= 2 < min(one.again for one in by_chance)
    assert ours.same_employer < min(one.same_employer for one in by_chance)
    assert ours.same_trade < min(one.same_trade for one in by_chance)


def test_a_score_says_what_a_page_can_say() -> None:
    guests = [
        Guest(key=1, trade="nurse", employer="A", party=1),
        Guest(key=2, trade="nurse", employer="A", party=1),
        Guest(key=3, trade="nurse", employer="A"),
        Guest(key=4, trade="doctor"),
        Guest(key=5),
    ]
    lunch = Lunch(guests=guests, tables=2, rounds=2, met={(3, 1): 2}, buddies=[(5, 1)])
    told = score(lunch, [((1, 2, 3), (4, 5)), ((1, 4), (2, 3, 5))])
    assert (told.pairs, told.again, told.same_trade) == (8, 2, 3)
    assert (told.same_employer, told.companions, told.buddies) == (3, 1, 1)
    assert (told.imbalance, told.trades, told.moved) == (1, 5 / 4, 0)


def test_the_memory_counts_every_table_once_for_each_pair() -> None:
    met = remember([((1, 2), (3,)), ((3, 2, 1),)], {(2, 1): 1, (1, 2): 1})
    assert met == {(1, 2): 4, (1, 3): 1, (2, 3): 1}


@few
@given(before=lunches(), data=st.data())
def test_after_no_shows_everybody_present_sits_at_balanced_tables(
    before: Lunch, data: st.DataObject
) -> None:
    plan = deal(before)
    keys = [guest.key for guest in before.guests]
    gone = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    come = [
        Guest(key=100 + n, trade="late") for n in range(data.draw(st.integers(0, 3)))
    ]
    tables = data.draw(st.integers(1, before.tables + 1))
    guests = [*(g for g in before.guests if g.key not in gone), *come]
    lunch = replace(before, guests=guests, tables=tables)
    again = redeal(lunch, plan.rounds)
    assert_sound(lunch, again)
    assert redeal(lunch, plan.rounds) == again


def test_nobody_moves_in_the_first_round_when_everybody_came() -> None:
    lunch = Lunch(guests=crowd(20), tables=4, rounds=2)
    plan = deal(replace(lunch, seed=3))
    again = redeal(lunch, plan.rounds)
    assert again.score.moved == 0
    assert again.rounds[0] == plan.rounds[0]


@pytest.mark.parametrize(
    ("gone", "come", "moved"),
    [((0,), 0, 0), ((0, 1), 0, 1), ((0, 1, 2), 0, 2), ((0, 1, 2), 3, 0), ((), 4, 0)],
)
def test_only_as_many_move_as_balance_asks(
    gone: tuple[int, ...], come: int, moved: int
) -> None:
    """Four tables of five; the places of `gone` are those of the first table."""
    lunch = Lunch(guests=crowd(20), tables=4)
    plan = deal(lunch)
    left = {plan.rounds[0][0][place] for place in gone}
    late = [Guest(key=50 + n) for n in range(come)]
    present = [guest for guest in lunch.guests if guest.key not in left]
    again = redeal(replace(lunch, guests=present + late), plan.rounds)
    assert again.score.moved == moved
    assert again.score.imbalance <= 1


def test_of_those_who_could_move_the_one_who_is_best_elsewhere_does() -> None:
    guests = [
        Guest(key=key, trade="nurse" if key in (4, 5) else "") for key in range(9)
    ]
    before = [((0, 1), (2, 3), (4, 5, 6, 7))]
    present = [guest for guest in guests if guest.key < 8 and guest.key != 0]
    again = redeal(Lunch(guests=present, tables=3), before)
    assert again.score.moved == 1
    assert again.score.same_trade == 0


def test_who_sat_at_a_table_that_is_taken_away_finds_another() -> None:
    lunch = Lunch(guests=crowd(12), tables=3)
    plan = deal(lunch)
    again = redeal(replace(lunch, tables=2), plan.rounds)
    assert again.score.moved == 4
    assert set(plan.rounds[0][0]) < set(again.rounds[0][0])


def test_companions_stay_together_when_one_arrives_late() -> None:
    guests = [replace(g, party=1 if g.key in (3, 11) else 0) for g in crowd(12)]
    lunch = Lunch(guests=guests, tables=3)
    plan = deal(replace(lunch, guests=guests[:11]))
    again = redeal(lunch, plan.rounds)
    at = table_of(again.rounds[0])
    assert at[3] == at[11] == table_of(plan.rounds[0])[3]
    assert again.score.moved <= 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_guests_and_many_tables_are_no_trouble(count: int) -> None:
    lunch = Lunch(guests=crowd(count), tables=5, rounds=3)
    plan = deal(lunch)
    assert_sound(lunch, plan)
    assert plan.score.pairs == plan.score.cost == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"guests": [Guest(key=1), Guest(key=1, trade="nurse")]},
        {"guests": crowd(MOST_GUESTS + 1)},
        {"tables": 0},
        {"tables": MOST_GUESTS + 1},
        {"rounds": 0},
        {"rounds": 13},
        {"met": {(1, 1): 1}},
        {"met": {(1, 2): -1}},
        {"buddies": [(1, 1)]},
    ],
)
def test_a_lunch_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    asked: dict[str, object] = {"guests": crowd(3), "tables": 1, **wrong}
    with pytest.raises(ValueError, match=r"\.$"):
        Lunch(**asked)


def test_dealing_again_needs_all_the_rounds() -> None:
    with pytest.raises(ValueError, match="As many rounds"):
        redeal(Lunch(guests=crowd(3), tables=1, rounds=2), [((0, 1, 2),)])
