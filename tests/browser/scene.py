"""Adds to the demonstration the moments that its calendar does not show today, and
prints as JSON the keys by which the tests find them. Runs in a process of its own, in
the environment of the site."""

import json
import time
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as METHODS_USER,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as METHODS,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django.utils.formats import date_format

from invitations.actions import (
    bring,
    cancel_meetup,
    deal_tables,
    hand_over,
    keep_seats,
    name_seat,
    send_invitations,
)
from invitations.actions.replies.answering import (
    DELEGATES,
    OTHER_ADDRESS,
    OTHER_DATE,
)
from invitations.limits import resting
from invitations.models import (
    Delivery,
    Diet,
    GuestDetail,
    Invitation,
    LetterKind,
    LetterOutcome,
    PartStat,
    Received,
    SeatBlock,
    SeatRule,
)
from invitations.seating import Companions
from networking.actions.meetups import plan_meetup
from networking.models import (
    Channel,
    Circle,
    Meetup,
    Partner,
    PeopleImport,
    Profession,
    Professional,
    Role,
    TeamMember,
    User,
    Workplace,
)
from networking.tokens import derive
from reports.actions import record_presence
from reports.actions.after import certify
from reports.doors import badge_token, door_token
from reports.models import Attendance, FollowUp, GoodNews, Presence, ReportLink
from reports.views.opinions import table_token
from tests.browser.met import met
from venues.models import Venue

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LUNCH = timedelta(minutes=90)
ROWS = [
    {"line": 2, "values": {"first_name": "Élise", "profession": "infirmière"}},
    {"line": 3, "values": {"first_name": "", "profession": "kiné"}},
]
KEY = {"clientExtensionResults": {"credProps": {"rk": True}}}


def session_of(user: User) -> str:
    """A session just opened, as after a code: the key of its cookie."""
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    # Later than now: a slow machine is never asked « C’est bien vous ? ».
    proved = {"method": "mfa", "reauthenticated": True, "at": time.time() + 3600}
    store[METHODS], store[METHODS_USER] = [proved], str(user.pk)
    store.create()
    return str(store.session_key)


def keyholder() -> dict[str, Any]:
    """A relay who has every kind of second factor, without the device."""
    user = User.objects.create_user("lea@parentheses.example", first_name="Léa")
    circle = Circle.objects.get(name="Le Biollay")
    TeamMember.objects.create(circle=circle, user=user, role=Role.RELAY)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    key = Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "mon téléphone", "credential": KEY},
    )
    return {"key": key.pk, "session_lea": session_of(user)}


def noon(days: int) -> datetime:
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=12, minute=15, second=0, microsecond=0)


def meal(title: str, capacity: int, starts_at: datetime) -> Meetup:
    return plan_meetup(
        circle=Circle.objects.get(name="Le Biollay"),
        organiser=User.objects.get(email="amina@parentheses.example"),
        venue=Venue.objects.filter(commune__name="Chambéry").order_by("-seats")[0],
        starts_at=starts_at,
        ends_at=starts_at + LUNCH,
        details={"title": title, "capacity": capacity},
    )


def invite(meetup: Meetup, *answers: PartStat) -> list[Invitation]:
    """As many people of the circle as answers, by name; then they answer."""
    people = meetup.circle.people.exclude(email="").filter(channel=Channel.EMAIL)
    awake = people.filter(email_bounced_at=None).order_by("search_name", "pk")
    rest = resting(awake, timezone.now())
    chosen = [person for person in awake if person.pk not in rest][: len(answers)]
    send_invitations(meetup=meetup, people=chosen)
    guests = list(meetup.invitations.with_person())
    for guest, answer in zip(guests, answers, strict=True):
        guest.meetup = meetup
        if answer != PartStat.NEEDS_ACTION:
            guest.rsvp(answer)
    return guests


def begins(meetup: Meetup, *, minutes_ago: int) -> None:
    """Planned and told like any other, then the calendar is turned."""
    starts_at = timezone.now() - timedelta(minutes=minutes_ago)
    for row in (meetup, meetup.booking):
        row.starts_at, row.ends_at = starts_at, starts_at + LUNCH
        row.save(update_fields=("starts_at", "ends_at"))


