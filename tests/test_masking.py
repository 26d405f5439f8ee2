"""What leaves is judged by an attacker who holds every published figure and this very
program: it tries every table of figures, keeps those that would have been published
in the same words, and wins when a small number could not be just any small number."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.figures import MEMBERSHIP, MODES, Figures
from reports.masking import OTHERS, Published, inside, mask

LABELS = ("Aide à domicile", "Médecine", "Pharmacie", "Soins infirmiers")
MOST = 9


def table(*counts: int, **numbers: int) -> Figures:
    trades = Counter(dict(zip(LABELS, counts, strict=False)))
    return Figures(present=sum(counts), trades=trades, **numbers)


def key(published: Published) -> str:
    return repr(published)


def is_narrowed(values: Iterable[int], threshold: int = 5) -> bool:
    """Some small number is possible, and another one is not."""
    small = {n for n in values if 0 < n < threshold}
    return small not in (set(), set(range(1, threshold)))


@cache
def tables_by_output(threshold: int) -> dict[str, list[dict[str, int]]]:
    """Every table of at most four trades, of at most nine people each."""
    known: dict[str, list[dict[str, int]]] = {}
    for size in range(len(LABELS) + 1):
        for labels in combinations(LABELS, size):
            for counts in product(range(1, MOST + 1), repeat=size):
                trades = dict(zip(labels, counts, strict=True))
                figures = Figures(present=sum(counts), trades=Counter(trades))
                known.setdefault(key(mask(figures, threshold)), []).append(trades)
    return known


@pytest.mark.parametrize("threshold", [4, 5])
def test_a_small_trade_may_have_any_small_size(threshold: int) -> None:
    for candidates in tables_by_output(threshold).values():
        for label in LABELS:
            sizes = {trades.get(label, 0) for trades in candidates}
            assert not is_narrowed(sizes, threshold), candidates[0]


@pytest.mark.parametrize("threshold", [4, 5])
def test_a_small_total_may_be_any_small_number(threshold: int) -> None:
    for output, candidates in tables_by_output(threshold).items():
        totals = {sum(trades.values()) for trades in candidates}
        assert not is_narrowed(totals, threshold), candidates[0]
        assert ("'present': None" in output) is (len(totals) > 1), candidates[0]


@pytest.mark.parametrize("threshold", [4, 5])
def test_the_hidden_trades_together_are_never_told_small(threshold: int) -> None:
    for candidates in tables_by_output(threshold).values():
        together = {
            sum(n for n in trades.values() if n < threshold) for trades in candidates
        }
        assert len(together) > 1 or not 0 < together.pop() < threshold, candidates[0]


def test_of_a_meal_of_few_people_no_trade_is_named() -> None:
    assert len({key(meal(*counts)) for counts in ((1,), (2, 1), (1, 1, 1, 1))}) == 1
    assert meal(2, 1)["trades"] == []


@given(st.lists(st.integers(1, 40), max_size=30), st.integers(3, 11))
@settings(max_examples=300, deadline=None)
def test_an_attacker_with_bounds_narrows_no_hidden_trade(
    counts: list[int], threshold: int
) -> None:
    figures = Figures(
        present=sum(counts),
        trades=Counter({f"Métier {i:02}": n for i, n in enumerate(counts)}),
    )
    published = mask(figures, threshold)
    shown = sum(t["plates"] or 0 for t in published["trades"])
    cells = sum(t["plates"] is None for t in published["trades"])
    assert published["low"] <= sum(counts) <= published["high"]
    if not cells:
        return
    # One cell holds v; the others, together, from cells - 1 to most * (cells - 1).
    most, least = threshold - 1, published["low"] - shown
    for v in range(1, threshold):
        sums = range(v + cells - 1, v + most * (cells - 1) + 1)
        assert any(least <= n <= published["high"] - shown for n in sums)


def every_part(present: int) -> Iterator[Figures]:
    """Every way to have exactly `present` people of one trade that is not hidden.
    The other parts are among those invited who came."""
    for invited, walk_ins in product(range(present + 7), range(present + 1)):
        came = present - walk_ins
        if came > invited:
            continue
        for new, local, structures in product(range(came + 1), repeat=3):
            yield table(
                present,
                invited=invited,
                walk_ins=walk_ins,
                first_timers=new,
                in_commune=local,
                structures=structures,
            )


@pytest.mark.parametrize("present", [5, 6, 9, 10, 11])
def test_no_part_of_an_exact_total_is_narrowed(present: int) -> None:
    known: dict[str, list[Figures]] = {}
    for figures in every_part(present):
        known.setdefault(key(mask(figures, 5)), []).append(figures)
    for candidates in known.values():
        for values in (
            {f.walk_ins for f in candidates},
            {f.invited - f.present + f.walk_ins for f in candidates},
            {f.in_commune for f in candidates},
            {f.present - f.in_commune for f in candidates},
            {f.first_timers for f in candidates},
            {f.present - f.first_timers for f in candidates},
            {f.invited for f in candidates},
        ):
            assert not is_narrowed(values), (values, candidates[0])


def test_no_cell_of_a_table_by_mode_is_narrowed() -> None:
    for total in (5, 8, 12):
        known: dict[str, list[tuple[int, ...]]] = {}
        for cells in compositions(total, len(MODES)):
            modes = Counter(dict(zip(MODES, cells, strict=True)))
            figures = Figures(
                present=total, trades=Counter({"Médecine": total}), modes=modes
            )
            known.setdefault(key(mask(figures, 5)), []).append(cells)
        for candidates in known.values():
            for cell in zip(*candidates, strict=True):
                assert not is_narrowed(cell), candidates[0]


def compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for others in compositions(total - first, parts - 1):
            yield (first, *others)


def of_modes(**counts: int) -> dict[str, int] | None:
    cells = Counter({key.replace("none", ""): n for key, n in counts.items()})
    total = cells.total()
    figures = Figures(present=total, trades=Counter(a=total), modes=cells)
    return mask(figures, 5)["modes"]


def test_a_table_leaves_whole_or_joined_in_one_fixed_way_or_not_at_all() -> None:
    salaried, free = MODES["S"], MODES["L"]
    whole = of_modes(S=6, L=5, B=7)
    assert whole is not None
    assert (whole[salaried], whole[free], whole[MODES["B"]]) == (6, 5, 7)
    assert of_modes(S=6, L=5, B=2, none=3) == {free: 5, salaried: 6, OTHERS: 5}
    assert of_modes(S=6, L=5, B=2) == {free: 5, OTHERS: 8}
    assert of_modes(S=6, L=2) is None
    figures = Figures(
        present=9, trades=Counter(a=9), membership=Counter(yes=5, no=2, **{"": 2})
    )
    kept = mask(figures, 5)["membership"]
    assert kept is None
    figures.membership["yes"] = 4
    assert mask(figures, 5)["membership"] is None
    figures = Figures(present=11, trades=Counter(a=11), membership=Counter(yes=5, no=6))
    kept = mask(figures, 5)["membership"]
    assert kept == {MEMBERSHIP["yes"]: 5, MEMBERSHIP["no"]: 6, MEMBERSHIP[""]: 0}


@pytest.mark.parametrize("total", [5, 9, 12])
def test_neither_the_commune_nor_the_perimeter_around_it_is_narrowed(
    total: int,
) -> None:
    known: dict[str, list[tuple[int, int]]] = {}
    for near in range(total + 1):
        for around in range(near, total + 1):
            figures = Figures(
                present=total, trades=Counter(a=total), in_commune=near, invited=40
            )
            published = mask(figures, 5)
            told = f"{key(published)} {inside(published, around)}"
            known.setdefault(told, []).append((near, around))
    for candidates in known.values():
        for values in (
            {near for near, _ in candidates},
            {total - near for near, _ in candidates},
            {around for _, around in candidates},
            {total - around for _, around in candidates},
            {around - near for near, around in candidates},
        ):
            assert not is_narrowed(values), candidates[0]


def test_no_answer_is_pinned() -> None:
    known: dict[str, list[tuple[int, int, int]]] = {}
    for invited, answered, expected in product(range(15), repeat=3):
        if expected <= answered <= invited:
            figures = table(
                7, invited=invited, answered=answered, expected=expected, walk_ins=7
            )
            output = key(mask(figures, 5))
            known.setdefault(output, []).append((invited, answered, expected))
    for output, candidates in known.items():
        for index, part in enumerate(("invited", "answered", "expected")):
            if f"'{part}': None" in output:
                assert len({c[index] for c in candidates}) > 1, candidates[0]
        for inner, outer in ((1, 0), (2, 1), (2, 0)):
            rest = {c[outer] - c[inner] for c in candidates}
            assert len(rest) > 1 or not 0 < min(rest) < 5, candidates[0]


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=8), st.data(), st.integers(-2, 12)
)
@settings(deadline=None)
def test_no_small_number_is_written(
    counts: list[int], data: st.DataObject, threshold: int
) -> None:
    present = sum(counts)
    parts = {
        name: data.draw(st.integers(0, present), label=name)
        for name in ("in_commune", "structures")
    }
    figures = Figures(
        present=present,
        invited=present + 3,
        trades=Counter({f"Métier {i}": n for i, n in enumerate(counts)}),
        **parts,
    )
    published = mask(figures, threshold)
    least = max(threshold, 3)
    numbers = [published["present"], *(t["plates"] for t in published["trades"])]
    numbers += [dict(published)[name] for name in parts]  # type: ignore[misc]
    assert all(n is None or n == 0 or n >= least for n in numbers)


def meal(*counts: int) -> Published:
    trades = Counter({f"Métier {i}": n for i, n in enumerate(counts)})
    return mask(Figures(present=sum(counts), trades=trades), 5)


@pytest.mark.parametrize(
    ("counts", "words", "exact"),
    [
        ((1,) * 8, "8 à 11", None),
        ((3, 1, 1, 1, 1, 1, 1, 1), "8 à 11", None),
        ((3, 1, 1, 1, 1, 2, 2, 1), "12", 12),
        ((4,) * 3, "9 à 12", None),
        ((2, 2, 2), "5 à 6", None),
        ((3, 2, 2), "7", 7),
        ((1, 1, 2), "moins de 5", None),
        ((3,), "moins de 5", None),
        ((2, 1), "moins de 5", None),
        ((4, 1), "5 à 8", None),
        ((12, 1), "13 à 16", None),
        ((12, 8), "20", 20),
        ((5, 2, 1, 2, 3), "13", 13),
    ],
)
def test_the_number_present_is_exact_unless_it_tells_too_much(
    counts: tuple[int, ...], words: str, exact: int | None
) -> None:
    published = meal(*counts)
    assert (published["total"], published["present"]) == (words, exact)


def test_trades_are_alphabetical_without_minding_accents() -> None:
    trades = Counter({"Pharmacie": 6, "Éducation": 7, "Aide à domicile": 2})
    published = mask(Figures(present=15, trades=trades), 5)
    assert [(t["label"], t["count_text"]) for t in published["trades"]] == [
        ("Aide à domicile", "moins de 5"),
        ("Éducation", "7"),
        ("Pharmacie", "6"),
    ]
    assert published["total"] == "14 à 17"


def test_nobody_came_is_no_secret() -> None:
    published = mask(Figures(invited=12), 5)
    assert (published["total"], published["present"]) == ("0", 0)
    assert published["trades"] == []
