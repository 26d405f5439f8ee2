"""Calendars to subscribe to: who stands in which, and who may read it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from icalendar import Calendar, Component

from invitations import feeds
from invitations.actions import cancel_meetup, move_meetup
from invitations.models import Invitation, PartStat
from networking.models import Circle, Meetup, MeetupStatus, Professional, User
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    UserFactory,
)

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
pytestmark = pytest.mark.django_db
PUBLIC = "/agenda/abonnement.ics"


@pytest.fixture
def invitation(meetup: Meetup, chloe: Professional) -> Invitation:
    return InvitationFactory(meetup=meetup, professional=chloe)


@pytest.fixture
def urls(invitation: Invitation, circle: Circle, amina: User) -> dict[str, str]:
    """One of each kind, with the same meetup in all."""
    invitation.rsvp(PartStat.ACCEPTED)
    return {
        "public": PUBLIC,
        "circle": circle.get_feed_url(),
        "person": invitation.professional.get_feed_url(),
        "team": amina.get_feed_url(),
    }


def read(url: str) -> list[Component]:
    response = Client().get(url)
    assert response.status_code == 200, url
    return Calendar.from_ical(response.content).walk("VEVENT")


def statuses(url: str) -> dict[str, str]:
    return {str(event["UID"]): str(event["STATUS"]) for event in read(url)}


def move(meetup: Meetup, days: int) -> None:
    starts_at = meetup.starts_at + timedelta(days=days)
    move_meetup(
        meetup=meetup,
        starts_at=starts_at,
        ends_at=starts_at + meetup.duration,
        venue=meetup.venue,
    )


# What stands where


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (PartStat.ACCEPTED, "CONFIRMED"),
        (PartStat.TENTATIVE, "TENTATIVE"),
        (PartStat.DECLINED, None),
        (PartStat.DELEGATED, None),
        (PartStat.NEEDS_ACTION, None),
    ],
)
def test_a_person_finds_what_they_said_yes_to_or_hesitate_about(
    invitation: Invitation, answer: PartStat, status: str | None
) -> None:
    if answer != PartStat.NEEDS_ACTION:
        invitation.rsvp(answer)
    found = statuses(invitation.professional.get_feed_url())
    assert found.get(invitation.meetup.uid) == status


def test_whoever_waits_for_a_seat_sees_the_date_unconfirmed(
    meetup: Meetup, invitation: Invitation
) -> None:
    Meetup.objects.update(capacity=1)
    InvitationFactory(meetup=meetup).rsvp(PartStat.ACCEPTED)
    invitation.rsvp(PartStat.ACCEPTED)
    assert invitation.waiting_since
    assert statuses(invitation.professional.get_feed_url()) == {meetup.uid: "TENTATIVE"}


def test_a_yes_to_the_former_hour_becomes_an_unconfirmed_new_hour(
    meetup: Meetup, invitation: Invitation
) -> None:
    invitation.rsvp(PartStat.DECLINED)
    invitation.rsvp(PartStat.ACCEPTED)
    move(meetup, 1)
    (event,) = read(invitation.professional.get_feed_url())
    assert event["STATUS"] == "TENTATIVE"
    assert event["DTSTART"].dt == meetup.starts_at + timedelta(days=1)
    assert event["SEQUENCE"] == 1


def test_a_no_to_the_former_hour_stays_a_no(
    meetup: Meetup, invitation: Invitation
) -> None:
    invitation.rsvp(PartStat.ACCEPTED)
    invitation.rsvp(PartStat.DECLINED)
    move(meetup, 1)
    assert read(invitation.professional.get_feed_url()) == []


def test_a_person_never_finds_the_meetups_of_others(invitation: Invitation) -> None:
    InvitationFactory().rsvp(PartStat.ACCEPTED)
    invitation.rsvp(PartStat.ACCEPTED)
    found = statuses(invitation.professional.get_feed_url())
    assert list(found) == [invitation.meetup.uid]


def test_a_circle_shows_its_own_published_meetups(
    meetup: Meetup, circle: Circle
) -> None:
    MeetupFactory()
    MeetupFactory(circle=circle, is_public=False)
    assert statuses(circle.get_feed_url()) == {meetup.uid: "CONFIRMED"}


def test_a_circle_that_never_announced_anything_has_no_calendar(
    client: Client, meetup: Meetup, circle: Circle
) -> None:
    Meetup.objects.update(is_public=False)
    assert client.get(circle.get_feed_url()).status_code == 404
    assert client.get("/agenda/cercle/999999/abonnement.ics").status_code == 404


def test_a_circle_between_two_meetups_has_an_empty_calendar(
    meetup: Meetup, circle: Circle
) -> None:
    long_ago = timezone.now() - timedelta(days=90)
    Meetup.objects.update(starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    assert read(circle.get_feed_url()) == []


def test_a_team_finds_every_meetup_of_its_circles_published_or_not(
    meetup: Meetup, circle: Circle, amina: User, bruno: User, driss: User
) -> None:
    hidden = MeetupFactory(circle=circle, is_public=False)
    MeetupFactory(circle=CircleFactory())
    for user in (amina, bruno):
        assert set(statuses(user.get_feed_url())) == {meetup.uid, hidden.uid}
    assert read(driss.get_feed_url()) == []
    links = [str(event["URL"]) for event in read(amina.get_feed_url())]
    assert all(
        link.endswith(m.get_absolute_url())
        for link, m in zip(links, (meetup, hidden), strict=True)
    )


def test_whoever_leaves_a_team_loses_its_dates(
    meetup: Meetup, circle: Circle, bruno: User
) -> None:
    assert read(bruno.get_feed_url())
    circle.team.filter(user=bruno).delete()
    assert read(bruno.get_feed_url()) == []


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
def test_a_called_off_meetup_is_said_so_for_a_month(
    urls: dict[str, str], meetup: Meetup, kind: str
) -> None:
    cancel_meetup(meetup=meetup, reason="Trop de neige.")
    assert statuses(urls[kind]) == {meetup.uid: "CANCELLED"}
    Meetup.objects.update(changed_at=timezone.now() - timedelta(days=32))
    assert statuses(urls[kind]) == {}


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
def test_a_meal_stays_a_month_after_it(
    urls: dict[str, str], meetup: Meetup, kind: str
) -> None:
    meetup.close()
    for days, expected in ((29, {meetup.uid: "CONFIRMED"}), (32, {})):
        ended = timezone.now() - timedelta(days=days)
        Meetup.objects.update(starts_at=ended - timedelta(hours=1), ends_at=ended)
        assert statuses(urls[kind]) == expected
    assert Meetup.objects.get().status == MeetupStatus.CLOSED


# What nobody learns there


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
def test_nobody_is_named_and_no_link_answers_for_anybody(
    urls: dict[str, str], kind: str, meetup: Meetup, amina: User
) -> None:
    """Every personal word in the database is a canary."""
    amina.phone, amina.last_name = "+33639980104", "Benali"
    amina.save()
    person = ProfessionalFactory(
        first_name="Fatoumata",
        last_name="Diallo-Canari",
        email="canari@example.org",
        phone="+33639980105",
        what_i_do="Je chante comme un canari",
    )
    other = InvitationFactory(meetup=meetup, professional=person)
    other.rsvp(PartStat.ACCEPTED)
    meetup.message = "Appelez Amina Benali."
    meetup.save()
    own = Invitation.objects.exclude(pk=other.pk).get()
    body = Client().get(urls[kind]).content.replace(b"\r\n ", b"").decode().lower()
    assert meetup.uid in body
    for secret in (
        *("amina", "benali", "39980104", "bruno", "chloé", "martin", "@example.org"),
        *("fatoumata", "diallo", "canari", "39980105", "attendee", "organizer"),
        *(other.token, other.reply_token, own.token, own.reply_token, "/i/"),
        *(own.professional.feed_token, amina.feed_token),
    ):
        assert secret not in body, secret


@pytest.mark.parametrize("kind", ["person", "team"])
def test_a_secret_calendar_does_not_tell_its_address(
    urls: dict[str, str], kind: str
) -> None:
    body = Client().get(urls[kind]).content
    assert b"SOURCE" not in body
    assert b"abonnement" not in body


@pytest.mark.parametrize("kind", ["public", "circle"])
def test_a_public_calendar_tells_where_it_comes_from(
    urls: dict[str, str], kind: str, settings: LazySettings
) -> None:
    settings.BASE_URL = "https://reseau.example"
    body = Client().get(urls[kind]).content.replace(b"\r\n ", b"").decode()
    assert f"SOURCE;VALUE=URI:https://reseau.example{urls[kind]}\r\n" in body


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
def test_each_calendar_names_itself_and_says_when_to_come_back(
    urls: dict[str, str], kind: str
) -> None:
    calendar = Calendar.from_ical(Client().get(urls[kind]).content)
    assert str(calendar["NAME"]).startswith("Parenthèses Réseau")
    assert calendar["NAME"] == calendar["X-WR-CALNAME"]
    assert calendar["X-PUBLISHED-TTL"].to_ical() == b"PT4H"
    assert calendar["REFRESH-INTERVAL"].to_ical() == b"PT4H"
    assert "METHOD" not in calendar


# The address is the key


def test_only_the_exact_address_opens_a_calendar(
    client: Client, chloe: Professional, amina: User
) -> None:
    assert len(chloe.feed_token) == 26
    other = ProfessionalFactory()
    for wrong in (
        *(chloe.feed_token[:-1], "é" * 26, other.feed_token, amina.feed_token),
        f"{chloe.feed_token}a",
    ):
        response = client.get(f"/abonnement/personne/{chloe.pk}/{wrong}.ics")
        assert response.status_code == 404, wrong
    far = f"/abonnement/personne/{10**30}/{chloe.feed_token}.ics"
    assert client.get(far).status_code == 404


def test_a_person_and_an_account_of_the_same_number_have_other_addresses() -> None:
    person, user = Professional(pk=7), User(pk=7)
    assert person.feed_token != user.feed_token
    assert not user.opens_feed(person.feed_token)
    assert person.opens_feed(person.feed_token.upper())


def test_a_guest_changes_the_address_and_the_old_one_is_dead(
    client: Client, invitation: Invitation
) -> None:
    person = invitation.professional
    old, page = person.get_feed_url(), reverse("my_data", args=(invitation.token,))
    assert old in client.get(page).content.decode()
    response = client.post(reverse("change_my_feed", args=(invitation.token,)))
    assert response["Location"] == f"{page}#agenda"
    assert client.get(old).status_code == 404
    person.refresh_from_db()
    assert person.feed_version == 2
    assert client.get(person.get_feed_url()).status_code == 200
    shown = client.get(page).content.decode()
    assert person.get_feed_url() in shown
    assert old not in shown


def test_a_changed_address_is_404_even_for_whoever_has_the_current_bytes(
    client: Client, chloe: Professional
) -> None:
    old = chloe.get_feed_url()
    etag = client.get(old)["ETag"]
    chloe.change_feed()
    assert client.get(old, headers={"If-None-Match": etag}).status_code == 404


def test_a_link_to_another_meetup_changes_nobody_elses_address(
    client: Client, invitation: Invitation
) -> None:
    other = ProfessionalFactory()
    client.post(reverse("change_my_feed", args=(invitation.token,)))
    other.refresh_from_db()
    assert other.feed_version == 1
    assert client.post(reverse("change_my_feed", args=("a" * 26,))).status_code == 404


def test_a_team_member_changes_the_address_on_the_account_page(
    signed_in: SignIn, meetup: Meetup, amina: User
) -> None:
    client, old = signed_in(amina), amina.get_feed_url()
    assert old in client.get("/compte/").content.decode()
    client.post("/compte/agenda/")
    amina.refresh_from_db()
    assert amina.get_feed_url() in client.get("/compte/").content.decode()
    assert Client().get(old).status_code == 404
    assert Client().get(amina.get_feed_url()).status_code == 200


def test_changing_an_address_takes_a_post_and_an_account(
    client: Client, signed_in: SignIn, invitation: Invitation, amina: User
) -> None:
    assert signed_in(amina).get("/compte/agenda/").status_code == 405
    assert client.post("/compte/agenda/").status_code == 302
    url = reverse("change_my_feed", args=(invitation.token,))
    assert client.get(url).status_code == 405
    amina.refresh_from_db()
    assert amina.feed_version == 1


def test_a_partner_and_a_stranger_have_no_calendar_of_a_team(
    signed_in: SignIn, eloy: User, driss: User
) -> None:
    for user in (eloy, driss):
        assert "webcal:" not in signed_in(user).get("/compte/").content.decode()


def test_without_the_second_factor_the_address_is_not_shown(
    signed_in: SignIn, meetup: Meetup, amina: User, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert amina.feed_token not in signed_in(amina).get("/compte/").content.decode()


def test_a_closed_account_has_no_calendar(client: Client, amina: User) -> None:
    User.objects.update(is_active=False)
    assert client.get(amina.get_feed_url()).status_code == 404


# How programs ask


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_an_unchanged_calendar_is_not_sent_again(
    urls: dict[str, str], kind: str, method: str
) -> None:
    ask = getattr(Client(), method)
    first = ask(urls[kind])
    assert first.status_code == 200
    assert first["ETag"].startswith('"')
    for name, value in (
        ("If-None-Match", first["ETag"]),
        ("If-Modified-Since", first["Last-Modified"]),
    ):
        again = ask(urls[kind], headers={name: value})
        assert (again.status_code, again.content) == (304, b""), name
        for header in ("ETag", "Cache-Control", "Last-Modified"):
            assert again[header] == first[header]


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
def test_a_change_is_sent_whatever_the_program_compares(
    urls: dict[str, str], kind: str, meetup: Meetup, invitation: Invitation
) -> None:
    first = Client().get(urls[kind])
    move(meetup, 1)
    invitation.refresh_from_db()
    invitation.rsvp(PartStat.ACCEPTED)
    # A program that asked a moment before.
    moment = http_date(timezone.now().timestamp() - 2)
    for headers in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": moment}):
        assert Client().get(urls[kind], headers=headers).status_code == 200


def test_what_disappears_is_news_too(
    client: Client, meetup: Meetup, invitation: Invitation, circle: Circle
) -> None:
    """The last change may belong to what is not in the calendar any more."""
    invitation.rsvp(PartStat.ACCEPTED)
    person, moment = invitation.professional, timezone.now() + timedelta(hours=1)
    before = http_date(moment.timestamp() - 1)
    invitation.rsvp(PartStat.DECLINED)
    Invitation.objects.update(answered_at=moment)
    MeetupFactory(circle=circle)
    Meetup.objects.filter(pk=meetup.pk).update(is_public=False, changed_at=moment)
    for url in (person.get_feed_url(), circle.get_feed_url(), PUBLIC):
        response = client.get(url, headers={"If-Modified-Since": before})
        assert response.status_code == 200, url
        assert meetup.uid not in response.content.decode()


def test_a_renamed_circle_is_news_the_next_day(
    client: Client, meetup: Meetup, circle: Circle
) -> None:
    Meetup.objects.update(changed_at=timezone.now() - timedelta(days=9))
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = http_date(midnight.timestamp() - 1)
    response = client.get(
        circle.get_feed_url(), headers={"If-Modified-Since": yesterday}
    )
    assert response.status_code == 200
    assert response["Last-Modified"] == http_date(midnight.timestamp())


@pytest.mark.parametrize("kind", ["person", "team"])
def test_a_secret_calendar_is_kept_out_of_caches_and_search_engines(
    urls: dict[str, str], kind: str
) -> None:
    first = Client().get(urls[kind])
    again = Client().get(urls[kind], headers={"If-None-Match": first["ETag"]})
    for response in (first, again):
        assert response["Cache-Control"] == "private, max-age=300"
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response.headers
    assert first["Content-Type"] == "text/calendar; charset=utf-8"


@pytest.mark.parametrize("kind", ["public", "circle"])
def test_a_public_calendar_may_be_kept_by_everybody(
    urls: dict[str, str], kind: str
) -> None:
    assert Client().get(urls[kind])["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("kind", ["public", "circle", "person", "team"])
def test_reading_writes_nothing(urls: dict[str, str], kind: str) -> None:
    def rows() -> list[object]:
        tables = (Meetup, Invitation, Professional, User)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = rows()
    Client().get(urls[kind])
    Client().head(urls[kind])
    assert rows() == before
    assert Client().post(urls[kind]).status_code == 405


def test_the_bytes_are_the_same_until_something_changes(
    urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = {kind: Client().get(url).content for kind, url in urls.items()}
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert {kind: Client().get(url).content for kind, url in urls.items()} == bodies


@pytest.mark.parametrize(
    ("kind", "queries"), [("public", 1), ("circle", 2), ("person", 2), ("team", 2)]
)
def test_a_calendar_costs_the_same_with_one_meetup_and_with_three(
    urls: dict[str, str],
    kind: str,
    queries: int,
    circle: Circle,
    chloe: Professional,
    django_assert_num_queries: Queries,
) -> None:
    for count in (1, 3):
        with django_assert_num_queries(queries):
            assert len(read(urls[kind])) == count
        for _ in range(2):
            meetup = MeetupFactory(circle=circle, organiser=UserFactory())
            one = InvitationFactory(meetup=meetup, professional=chloe)
            one.rsvp(PartStat.ACCEPTED)


# The stamps of entries


def test_an_entry_says_when_it_was_revised(
    invitation: Invitation, meetup: Meetup
) -> None:
    changed = timezone.now() - timedelta(days=3)
    Meetup.objects.update(changed_at=changed)
    invitation.rsvp(PartStat.ACCEPTED)
    (own,) = read(invitation.professional.get_feed_url())
    (public,) = read(PUBLIC)
    assert own["UID"] == public["UID"] == meetup.uid
    assert own["LAST-MODIFIED"].dt == second(invitation.answered_at)
    assert public["LAST-MODIFIED"].dt == public["DTSTAMP"].dt == second(changed)


def second(moment: datetime | None) -> datetime:
    assert moment
    return moment.replace(microsecond=0)


def test_a_corrected_venue_gets_a_later_stamp_and_asks_nobody_again(
    signed_in: SignIn, meetup: Meetup, amina: User
) -> None:
    Meetup.objects.update(changed_at=timezone.now() - timedelta(days=3))
    venue = meetup.venue
    data = {
        "name": "Salle des Érables",
        "address": venue.address,
        "commune": str(venue.commune.name),
        "seats": 30,
        "step_free": "yes",
        "is_active": "on",
    }
    response = signed_in(amina).post(reverse("venue_edit", args=(venue.pk,)), data)
    assert response.status_code == 302, response.content.decode()
    (event,) = read(PUBLIC)
    assert "Salle des Érables" in event["LOCATION"]
    assert event["DTSTAMP"].dt > timezone.now() - timedelta(minutes=5)
    assert event["SEQUENCE"] == 0


def test_a_download_says_when_it_was_revised(
    client: Client, invitation: Invitation, meetup: Meetup
) -> None:
    changed = timezone.now() - timedelta(days=3)
    Meetup.objects.update(changed_at=changed)
    for url in (
        reverse("answer_calendar", args=(invitation.token,)),
        reverse("public_calendar", args=(meetup.pk,)),
    ):
        (event,) = read(url)
        assert event["DTSTAMP"].dt == second(changed)
        assert event["UID"] == meetup.uid


# Where they are offered


def test_the_agenda_is_read_circle_by_circle(
    client: Client, meetup: Meetup, circle: Circle
) -> None:
    other = MeetupFactory(title="Le dîner d’à côté", circle__name="Les Granges")
    hidden = MeetupFactory(is_public=False, circle__name="Le cercle discret")
    page = client.get("/agenda/").content.decode()
    assert f"?cercle={circle.pk}" in page
    assert f"?cercle={other.circle_id}" in page
    assert "Le cercle discret" not in page
    assert f"http://localhost:8000{PUBLIC}" in page
    assert f"webcal://localhost:8000{PUBLIC}" in page
    assert "une fois par jour" in page
    own = client.get(f"/agenda/?cercle={circle.pk}").content.decode()
    assert meetup.get_public_url() in own
    assert other.title not in own
    assert circle.get_feed_url() in own
    assert client.get(f"/agenda/?cercle={hidden.circle_id}").status_code == 404


def test_a_circle_with_nothing_ahead_keeps_its_page(
    client: Client, meetup: Meetup, circle: Circle
) -> None:
    past = timezone.now() - timedelta(days=3)
    Meetup.objects.update(starts_at=past - timedelta(hours=1), ends_at=past)
    page = client.get(f"/agenda/?cercle={circle.pk}").content.decode()
    assert "n’annonce pas de rencontre" in page
    assert circle.get_feed_url() in page


def test_a_team_finds_the_public_calendar_of_its_circle(
    signed_in: SignIn, meetup: Meetup, circle: Circle, bruno: User
) -> None:
    page = reverse("circle", args=(circle.pk,))
    assert circle.get_feed_url() in signed_in(bruno).get(page).content.decode()
    Meetup.objects.update(is_public=False)
    assert circle.get_feed_url() not in signed_in(bruno).get(page).content.decode()


def test_a_guest_who_said_yes_is_led_to_the_own_calendar(
    client: Client, invitation: Invitation
) -> None:
    invitation.rsvp(PartStat.ACCEPTED)
    page = client.get(invitation.get_absolute_url()).content.decode()
    assert f"{reverse('my_data', args=(invitation.token,))}#agenda" in page


def test_web_calendars_may_fetch_what_people_subscribed_to(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Allow: /abonnement/" in text
    assert "Allow: /agenda/" in text


def test_the_name_of_a_calendar_holds_no_persons_name(
    chloe: Professional, amina: User
) -> None:
    assert feeds.of_person(chloe).name == "Parenthèses Réseau, mes rencontres"
    assert feeds.of_team(amina).name == "Parenthèses Réseau, mes cercles"


def test_the_page_on_personal_data_tells_how_long_dates_stay(client: Client) -> None:
    page = client.get("/vos-donnees/").content.decode()
    told = f"abonnement</dt><dd>Jusqu’à {feeds.KEPT.days} jours après le repas.</dd>"
    assert told in page
