"""Mails to guests, and the words that they share."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import css_inline
from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from invitations import itip
from invitations.mime import CalendarEmail, mailbox
from invitations.models import Invitation
from invitations.models.tokened import Tokened
from networking.models import MealPaidBy, Meetup
from networking.templatetags.french import hour, long_date
from networking.tokens import derive

INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)

MEAL = {
    MealPaidBy.ASSOCIATION: "Le repas est offert. Rien à apporter.",
    MealPaidBy.TOWN_HALL: "La mairie offre le repas. Rien à apporter.",
    MealPaidBy.CPTS: "La CPTS offre le repas. Rien à apporter.",
    MealPaidBy.SHARED: "Chaque personne apporte quelque chose à partager.",
    MealPaidBy.EACH: "Chaque personne paie son repas.",
    MealPaidBy.COMPANY: "Une entreprise offre le repas.",
}


class Change(Enum):
    """What moved, as the guest reads it."""

    DAY = "nouvelle date"
    HOUR = "nouvelle heure"
    PLACE = "nouveau lieu"


def absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def meal_name(meetup: Meetup) -> str:
    """« déjeuner », « dîner »…: by the hour, since some tables meet in the evening."""
    start = timezone.localtime(meetup.starts_at).hour
    if start < 11:
        return "petit-déjeuner"
    return "déjeuner" if start < 16 else "dîner"


def meal(meetup: Meetup) -> str:
    return MEAL[MealPaidBy(meetup.meal_paid_by)]


def verb(meetup: Meetup) -> str:
    verbs = {"petit-déjeuner": "prend un café", "dîner": "dîne"}
    return verbs.get(meal_name(meetup), "déjeune")


def question(invitation: Invitation) -> str:
    """« Fatou, on déjeune ensemble ? »"""
    first_name = invitation.professional.first_name
    return f"{first_name}, on {verb(invitation.meetup)} ensemble"


def event_of(
    meetup: Meetup, stamp: datetime, *, page: str = "", signed: bool = True
) -> itip.CalendarEvent:
    """The calendar entry that everybody shares: no personal link, no guest's name;
    `signed` with the first name of whoever prepares the meetup."""
    venue, point = meetup.venue, meetup.venue.point
    known = venue.latitude is not None and point is not None
    public = meetup.get_public_url() if meetup.is_public else "/"
    page = absolute(page or public)
    by = f"{meetup.organiser.first_name} prépare la rencontre.\n" if signed else ""
    return itip.CalendarEvent(
        uid=meetup.uid,
        sequence=meetup.sequence,
        stamp=stamp,
        starts_at=meetup.starts_at,
        ends_at=meetup.ends_at,
        summary=meetup.title,
        description=f"{meal(meetup)}\n{by}{page}",
        location=f"{venue.name}, {venue.full_address}",
        url=page,
        latitude=point.latitude if known and point else None,
        longitude=point.longitude if known and point else None,
        status="CANCELLED" if meetup.is_cancelled else "CONFIRMED",
        last_modified=meetup.changed_at,
    )


def invitation(invitation: Invitation, words: str = "") -> CalendarEmail:
    title = f"{question(invitation)} {long_date(invitation.meetup.starts_at)}\u202f?"
    return _to_guest(invitation, "invitation", title, words=words)


def reminder(invitation: Invitation, words: str = "") -> CalendarEmail:
    """Gentle, and without a calendar object: nothing changed."""
    meetup = invitation.meetup
    day = long_date(meetup.starts_at)
    title = f"{invitation.professional.first_name}, une place vous attend {day}"
    return _to_guest(invitation, "reminder", title, calendar=False, words=words)


def update(
    invitation: Invitation,
    *,
    change: Change,
    was_coming: bool = False,
    words: str = "",
) -> CalendarEmail:
    """Moved in time (a new answer is asked) or in place only (the answer stays)."""
    meetup = invitation.meetup
    moment = f"{long_date(meetup.starts_at)} à {hour(meetup.starts_at)}"
    what = meetup.venue if change == Change.PLACE else moment
    title = f"Notre {meal_name(meetup)} change\u202f: {change.value}, {what}"
    extra: dict[str, Any] = {
        "new_time": change != Change.PLACE,
        "news": change.value,
        "was_coming": was_coming,
        "words": words,
    }
    return _to_guest(invitation, "update", title, **extra)


def cancellation(invitation: Invitation, words: str = "") -> CalendarEmail:
    meetup = invitation.meetup
    title = f"Le {meal_name(meetup)} du {long_date(meetup.starts_at)} est annulé"
    return _to_guest(invitation, "cancellation", title, words=words)


def seat_given(invitation: Invitation, words: str = "") -> CalendarEmail:
    day = long_date(invitation.meetup.starts_at)
    title = f"{invitation.professional.first_name}, votre place est prête {day}"
    return _to_guest(invitation, "seat_given", title, words=words)


def seat_offered(invitation: Invitation, words: str = "") -> CalendarEmail:
    """A seat is held for some hours; without a calendar object, for nothing about the
    meal changed."""
    day = long_date(invitation.meetup.starts_at)
    title = f"{invitation.professional.first_name}, une place se libère {day}"
    return _to_guest(invitation, "seat_offered", title, calendar=False, words=words)


def thanks(invitation: Invitation, words: str = "") -> CalendarEmail:
    """The day after: the next date, and the page where what follows is done."""
    title = f"Merci d’avoir partagé ce {meal_name(invitation.meetup)}"
    return _to_guest(
        invitation,
        "thanks",
        title,
        calendar=False,
        words=words,
        next_meetup=next_meetup(invitation),
        after_link=absolute(reverse("after", args=(invitation.token,))),
    )


def next_meetup(invitation: Invitation) -> Meetup | None:
    """The circle's next date that this guest may know of: announced, or theirs."""
    mine = Q(invitations__professional=invitation.professional_id)
    dates = Meetup.objects.planned().filter(
        Q(is_public=True) | mine,
        circle=invitation.meetup.circle_id,
        starts_at__gt=timezone.now(),
    )
    return dates.distinct().with_place().order_by("starts_at", "pk").first()


