"""A block that cannot be drawn is refused when a report is frozen."""

from typing import Any

import pytest

from reports.block_rules import Misshapen, check
from reports.blocks import BlockKind, block
from tests.sample_reports import meetup_blocks, year_blocks


def test_the_samples_are_well_formed() -> None:
    assert check(meetup_blocks()) == meetup_blocks()
    check(year_blocks(300))


def bars(**changes: Any) -> Any:
    return {**block("a", BlockKind.BARS, "t", ["x", "y"], [["n", 1]]), **changes}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "pie"}, "no kind"),
        ({"rows": [["n"]]}, "rows of 2"),
        ({"rows": [["n", 1], ["n", 1, 2]]}, "rows of 2"),
        ({"columns": ["x"]}, "2 to 2 columns"),
        ({"rows": [["n", True]]}, "a cell is"),
        ({"rows": [["n", ["moins de 5"]]]}, "a cell is"),
        ({"rows": [["n", float("inf")]]}, "a cell is"),
        ({"rows": [["n", float("nan")]]}, "a cell is"),
        ({"key": ""}, "not empty"),
        ({"kind": "figures", "rows": [["1", "a"]] * 7}, "6 figures"),
        ({"kind": "trend", "columns": list("abcde"), "rows": []}, "2 to 4"),
    ],
)
def test_a_misshapen_block_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Misshapen, match=said):
        check([bars(**changes)])


def test_a_key_is_unique() -> None:
    with pytest.raises(Misshapen, match="unique"):
        check([bars(), bars()])


@pytest.mark.parametrize("where", [(None, 5.9), ("45", 5.9), (95, 5.9), (45, 190)])
def test_a_place_needs_true_coordinates(where: tuple[Any, Any]) -> None:
    row = ["73901", "Valmorey", *where, 9]
    with pytest.raises(Misshapen, match="latitude"):
        check([block("m", BlockKind.MAP, "t", list("abcde"), [row])])
