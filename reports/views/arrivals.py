"""Arriving: the square on the poster, on a badge, on one's own telephone."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations.links import guarded, personal
from invitations.models import Invitation
from networking.models import Meetup, User
from networking.perms import can_record
from reports.actions import NotRecordable, is_recordable
from reports.actions.arrivals import TooManyArrivals, arrive, mark_here
from reports.actions.taps import Gesture, receive
from reports.doors import badge_path, carries_badge, opens_door
from reports.forms.arrivals import ArrivalForm
from reports.qr import square

BOTH = ["GET", "HEAD", "POST"]
WELCOMED = "welcomed"
SOMEBODY_ELSE = "Vous êtes une autre personne\u202f? Ajoutez une initiale."
# Some remember the square as they leave.
FORGOT = timedelta(hours=1)
FULL = "Dites votre prénom à la personne qui accueille."


@login_not_required
@guarded
@require_http_methods(BOTH)
def door(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """No account, two words, one tap. Open while presences are noted, an hour after
    the meal at most: whoever keeps the address could add people from home."""
    meetup = Meetup.objects.with_place().filter(pk=pk).first()
    if meetup is None or not opens_door(meetup, token):
        raise Http404
    is_late = meetup.ends_at + FORGOT < timezone.now()
    is_open = is_recordable(meetup) and not is_late
    form = ArrivalForm(meetup, request.POST or None)
    if request.method == "POST" and is_open and form.is_valid():
        welcome(request, meetup, form)
        return redirect("door", pk=pk, token=token)
    said = request.session.get(WELCOMED, {})
    context = {
        "meetup": meetup,
        "form": form,
        "is_open": is_open,
        "is_late": is_late,
        "name": said.get("name") if said.get("meetup") == pk else "",
    }
    return render(request, "reports/door.html", context)


def welcome(request: HttpRequest, meetup: Meetup, form: ArrivalForm) -> None:
    name = form.cleaned_data["first_name"]
    said = {"meetup": meetup.pk, "name": name}
    try:
        arrival = arrive(meetup=meetup, **form.cleaned_data)
    except (NotRecordable, TooManyArrivals):
        messages.error(request, FULL)
        return
    if not arrival.is_new and request.session.get(WELCOMED) != said:
        messages.info(request, f"{name} est déjà parmi nous. {SOMEBODY_ELSE}")
    request.session[WELCOMED] = said


@login_not_required
@guarded
@require_http_methods(BOTH)
def badge(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """The square of a guest, scanned. Only the team reads who it is."""
    guests = Invitation.objects.select_related("professional__profession", "meetup")
    guest = get_object_or_404(guests, pk=pk)
    if not carries_badge(guest, token):
        raise Http404
    if not (isinstance(request.user, User) and can_record(request.user, guest.meetup)):
        return render(request, "reports/badge_for_the_team.html")
    if request.method == "POST" and is_recordable(guest.meetup):
        gesture = Gesture(target=f"i{guest.pk}")
        receive(meetup=guest.meetup, gestures=[gesture], user=request.user)
        return redirect(badge_path(guest))
    context = {
        "guest": guest,
        "meetup": guest.meetup,
        "mark": guest.meetup.attendances.filter(invitation=guest).first(),
        "is_open": is_recordable(guest.meetup),
    }
    return render(request, "reports/badge.html", context)


@personal
@require_http_methods(BOTH)
def i_am_here(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The guest's own square to show, or one button instead; before and after, their
    answer."""
    meetup = invitation.meetup
    if not is_recordable(meetup) or meetup.is_over:
        return redirect("answer", token=invitation.token)
    if request.method == "POST":
        mark_here(invitation)
        return redirect("i_am_here", token=invitation.token)
    link = request.build_absolute_uri(badge_path(invitation))
    context = {
        "invitation": invitation,
        "guest": invitation.professional,
        "meetup": meetup,
        "mark": meetup.attendances.there().filter(invitation=invitation).first(),
        "square": square(link, "Carré à montrer à l’entrée."),
    }
    return render(request, "reports/i_am_here.html", context)
