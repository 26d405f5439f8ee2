"""The word to an employer, and the reminder of something promised."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from invitations.links import is_dead
from invitations.mails import absolute
from invitations.mails.guests import INLINER, sender_name, unsubscribe
from invitations.mime import CalendarEmail, mailbox
from invitations.models import Invitation
from networking.templatetags.french import long_date
from reports import papers
from reports.models import Certificate, FollowUp


def employer_note(
    invitation: Invitation, certificate: Certificate, *, name: str, email: str
) -> CalendarEmail:
    """With the certificate; an answer goes to whoever prepared the meal."""
    meetup = invitation.meetup
    context = {
        "certificate": certificate,
        "meetup": meetup,
        "name": name,
        "organisation": settings.ORGANISATION_NAME,
        "check": absolute(reverse("check_certificate")),
    }
    html = INLINER.inline(render_to_string("mails/employer_note.html", context))
    day = long_date(meetup.starts_at)
    return CalendarEmail(
        subject=f"{certificate.first_name} {certificate.last_name} à la rencontre"
        f" du {day}",
        body=render_to_string("mails/employer_note.txt", context),
        from_email=mailbox(sender_name(meetup), settings.REPLY_ADDRESS),
        reply_to=[mailbox(str(meetup.organiser), meetup.organiser.email)],
        to=[mailbox(name, email)],
        alternatives=[(html, "text/html")],
        attachments=[
            ("attestation.pdf", papers.certificate(certificate), "application/pdf")
        ],
    )


def follow_up_due(follow_up: FollowUp) -> CalendarEmail:
    """To its owner, of the team or of the table; a guest marks it done from there, as
    long as their link lives."""
    guest, meetup = follow_up.guest, follow_up.meetup
    person = guest.professional if guest else follow_up.owner
    if person is None:
        raise ValueError("A follow-up without an owner reminds nobody.")
    page = (
        reverse("my_follow_ups", args=(guest.token,))
        if guest
        else reverse("follow_ups", args=(meetup.pk,))
    )
    context = {
        "follow_up": follow_up,
        "meetup": meetup,
        "first_name": person.first_name,
        "link": "" if guest and is_dead(meetup, timezone.now()) else absolute(page),
    }
    html = INLINER.inline(render_to_string("mails/follow_up.html", context))
    return CalendarEmail(
        subject=f"{person.first_name}, une suite pour aujourd’hui",
        body=render_to_string("mails/follow_up.txt", context),
        from_email=mailbox(sender_name(meetup), settings.REPLY_ADDRESS),
        reply_to=[mailbox(str(meetup.organiser), meetup.organiser.email)],
        to=[mailbox(str(person), person.email)],
        alternatives=[(html, "text/html")],
        headers=unsubscribe(guest) if guest else {},
    )
