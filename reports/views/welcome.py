"""The welcome page on a telephone whose network comes and goes."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from networking.addresses import plain
from networking.models import Meetup, Profession
from networking.perms import SignedInRequest, can_record
from reports.actions.taps import WALK_IN, Gesture, receive, target_of
from reports.figures import presences
from reports.models import Attendance, Presence
from reports.standing import Mark
from reports.views import visible_meetup

# Tells the telephone to drop the copy of the page that it kept.
FORGET = "X-Forget-Copy"
MOST_GESTURES = 500
LARGEST = 200_000
# OSError: a moment that the machine's calendar does not hold.
NOT_GESTURES = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    OSError,
)
NAME = Attendance._meta.get_field("first_name").max_length
ASSETS = (
    "style.css",
    "welcome.js",
    "icons.svg",
    "fonts/bricolage-750.woff2",
    "fonts/atkinson-400-700.woff2",
    "fonts/chiffres.woff2",
)


@require_POST
def gestures(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a telephone kept, as JSON: {"gestures": [{key, at, target, mark,
    first_name, profession}]}, `at` in milliseconds. Tells what became of each key, how
    these people stand now, since another telephone may have spoken later, and the new
    counts."""
    meetup = visible_meetup(request, pk)
    if not can_record(request.user, meetup):
        raise PermissionDenied
    sent = _read(request)
    outcomes = receive(meetup=meetup, gestures=sent, user=request.user)
    told = {str(key): value for key, value in outcomes.items()}
    marks = standing_marks(meetup, {one.target for one in sent})
    answer = {"outcomes": told, "marks": marks, "counts": presences(meetup)}
    return JsonResponse(answer)


def standing_marks(meetup: Meetup, targets: set[str]) -> dict[str, str]:
    noted = dict.fromkeys(targets - {WALK_IN}, "")
    for row in meetup.attendances.exclude(presence=Presence.WALK_IN):
        target = target_of(row)
        if target in noted:
            noted[target] = Mark.LEFT if row.left_at else row.presence
    return noted


def _read(request: SignedInRequest) -> list[Gesture]:
    """Raises BadRequest: only our own script writes here."""
    if len(request.body) > LARGEST:
        raise BadRequest("Too large")
    try:
        rows = json.loads(request.body)["gestures"]
        if len(rows) > MOST_GESTURES:
            raise BadRequest("Too many gestures")
        trades = {row.get("profession") for row in rows}
        keys = [key for key in trades if isinstance(key, str) and "\0" not in key]
        known = Profession.objects.in_bulk(keys)
        return [_gesture(row, known) for row in rows]
    except NOT_GESTURES as error:
        raise BadRequest("Not gestures") from error


def _gesture(row: dict[str, Any], trades: dict[str, Profession]) -> Gesture:
    target = str(row["target"])
    made_at = datetime.fromtimestamp(int(row["at"]) / 1000, UTC)
    return Gesture(
        key=UUID(str(row["key"])),
        made_at=made_at,
        target=target,
        mark=Mark.PRESENT if target == WALK_IN else Mark(row.get("mark", "")),
        first_name=plain(str(row.get("first_name", "")))[:NAME],
        profession=trades.get(str(row.get("profession", ""))),
    )


@require_safe
@never_cache
def offline_script(request: SignedInRequest, pk: int) -> HttpResponse:
    """The service worker; its address bounds what it answers to this meetup's page."""
    visible_meetup(request, pk)
    context = {"assets": [static(name) for name in ASSETS], "forget": FORGET}
    return render(
        request, "reports/offline.js", context, content_type="text/javascript"
    )
