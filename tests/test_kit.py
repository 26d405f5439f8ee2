"""What is printed for one meal, from one button."""

import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from invitations.actions import deal_tables
from invitations.models import GuestDetail, Invitation
from invitations.seating import Companions
from networking.models import Meetup, PartnerMember, Professional, User
from reports import kit, papers, pdf
from reports.doors import badge_path, door_path, table_code
from reports.models import Consent, ConsentKind, Portrait
from reports.portraits import MOST_BYTES, SIDE, NotAPortrait, portrait
from reports.purge import PORTRAITS_KEPT, purge
from tests.factories import InvitationFactory

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db

TROMBINOSCOPE = ConsentKind.TROMBINOSCOPE


@pytest.fixture
def table(meetup: Meetup, chloe: Professional) -> list[Invitation]:
    guests = [InvitationFactory(meetup=meetup, professional=chloe, partstat="ACCEPTED")]
    for name in ("Samira", "Anne", "Œdipe"):
        guests.append(
            InvitationFactory(
                meetup=meetup, partstat="ACCEPTED", professional__first_name=name
            )
        )
    InvitationFactory(
        meetup=meetup, partstat="DECLINED", professional__first_name="Zorro"
    )
    return guests


def html(meetup: Meetup, *keys: str) -> str:
    values = {**kit.context(meetup, keys), "label": "x"}
    return pdf.html("pdf/kit.html", values)


