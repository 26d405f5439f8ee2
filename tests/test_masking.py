"""What leaves is judged by an attacker who holds every published figure and this very
program: it tries every table of figures, keeps those that would have been published
in the same words, and wins when a hidden number is the same in all of them."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.figures import Figures
from reports.masking import Published, mask

LABELS = ("Aide à domicile", "Médecine", "Pharmacie", "Soins infirmiers")
MOST = 9


def table(*counts: int, **numbers: int) -> Figures:
    trades = Counter(dict(zip(LABELS, counts, strict=False)))
    return Figures(present=sum(counts), trades=trades, **numbers)


def key(published: Published) -> str:
    return repr(published)


@cache
def tables_by_output(trades: int, threshold: int) -> dict[str, list[tuple[int, ...]]]:
    known: dict[str, list[tuple[int, ...]]] = {}
    for counts in product(range(1, MOST + 1), repeat=trades):
        known.setdefault(key(mask(table(*counts), threshold)), []).append(counts)
    return known


def hidden(counts: tuple[int, ...], threshold: int) -> list[int]:
    return [i for i, count in enumerate(counts) if count < threshold]


@pytest.mark.parametrize(
    ("trades", "threshold"), [(1, 5), (2, 5), (3, 5), (4, 5), (3, 4)]
)
def test_no_hidden_trade_has_a_single_possible_size(
    trades: int, threshold: int
) -> None:
    for candidates in tables_by_output(trades, threshold).values():
        for index in hidden(candidates[0], threshold):
            assert len({counts[index] for counts in candidates}) > 1, candidates[0]


@pytest.mark.parametrize("trades", [1, 2, 3, 4])
def test_an_unpublished_total_has_several_possible_values(trades: int) -> None:
    for output, candidates in tables_by_output(trades, 5).items():
        if "'present': None" in output:
            assert len({sum(counts) for counts in candidates}) > 1, candidates[0]


@pytest.mark.parametrize("trades", [2, 3, 4])
def test_the_hidden_trades_together_are_never_a_small_number(trades: int) -> None:
    for candidates in tables_by_output(trades, 5).values():
        together = {sum(c for c in counts if c < 5) for counts in candidates}
        assert len(together) > 1 or not 0 < together.pop() < 5, candidates[0]


@given(st.lists(st.integers(1, 40), max_size=30))
@settings(max_examples=300, deadline=None)
def test_an_attacker_with_bounds_pins_no_hidden_trade(counts: list[int]) -> None:
    figures = Figures(
        present=sum(counts),
        trades=Counter({f"Métier {i:02}": n for i, n in enumerate(counts)}),
    )
    published = mask(figures, 5)
    shown = sum(t["plates"] or 0 for t in published["trades"])
    cells = sum(t["plates"] is None for t in published["trades"])
    if not cells:
        assert published["present"] == sum(counts)
        return
    totals = [
        total
        for total in range(shown + cells, shown + 4 * cells + 1)
        if says(published, total)
    ]
    # One cell holds v; the others, together, from cells - 1 to 4 * (cells - 1).
    possible = {
        v
        for v in range(1, 5)
        for total in totals
        if cells - 1 <= total - shown - v <= 4 * (cells - 1)
    }
    assert sum(counts) in totals
    assert len(possible) > 1


def says(published: Published, total: int) -> bool:
    """Are the words for the number present true of this total?"""
    words = published["total"]
    if published["present"] is not None:
        return total == published["present"]
    if words.startswith("moins de "):
        return total < int(words.removeprefix("moins de "))
    least, most = words.split(" à ")
    return int(least) <= total <= int(most)


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


PARTS = ("invited", "first_timers", "in_commune", "structures")


@pytest.mark.parametrize("present", [5, 6, 8, 9])
def test_no_part_of_an_exact_total_is_pinned(present: int) -> None:
    known: dict[str, list[Figures]] = {}
    for figures in every_part(present):
        known.setdefault(key(mask(figures, 5)), []).append(figures)
    for candidates in known.values():
        published = mask(candidates[0], 5)
        for part in PARTS:
            if dict(published)[part] is None:
                values = {getattr(figures, part) for figures in candidates}
                assert len(values) > 1, (part, candidates[0])
        walk_ins = {f.walk_ins for f in candidates}
        missing = {f.invited - f.present + f.walk_ins for f in candidates}
        known_faces = {f.present - f.walk_ins - f.first_timers for f in candidates}
        for values in (walk_ins, missing, known_faces):
            assert len(values) > 1 or not 0 < min(values) < 5, candidates[0]


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
        for name in ("first_timers", "in_commune", "structures")
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
        ((1,) * 8, "8 à 10", None),
        ((3, 1, 1, 1, 1, 1, 1, 1), "8 à 10", None),
        ((3, 1, 1, 1, 1, 2, 2, 1), "12", 12),
        ((4,) * 3, "10 à 12", None),
        ((2, 2, 2), "6", 6),
        ((1, 1, 2), "3 à 5", None),
        ((3,), "moins de 5", None),
        ((2, 1), "moins de 5", None),
        ((4, 1), "5", 5),
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
