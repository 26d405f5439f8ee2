"""People of the demonstration who met: for the scene."""

from itertools import permutations
from typing import Any

from django.utils import timezone

from invitations.models import Invitation
from networking.models import Meetup
from reports.doors import table_code
from reports.models import Connection, Nudge, Presence
from reports.news import news_token


def met() -> dict[str, Any]:
    """« keeps » holds cards and was asked for news; « one » and « two » have not said
    anything of each other."""
    meetup = Meetup.objects.past().exclude(seats=None).latest("ends_at")
    rows = meetup.invitations.filter(attendance__presence=Presence.PRESENT)
    there = list(rows.with_person())
    links = Connection.objects.filter(meetup=meetup).mutual()
    link = links.order_by("pk")[0]
    keeps = next(one for one in there if one.professional_id == link.professional_id)
    Nudge.objects.create(connection=link, months=2, sent_at=timezone.now())
    one, two = next(pair for pair in permutations(there, 2) if silent(*pair))
    table = two.seats.get().table
    return {
        "keeps": keeps.token,
        "keeps_person": keeps.professional_id,
        "keeps_card": link.other_id,
        "news": news_token(keeps.professional),
        "one": one.token,
        "one_name": one.professional.first_name,
        "one_person": one.professional_id,
        "two": two.token,
        "two_name": two.professional.first_name,
        "two_person": two.professional_id,
        "two_key": two.pk,
        "one_key": one.pk,
        "two_table": table,
        "two_code": table_code(meetup, table),
    }


def silent(one: Invitation, two: Invitation) -> bool:
    pair = (one.professional_id, two.professional_id)
    said = Connection.objects.filter(professional__in=pair, other__in=pair)
    shows = bool(one.professional.email and two.professional.email)
    return shows and not said.exists()
