from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from invitations.actions.replies import receive
from invitations.models import (
    Delivery,
    Invitation,
    PartStat,
    Received,
    SeatRequest,
)
from networking.models import (
    Meetup,
    PeopleImport,
    Professional,
    Suppression,
    User,
)
from reports.actions import forget
from reports.models import Attendance, Presence
from tests.factories import (
    CommuneFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
    SeatRequestFactory,
    UserFactory,
)
from tests.post import CHLOE, REPLY_TO, mail

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def boss(signed_in: SignIn) -> Client:
    return signed_in(UserFactory(is_staff=True, is_superuser=True))


@pytest.mark.parametrize("model", list(site._registry))
def test_every_table_opens_and_is_searched(model, boss, meetup):
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert boss.get(path).status_code == 200
    if site._registry[model].search_fields:
        assert boss.get(path, {"q": "x"}).status_code == 200


@pytest.mark.parametrize("model", list(site._registry))
def test_every_form_to_add_opens_or_is_forbidden(model, boss):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    frozen = {
        "venues_booking",
        "venues_commune",
        "networking_meetup",
        "networking_peopleimport",
        "networking_suppression",
        "invitations_invitation",
        "invitations_seatrequest",
        "invitations_delivery",
        "invitations_answer",
        "invitations_received",
        "invitations_seatrule",
        "invitations_seatblock",
        "invitations_extraseat",
        "reports_attendance",
        "reports_report",
        "reports_reportsubscription",
        "reports_partnernotice",
        "reports_download",
    }
    status = boss.get(reverse(f"admin:{name}_add")).status_code
    assert status == (403 if name in frozen else 200)


def test_a_queued_message_hides_its_text_and_its_links(boss):
    delivery = Delivery.objects.create(
        kind="invitation",
        key="secret-key",
        sender="a@example.org",
        recipient="chloe@example.org",
        subject="On déjeune ensemble",
        mime=b"https://example.org/i/secret-token",
    )
    path = reverse("admin:invitations_delivery_change", args=(delivery.pk,))
    page = boss.get(path).content.decode()
    assert "On déjeune ensemble" in page
    assert "secret" not in page
    assert boss.post(path, {"subject": "x"}).status_code == 403


def test_who_keeps_in_touch_and_who_has_spoken_are_not_read_here(boss, meetup):
    delivery = Delivery.objects.create(
        kind="nudge",
        key="link:1:2",
        recipient="chloe@example.org",
        subject="Samira vous a noté·e aussi",
        facts={"to": 2, "others": [1]},
    )
    path = reverse("admin:invitations_delivery_change", args=(delivery.pk,))
    assert boss.get(path).status_code == 302
    listed = boss.get(reverse("admin:invitations_delivery_changelist"), {"q": "chloe"})
    assert "chloe@example.org" not in listed.content.decode()
    presence = InvitationFactory(meetup=meetup)
    row = meetup.attendances.create(
        presence=Presence.PRESENT,
        profession=presence.professional.profession,
        has_given_opinion=True,
    )
    path = reverse("admin:reports_attendance_change", args=(row.pk,))
    assert "opinion" not in boss.get(path).content.decode()


def test_an_account_made_here_has_no_password(boss):
    data = {"email": "Ines@Example.ORG", "first_name": "Inès", "is_active": "on"}
    boss.post(reverse("admin:networking_user_add"), data)
    made = User.objects.get(first_name="Inès")
    assert made.email == "ines@example.org"
    assert not made.has_usable_password()


def test_a_person_renamed_here_is_found_again(boss, chloe):
    path = reverse("admin:networking_professional_change", args=(chloe.pk,))
    form = boss.get(path).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    boss.post(path, {**data, "first_name": "Zoé", "shares_mailbox": ""})
    assert Professional.objects.get().search_name == "zoe martin"


def test_a_trade_changed_here_is_indexed(boss):
    trade = ProfessionFactory()
    path = reverse("admin:networking_profession_change", args=(trade.pk,))
    form = boss.get(path).context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    codes = {"codes-TOTAL_FORMS": "0", "codes-INITIAL_FORMS": "0"}
    boss.post(path, {**data, **codes, "synonyms": '["IDEL"]', "activity": "Écoute"})
    trade.refresh_from_db()
    assert "ecoute" in trade.search_text


def test_a_missing_point_may_be_typed(boss):
    commune = CommuneFactory(latitude=None, longitude=None)
    path = reverse("admin:venues_commune_change", args=(commune.pk,))
    boss.post(path, {"latitude": "45.5", "longitude": "5.9", "name": "Autre"})
    commune.refresh_from_db()
    assert commune.point == (45.5, 5.9)
    assert commune.name != "Autre"


