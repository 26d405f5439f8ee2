from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from networking.models import Meetup
from networking.models.meetups import NEAR
from networking.perms import SignedInRequest, can_record
from reports.actions import (
    NotRecordable,
    add_walk_in,
    is_recordable,
    record_extra,
    record_presence,
    take_off_walk_in,
)
from reports.figures import presences
from reports.forms import WalkInForm
from reports.models import Presence
from reports.views import visible_meetup
from venues.text import fold

PER_PAGE = 50
MARKS = {"": None} | {
    mark.value: mark for mark in (Presence.PRESENT, Presence.EXCUSED, Presence.ABSENT)
}
TOO_LATE = "Les présences ne changent pas maintenant. Rien n’est modifié."


@require_safe
def attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, visible_meetup(request, pk), WalkInForm())


@require_POST
def record(request: SignedInRequest, pk: int, invitation_pk: int) -> HttpResponse:
    meetup = _recordable(request, pk)
    guest = get_object_or_404(
        meetup.invitations.select_related("meetup", "professional"), pk=invitation_pk
    )
    mark = request.POST.get("presence", "")
    if mark not in MARKS:
        raise BadRequest("Unknown presence")
    try:
        record_presence(invitation=guest, presence=MARKS[mark], user=request.user)
    except NotRecordable:
        messages.error(request, TOO_LATE)
        return _back(request, pk)
    return _back(request, pk, f"personne-{guest.pk}")


@require_POST
def record_company(request: SignedInRequest, pk: int, extra_pk: int) -> HttpResponse:
    """Whoever comes with a guest, in their place, or from an employer."""
    meetup = _recordable(request, pk)
    extra = get_object_or_404(meetup.extra_seats.select_related("meetup"), pk=extra_pk)
    try:
        is_there = "present" in request.POST
        record_extra(extra=extra, is_there=is_there, user=request.user)
    except NotRecordable:
        messages.error(request, TOO_LATE)
        return _back(request, pk)
    return _back(request, pk, f"avec-{extra.pk}")


@require_POST
def walk_in(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = _recordable(request, pk)
    form = WalkInForm(request.POST)
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
            f"{name} est déjà là. Une autre {name}\u202f? Ajoutez une initiale.",
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


def _page(request: SignedInRequest, meetup: Meetup, form: WalkInForm) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    guests = meetup.invitations.with_person().select_related("attendance")
    if words:
        guests = guests.filter(professional__search_name__contains=fold(words))
    company = meetup.extra_seats.counted().select_related(
        "attendance", "profession", "invitation__professional", "block__workplace"
    )
    walk_ins = meetup.attendances.filter(presence=Presence.WALK_IN)
    context = {
        "meetup": meetup,
        "page": Paginator(guests, PER_PAGE).get_page(request.GET.get("page")),
        "company": company,
        "walk_ins": walk_ins.select_related("profession"),
        "counts": presences(meetup),
        "form": form,
        "words": words,
        "query": urlencode({"q": words}) if words else "",
        "kept": _kept(request),
        "is_recordable": is_recordable(meetup),
        "opens_at": meetup.starts_at - NEAR,
    }
    return render(request, "reports/attendance.html", context)
