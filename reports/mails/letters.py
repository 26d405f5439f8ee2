"""The circle's letter, as one reader gets it."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invitations.mails import absolute
from invitations.mails.guests import INLINER, sender_name, unsubscribe
from invitations.mime import CalendarEmail, mailbox
from invitations.models import Invitation
from networking.models import User
from networking.templatetags.french import month_year
from networking.tokens import derive
from reports.letters import Letter


def stop_link(reader: Invitation) -> str:
    """Lives as long as the invitation: the personal link dies 30 days after the meal,
    a letter comes later."""
    token = derive("stop", reader.key, reader.token_version)
    return absolute(reverse("stop_letter", args=(reader.key, token)))


def circle_letter(letter: Letter, reader: Invitation, by: User) -> CalendarEmail:
    guest, now = reader.professional, letter.written_at
    context = {
        "letter": letter,
        "circle": letter.circle,
        "guest": guest,
        "by": by,
        "subject": f"{letter.circle.name}\u202f: la lettre, {month_year(now)}",
        "organisation": settings.ORGANISATION_NAME,
        "stop_link": stop_link(reader),
        "public": [
            (one, absolute(one.get_public_url()) if one.is_public else "")
            for one in letter.dates
        ],
    }
    html = INLINER.inline(render_to_string("mails/circle_letter.html", context))
    sender = mailbox(sender_name(reader.meetup), reader.reply_address)
    return CalendarEmail(
        subject=str(context["subject"]),
        body=render_to_string("mails/circle_letter.txt", context),
        from_email=sender,
        reply_to=[sender],
        to=[mailbox(str(guest), guest.email)],
        alternatives=[(html, "text/html")],
        headers=unsubscribe(reader),
    )