def state(invitation: Invitation) -> CalendarEmail:
    """A plain answer to a calendar's answer: where this guest stands."""
    day = long_date(invitation.meetup.starts_at)
    return _to_guest(invitation, "state", f"Votre réponse pour {day}", calendar=False)


BY_NAME = {
    "invitation": invitation,
    "reminder": reminder,
    "cancellation": cancellation,
    "seat_offered": seat_offered,
    "seat_given": seat_given,
    "thanks": thanks,
}


def build(
    guest: Invitation, name: str, facts: Mapping[str, Any], words: str = ""
) -> CalendarEmail:
    """The mail of this name; `facts` are what an update tells, `words` what the team
    adds. Raises KeyError for a name that no guest gets."""
    if name == "update":
        change = Change[facts.get("change", Change.DAY.name)]
        was_coming = bool(facts.get("was_coming"))
        return update(guest, change=change, was_coming=was_coming, words=words)
    return BY_NAME[name](guest, words)


def sender_name(meetup: Meetup) -> str:
    return f"{meetup.organiser.first_name} de Parenthèses Réseau"


def calendar_part(invitation: Invitation) -> tuple[bytes, str]:
    """The guest's own calendar object and its METHOD."""
    meetup, guest = invitation.meetup, invitation.professional
    event = event_of(meetup, invitation.next_stamp())
    organiser = itip.Person(name=sender_name(meetup), email=invitation.reply_address)
    attendee = itip.Person(name=str(guest), email=guest.email)
    if meetup.is_cancelled:
        return itip.cancel(event, organiser=organiser, attendee=attendee), "CANCEL"
    content = itip.request(
        event, organiser=organiser, attendee=attendee, partstat=invitation.partstat
    )
    return content, "REQUEST"


def guest_context(invitation: Invitation, **extra: object) -> dict[str, object]:
    meetup = invitation.meetup
    link = absolute(invitation.get_absolute_url())
    accepted = meetup.invitations.coming().with_person()
    others = [i.professional for i in accepted if i.pk != invitation.pk]
    return {
        "invitation": invitation,
        "guest": invitation.professional,
        "meetup": meetup,
        "question": question(invitation),
        "meal": meal(meetup),
        "meal_name": meal_name(meetup),
        "link": link,
        "stop_link": absolute(reverse("stop_invitations", args=(invitation.token,))),
        "data_link": absolute(reverse("my_data", args=(invitation.token,))),
        "coming": others,
        "trades": sorted({person.profession.activity for person in others}),
        "organisation": settings.ORGANISATION_NAME,
        **extra,
    }


def _to_guest(
    invitation: Invitation,
    name: str,
    subject: str,
    *,
    calendar: bool = True,
    **extra: object,
) -> CalendarEmail:
    context = guest_context(invitation, subject=subject, **extra)
    html = INLINER.inline(render_to_string(f"mails/{name}.html", context))
    options: dict[str, Any] = {}
    if calendar:
        options["calendar"], options["method"] = calendar_part(invitation)
    guest = invitation.professional
    sender = mailbox(sender_name(invitation.meetup), invitation.reply_address)
    return CalendarEmail(
        subject=subject,
        body=render_to_string(f"mails/{name}.txt", context),
        from_email=sender,
        # Some calendars believe a cancellation only when this names its organiser.
        reply_to=[sender],
        to=[mailbox(str(guest), guest.email)],
        alternatives=[(html, "text/html")],
        headers=unsubscribe(invitation),
        **options,
    )


def unsubscribe(row: Tokened, route: str = "one_click_stop") -> dict[str, str]:
    """RFC 8058: one POST, no page; the mail program shows its own button."""
    token = derive("stop", row.key, row.token_version)
    path = reverse(route, args=(row.key, token))
    return {
        "List-Unsubscribe": f"<{absolute(path)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
