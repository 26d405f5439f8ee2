import pytest

from venues.text import fold


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Saint-Pierre-d’Albigny", "saint pierre d albigny"),
        ("Cœur_Æ", "coeur ae"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Đặng Thị Hằng", "dang thi hang"),
        ("Øyvind", "oyvind"),
        ("Işık", "isik"),
    ],
)
def test_a_name_is_found_as_a_french_keyboard_writes_it(name: str, typed: str):
    assert fold(name) == fold(typed) == typed


def test_names_of_other_alphabets_differ_from_each_other():
    names = {fold("خديجة"), fold("محمد"), fold("Олена"), fold("Νίκος"), fold("阮")}
    assert len(names) == 5
    assert "" not in names
    assert fold("ОЛЕНА") == fold("Олена")
