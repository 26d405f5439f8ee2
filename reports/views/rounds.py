"""« Tour de métiers »: everybody says in a minute or two what they do."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networking.models import Profession
from networking.perms import SignedInRequest
from networking.templatetags.french import NBSP
from reports.models import Attendance
from reports.views import visible_meetup
from venues.text import fold

# Minutes: shorter says nothing, longer is a lecture.
USUAL, MOST = 20, 120
SHORTEST, LONGEST = 30, 300


@require_safe
def round_of_trades(request: SignedInRequest, pk: int) -> HttpResponse:
    """The trades around the table in alphabetical order, and how long each may speak
    so that all of them do within ?minutes=."""
    meetup = visible_meetup(request, pk)
    asked = request.GET.get("minutes", "")
    minutes = min(int(asked[:4]), MOST) if asked.isdecimal() else USUAL
    trades = trades_there(meetup.pk)
    share = minutes * 60 // max(len(trades), 1)
    seconds = min(max(share, SHORTEST), LONGEST)
    context = {
        "meetup": meetup,
        "trades": trades,
        "minutes": minutes,
        "seconds": seconds,
        "share": share_words(seconds),
        "fits": seconds * len(trades) <= minutes * 60,
    }
    return render(request, "reports/round.html", context)


def share_words(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest}{NBSP}secondes"
    return f"{minutes}{NBSP}min{NBSP}{rest:02}" if rest else f"{minutes}{NBSP}min"


def trades_there(meetup: int) -> list[str]:
    """Activities of those who are there; before anybody is, of those who said yes."""
    there = Attendance.objects.there().filter(meetup=meetup)
    found = Profession.objects.filter(attendances__in=there)
    if not found.exists():
        found = Profession.objects.filter(
            people__invitations__meetup=meetup,
            people__invitations__partstat="ACCEPTED",
        )
    return sorted(set(found.values_list("activity", flat=True)), key=fold)