def test_there_is_no_password_form_and_no_way_in_for_others(signed_in, driss):
    path = reverse("admin:index")
    response = Client().get(path, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert signed_in(driss).get(path, follow=True).status_code == 403


def test_staff_cannot_raise_itself_nor_take_over_a_superuser(rf: RequestFactory):
    admin = site._registry[User]
    request = rf.get("/")
    request.user = UserFactory(is_staff=True)
    assert "is_superuser" in admin.get_readonly_fields(request)
    assert not admin.has_change_permission(request, UserFactory(is_superuser=True))


CANARIES = (
    *("canaryfirst", "canarylast", "canarymail", "canarydetail", "canarydo"),
    *("canaryhours", "canarysource", "639989777"),
)


def canaries_left() -> set[str]:
    """ "table.column: canary" for every column of every table that still holds one."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    raw = bytes(value) if isinstance(value, memoryview) else value
                    text = raw.decode() if isinstance(raw, bytes) else str(raw)
                    found |= {
                        f"{table}.{name}: {canary}"
                        for canary in CANARIES
                        if canary in text.lower()
                    }
    return found


def delivery(recipient: str, key: str, **fields) -> Delivery:
    words = f"canaryfirst {recipient}"
    return Delivery.objects.create(
        **{"kind": "seat", "sender": "a@example.org", "subject": words} | fields,
        key=key,
        recipient=recipient,
        mime=words.encode(),
    )


def line(number: int, *cells: str) -> dict[str, object]:
    names = ("first_name", "last_name", "email", "phone")
    return {"line": number, "values": dict(zip(names, cells, strict=True))}


def write_back(person: Professional, guest: Invitation) -> None:
    """From both of their addresses, to the one of the invitation and to no guest's."""
    person.other_addresses.create(email="canarymail@cabinet.example")
    raw = mail(b"Canaryfirst canarydo", sender="canarymail@cabinet.example")
    receive(raw.replace(REPLY_TO.encode(), guest.reply_address.encode()))
    nobody = mail(b"Canaryfirst", to="reponse@parentheses.example")
    for domain in (b"example.org", b"cabinet.example"):
        lost = nobody.replace(CHLOE.encode(), b"canarymail@" + domain)
        receive(lost.replace(b"<m1@", b"<lost@" + domain))


@pytest.fixture
def canary(meetup: Meetup, amina: User) -> Professional:
    """Somebody who stands everywhere that a person may stand."""
    person = ProfessionalFactory(
        first_name="Canaryfirst",
        last_name="Canarylast",
        email="canarymail@example.org",
        phone="+33639989777",
        profession_detail="canarydetail",
        what_i_do="canarydo",
        channel_hours="canaryhours",
        source="canarysource",
    )
    meetup.circle.memberships.create(professional=person)
    guest = InvitationFactory(
        meetup=meetup, professional=person, partstat=PartStat.ACCEPTED
    )
    meetup.attendances.create(
        invitation=guest,
        presence=Presence.PRESENT,
        first_name=person.first_name,
        profession=person.profession,
    )
    SeatRequestFactory(
        meetup=meetup, first_name="Canaryfirst", email="CanaryMail@example.org"
    )
    SeatRequestFactory(
        meetup=meetup, first_name="Canaryfirst", email="", phone="+33639989777"
    )
    write_back(person, guest)
    delivery("CANARYMAIL@example.org", "refused")
    delivery("canarymail@example.org", "invited", invitation=guest)
    theirs = line(2, "Canaryfirst", "Canarylast", "CanaryMail@example.org", "x")
    unsent = line(3, "canaryfirst", "CANARYLAST", "", "06 39 98 97 77")
    PeopleImport.objects.create(
        circle=meetup.circle,
        user=amina,
        file_name="liste.csv",
        source="la pharmacie",
        rows=[theirs, unsent, line(4, "Chloé", "Martin", "chloe@example.org", "")],
        report={"refused": [{**theirs, "reason": "Commune inconnue."}], "cut": False},
    )
    return person


def test_whoever_is_forgotten_leaves_no_word_in_any_table(canary: Professional):
    assert {found.partition(": ")[2] for found in canaries_left()} == set(CANARIES)
    forget(person=canary)
    assert canaries_left() == set()
    assert Suppression.objects.holds("canarymail@example.org")
    presence = Attendance.objects.get()
    assert (presence.first_name, presence.presence) == ("", Presence.PRESENT)
    held = PeopleImport.objects.get()
    assert [row["line"] for row in held.rows] == [4]
    assert held.report == {"refused": [], "cut": False}


def test_whoever_a_colleague_sends_is_forgotten_and_nobody_near(
    canary: Professional, chloe: Professional, meetup: Meetup
):
    guest = InvitationFactory(meetup=meetup, professional=chloe)
    people = ["notcanarymail@example.org", "driss@example.org, canarymail@example.org"]
    near, sent = (
        guest.received.create(
            digest=address,
            raw=b"x",
            kind="reply",
            outcome="held",
            partstat=PartStat.DELEGATED,
            delegated_to=address,
        )
        for address in people
    )
    forget(person=canary)
    near.refresh_from_db()
    sent.refresh_from_db()
    assert (bytes(near.raw), near.delegated_to) == (b"x", people[0])
    assert (bytes(sent.raw), sent.delegated_to, sent.partstat) == (b"", "", "DELEGATED")


def test_the_command_forgets_somebody_who_only_wrote():
    receive(mail(to="reponse@parentheses.example"))
    call_command("forget", CHLOE, stdout=StringIO())
    assert not Received.objects.exists()


def test_the_others_stay_when_somebody_is_forgotten(
    canary: Professional, chloe: Professional, meetup: Meetup
):
    InvitationFactory(meetup=meetup, professional=chloe)
    asked = SeatRequestFactory(meetup=meetup)
    # Of the same workplace, which has one telephone.
    colleague = SeatRequestFactory(meetup=meetup, email="", phone="+33639989777")
    kept = delivery("driss@example.org", "to-driss")
    forget(person=canary)
    assert list(meetup.invitations.values_list("professional", flat=True)) == [chloe.pk]
    assert set(SeatRequest.objects.all()) == {asked, colleague}
    assert list(Delivery.objects.all()) == [kept]


def test_a_shared_mailbox_is_not_closed_to_the_colleague():
    meetup, shared = (
        MeetupFactory(),
        {"email": "accueil@example.org", "shares_mailbox": True},
    )
    leaving = ProfessionalFactory(first_name="Chloé", **shared)
    staying = ProfessionalFactory(first_name="Bruno", **shared)
    theirs = SeatRequestFactory(
        meetup=meetup, first_name="Bruno", email=shared["email"]
    )
    SeatRequestFactory(meetup=meetup, first_name="CHLOE", email=shared["email"])
    forget(person=leaving)
    assert list(Professional.objects.all()) == [staying]
    assert list(SeatRequest.objects.all()) == [theirs]
    assert not Suppression.objects.exists()


def test_deleting_here_forgets_and_the_journal_loses_the_name(
    boss, canary: Professional, meetup: Meetup
):
    LogEntry.objects.create(
        user=meetup.organiser,
        object_repr="Le Biollay",
        action_flag=2,
        change_message='[{"added": {"object": "Canaryfirst Canarylast"}}]',
    )
    path = reverse("admin:networking_professional_delete", args=(canary.pk,))
    assert boss.post(path, {"post": "yes"}).status_code == 302
    assert canaries_left() == set()
    assert LogEntry.objects.filter(action_flag=3, object_id=canary.pk).count() == 1
    assert Suppression.objects.holds("canarymail@example.org")


def test_deleting_several_here_forgets_each(boss, canary, chloe):
    data = {"action": "delete_selected", "_selected_action": [canary.pk, chloe.pk]}
    path = reverse("admin:networking_professional_changelist")
    boss.post(path, {**data, "post": "yes"})
    assert not Professional.objects.exists()
    assert canaries_left() == set()
    assert Suppression.objects.count() == 2


def test_the_command_forgets_an_address_in_any_case(canary: Professional):
    told = StringIO()
    call_command("forget", "CanaryMail@Example.org", stdout=told)
    assert told.getvalue() == "C’est effacé.\n"
    assert canaries_left() == set()
    assert Suppression.objects.holds("canarymail@example.org")


def test_the_command_may_leave_the_address_free(canary: Professional, driss: User):
    Professional.objects.filter(pk=canary.pk).update(user=driss)
    told = StringIO()
    call_command("forget", canary.email, "--may-return", stdout=told)
    assert not Suppression.objects.exists()
    assert "Son compte pour se connecter reste" in told.getvalue()
    assert User.objects.filter(pk=driss.pk).exists()


def test_the_command_forgets_somebody_who_only_asked_for_a_seat():
    SeatRequestFactory(meetup=MeetupFactory(), email="Zoe@example.org")
    call_command("forget", "zoe@example.org", stdout=StringIO())
    assert not SeatRequest.objects.exists()
    assert Suppression.objects.holds("zoe@example.org")


def test_the_command_names_what_it_cannot_do():
    with pytest.raises(CommandError, match="Personne n’a cette adresse"):
        call_command("forget", "nobody@example.org")
    assert not Suppression.objects.exists()
    for _ in range(2):
        ProfessionalFactory(email="accueil@example.org", shares_mailbox=True)
    with pytest.raises(CommandError, match="2 personnes lisent cette adresse"):
        call_command("forget", "accueil@example.org")
    assert Professional.objects.count() == 2