def text(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_badges_hold_a_first_name_a_trade_and_nothing_else(
    meetup: Meetup, table: list[Invitation]
) -> None:
    page = html(meetup, "badges")
    names = [page.index(f">{n}<") for n in ("Anne", "Chloé", "Œdipe", "Samira")]
    assert names == sorted(names)
    for hidden in ("Martin", "Zorro", "chloe@example.org", "Dr"):
        assert hidden not in page
    assert page.count("Prénom, et ce que je fais") == 6
    assert len(PdfReader(BytesIO(papers.day_kit(meetup, ["badges"]))).pages) == 1


def test_a_badge_carries_a_square_that_is_not_the_personal_link(
    meetup: Meetup, table: list[Invitation]
) -> None:
    chloe = table[0]
    assert chloe.token not in badge_path(chloe)
    assert "Carré à photographier à l’entrée, pour Chloé" in html(meetup, "badges")


def test_a_name_that_the_fonts_cannot_write_is_left_to_the_pen(
    meetup: Meetup, chloe: Professional
) -> None:
    who = {
        "professional__first_name": "خديجة",
        "professional__profession_detail": "sage",
    }
    InvitationFactory(meetup=meetup, partstat="ACCEPTED", **who)
    page = html(meetup, "badges")
    assert "?" not in page.partition("<body>")[2]
    assert '<p class="trade">sage</p><p class="fill">Prénom</p>' in page
    assert "à l’entrée, pour sage" in page


def test_every_glyph_has_a_text_also_of_a_letter_drawn_as_two(
    meetup: Meetup, table: list[Invitation]
) -> None:
    InvitationFactory(
        meetup=meetup, partstat="ACCEPTED", professional__first_name="Nguyễn Thị"
    )
    deal_tables(meetup=meetup, tables=1, rounds=1, companions=Companions.KEPT)
    content = papers.day_kit(meetup, ["plan"])
    assert "ị" in text(content)
    maps = [
        font.get_object()["/ToUnicode"].get_data()
        for page in PdfReader(BytesIO(content)).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert b"<200b>" in b"".join(maps)
    assert b"<>" not in b"".join(maps)


def test_long_names_and_questions_are_printed_whole(
    meetup: Meetup, table: list[Invitation]
) -> None:
    first, last = "Marie-Antoinette-Geneviève", "de La Tour-Montmorency"
    person = {"professional__first_name": first, "professional__last_name": last}
    guest = InvitationFactory(meetup=meetup, partstat="ACCEPTED", **person)
    asks = "Qui prévient l’infirmière quand une personne sort de l’hôpital un vendredi"
    GuestDetail.objects.create(invitation=guest, question=f"{asks}, sans clé ?")
    deal_tables(meetup=meetup, tables=1, rounds=1, companions=Companions.KEPT)
    page = html(meetup, "chevalets")
    assert page.count(first) == 2
    assert '<p class="question long">Qui prévient' in html(meetup, "paroles")
    sheet = pdf.html("pdf/sheet.html", papers.sheet_context(meetup))
    assert f'<span class="name long"><b>{last}</b> {first}</span>' in sheet
    assert '<span class="name"><b>' in sheet


def test_the_poster_leads_to_the_door(
    meetup: Meetup, table: list[Invitation], client: Client
) -> None:
    assert meetup.title in text(papers.day_kit(meetup, ["affiche"]))
    assert client.get(door_path(meetup)).status_code == 200
    # The last sign of a token holds three bits: none ends in z.
    assert client.get(door_path(meetup)[:-3] + "zz/").status_code == 404


def test_tents_and_plan_say_who_sits_where(
    meetup: Meetup, table: list[Invitation]
) -> None:
    assert [tent["people"] for tent in kit.tents(meetup)] == [[]]
    assert kit.plan(meetup) == []
    deal_tables(meetup=meetup, tables=2, rounds=2, companions=Companions.KEPT)
    tents = kit.tents(meetup)
    assert [tent["number"] for tent in tents] == [1, 2]
    assert {tent["code"] for tent in tents} == {
        table_code(meetup, 1),
        table_code(meetup, 2),
    }
    for turn in kit.plan(meetup):
        assert [one["first_name"] for one in turn["people"]] == [
            "Anne",
            "Chloé",
            "Œdipe",
            "Samira",
        ]
    said = text(papers.day_kit(meetup, ["plan", "chevalets"]))
    assert "Tour 2" in said
    assert "Table 1" in said


def test_the_cards_ask_what_guests_want_to_know_without_saying_who(
    meetup: Meetup, table: list[Invitation]
) -> None:
    GuestDetail.objects.create(invitation=table[0], question="Qui fait les piqûres ?")
    page = html(meetup, "paroles")
    assert "Qui fait les piqûres" in page
    assert "Chloé" not in page
    assert page.count("bonne nouvelle") == 4


def test_only_those_who_agreed_are_on_the_trombinoscope(
    meetup: Meetup, table: list[Invitation]
) -> None:
    Consent.objects.create(professional=table[1].professional, kind=TROMBINOSCOPE)
    Consent.objects.create(professional=table[2].professional, kind=ConsentKind.WEB)
    faces = [face for page in kit.faces(meetup) for face in page]
    assert [face["first_name"] for face in faces] == ["Samira"]
    assert "Samira" in text(papers.day_kit(meetup, ["trombinoscope"]))


def test_one_file_holds_them_all_and_the_sheet_counts_its_own_pages(
    meetup: Meetup, table: list[Invitation]
) -> None:
    deal_tables(meetup=meetup, tables=1, rounds=1, companions=Companions.KEPT)
    reader = PdfReader(BytesIO(papers.day_kit(meetup, kit.KEYS)))
    alone = len(PdfReader(BytesIO(papers.sheet(meetup))).pages)
    assert f"Feuille 1 sur {alone}" in reader.pages[0].extract_text()
    assert len(reader.pages) >= 6
    titles = [str(one["/Title"]) for one in reader.outline if not isinstance(one, list)]
    assert "Badges" in titles


def test_the_same_moment_gives_the_same_bytes(
    meetup: Meetup, table: list[Invitation], time_machine_at: Callable[[datetime], None]
) -> None:
    time_machine_at(timezone.now())
    keys = ["badges", "affiche", "paroles"]
    assert papers.day_kit(meetup, keys) == papers.day_kit(meetup, keys)


@pytest.fixture
def time_machine_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def stop(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return stop


@pytest.mark.parametrize("name", ["x" * 60, "<b>&", "D’Ÿ-ł", "日本"])
def test_any_name_prints(meetup: Meetup, name: str) -> None:
    InvitationFactory(meetup=meetup, partstat="ACCEPTED", professional__first_name=name)
    papers.day_kit(meetup, ["badges", "chevalets"])


def test_the_page_offers_each_and_all(
    meetup: Meetup, table: list[Invitation], bruno: User, signed_in: SignIn
) -> None:
    client = signed_in(bruno)
    page = client.get(reverse("documents", args=(meetup.pk,))).content.decode()
    for document in kit.DOCUMENTS:
        assert document.label in page
    url = reverse("documents_pdf", args=(meetup.pk,))
    assert client.get(f"{url}?doc=badges&doc=x")["Content-Type"] == "application/pdf"
    for asked in ("", "?doc=x", "?doc=plan", "?doc=trombinoscope"):
        assert client.get(url + asked).status_code == 302


def test_the_badges_of_the_largest_meal_fit_one_file(
    meetup: Meetup, chloe: Professional
) -> None:
    """Measured on 56 badges; an address may be a tenth longer."""
    for _ in range(56):
        InvitationFactory(meetup=meetup, partstat="ACCEPTED")
    assert len(html(meetup, "badges")) * 500 / 56 * 1.1 < pdf.MAX_CHARACTERS


def test_too_much_for_one_file_is_said(
    meetup: Meetup, bruno: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 1000)
    url = reverse("documents_pdf", args=(meetup.pk,))
    answer = signed_in(bruno).get(f"{url}?doc=badges&doc=affiche", follow=True)
    assert "Cochez moins de documents." in answer.content.decode()


@pytest.mark.parametrize("who", ["driss", "eloy"])
def test_strangers_and_partners_print_nothing(
    meetup: Meetup, request, signed_in: SignIn, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    for route in ("documents", "documents_pdf", "partnering"):
        assert client.get(reverse(route, args=(meetup.pk,))).status_code == 404


# For partners


def test_an_organiser_notes_what_a_funder_asks(
    meetup: Meetup, amina: User, bruno: User, signed_in: SignIn
) -> None:
    url = reverse("partnering", args=(meetup.pk,))
    assert signed_in(bruno).get(url).status_code == 403
    wrong = signed_in(amina).post(url, {"meal_cost": "cher", "missions": ["2"]})
    assert "Écrivez un prix, par exemple 7,40." in wrong.content.decode()
    assert 'value="2" id="id_missions_1" checked' in wrong.content.decode().replace(
        'type="checkbox" name="missions" ', ""
    )
    signed_in(amina).post(
        url,
        {
            "funding_reference": "Convention 2026-14",
            "missions": ["2", "6"],
            "meal_cost": "96,20",
            "keeps_times": "on",
        },
    )
    meetup.refresh_from_db()
    assert (meetup.missions, meetup.meal_cost) == (["2", "6"], Decimal("96.20"))
    sheet = text(papers.sheet(meetup))
    for words in ("Convention 2026-14", "Accompagnement des professionnels", "Départ"):
        assert words in sheet


def test_a_partner_is_no_organiser(
    meetup: Meetup, eloy: User, signed_in: SignIn
) -> None:
    assert PartnerMember.objects.filter(user=eloy).exists()
    url = reverse("partnering", args=(meetup.pk,))
    assert signed_in(eloy).post(url, {}).status_code == 404


# Portraits


def picture(kind: str = "PNG", size: tuple[int, int] = (500, 800), **more) -> bytes:
    out = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def exif() -> Image.Exif:
    data = Image.Exif()
    data[0x010E] = "À la maison, 12 rue du Lac"
    data[0x0112] = 6
    return data


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_portrait_is_small_square_and_tells_nothing_more(kind: str) -> None:
    small = portrait(BytesIO(picture(kind, exif=exif())))
    assert len(small) <= MOST_BYTES
    assert b"rue du Lac" not in small
    with Image.open(BytesIO(small)) as image:
        assert (image.size, image.format) == ((SIDE, SIDE), "JPEG")
        assert not image.getexif()


def test_a_telephone_s_picture_in_two_is_a_picture() -> None:
    out = BytesIO()
    first, second = Image.new("RGB", (40, 60), "red"), Image.new("RGB", (20, 30))
    first.save(out, "MPO", save_all=True, append_images=[second])
    assert Image.open(BytesIO(out.getvalue())).format == "MPO"
    assert portrait(BytesIO(out.getvalue()))


def bomb(kind: str) -> bytes:
    """A few kilobytes that unfold to hundreds of megabytes."""
    out = BytesIO()
    Image.new("RGB", (3001, 3000)).save(out, kind)
    return out.getvalue()


def vast() -> bytes:
    """A sound head that promises 20,000 x 20,000."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    crc = struct.pack(">I", zlib.crc32(head))
    body = struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + head + crc + body


def mistagged(tag: int) -> bytes:
    """To be turned upright, and letters where its camera should write numbers."""
    told = exif().tobytes().replace(b"\x01\x0e\0\2", tag.to_bytes(2) + b"\0\2")
    return picture("JPEG", exif=told)


HOSTILE = {
    "vast": vast(),
    "white point": mistagged(0x013E),
    "compression": mistagged(0x0103),
    "png bomb": bomb("PNG"),
    "webp bomb": bomb("WEBP"),
    "empty": b"",
    "text": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "cut": picture("JPEG")[:300],
    "gif": b"GIF89a" + b"\0" * 40,
    "bomb": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\0\0\0\1\0\0\x08\2\0\0\0\0\0\0\0",
    "heavy": b"\xff\xd8" + b"\0" * 10_000_001,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_has_its_sentence(name: str) -> None:
    with pytest.raises(NotAPortrait, match=r"^Cette image"):
        portrait(BytesIO(HOSTILE[name]))


def test_people_show_themselves_and_change_their_mind(
    meetup: Meetup, table: list[Invitation], client: Client
) -> None:
    url = reverse("my_portrait", args=(table[0].token,))
    file = SimpleUploadedFile("moi.png", picture(), "image/png")
    client.post(url, {"is_shown": "on", "picture": file})
    shown = client.get(reverse("my_picture", args=(table[0].token,)))
    assert shown["Content-Type"] == "image/jpeg"
    assert papers.day_kit(meetup, ["trombinoscope"])
    client.post(url, {"is_shown": "on", "enlever": "1"})
    assert not Portrait.objects.exists()
    assert Consent.objects.count() == 1
    client.post(url, {"is_shown": "on", "picture": file_again()})
    client.post(url, {"save": "1"})
    assert not Portrait.objects.exists()
    assert not Consent.objects.exists()


def file_again() -> SimpleUploadedFile:
    return SimpleUploadedFile("moi.jpg", picture("JPEG"), "image/jpeg")


def test_a_refused_picture_keeps_the_tick(
    table: list[Invitation], client: Client
) -> None:
    url = reverse("my_portrait", args=(table[0].token,))
    bad = SimpleUploadedFile("moi.png", b"rien", "image/png")
    page = client.post(url, {"is_shown": "on", "picture": bad}).content.decode()
    assert "Cette image ne s’ouvre pas." in page
    assert "checked" in page
    assert not Consent.objects.exists()


def test_a_portrait_goes_after_two_years(table: list[Invitation]) -> None:
    Portrait.objects.create(professional=table[0].professional, jpeg=b"x")
    purge(timezone.now() + PORTRAITS_KEPT - timedelta(days=1))
    assert Portrait.objects.exists()
    Portrait.objects.update(added_at=timezone.now() - PORTRAITS_KEPT)
    purge(timezone.now() + timedelta(days=1))
    assert not Portrait.objects.exists()
