from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from invitations.models import ExtraSeat
from networking.models import Meetup
from networking.models.meetups import NEAR
from networking.perms import SignedInRequest, can_organise, can_record
from reports.actions import (
    NotRecordable,
    add_walk_in,
    is_recordable,
    take_off_walk_in,
)
from reports.actions.taps import Gesture, Outcome, receive
from reports.figures import presences
from reports.forms.arrivals import OneMoreForm
from reports.forms.hours import HoursForm
from reports.models import Presence
from reports.standing import Mark
from reports.views import visible_meetup
from reports.views.welcome import FORGET
from venues.text import fold

# One list for a telephone: compressed, this many people weigh ten kilobytes.
PER_PAGE = 250
MARKS = frozenset(Mark)
SOMEBODY_ELSE = "C’est une autre personne\u202f? Ajoutez une initiale."
TOO_LATE = "Les présences ne changent pas maintenant. Rien n’est modifié."


@require_safe
@gzip_page
def attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, visible_meetup(request, pk), OneMoreForm())


@require_POST
def record(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    meetup = _recordable(request, pk)
    guest = get_object_or_404(meetup.invitations, pk=invitation_pk)
    if request.POST.get("presence", "") not in MARKS:
        raise BadRequest("Unknown presence")
    mark = Mark(request.POST.get("presence", ""))
    return _tapped(request, meetup, Gesture(target=f"i{guest.pk}", mark=mark))


@require_POST
def record_company(request: SignedInRequest, pk: int, extra_pk: int) -> HttpResponse:
    """Whoever comes with a guest, in their place, or from an employer."""
    meetup = _recordable(request, pk)
    extra = get_object_or_404(meetup.extra_seats, pk=extra_pk)
    hours = request.POST.get("mark", "")
    mark = Mark.PRESENT if "present" in request.POST else Mark.NONE
    mark = Mark(hours) if hours in (Mark.LEFT, Mark.BACK) else mark
    return _tapped(request, meetup, Gesture(target=f"e{extra.pk}", mark=mark))


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: SignedInRequest, pk: int, attendance_pk: int) -> HttpResponse:
    """Where a partner needs to know how long each person stayed."""
    meetup = _recordable(request, pk)
    rows = meetup.attendances.there().select_related("meetup", "profession")
    presence = get_object_or_404(rows, pk=attendance_pk)
    form = HoursForm(presence, request.POST or None)
    if request.method == "POST" and is_recordable(meetup) and form.is_valid():
        form.save()
        return _back(request, pk)
    context = {"meetup": meetup, "presence": presence, "form": form}
    return render(request, "reports/hours.html", context)


def _tapped(request: SignedInRequest, meetup: Meetup, gesture: Gesture) -> HttpResponse:
    outcome = receive(meetup=meetup, gestures=[gesture], user=request.user)
    if outcome[gesture.key] == Outcome.CLOSED:
        messages.error(request, TOO_LATE)
        return _back(request, meetup.pk)
    kind = "personne" if gesture.target.startswith("i") else "avec"
    return _back(request, meetup.pk, f"{kind}-{gesture.target[1:]}")


@require_POST
def walk_in(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = _recordable(request, pk)
    form = OneMoreForm(request.POST)
    if not form.is_valid():
        return _page(request, meetup, form)
    try:
        added = add_walk_in(
            meetup=meetup,
            first_name=form.cleaned_data["first_name"],
            profession=form.cleaned_data["profession"],
            user=request.user,
        )
    except NotRecordable:
        messages.error(request, TOO_LATE)
        return _back(request, pk)
    if not added:
        name = form.cleaned_data["first_name"]
        messages.info(
            request,
            f"{name} est déjà là. {SOMEBODY_ELSE}",
        )
        return _back(request, pk)
    return _back(request, pk, "sans-invitation")


@require_POST
def remove_walk_in(
    request: SignedInRequest, pk: int, attendance_pk: int
) -> HttpResponse:
    meetup = _recordable(request, pk)
    try:
        take_off_walk_in(meetup=meetup, attendance_pk=attendance_pk)
    except NotRecordable:
        messages.error(request, TOO_LATE)
        return _back(request, pk)
    return _back(request, pk, "sans-invitation")


def _recordable(request: SignedInRequest, pk: int) -> Meetup:
    meetup = visible_meetup(request, pk)
    if not can_record(request.user, meetup):
        raise PermissionDenied
    return meetup


def _kept(request: SignedInRequest) -> str:
    """The search and the page that the person was on, for the next address."""
    kept = {"q": request.GET.get("q", ""), "page": request.GET.get("page", "")}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"?{query}" if query else ""


def _back(request: SignedInRequest, pk: int, anchor: str = "") -> HttpResponse:
    address = reverse("attendance", args=(pk,)) + _kept(request)
    return redirect(f"{address}#{anchor}" if anchor else address)


def _company(meetup: Meetup, words: str) -> list[ExtraSeat]:
    people = meetup.extra_seats.counted().select_related(
        "attendance", "profession", "invitation__professional", "block__workplace"
    )
    by_name = sorted(people, key=lambda one: (fold(one.first_name), one.pk))
    return [one for one in by_name if fold(words) in fold(one.first_name)]


def _page(request: SignedInRequest, meetup: Meetup, form: OneMoreForm) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    guests = meetup.invitations.with_person().select_related("attendance")
    if words:
        guests = guests.filter(professional__search_name__contains=fold(words))
    walk_ins = meetup.attendances.filter(presence=Presence.WALK_IN)
    context = {
        "meetup": meetup,
        "page": Paginator(guests, PER_PAGE).get_page(request.GET.get("page")),
        "company": _company(meetup, words),
        "walk_ins": walk_ins.select_related("profession"),
        "counts": presences(meetup),
        "form": form,
        "words": words,
        "query": urlencode({"q": words}) if words else "",
        "kept": _kept(request),
        "is_recordable": is_recordable(meetup),
        "can_organise": can_organise(request.user, meetup.circle),
        # After the end too: a telephone may still hold gestures, and says so.
        "can_keep": meetup.is_near,
        "opens_at": meetup.starts_at - NEAR,
    }
    response = render(request, "reports/attendance.html", context)
    if not is_recordable(meetup):
        response.headers[FORGET] = "1"
    return response
