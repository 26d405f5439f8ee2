"""Mails to people who are not guests: whoever asked for a seat, an employer, and the
organiser to whom a guest wrote."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invitations.mails.guests import (
    INLINER,
    absolute,
    meal,
    meal_name,
    sender_name,
    unsubscribe,
)
from invitations.mime import CalendarEmail, mailbox
from invitations.models import Invitation, SeatBlock, SeatRequest
from networking.templatetags.french import long_date, plural


def seat_refused(request: SeatRequest, *, cancelled: bool = False) -> CalendarEmail:
    meetup = request.meetup
    name = "request_cancelled" if cancelled else "seat_refused"
    context = {"meetup": meetup, "request": request, "home": absolute("/agenda/")}
    html = INLINER.inline(render_to_string(f"mails/{name}.html", context))
    return CalendarEmail(
        subject=f"Votre place au {meal_name(meetup)} du {long_date(meetup.starts_at)}",
        body=render_to_string(f"mails/{name}.txt", context),
        from_email=mailbox(sender_name(meetup), settings.REPLY_ADDRESS),
        to=[mailbox(request.first_name, request.email)],
        alternatives=[(html, "text/html")],
    )


def employer_seats(block: SeatBlock) -> CalendarEmail:
    """To the person who fills an employer's seats; no calendar object, since they may
    not come themselves."""
    meetup = block.meetup
    context = {
        "kept": block,
        "meetup": meetup,
        "meal": meal(meetup),
        "meal_name": meal_name(meetup),
        "link": absolute(block.get_absolute_url()),
    }
    html = INLINER.inline(render_to_string("mails/employer_seats.html", context))
    seats = plural(block.seats, "place,places")
    return CalendarEmail(
        subject=f"{seats} pour {block.workplace} {long_date(meetup.starts_at)}",
        body=render_to_string("mails/employer_seats.txt", context),
        from_email=mailbox(sender_name(meetup), settings.REPLY_ADDRESS),
        to=[mailbox(block.contact_name, block.contact_email)],
        alternatives=[(html, "text/html")],
        headers=unsubscribe(block, "employer_stop"),
    )


def forwarded(invitation: Invitation, *, text: str, sender: str) -> CalendarEmail:
    """A guest's words to whoever prepares the meetup, who answers them directly: at the
    address that the team knows. `sender` is what the message says of itself."""
    meetup, guest = invitation.meetup, invitation.professional
    answers_to = guest.email or sender
    elsewhere = sender if sender.lower() != answers_to.lower() else ""
    context = {"guest": guest, "meetup": meetup, "text": text, "sender": elsewhere}
    page = reverse("record_answer", args=(meetup.pk, invitation.pk))
    context["link"] = absolute(page)
    html = INLINER.inline(render_to_string("mails/forwarded.html", context))
    return CalendarEmail(
        subject=f"{guest.first_name} vous écrit ({long_date(meetup.starts_at)})",
        body=render_to_string("mails/forwarded.txt", context),
        from_email=mailbox(f"{guest.first_name} par nous", settings.REPLY_ADDRESS),
        to=[mailbox(str(meetup.organiser), meetup.organiser.email)],
        reply_to=[answers_to] if answers_to else [],
        alternatives=[(html, "text/html")],
    )
