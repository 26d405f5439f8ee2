"""The square on the poster, on a badge, on one's own telephone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invitations.models import ExtraSeatKind, Invitation, PartStat, SeatBlock
from networking.models import Meetup, User
from reports.actions import close_meetup
from reports.actions.arrivals import TooManyArrivals, arrive
from reports.doors import badge_path, badge_token, door_path, door_token, table_code
from reports.models import Attendance, Presence
from tests.factories import (
    InvitationFactory,
    ProfessionalFactory,
    ProfessionFactory,
    WorkplaceFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def press(meetup: Meetup, name: str, client: Client | None = None, trade="nurse"):
    words = {"first_name": name, "profession": trade}
    return (client or Client()).post(door_path(meetup), words, follow=True)


def there(meetup: Meetup) -> list[tuple[str, str]]:
    return sorted(meetup.attendances.there().values_list("first_name", "presence"))


def text(response) -> str:
    return response.content.decode()


# The door.


def test_a_walk_in_says_two_words_and_is_welcomed(meetup: Meetup, noon) -> None:
    ProfessionFactory()
    page = press(meetup, "  Fatou ")
    assert "Bienvenue, <bdi>Fatou</bdi>." in text(page)
    assert there(meetup) == [("Fatou", Presence.WALK_IN)]


def test_the_next_one_on_the_same_telephone_sees_what_is_missing(
    meetup: Meetup, noon
) -> None:
    ProfessionFactory()
    client = Client()
    assert '<details class="haut-5"><summary>' in text(press(meetup, "Fatou", client))
    page = text(press(meetup, "Ida", client, trade=""))
    assert '<details class="haut-5" open>' in page
    assert "Bienvenue" not in page.partition("<main")[2]
    assert 'value="Ida"' in page
    assert "Choisissez votre métier." in page
    assert there(meetup) == [("Fatou", Presence.WALK_IN)]


@pytest.mark.parametrize("said", ["chloe", "CHLOÉ", "Chloé M", "Chloé m."])
def test_the_only_expected_one_of_that_name_is_noted(
    guest: Invitation, noon, said: str
) -> None:
    press(guest.meetup, said)
    mark = Attendance.objects.get()
    assert (mark.invitation, mark.presence) == (guest, Presence.PRESENT)


@pytest.mark.parametrize("others", [0, 1])
def test_pressing_twice_counts_once_expected_or_not(
    guest: Invitation, noon, others: int
) -> None:
    ProfessionFactory()
    name = ("Chloé", "Fatou")[others]
    client = Client()
    for one in (client, client, Client()):
        page = press(guest.meetup, name, one)
        assert f"Bienvenue, <bdi>{name}</bdi>" in text(page)
    assert len(there(guest.meetup)) == 1
    # The third is perhaps somebody else, who did not see the first two.
    assert f"{name} est déjà parmi nous. Vous êtes une autre personne" in text(page)
    press(guest.meetup, f"{name} Z")
    assert len(there(guest.meetup)) == 2


def test_whom_the_team_noted_already_is_not_counted_again(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    url = reverse("record_attendance", args=(guest.meetup_id, guest.pk))
    signed_in(bruno).post(url, {"presence": "present"})
    press(guest.meetup, "Chloé")
    assert there(guest.meetup) == [("Chloé", Presence.PRESENT)]


@pytest.mark.parametrize("mark", ["absent", "excused"])
def test_whoever_was_noted_as_not_there_and_comes_late_is_there(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, mark: str
) -> None:
    url = reverse("record_attendance", args=(guest.meetup_id, guest.pk))
    signed_in(bruno).post(url, {"presence": mark})
    noon.shift(timedelta(minutes=20))
    press(guest.meetup, "Chloé")
    assert there(guest.meetup) == [("Chloé", Presence.PRESENT)]
    assert Attendance.objects.count() == 1


def test_two_expected_of_one_name_are_told_apart_by_an_initial(
    guest: Invitation, noon
) -> None:
    other = ProfessionalFactory(first_name="Chloé", last_name="Bertin")
    second = InvitationFactory(
        meetup=guest.meetup, professional=other, partstat=PartStat.ACCEPTED
    )
    press(guest.meetup, "Chloé")
    assert there(guest.meetup) == [("Chloé", Presence.WALK_IN)]
    press(guest.meetup, "Chloé B.")
    assert Attendance.objects.get(presence=Presence.PRESENT).invitation == second


@pytest.mark.parametrize("answer", ["DECLINED", "NEEDS-ACTION", "TENTATIVE"])
def test_whoever_was_invited_and_comes_all_the_same_is_recognised(
    guest: Invitation, noon, answer: str
) -> None:
    Invitation.objects.update(partstat=answer)
    press(guest.meetup, "Chloé")
    assert Attendance.objects.get().invitation == guest
    press(guest.meetup, "Chloé")
    assert there(guest.meetup) == [("Chloé", Presence.PRESENT)]


def test_who_said_yes_comes_before_who_said_nothing(guest: Invitation, noon) -> None:
    silent = ProfessionalFactory(first_name="Chloé")
    InvitationFactory(meetup=guest.meetup, professional=silent)
    press(guest.meetup, "Chloé")
    assert Attendance.objects.get().invitation == guest
    guest.meetup.attendances.all().delete()
    guest.meetup.taps.all().delete()
    Invitation.objects.update(partstat=PartStat.NEEDS_ACTION)
    press(guest.meetup, "Chloé")
    assert there(guest.meetup) == [("Chloé", Presence.WALK_IN)]


def test_another_trade_is_another_person(guest: Invitation, noon) -> None:
    ProfessionFactory(key="pharmacist", activity="Pharmacie")
    press(guest.meetup, "Chloé", trade="pharmacist")
    assert there(guest.meetup) == [("Chloé", Presence.WALK_IN)]


def test_another_word_for_the_same_work_is_the_same_person(
    guest: Invitation, noon
) -> None:
    """« Soins infirmiers » has several trades: people say the one they find first."""
    ProfessionFactory(key="psychiatric_nurse")
    for _ in range(2):
        press(guest.meetup, "Chloé", Client(), trade="psychiatric_nurse")
    assert there(guest.meetup) == [("Chloé", Presence.PRESENT)]
    other = ProfessionalFactory(first_name="Inès", profession_id="psychiatric_nurse")
    same = ProfessionalFactory(first_name="Inès", profession_id="nurse")
    for person in (other, same):
        InvitationFactory(
            meetup=guest.meetup, professional=person, partstat=PartStat.ACCEPTED
        )
    press(guest.meetup, "Inès", trade="nurse")
    assert Attendance.objects.latest("pk").invitation.professional == same


def test_names_of_another_alphabet_are_not_all_one_person(
    guest: Invitation, noon
) -> None:
    other = ProfessionalFactory(first_name="خديجة", last_name="")
    InvitationFactory(
        meetup=guest.meetup, professional=other, partstat=PartStat.ACCEPTED
    )
    press(guest.meetup, "محمد")
    assert there(guest.meetup) == [("محمد", Presence.WALK_IN)]


def test_the_door_names_trades_as_people_do_in_alphabetical_order(
    meetup: Meetup, noon
) -> None:
    ProfessionFactory()
    ProfessionFactory(
        key="a", label_feminine="sage-femme", label_masculine="sage-femme"
    )
    ProfessionFactory(key="b", label_feminine="élue", label_masculine="élu")
    page = text(Client().get(door_path(meetup)))
    at = [
        page.index(f">{n}<")
        for n in ("élue, élu", "infirmière, infirmier", "sage-femme")
    ]
    assert at == sorted(at)


def test_whoever_comes_along_is_recognised_too(guest: Invitation, noon) -> None:
    extra = guest.extra_seats.create(
        meetup=guest.meetup,
        kind=ExtraSeatKind.COMPANION,
        first_name="Rosa",
        profession=ProfessionFactory(),
    )
    press(guest.meetup, "rosa")
    assert Attendance.objects.get().extra == extra


def test_whom_an_employer_sends_without_a_name_counts_as_one_more(
    meetup: Meetup, noon
) -> None:
    block = SeatBlock(
        meetup=meetup,
        workplace=WorkplaceFactory(),
        profession=ProfessionFactory(),
        seats=2,
        contact_name="Nora",
    )
    block.save()
    press(meetup, "Fatou")
    assert there(meetup) == [("Fatou", Presence.WALK_IN)]


@pytest.mark.parametrize(
    ("name", "trade", "error"),
    [
        ("", "nurse", "Écrivez votre prénom."),
        ("Fatou", "", "Choisissez votre métier."),
        ("Fatou", "wizard", "Choisissez un métier de la liste."),
        ("F" * 61, "nurse", "60 signes au plus."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    meetup: Meetup, noon, name: str, trade: str, error: str
) -> None:
    ProfessionFactory()
    page = text(press(meetup, name, trade=trade))
    assert error in page
    assert f'value="{name}"' in page or not name
    assert ('value="nurse" selected' in page) is (trade == "nurse")
    assert not meetup.attendances.exists()


def test_the_trades_of_the_table_are_offered_first(guest: Invitation, noon) -> None:
    ProfessionFactory(key="aaa", label_epicene="accueillant·e")
    page = text(Client().get(door_path(guest.meetup)))
    assert page.index("Autour de cette table") < page.index('value="nurse"')
    assert page.index('value="nurse"') < page.index("Tous les métiers")
    assert page.index("Tous les métiers") < page.index('value="aaa"')
    assert "Chloé" not in page


@pytest.mark.parametrize(
    ("minutes", "status", "words"),
    [
        (-181, "planned", "C’est encore un peu tôt."),
        (-180, "planned", "Deux mots suffisent."),
        (145, "planned", "Deux mots suffisent."),
        (155, "planned", "C’est fini pour aujourd’hui."),
        (600, "planned", "C’est fini pour aujourd’hui."),
        (100, "closed", "C’est fini pour aujourd’hui."),
        (10, "cancelled", "Cette rencontre est annulée."),
    ],
)
def test_the_door_opens_while_presences_are_noted(
    meetup: Meetup, minutes: int, status: str, words: str
) -> None:
    ProfessionFactory()
    Meetup.objects.update(status=status)
    with time_machine.travel(meetup.starts_at + timedelta(minutes=minutes)):
        page = text(Client().get(door_path(meetup)))
        assert words in page
        press(meetup, "Fatou")
    is_open = words.startswith("Deux")
    assert ("<form" in page) is is_open
    assert meetup.attendances.exists() is is_open


def test_an_invented_door_does_not_exist(meetup: Meetup, noon) -> None:
    other = InvitationFactory().meetup
    for pk, token in ((meetup.pk, "x" * 13), (meetup.pk, door_token(other)), (0, "x")):
        url = reverse("door", args=(pk, token))
        assert Client().get(url).status_code == 404
        words = {"first_name": "A", "profession": "nurse"}
        assert Client().post(url, words).status_code == 404
    shouted = reverse("door", args=(meetup.pk, door_token(meetup).upper()))
    assert Client().get(shouted).status_code == 200


def test_a_crowd_of_inventions_is_stopped(meetup: Meetup, noon) -> None:
    nurse = ProfessionFactory()
    Meetup.objects.update(capacity=1)
    for n in range(22):
        arrive(meetup=meetup, first_name=f"Personne {n}", profession=nurse)
    with pytest.raises(TooManyArrivals):
        arrive(meetup=meetup, first_name="Personne 22", profession=nurse)
    page = text(press(meetup, "Personne 23"))
    assert "Dites votre prénom à la personne qui accueille." in page
    assert "Bienvenue" not in page


def test_a_crowd_does_not_close_the_door_to_who_is_expected(
    guest: Invitation, noon
) -> None:
    nurse = ProfessionFactory()
    Meetup.objects.update(capacity=1)
    for n in range(22):
        arrive(meetup=guest.meetup, first_name=f"Personne {n}", profession=nurse)
    assert arrive(meetup=guest.meetup, first_name="Chloé", profession=nurse).was_invited


@pytest.mark.parametrize("guests", [1, 3])
def test_the_door_costs_the_same_for_one_and_three_people(
    meetup: Meetup, noon, guests: int, django_assert_num_queries
) -> None:
    for n in range(guests):
        person = ProfessionalFactory(profession=ProfessionFactory(key=f"trade{n}"))
        InvitationFactory(meetup=meetup, professional=person, partstat="ACCEPTED")
    client = Client()
    with django_assert_num_queries(5):
        client.get(door_path(meetup))


# A badge.


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("amina", True),
        ("bruno", True),
        ("nora", False),
        ("driss", False),
        ("eloy", False),
        ("nobody", False),
    ],
)
def test_a_badge_has_a_name_for_the_team_only(
    guest: Invitation, everyone, signed_in: SignIn, noon, who: str, reads: bool
) -> None:
    client = signed_in(everyone[who]) if who in everyone else Client()
    page = client.get(badge_path(guest))
    assert page.status_code == 200
    assert ("Chloé" in text(page)) is reads
    assert ("Montrez ce carré" in text(page)) is not reads
    assert not Attendance.objects.exists()
    client.post(badge_path(guest))
    assert Attendance.objects.exists() is reads


def test_one_button_and_the_next_square(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    client = signed_in(bruno)
    before = text(client.get(badge_path(guest)))
    assert "est là</span></button>" in before
    for _ in range(2):
        after = text(client.post(badge_path(guest), follow=True))
    assert "Photographiez le carré suivant." in after
    assert "est là</span></button>" not in after
    assert there(guest.meetup) == [("Chloé", Presence.PRESENT)]


def test_a_badge_marks_nobody_after_the_end(
    guest: Invitation, amina: User, signed_in: SignIn, noon
) -> None:
    close_meetup(meetup=guest.meetup, user=amina)
    page = text(signed_in(amina).post(badge_path(guest)))
    assert "ne se notent pas maintenant" in page
    assert Attendance.objects.get().presence == Presence.ABSENT


def test_a_badge_is_not_the_personal_link_and_dies_with_it(
    guest: Invitation, noon
) -> None:
    assert badge_token(guest) != guest.token
    old = badge_path(guest)
    other = InvitationFactory()
    wrong = reverse("badge", args=(other.pk, badge_token(guest)))
    Invitation.objects.filter(pk=guest.pk).update(token_version=9)
    for url in (old, wrong, reverse("badge", args=(0, "x"))):
        assert Client().get(url).status_code == 404


def test_a_tables_code_has_five_letters_of_its_own(meetup: Meetup) -> None:
    codes = {table_code(meetup, table) for table in range(1, 40)}
    assert len(codes) == 39
    assert {len(code) for code in codes} == {5}
    assert table_code(meetup, 1) == table_code(meetup, 1).upper()


# One's own telephone.


def test_a_guest_says_so_with_one_button(guest: Invitation, noon) -> None:
    url = reverse("i_am_here", args=(guest.token,))
    page = text(Client().get(url))
    assert "<svg" in page
    assert not Attendance.objects.exists()
    for _ in range(2):
        after = text(Client().post(url, follow=True))
    assert "Bienvenue, <bdi>Chloé</bdi>." in after
    assert there(guest.meetup) == [("Chloé", Presence.PRESENT)]


@pytest.mark.parametrize(
    ("minutes", "is_day"), [(-181, False), (-180, True), (89, True), (91, False)]
)
def test_the_button_is_there_from_three_hours_before_until_the_end(
    guest: Invitation, minutes: int, is_day: bool
) -> None:
    url = reverse("i_am_here", args=(guest.token,))
    answer = reverse("answer", args=(guest.token,))
    with time_machine.travel(guest.meetup.starts_at + timedelta(minutes=minutes)):
        assert (url in text(Client().get(answer))) is is_day
        page = Client().post(url)
    assert page.url == (url if is_day else answer)
    assert Attendance.objects.exists() is is_day


def test_a_dead_link_says_nothing(guest: Invitation, noon) -> None:
    assert Client().get(reverse("i_am_here", args=("x" * 13,))).status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_writes_nothing(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, method: str
) -> None:
    ProfessionFactory()
    here = reverse("i_am_here", args=(guest.token,))
    for url in (door_path(guest.meetup), badge_path(guest), here):
        assert getattr(signed_in(bruno), method)(url).status_code == 200
    assert not Attendance.objects.exists()
    assert not guest.meetup.taps.exists()
