import re
from itertools import product

import pytest
from defusedxml import ElementTree

from networking.drawing import Place, Seat, answer_bar, half_table, plates_chart
from networking.drawing import round_table as table
from networking.drawing.tables import shared

SIZES = [0, 1, 2, 7, 14, 24, 25, 26, 27, 60, 200]
DRAWN = {"svg", "title", "g", "clipPath", "rect", "circle", "ellipse", "path", "text"}


def seats(size: int) -> list[Seat]:
    pattern: list[Seat] = ["yes", "yes", "maybe", "yes", "free"]
    return (pattern * size)[:size]


def places(size: int) -> list[Place]:
    return [Place(state, f"Nom{i}") for i, state in enumerate(seats(size))]


def every_drawing() -> list[str]:
    rows = [("Kiné", 3), ("Aide à domicile", 90)]
    return [
        *(half_table(seats(size), "Une table") for size in SIZES),
        *(table(places(size), "Une table") for size in SIZES),
        answer_bar({"yes": 9, "silent": 17}),
        answer_bar({}),
        plates_chart(rows),
        plates_chart([]),
    ]


@pytest.mark.parametrize("drawing", every_drawing())
def test_every_drawing_is_plain_svg_with_a_name(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    assert {element.tag for element in root.iter()} <= DRAWN
    assert root.get("role") == "img"
    assert root[0].tag == "title"
    assert root[0].text == root.get("aria-label")
    assert root.get("aria-label")
    assert " style=" not in drawing


@pytest.mark.parametrize("drawing", every_drawing())
def test_no_shape_is_too_small_to_be_seen(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    sizes = [float(circle.get("r")) * 2 for circle in root.iter("circle")]
    sizes += [float(rect.get("height")) for rect in root.iter("rect")]
    sizes += [float(rect.get("width")) for rect in root.iter("rect")]
    assert min(sizes, default=3) >= 3


@pytest.mark.parametrize("drawing", every_drawing())
def test_numbers_are_written_without_noise(drawing: str) -> None:
    assert not re.search(r"\d\.\d{3,}|\d\.0\b|nan", drawing)


def test_the_same_table_gives_the_same_bytes() -> None:
    assert half_table(seats(14), "T") == half_table(seats(14), "T")
    assert table(places(14), "T") == table(places(14), "T")


def test_each_seat_of_a_small_table_is_drawn() -> None:
    drawing = table(places(5), "T")
    assert [f"Nom{i}" in drawing for i in range(5)] == [True] * 5
    assert drawing.count('stroke-dasharray="4 4"') == 1
    assert drawing.count('stroke-dasharray="2 3"') == 1


def test_names_are_left_out_when_they_would_collide() -> None:
    assert "Nom23" in table(places(24), "T")
    assert "Nom" not in table(places(25), "T")


def test_a_crowded_table_says_so_for_small_screens() -> None:
    assert 'class="serre"' not in table(places(14), "T")
    assert 'class="serre"' in table(places(15), "T")


def test_only_the_readers_seat_says_you() -> None:
    states: list[Seat] = ["yes", "you", "free"]
    assert half_table(states, "T").count(">vous<") == 1
    assert ">vous<" not in half_table(["yes", "free"], "T")


@pytest.mark.parametrize("place", range(14))
def test_the_word_you_stays_inside_the_picture(place: int) -> None:
    states = seats(14)
    states[place] = "you"
    text = ElementTree.fromstring(half_table(states, "T")).find("text")
    assert 15 <= float(text.get("x")) <= 375
    assert 12 <= float(text.get("y")) <= 196


@pytest.mark.parametrize(("size", "most"), list(product([27, 60, 199, 200], [26, 40])))
def test_a_larger_table_keeps_its_proportions(size: int, most: int) -> None:
    states = seats(size)
    states[2] = "you"
    drawn = shared(states, most)
    assert len(drawn) == min(size, most)
    assert drawn.count("you") == 1
    share = states.count("yes") / size
    assert abs(drawn.count("yes") / len(drawn) - share) < 2 / len(drawn)


def test_two_tables_on_a_page_do_not_share_their_cloth() -> None:
    assert 'id="haut"' in half_table(seats(3), "T", "haut")
    assert "url(#bas)" in table(places(3), "T", "bas")


def test_words_are_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    drawings = [
        half_table(seats(2), evil, evil),
        table([Place("yes", "<b>&")], evil, evil),
        plates_chart([(evil, 1)]),
    ]
    assert all("<script" not in drawing for drawing in drawings)
    assert "<b>" not in drawings[1]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Chloé", "Chloé"),
        ("Bernadette", "Bernadette"),
        ("Marie-Christine", "Marie-C."),
        ("Constantinople", "Constanti…"),
    ],
)
def test_long_names_are_shortened(name: str, written: str) -> None:
    assert f">{written}</text>" in table([Place("yes", name)], "T")


def bands(drawing: str) -> list[tuple[float, float]]:
    rects = ElementTree.fromstring(drawing).iter("rect")
    return [(float(r.get("x")), float(r.get("width"))) for r in rects]


def test_answers_fill_the_bar() -> None:
    counts = {"yes": 9, "maybe": 1, "no": 5, "silent": 17}
    drawing = answer_bar(counts)
    left, width = bands(drawing)[-1]
    assert len(bands(drawing)) == 4
    assert left + width == pytest.approx(600, abs=0.2)
    assert "9\u00a0oui, 1\u00a0hésite, 5\u00a0non et 17\u00a0sans réponse" in drawing


def test_one_answer_among_many_can_still_be_seen() -> None:
    assert bands(answer_bar({"yes": 1, "silent": 5000}))[0][1] >= 8


def test_a_bar_without_invitation_is_one_empty_band() -> None:
    assert bands(answer_bar({"yes": 0})) == [(0, 600)]


def rings(drawing: str) -> int:
    return len(list(ElementTree.fromstring(drawing).iter("circle")))


def test_one_plate_stands_for_one_person() -> None:
    drawing = plates_chart([("Kiné", 3), ("Pharmacie", 2)])
    assert rings(drawing) == 5
    assert "Kiné\u202f: 3, Pharmacie\u202f: 2" in drawing


def test_a_crowd_shares_plates_and_the_drawing_says_it() -> None:
    drawing = plates_chart([("Aide à domicile", 100), ("Kiné", 1)])
    assert rings(drawing) == 34 + 1
    assert "une assiette pour 3\u00a0personnes" in drawing
