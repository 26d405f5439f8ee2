"""Bars, trends and maps: what is drawn to scale, and what is only marked."""

import re
from itertools import combinations

import pytest
from defusedxml import ElementTree

from networking.drawing import (
    Landmark,
    Spot,
    bars_chart,
    cell_text,
    commune_map,
    trend_chart,
)
from networking.drawing.bars import HIDDEN_WIDTH, MOST_BARS
from networking.drawing.ground import laid
from networking.drawing.lines import ceiling
from networking.drawing.maps import meets, text_box
from networking.drawing.words import SIZE, cut_to, in_lines, width_of

TRADES = [("Soins infirmiers", 40), ("Pharmacie", 20), ("Sage-femme", "moins de 5")]
MONTHS = [f"{month} 2026" for month in ("jan.", "fév.", "mars", "avril")]
VALLEY = [
    Spot("Valmorey", 45.57, 5.91, 148),
    Spot("Saint-Jore", 45.56, 5.95, 61),
    Spot("Le Villard", 45.60, 5.88, "moins de 5"),
    Spot("Aix-la-Claire", 45.69, 5.91, 9),
]
AROUND = [Landmark("Trévigny", 45.63, 5.93), Landmark("Au loin", 47, 5.9)]
LONG = "Coordination d’un service d’aide et d’accompagnement à domicile"
GAPS = ("Présents", [3, None, 5, "moins de 5"])
DRAWINGS = {
    "bars": bars_chart(TRADES, "Qui vient"),
    "one bar": bars_chart([("Pharmacie", 0)], "Qui vient"),
    "long bars": bars_chart([(LONG, 5)] * 40, "Qui vient"),
    "hidden bars": bars_chart([("A", None), ("B", "moins de 5")], "Qui vient"),
    "trend": trend_chart(MONTHS, [("Présents", [3, 4, 5, 1000])], "Mois"),
    "three": trend_chart(MONTHS, [("A", [1] * 4), (LONG, [1] * 4), GAPS], "Mois"),
    "no trend": trend_chart([], [], "Mois"),
    "one month": trend_chart(["mai"], [("A", [7])], "Mois"),
    "empty trend": trend_chart(MONTHS, [("A", [None] * 4)], "Mois"),
    "map": commune_map(VALLEY, "Où"),
    "map with landmarks": commune_map(VALLEY, "Où", AROUND * 20),
    "one place": commune_map(VALLEY[:1], "Où"),
    "landmarks alone": commune_map([], "Où", AROUND),
    "no place": commune_map([], "Où"),
    "same place": commune_map(VALLEY[:1] * 9, "Où"),
    "many": commune_map(
        [Spot(f"Village {n}", 45 + n % 7 / 90, 6 + n / 300, n) for n in range(60)], "Où"
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_each_is_plain_svg_whose_first_child_names_it(name: str) -> None:
    drawing = DRAWINGS[name]
    root = ElementTree.fromstring(drawing)
    assert {e.tag for e in root.iter()} <= {
        *("svg", "title", "rect", "circle", "path", "text"),
    }
    assert root[0].tag == "title"
    assert root[0].text == root.get("aria-label")
    assert " style=" not in drawing
    assert not re.search(r"\d\.\d{3,}|\bnan\b|\binf\b", drawing)


@pytest.mark.parametrize("name", DRAWINGS)
def test_each_fits_its_frame_with_words_of_one_size(name: str) -> None:
    root = ElementTree.fromstring(DRAWINGS[name])
    _, _, width, height = map(float, root.get("viewBox").split())
    assert width == 360
    for text in root.iter("text"):
        assert float(text.get("font-size")) == SIZE
        box = text_box(
            text.text or "",
            float(text.get("x")),
            float(text.get("y")),
            text.get("text-anchor"),
        )
        assert box[0] >= -2, text.text
        assert box[2] <= width + 2, text.text
        assert box[1] >= -2, text.text
        assert box[3] <= height + 2, text.text


def bar_widths(drawing: str) -> list[float]:
    root = ElementTree.fromstring(drawing)
    return [float(rect.get("width")) for rect in root.iter("rect")]


def test_bars_start_at_zero_and_keep_their_proportion() -> None:
    first, second, _ = bar_widths(DRAWINGS["bars"])
    assert first == pytest.approx(2 * second, abs=0.2)
    assert bar_widths(DRAWINGS["one bar"]) == [0]


@pytest.mark.parametrize("hidden", [None, "moins de 5", "moins de 11", "39 à 41"])
def test_a_hidden_number_has_one_width_whatever_it_hides(hidden: str | None) -> None:
    drawing = bars_chart([("A", 90), ("B", hidden)], "t")
    assert bar_widths(drawing)[1] == HIDDEN_WIDTH
    assert drawing.count("stroke-dasharray") == 1


def test_above_sixteen_bars_the_table_tells_the_rest() -> None:
    drawing = bars_chart([(f"Métier {n}", n) for n in range(40, 0, -1)], "t")
    assert len(bar_widths(drawing)) == MOST_BARS
    assert "24\u00a0autres lignes dans le tableau" in drawing


def test_a_trend_is_cut_where_nothing_is_published() -> None:
    whole = trend_chart(MONTHS, [("A", [1, 2, 3, 4])], "t")
    cut = trend_chart(MONTHS, [("A", [1, 2, None, 4])], "t")
    assert whole.count("<circle") == 4
    assert cut.count("<circle") == 3
    # Of the two pieces the last is one point, which needs no line.
    assert whole.count('stroke-linejoin="round"') == 1
    assert re.findall(r'd="M([^"]*)" fill="none" stroke="#0b5d4a"', cut)[0].count("L")


def test_no_point_stands_for_a_hidden_number() -> None:
    drawing = trend_chart(MONTHS, [("A", [9, "moins de 5", None, "moins de 5"])], "t")
    assert drawing.count("<circle") == 1


def test_lines_that_end_together_keep_their_names_apart() -> None:
    series = [("Présents", [9, 9]), ("Attendus", [9, 9]), ("Invités", [9, 9])]
    root = ElementTree.fromstring(trend_chart(["a", "b"], series, "t"))
    tops = sorted(
        float(t.get("y")) for t in root.iter("text") if t.text in dict(series)
    )
    assert all(
        below - above >= 15 for above, below in zip(tops, tops[1:], strict=False)
    )


def test_the_name_of_a_line_is_whole() -> None:
    series = [("Présences, période d’avant", [1, 2, 3, 4])]
    assert "…" not in trend_chart(MONTHS, series, "Mois")


def test_three_lines_differ_in_grey_and_in_dashes() -> None:
    dashes = re.findall(r'stroke-width="2.4" fill="none"([^/]*)/', DRAWINGS["three"])
    assert len(set(dashes)) == 3


@pytest.mark.parametrize(
    ("value", "top"), [(1, 2), (3, 4), (7, 8), (66, 80), (100, 100), (101, 200)]
)
def test_the_scale_ends_at_a_round_number(value: float, top: float) -> None:
    assert ceiling(value) == top


def test_areas_are_proportional_to_numbers() -> None:
    _, circles = laid([Spot("A", 45, 6, 100), Spot("B", 45.2, 6.2, 25)])
    assert circles[0].radius == pytest.approx(2 * circles[1].radius)


def test_a_band_is_drawn_by_its_middle_with_dashes() -> None:
    _, circles = laid([Spot("A", 45, 6, "20 à 28"), Spot("B", 45.2, 6.2, "4 à 8")])
    assert circles[0].radius == pytest.approx(2 * circles[1].radius)
    drawing = commune_map([Spot("A", 45, 6, "20 à 28")], "t")
    assert "#d9ebe4" in drawing
    assert "dasharray" in drawing


@pytest.mark.parametrize("hidden", [None, "moins de 5", "moins de 11"])
def test_a_hidden_place_has_one_size_and_no_number(hidden: str | None) -> None:
    drawing = commune_map([Spot("A", 45, 6, 100), Spot("B", 45.2, 6.2, hidden)], "t")
    assert 'r="6" fill="#fff"' in drawing
    assert ">B" in drawing


def test_a_number_in_digits_is_drawn_as_a_number() -> None:
    assert commune_map([Spot("A", 45, 6, "100")], "t").count("dasharray") == 0
    assert commune_map([Spot("A", 45, 6, "10 à 14")], "t").count("dasharray") == 1


def test_north_is_up_and_east_is_right() -> None:
    spots = [Spot("Nord", 46, 6, 9), Spot("Est", 45.5, 6.5, 8)]
    _, (north, east) = laid(spots)
    assert north.y < east.y
    assert north.x < east.x


def villages_written(drawing: str) -> list[tuple[float, float, float, float]]:
    written = re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>(Village[^<]*)<',
        drawing,
    )
    return [
        text_box(name, float(x), float(y), anchor) for x, y, anchor, name in written
    ]


def test_names_on_a_map_never_overlap() -> None:
    villages = [
        Spot(f"Village {n}", 45 + n % 7 / 90, 6 + n / 300, n) for n in range(60)
    ]
    hamlets = [Landmark(f"Village {n}", 45 + n / 90, 6.02) for n in range(9)]
    boxes = villages_written(commune_map(villages, "Où", hamlets))
    assert len(boxes) >= 10
    assert not any(meets(one, other) for one, other in combinations(boxes, 2))


def test_a_line_to_a_name_passes_over_no_other_name() -> None:
    crowd = [Spot(f"Village {n}", 45 + n % 5 / 200, 6 + n / 900, 9) for n in range(30)]
    drawing = commune_map(crowd, "Où")
    boxes = villages_written(drawing)
    lines = re.findall(r'<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', drawing)
    assert len(lines) > 2
    for line in lines:
        x, y, end_x, end_y = map(float, line)
        reach = min(x, end_x), min(y, end_y), max(x, end_x), max(y, end_y)
        assert sum(meets(reach, box) for box in boxes) <= 1


def test_a_landmark_is_written_once_where_the_map_reaches_and_nothing_else_is() -> None:
    drawing = commune_map(VALLEY, "Où", [*AROUND, Landmark("Sous", 45.57, 5.91)])
    assert "Trévigny" in drawing
    assert "Au loin" not in drawing
    assert "Sous" not in drawing
    assert "Trévigny" not in drawing.partition("</title>")[0]
    assert DRAWINGS["map with landmarks"].count("Trévigny") == 1
    assert "autre commune" in drawing
    assert "autre commune" not in DRAWINGS["map"]
    assert "Trévigny" not in DRAWINGS["landmarks alone"]


def test_long_words_are_cut_with_an_ellipsis() -> None:
    assert in_lines("Aide à domicile", 200) == ["Aide à domicile"]
    lines = in_lines(LONG, 150)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(width_of(line) <= 150 for line in lines)
    assert cut_to("W" * 90, 100).endswith("…")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "s"),
        ("moins de 5", "moins de 5"),
        (1204, "1\u202f204"),
        (7.5, "7,5"),
        (12.0, "12"),
        (-3, "\N{MINUS SIGN}3"),
        (0, "0"),
    ],
)
def test_a_cell_is_written_as_the_french_do(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_decimals_follow_the_longest_of_the_column() -> None:
    assert cell_text(5.8, 2) == "5,80"
    assert cell_text(100, 1) == "100,0"
