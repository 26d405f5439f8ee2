"""How good a table plan is: beside dealing at random, and beside the proven best.

    python bench/seating.py

Needs neither Django nor a database. The second table needs OR-tools, which only this
measure uses: without it, one sentence says how to install it.
"""

import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402 - the path above comes first
from rich.table import Table  # noqa: E402

from invitations.seating import (  # noqa: E402
    Companions,
    Guest,
    Lunch,
    Plan,
    Round,
    Score,
    deal,
    redeal,
    remember,
    score,
)
from invitations.seating.weights import AGAIN, MOVED, WISH, alike, known  # noqa: E402

try:
    from ortools.sat.python import cp_model
except ImportError:
    cp_model = None

MISSING = "Not compared with the best plan: « pip install ortools » first, then again."
DEALS, INSTANCES, SECONDS = 20, 24, 60.0
# Of a hundred people at such a meal, about so many of each trade.
TRADES = {
    "home helper": 30,
    "nurse": 18,
    "care assistant": 12,
    "physiotherapist": 8,
    "general practitioner": 6,
    "pharmacist": 5,
    "social worker": 5,
    "speech therapist": 4,
    "occupational therapist": 3,
    "psychologist": 3,
    "midwife": 3,
    "coordinator": 3,
}


def guests(count: int, chance: random.Random) -> list[Guest]:
    """One in three works alone; the others for employers of which a few are large."""
    employers = max(4, count // 8)
    trades = chance.choices(list(TRADES), list(TRADES.values()), k=count)
    return [
        Guest(
            key=key,
            trade=trade,
            employer=""
            if chance.random() < 1 / 3
            else f"E{min(int(chance.expovariate(4 / employers)), employers)}",
        )
        for key, trade in enumerate(trades, 1)
    ]


def at_random(
    count: int, tables: int, rounds: int, chance: random.Random
) -> list[Round]:
    dealt = []
    for _ in range(rounds):
        keys = list(range(1, count + 1))
        chance.shuffle(keys)
        dealt.append(tuple(tuple(keys[table::tables]) for table in range(tables)))
    return tuple(dealt)


def lunch(count: int, rounds: int, seed: int) -> Lunch:
    """Four former meals, to each of which three in five came."""
    chance, past = random.Random(seed), []
    for _ in range(4):
        came = chance.sample(range(1, count + 1), count * 3 // 5)
        past.append(tuple(tuple(came[n : n + 8]) for n in range(0, len(came), 8)))
    return Lunch(
        guests=guests(count, chance),
        tables=count // 8,
        rounds=rounds,
        met=remember(past, {}),
        seed=seed,
    )


def mean(scores: list[Score], name: str) -> float:
    return statistics.mean(getattr(one, name) for one in scores)


def compare(asked: Lunch) -> tuple[Plan, list[Score], float]:
    """Our plan, the scores of random ones, and our seconds of processor."""
    started = time.process_time()
    plan = deal(asked)
    spent = time.process_time() - started
    chance = random.Random(asked.seed)
    size = len(asked.guests), asked.tables, asked.rounds
    dealt = [score(asked, at_random(*size, chance)) for _ in range(DEALS)]
    return plan, dealt, spent


def beside_chance() -> Table:
    table = Table(title=f"Our plan / the mean of {DEALS} random ones, pairs seated")
    table.add_column("Guests, tables, rounds")
    for title in ("Met before", "Employer", "Trade", "Trades each", "Cost", "CPU s"):
        table.add_column(title, justify="right")
    for rounds, count in product((1, 3), (24, 60, 120, 200)):
        asked = lunch(count, rounds, seed=count)
        plan, dealt, spent = compare(asked)
        ours = plan.score
        cells = [
            f"{getattr(ours, name)} / {mean(dealt, name):.0f}"
            for name in ("again", "same_employer", "same_trade")
        ]
        table.add_row(
            f"{count}, {asked.tables}, {rounds}",
            *cells,
            f"{ours.trades:.1f} / {mean(dealt, 'trades'):.1f}",
            f"{ours.cost / mean(dealt, 'cost'):.0%}",
            f"{spent:.2f}",
        )
        assert ours.again < mean(dealt, "again")
        assert ours.same_employer < mean(dealt, "same_employer")
        assert ours.trades > mean(dealt, "trades")
        assert ours.cost < 0.8 * mean(dealt, "cost")
        assert spent < 2
    return table


def after_no_shows() -> Table:
    """200 people at 25 tables; the best plan would move as few as balance asks."""
    table = Table(title="Dealt again after no-shows, 200 guests, 3 rounds")
    for title in ("Absent", "Arrived", "Moved", "Needed", "Cost before", "Cost after"):
        table.add_column(title, justify="right")
    table.add_column("Seconds", justify="right")
    asked = lunch(200, 3, seed=7)
    plan = deal(replace(asked, guests=[g for g in asked.guests if g.key <= 190]))
    for absent, arrived in ((5, 0), (20, 5), (40, 10), (80, 0)):
        gone = set(random.Random(absent).sample(range(1, 191), absent))
        present = [g for g in asked.guests if g.key not in gone]
        present = [g for g in present if g.key <= 190 + arrived]
        started = time.process_time()
        again = redeal(replace(asked, guests=present), plan.rounds)
        spent = time.process_time() - started
        needed = fewest_moves([len(set(t) - gone) for t in plan.rounds[0]], arrived)
        figures = (absent, arrived, again.score.moved, needed)
        costs = (plan.score.cost, again.score.cost - MOVED * again.score.moved)
        table.add_row(*map(str, (*figures, *costs)), f"{spent:.2f}")
        assert again.score.moved == needed
        assert again.score.imbalance <= 1
        assert spent < 1
    return table


def fewest_moves(sizes: list[int], arrived: int) -> int:
    small, larger = divmod(sum(sizes) + arrived, len(sizes))
    ordered = sorted(sizes, reverse=True)
    wanted = [small + (number < larger) for number in range(len(sizes))]
    return sum(max(0, n - most) for n, most in zip(ordered, wanted, strict=True))


def small_lunch(seed: int) -> Lunch:
    """8 to 12 guests, 2 or 3 tables, 1 or 2 rounds; companions and one newcomer."""
    chance = random.Random(seed)
    count = chance.randint(8, 12)
    keys = list(range(1, count + 1))
    pairs = chance.choices(list(combinations(keys, 2)), k=count)
    return Lunch(
        guests=[
            replace(guest, party=max(0, 3 - number // 2) if seed % 3 else 0)
            for number, guest in enumerate(guests(count, chance))
        ],
        tables=chance.randint(2, 3),
        rounds=1 + seed % 2,
        met={pair: chance.randint(1, 3) for pair in pairs},
        companions=Companions.KEPT if seed % 3 == 1 else Companions.SPREAD,
        buddies=[(keys[-1], keys[-2])] if chance.random() < 0.5 else [],
        seed=seed,
    )


def proven(asked: Lunch) -> tuple[int, float]:
    """The least cost that any plan can have, and the seconds until the proof."""
    model, solver = cp_model.CpModel(), cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.num_workers = 2
    turns = [pairs_of_round(model, asked) for _ in range(asked.rounds)]
    model.minimize(sum(costs(model, asked, turns)))
    if solver.solve(model) != cp_model.OPTIMAL:
        raise SystemExit(f"No proof within {SECONDS:.0f} seconds.")
    return round(solver.objective_value), solver.wall_time


def pairs_of_round(model: Any, asked: Lunch) -> dict[tuple[int, int], Any]:
    """For each pair a variable: do they share a table?"""
    keys, tables = [guest.key for guest in asked.guests], range(asked.tables)
    sits = {(key, t): model.new_bool_var("") for key in keys for t in tables}
    for key in keys:
        model.add_exactly_one(sits[key, t] for t in tables)
    for t in tables:
        at = sum(sits[key, t] for key in keys)
        small = len(keys) // asked.tables
        model.add(at >= small)
        model.add(at <= small + (len(keys) % asked.tables > 0))
    model.add(sits[keys[0], 0] == 1)  # tables have no names: one of equal plans
    share = {pair: model.new_bool_var("") for pair in combinations(keys, 2)}
    for (one, other), both in share.items():
        for t in tables:
            model.add(both >= sits[one, t] + sits[other, t] - 1)
            model.add(both <= 1 - sits[one, t] + sits[other, t])
    return share


def costs(
    model: Any, asked: Lunch, turns: list[dict[tuple[int, int], Any]]
) -> Iterator[Any]:
    met, first = known(asked.met), turns[0]
    for one, other in combinations(asked.guests, 2):
        pair = one.key, other.key
        for share in turns:
            yield share[pair] * (alike(one, other) + AGAIN * met[pair])
            if one.party == other.party != 0:
                kept = asked.companions is Companions.KEPT
                yield WISH * (1 - share[pair] if kept else share[pair])
        for earlier, later in combinations(turns, 2):
            twice = model.new_bool_var("")
            model.add(twice >= earlier[pair] + later[pair] - 1)
            yield AGAIN * twice
    for pair in {(min(pair), max(pair)) for pair in asked.buddies}:
        yield WISH * (1 - first[pair])


def beside_the_best() -> Table:
    table = Table(title="Our plan / the proven best one (OR-tools)")
    titles = ("Guests", "Tables", "Rounds", "Ours", "Best", "Gap", "Seconds", "Proof")
    for title in titles:
        table.add_column(title, justify="right")
    gaps = []
    for seed in range(INSTANCES):
        asked = small_lunch(seed)
        started = time.process_time()
        ours = deal(asked).score.cost
        spent = time.process_time() - started
        best, proof = proven(asked)
        assert ours >= best, "The measure and the plan do not count alike."
        gaps.append((ours - best) / max(best, 1))
        sizes = (len(asked.guests), asked.tables, asked.rounds, ours, best)
        table.add_row(
            *map(str, sizes), f"{gaps[-1]:.1%}", f"{spent:.2f}", f"{proof:.2f}"
        )
    table.caption = f"Mean gap {statistics.mean(gaps):.2%}; {gaps.count(0)} of "
    table.caption += f"{len(gaps)} are the best there is."
    assert statistics.mean(gaps) <= 0.02
    assert gaps.count(0) > len(gaps) / 2
    return table


def main() -> None:
    console = Console()
    console.print(beside_chance())
    console.print(after_no_shows())
    console.print(beside_the_best() if cp_model else MISSING)


if __name__ == "__main__":
    main()