def meals() -> dict[str, Any]:
    yes, maybe = PartStat.ACCEPTED, PartStat.TENTATIVE
    no, silent = PartStat.DECLINED, PartStat.NEEDS_ACTION
    today = meal("Le déjeuner du jour", 14, noon(60))
    invite(today, yes, yes, yes, yes, yes, yes, maybe, no, silent)
    deal_tables(meetup=today, tables=2, rounds=2, companions=Companions.KEPT)
    begins(today, minutes_ago=20)
    played = meal("Le déjeuner joué", 14, noon(61))
    invite(played, yes, yes, yes, yes, yes, yes, maybe, silent)
    begins(played, minutes_ago=40)
    door = meal("Le déjeuner des portes", 20, noon(62))
    expected = invite(door, *[yes] * 14, maybe, silent)
    begins(door, minutes_ago=200)
    # The others take people from the top of the list, by first name.
    badged = max(expected[7:14], key=lambda one: one.professional.first_name)
    came = expected[5]
    record_presence(invitation=came, presence=Presence.PRESENT, user=door.organiser)
    certify(presence=came.attendance, last_name="Valombre")
    begins(door, minutes_ago=30)
    over = door.circle.meetups.past()[0]
    asks = over.attendances.there().filter(certificate=None).exclude(first_name="")
    FollowUp.objects.create(
        meetup=door, action="Envoyer la liste", guest=came, due_on=timezone.localdate()
    )
    small = meal("Le petit déjeuner", 2, noon(40))
    full = invite(small, yes, yes, yes, silent)
    dropped = meal("Le déjeuner annulé", 14, noon(45))
    told = invite(dropped, yes, silent)
    cancel_meetup(meetup=dropped, reason="La salle est fermée ce jour-là.")
    soon = meal("Le déjeuner de printemps", 14, noon(50))
    asked = invite(soon, silent, yes, maybe, no, silent)
    tokens = [invitation.token for invitation in asked]
    return {
        "today": today.pk,
        "played": played.pk,
        "door": door.pk,
        "door_token": door_token(door),
        "came": came.token,
        "follow_up": came.follow_ups.get().pk,
        "finished": over.pk,
        "asks": asks[0].pk,
        "presence": came.attendance.pk,
        "certificate": came.attendance.certificate.code,
        "badged": badged.pk,
        "badge_token": badge_token(badged),
        "arriving": expected[6].token,
        "small": small.pk,
        "cancelled": dropped.pk,
        "soon": soon.pk,
        "guest": asked[0].pk,
        "invited": asked[4].professional.email,
        "invited_for": date_format(timezone.localtime(soon.starts_at), "j F"),
        "waiting": full[2].token,
        "full": full[3].token,
        "told": told[1].token,
        **dict(zip(("silent", "yes", "maybe", "no"), tokens, strict=False)),
    }


def composed() -> dict[str, Any]:
    """A small table with rules, an employer's seats, company, newcomers and needs."""
    yes, silent = PartStat.ACCEPTED, PartStat.NEEDS_ACTION
    meetup = meal("Le déjeuner composé", 7, noon(55))
    guests = invite(meetup, yes, yes, yes, yes, silent, silent)
    home_help = Profession.objects.get(pk="home_help")
    SeatRule.objects.create(meetup=meetup, profession=home_help, floor=1, ceiling=3)
    workplace = Workplace.objects.all()[0]
    block = SeatBlock(
        meetup=meetup,
        workplace=workplace,
        seats=2,
        contact_name="Nora",
        contact_email="nora@structure.example",
    )
    keep_seats(block=block)
    name_seat(block=block, first_name="Fatou", profession=home_help)
    Meetup.objects.filter(pk=meetup.pk).update(capacity=8)
    bring(invitation=guests[0], first_name="Rosa", profession=home_help)
    hand_over(invitation=guests[1], first_name="Ida", profession=home_help)
    Invitation.objects.filter(pk=guests[2].pk).update(buddy=guests[0])
    GuestDetail.objects.create(
        invitation=guests[0],
        dish="Une tarte aux pommes",
        question="Qui appeler le soir\u202f?",
        diet=Diet.VEGETARIAN,
        access="Une place de parking",
        needs_consent_at=timezone.now(),
    )
    until = timezone.now() + timedelta(hours=40)
    offered = dict.fromkeys(("waiting_since", "offered_until"), until)
    Invitation.objects.filter(pk=guests[4].pk).update(**offered, answered_at=until)
    return {
        "composed": meetup.pk,
        "brings": guests[0].token,
        "delegated": guests[1].token,
        "welcomed": guests[2].token,
        "offered": guests[4].token,
        "employer": block.token,
    }


def ending() -> dict[str, Any]:
    """A table that somebody closes while a telephone has no network."""
    meetup = meal("Le déjeuner qui finit", 8, noon(63))
    invite(meetup, *[PartStat.ACCEPTED] * 3)
    begins(meetup, minutes_ago=80)
    user = User.objects.create_user("sami@parentheses.example", first_name="Sami")
    TeamMember.objects.create(circle=meetup.circle, user=user, role=Role.RELAY)
    return {"ending": meetup.pk, "session_sami": session_of(user)}


def letters(meetup: Meetup) -> dict[str, Any]:
    """Came back by mail, and nobody dared to apply it."""
    guest = meetup.invitations.with_person()[0]
    came = {
        "proposal": {
            "kind": LetterKind.COUNTER,
            "reason": OTHER_DATE,
            "proposed_starts_at": noon(57),
            "text": "Le mardi, je suis en tournée. Le jeudi\u202f?",
        },
        "doubtful": {"partstat": "ACCEPTED", "reason": OTHER_ADDRESS},
        "replaced": {"partstat": "DELEGATED", "reason": DELEGATES},
    }
    found = {}
    for name, fields in came.items():
        row = Received(
            digest=name.ljust(64, "0"),
            raw=name.encode(),
            sender="cabinet@structure.example",
            outcome=LetterOutcome.HELD,
            invitation=guest,
            **{"kind": LetterKind.REPLY, **fields},
        )
        row.save()
        found[name] = row.pk
    return found


