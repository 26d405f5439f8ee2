"""Two people who both said that they met, and the news asked of them later."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invitations.mails import absolute
from invitations.mails.guests import INLINER, sender_name, unsubscribe
from invitations.mime import CalendarEmail, mailbox
from invitations.models import Invitation
from networking.templatetags.french import NARROW, of_place, sentence_list
from reports.links import Card
from reports.models import Nudge
from reports.news import news_path
from reports.vcards import vcard


def met(guest: Invitation, card: Card) -> CalendarEmail:
    """The other's card, to whoever said it too; and a file for their telephone."""
    name = card.person.first_name
    page = absolute(reverse("my_links", args=(guest.token,)))
    context = {"card": card, "link": page}
    subject = f"{name} et vous gardez contact"
    attached = ("carte.vcf", vcard(card), "text/vcard")
    return _mail(guest, "met", subject, context, attached)


def news_asked(guest: Invitation, nudges: Sequence[Nudge]) -> CalendarEmail:
    """All the links of this term in one mail; a link only opens the page."""
    page = absolute(news_path(guest.professional))
    names = [one.connection.other.first_name for one in nudges]
    asked = [
        {
            "person": one.connection.other,
            "yes": f"{page}?oui={one.pk}#l{one.pk}",
            "later": f"{page}?pas-encore={one.pk}#l{one.pk}",
        }
        for one in nudges
    ]
    few = of_place(sentence_list(names)) if len(names) < 4 else "de vos rencontres"
    subject = f"{guest.professional.first_name}, des nouvelles {few}{NARROW}?"
    context = {"asked": asked, "link": page, "months": nudges[0].months}
    return _mail(guest, "news_asked", subject, context)


def _mail(
    guest: Invitation,
    name: str,
    subject: str,
    context: dict[str, object],
    *attached: tuple[str, bytes, str],
) -> CalendarEmail:
    person, meetup = guest.professional, guest.meetup
    context |= {
        "subject": subject,
        "person": person,
        "meetup": meetup,
        "organisation": settings.ORGANISATION_NAME,
    }
    html = INLINER.inline(render_to_string(f"mails/{name}.html", context))
    return CalendarEmail(
        subject=subject,
        body=render_to_string(f"mails/{name}.txt", context),
        from_email=mailbox(sender_name(meetup), settings.REPLY_ADDRESS),
        reply_to=[mailbox(str(meetup.organiser), meetup.organiser.email)],
        to=[mailbox(str(person), person.email)],
        alternatives=[(html, "text/html")],
        headers=unsubscribe(guest),
        attachments=list(attached),
    )
