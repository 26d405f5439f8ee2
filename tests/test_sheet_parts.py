"""A large meetup has several tables at its door, each with its letters."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from invitations.models import Invitation, PartStat
from networking.models import Meetup, User
from reports import papers, sheet_parts
from reports.sheet_parts import MOST_ROWS, cut_in_parts
from reports.sheet_rows import SheetRow, sheet_rows
from tests.factories import InvitationFactory, ProfessionalFactory

SignIn = Callable[[User], Client]


def rows(count: int) -> list[SheetRow]:
    return [SheetRow(last_name=f"Nom{n:04}", first_name="Ana") for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 50, MOST_ROWS])
def test_one_sheet_is_enough_for_most(count: int) -> None:
    assert cut_in_parts(rows(count)) == []


@pytest.mark.parametrize(("count", "parts"), [(251, 2), (500, 2), (501, 3), (5000, 20)])
def test_parts_are_few_and_equal_and_hold_everybody_once(
    count: int, parts: int
) -> None:
    cut = cut_in_parts(rows(count))
    assert [part.number for part in cut] == list(range(1, parts + 1))
    assert {part.of for part in cut} == {parts}
    assert [p.start for p in cut] == [0, *(p.end for p in cut[:-1])]
    assert cut[-1].end == count
    sizes = {part.people for part in cut}
    assert max(sizes) <= MOST_ROWS
    assert max(sizes) - min(sizes) <= 1
    assert (cut[0].first, cut[-1].last) == ("Nom0000", f"Nom{count - 1:04}")


def test_a_seat_without_a_name_is_called_by_its_employer() -> None:
    nameless = SheetRow(workplace="SAD Les Alizés")
    assert cut_in_parts([*rows(250), nameless])[-1].last == "SAD Les Alizés"
    assert cut_in_parts([*rows(250), SheetRow()])[-1].last == "sans nom"


@pytest.fixture
def crowd(meetup: Meetup, monkeypatch: pytest.MonkeyPatch) -> list[Invitation]:
    """Seven guests, where three make a table."""
    monkeypatch.setattr(sheet_parts, "MOST_ROWS", 3)
    return [
        InvitationFactory(
            meetup=meetup,
            professional=ProfessionalFactory(last_name=f"{letter}rnaud"),
            partstat=PartStat.ACCEPTED,
        )
        for letter in "ABCDEFG"
    ]


def text(content: bytes) -> str:
    return " ".join(p.extract_text() for p in PdfReader(BytesIO(content)).pages)


def test_a_large_meetup_offers_a_sheet_per_table(
    crowd: list[Invitation], meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    client = signed_in(amina)
    sheet = reverse("sheet_pdf", args=(meetup.pk,))
    page = client.get(sheet, follow=True).content.decode()
    assert "Arnaud à Brnaud" in page
    assert "De Arnaud" not in page
    for number in (1, 2, 3):
        assert f"{sheet}?table={number}" in page
    assert "?table=4" not in page
    second = text(client.get(f"{sheet}?table=2").content)
    assert "table 2 sur 3" in second
    assert "Crnaud" in second
    assert "Brnaud" not in second
    assert client.get(f"{sheet}?table=4").status_code == 302


def test_together_the_tables_name_everybody_once_with_one_numbering(
    crowd: list[Invitation], meetup: Meetup
) -> None:
    parts = cut_in_parts(sheet_rows(meetup))
    contexts = [papers.sheet_context(meetup, part) for part in parts]
    numbers = [row.number for c in contexts for row in c["rows"]]
    assert numbers == list(range(1, 8))
    assert all(len(context["blank_rows"]) == 5 for context in contexts)


def test_a_small_meetup_has_its_one_sheet(
    meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    client = signed_in(amina)
    answer = client.get(reverse("sheet_pdf", args=(meetup.pk,)))
    assert answer["Content-Type"] == "application/pdf"
    page = client.get(reverse("sheet_parts", args=(meetup.pk,))).content.decode()
    assert "Une seule feuille suffit." in page


def test_strangers_and_partners_find_no_sheet(
    meetup: Meetup, driss: User, eloy: User, signed_in: SignIn
) -> None:
    for user in (driss, eloy):
        for name in ("sheet_pdf", "sheet_parts"):
            url = reverse(name, args=(meetup.pk,))
            assert signed_in(user).get(url).status_code == 404