def played() -> dict[str, Any]:
    """Tables that journeys change: nobody looks at them as they are."""
    yes = PartStat.ACCEPTED
    line = invite(meal("Le déjeuner où l’on attend", 1, noon(47)), yes, yes)
    meetup = meal("Le déjeuner à plusieurs", 6, noon(48))
    guest = invite(meetup, yes)[0]
    return {
        "leaves": line[0].token,
        "hopes": line[1].token,
        "hopeful": line[1].professional.email,
        "several": meetup.pk,
        "host": guest.token,
    }


def messages(lively: int) -> dict[str, Any]:
    """Some wait for tomorrow, one left, one came back, somebody takes a break."""
    planned = meal("Le déjeuner de demain matin", 14, noon(58))
    people = planned.circle.people.filter(paused_until=None, email_bounced_at=None)
    send_invitations(
        meetup=planned,
        people=people.order_by("-search_name")[:6],
        due_at=timezone.now() + timedelta(days=1),
    )
    left = Delivery.objects.filter(invitation__meetup=lively, status="sent")
    bounced = Professional.objects.exclude(email_bounced_at=None)[0]
    tired = Professional.objects.filter(paused_until__isnull=False)[0]
    rests = Invitation.new(planned, tired)
    rests.save()
    return {
        "planned": planned.pk,
        "waits": Delivery.objects.waiting().filter(channel="email").latest("pk").pk,
        "left": left.filter(channel="email")[0].pk,
        "bounced": bounced.pk,
        "rests": rests.token,
    }


def known() -> dict[str, Any]:
    """Keys of what the demonstration already holds."""
    biollay = Circle.objects.get(name="Le Biollay")
    amina = User.objects.get(email="amina@parentheses.example")
    past = Meetup.objects.past().filter(circle=biollay)
    reported = past.exclude(reports=None)
    coming = Meetup.objects.upcoming().planned()
    new = coming.filter(invitations=None)[0]
    held = PeopleImport.objects.create(
        circle=biollay, user=amina, file_name="liste.csv", source="la CPTS", rows=ROWS
    )
    return {
        "circle": biollay.pk,
        "past": reported[0].pk,
        "over": past[0].invitations.filter(partstat="ACCEPTED")[0].token,
        "report": reported[0].reports.current()[0].pk,
        "lively": coming.filter(circle=biollay)[0].pk,
        "new": new.pk,
        "elder": new.circle.people.exclude(email="")[0].pk,
        "person": Professional.objects.filter(circles=biollay)[0].pk,
        "venue": Venue.objects.order_by("pk")[0].pk,
        "year": timezone.localdate().year,
        "import": held.pk,
        "missing": 999_999,
        "nobody": "a" * 26,
    }


def portal() -> dict[str, Any]:
    """The last report of Mme Eloy's town hall, its link, and what stops its mails."""
    partner = Partner.objects.get(members__user__email="eloy@mairie-chambery.example")
    link = ReportLink.objects.filter(report__partner=partner).latest(
        "report__issued_at"
    )
    return {
        "partner": partner.pk,
        "report_link": link.token,
        "report_stop": link.subscription.token,
        "issued": link.report_id,
    }


def voices(today: Meetup) -> dict[str, Any]:
    """Who may still give an opinion, who has, and who told a good news."""
    past = Attendance.objects.there().filter(invitation__isnull=False)
    recent = past.filter(meetup__ends_at__gt=timezone.now() - timedelta(days=25))
    recent = recent.select_related("invitation").order_by("pk")
    silent = recent.filter(has_given_opinion=False)
    living = {"invitation__meetup__ends_at__gt": timezone.now() - timedelta(days=25)}
    news = GoodNews.objects.filter(**living).select_related("invitation")
    reader = silent[0].invitation
    return {
        "ate": silent[0].invitation.token,
        "ate_as": silent[0].first_name,
        "speaks": silent[1].invitation.token,
        "spoke": recent.filter(has_given_opinion=True)[0].invitation.token,
        "square": table_token(today),
        "told_news": news[0].invitation.token,
        "reader": str(reader.key),
        "stops": derive("stop", reader.key, reader.token_version),
    }


def sessions() -> dict[str, Any]:
    emails = {
        "amina": "amina@parentheses.example",
        "bruno": "bruno@parentheses.example",
        "eloy": "eloy@mairie-chambery.example",
        "iris": "iris@parentheses.example",
    }
    found = {
        f"session_{name}": session_of(User.objects.get(email=email))
        for name, email in emails.items()
    }
    driss = User.objects.create_user("driss@parentheses.example", first_name="Driss")
    return found | {"session_driss": session_of(driss)}


def tell() -> None:
    found = known()
    found |= meals() | composed() | played() | messages(found["lively"])
    found |= keyholder() | sessions() | portal() | ending() | met()
    found |= voices(Meetup.objects.get(pk=found["today"]))
    found |= letters(Meetup.objects.get(pk=found["soon"]))
    print(json.dumps(found))
