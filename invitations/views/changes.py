"""Moving, cancelling and adjusting a meetup, with everybody concerned told."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations.actions import (
    adjust_meetup,
    cancel_meetup,
    move_meetup,
)
from invitations.channels import channel_for
from invitations.forms import CancelForm
from invitations.models import (
    BY_PERSON,
    BY_PROGRAM,
    AnswersClosed,
    Delivery,
    DeliveryKind,
    TableFull,
)
from invitations.views.meetups import own_meetup
from networking.forms.meetups import MeetupSettingsForm, SlotForm
from networking.models import Meetup
from networking.perms import SignedInRequest
from networking.templatetags.french import plural
from venues.models import BookingStatus, SlotTaken

BOTH = ["GET", "HEAD", "POST"]
PROPOSED = ("on", "starts", "ends")
GONE = "Cette rencontre vient d’être annulée, ou elle a commencé."
SAVED = "C’est enregistré."
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
        # A guest's proposal, from the page of their message.
        **{name: request.GET[name] for name in PROPOSED if name in request.GET},
    }
    form = SlotForm(
        request.POST or None, circle=meetup.circle, current=meetup, initial=initial
    )
    if request.method == "POST" and form.is_valid() and moved(request, meetup, form):
        return redirect("meetup", pk=meetup.pk)
    return render(request, "invitations/move.html", concerned(meetup, form))


def moved(request: SignedInRequest, meetup: Meetup, form: SlotForm) -> bool:
    try:
        told = move_meetup(
            meetup=meetup,
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            venue=form.cleaned_data["venue"],
        )
    except SlotTaken as taken:
        form.say_taken(taken.booking)
        return False
    except AnswersClosed:
        messages.error(request, GONE)
        return True
    words = f"C’est changé\u202f: {plural(told, TOLD)}."
    messages.success(request, f"{words}{left_to_call(meetup)}")
    return True


@require_http_methods(BOTH)
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = changeable(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        called_off(request, meetup, form.cleaned_data["reason"])
        return redirect("meetup", pk=meetup.pk)
    return render(request, "invitations/cancel.html", concerned(meetup, form))


def called_off(request: SignedInRequest, meetup: Meetup, reason: str) -> None:
    try:
        told = cancel_meetup(meetup=meetup, reason=reason)
    except AnswersClosed:
        messages.error(request, GONE)
    else:
        words = f"La rencontre est annulée\u202f: {plural(told, TOLD)}."
        messages.success(request, f"{words}{left_to_call(meetup)}")


def left_to_call(meetup: Meetup) -> str:
    calls = Delivery.objects.calls().filter(invitation__meetup=meetup).count()
    waiting = plural(calls, "personne à appeler,personnes à appeler")
    return f" Il reste {waiting}." if calls else ""


def concerned(meetup: Meetup, form: SlotForm | CancelForm) -> dict[str, object]:
    """Who will be written to and who has to be called, before it happens."""
    people = list(meetup.invitations.concerned().with_person())
    channels = [channel_for(i.professional, DeliveryKind.UPDATE) for i in people]
    return {
        "meetup": meetup,
        "form": form,
        "by_mail": sum(channel in BY_PROGRAM for channel in channels),
        "to_call": [
            i
            for i, channel in zip(people, channels, strict=True)
            if channel in BY_PERSON
        ],
        "coming": sum(i.is_coming for i in people),
    }


@require_http_methods(BOTH)
def settings(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = changeable(request, pk)
    coming = meetup.invitations.coming().count()
    form = MeetupSettingsForm(request.POST or None, meetup=meetup, coming=coming)
    if request.method == "POST" and form.is_valid() and adjust(request, meetup, form):
        return redirect("meetup", pk=meetup.pk)
    context = {"meetup": meetup, "form": form}
    return render(request, "invitations/settings.html", context)


def adjust(request: SignedInRequest, meetup: Meetup, form: MeetupSettingsForm) -> bool:
    try:
        given = adjust_meetup(meetup=meetup, details=form.details())
    except TableFull:
        form.add_error("capacity", "Quelqu’un vient de dire oui. Gardez sa place.")
        return False
    except AnswersClosed:
        messages.error(request, GONE)
        return True
    people = "personne attendait et a sa place,personnes attendaient et ont leur place"
    messages.success(
        request, f"C’est enregistré. {plural(given, people)}." if given else SAVED
    )
    return True


@require_http_methods(["POST"])
def decide_booking(request: SignedInRequest, pk: int) -> HttpResponse:
    """The lender said yes; a no leads to the page that finds another place."""
    meetup = changeable(request, pk)
    if "refusee" in request.POST:
        meetup.booking.decline()
        messages.warning(request, "Le lieu est refusé. Choisissez-en un autre.")
        return redirect("move_meetup", pk=meetup.pk)
    if "confirmee" not in request.POST:
        raise Http404
    try:
        if meetup.booking.status != BookingStatus.CONFIRMED:
            meetup.booking.confirm()
    except SlotTaken:
        messages.warning(request, "Ce créneau est pris. Choisissez un autre lieu.")
        return redirect("move_meetup", pk=meetup.pk)
    messages.success(request, "Le lieu est confirmé.")
    return redirect("meetup", pk=meetup.pk)
