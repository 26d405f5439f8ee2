"""Moving, cancelling and adjusting a meetup, with everybody concerned told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations.actions import cancel_meetup, move_meetup, reachable
from invitations.forms import CancelForm
from invitations.views.meetups import own_meetup
from networking.forms.meetups import MeetupSettingsForm, SlotForm
from networking.models import Meetup
from networking.perms import SignedInRequest
from networking.templatetags.french import plural
from venues.models import BookingStatus

BOTH = ["GET", "HEAD", "POST"]
TOLD = "personne prévenue,personnes prévenues"


def changeable(request: SignedInRequest, pk: int) -> Meetup:
    """The organiser's own meetup, as long as it can still change; else 404."""
    meetup = own_meetup(request, pk)
    if not meetup.is_planned or meetup.has_started:
        raise Http404
    return meetup


@require_http_methods(BOTH)
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = changeable(request, pk)
    starts, ends = map(timezone.localtime, (meetup.starts_at, meetup.ends_at))
    initial = {
        "on": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "venue": meetup.venue.pk,
    }
    form = SlotForm(
        request.POST or None, circle=meetup.circle, current=meetup, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        told = move_meetup(
            meetup=meetup,
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            venue=form.cleaned_data["venue"],
        )
        messages.success(request, f"C’est changé\u202f: {plural(told, TOLD)}.")
        return redirect("meetup", pk=meetup.pk)
    return render(request, "invitations/move.html", concerned(meetup, form))


@require_http_methods(BOTH)
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = changeable(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = cancel_meetup(meetup=meetup, reason=form.cleaned_data["reason"])
        messages.success(
            request, f"La rencontre est annulée\u202f: {plural(told, TOLD)}."
        )
        return redirect("meetup", pk=meetup.pk)
    return render(request, "invitations/cancel.html", concerned(meetup, form))


def concerned(meetup: Meetup, form: SlotForm | CancelForm) -> dict[str, object]:
    """Who will be told by mail and who has to be called, before it happens."""
    people = list(meetup.invitations.concerned().with_person())
    return {
        "meetup": meetup,
        "form": form,
        "by_mail": sum(reachable(i.professional) for i in people),
        "to_call": [i for i in people if not reachable(i.professional)],
        "coming": sum(i.is_coming for i in people),
    }


@require_http_methods(BOTH)
def settings(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = changeable(request, pk)
    coming = meetup.invitations.coming().count()
    form = MeetupSettingsForm(request.POST or None, meetup=meetup, coming=coming)
    if request.method == "POST" and form.is_valid():
        for name, value in form.details().items():
            setattr(meetup, name, value)
        meetup.save()
        messages.success(request, "C’est enregistré.")
        return redirect("meetup", pk=meetup.pk)
    context = {"meetup": meetup, "form": form}
    return render(request, "invitations/settings.html", context)


@require_http_methods(["POST"])
def decide_booking(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lender said yes; a no leads to the page that finds another place."""
    meetup = changeable(request, pk)
    if "refusee" in request.POST:
        meetup.booking.decline()
        messages.warning(request, "Le lieu est refusé. Choisissez-en un autre.")
        return redirect("move_meetup", pk=meetup.pk)
    if meetup.booking.status != BookingStatus.CONFIRMED:
        meetup.booking.confirm()
    messages.success(request, "Le lieu est confirmé.")
    return redirect("meetup", pk=meetup.pk)
