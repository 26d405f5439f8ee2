"""The phone round: whoever has no mail hears of the table from somebody."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from invitations.actions import (
    NotWaiting,
    answer_call,
    mark_told,
    not_reached,
    undo_call,
)
from invitations.actions.calls import ENOUGH, UNDO
from invitations.forms import PARTSTATS
from invitations.models import (
    BY_PERSON,
    AnswersClosed,
    Delivery,
    DeliveryStatus,
    Outcome,
)
from invitations.models.deliveries import DeliveryQuerySet
from invitations.views.meetups import team_meetup
from networking.models import Meetup
from networking.perms import SignedInRequest, can_record

JUST_DONE = 5


def calling_meetup(request: SignedInRequest, pk: int) -> Meetup:
    meetup = team_meetup(request, pk)
    if not can_record(request.user, meetup):
        raise PermissionDenied
    return meetup


@require_safe
def calls(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup, now = calling_meetup(request, pk), timezone.now()
    waiting = list(Delivery.objects.round().filter(invitation__meetup=meetup))
    context = {
        "meetup": meetup,
        "calls": [call for call in waiting if call.due_at <= now],
        "later": [call for call in waiting if call.due_at > now],
        "done": just_done(meetup)[:JUST_DONE],
        "enough": ENOUGH,
    }
    return render(request, "invitations/calls.html", context)


def just_done(meetup: Meetup) -> DeliveryQuerySet:
    """What a mistaken tap can still be taken back from."""
    rows = Delivery.objects.filter(
        channel__in=BY_PERSON,
        invitation__meetup=meetup,
        status=DeliveryStatus.SENT,
        sent_at__gt=timezone.now() - UNDO,
    )
    return rows.select_related("invitation__professional").order_by("-sent_at", "-pk")


@require_POST
def record_call(request: SignedInRequest, pk: int, call_pk: int) -> HttpResponse:
    meetup = calling_meetup(request, pk)
    rows = Delivery.objects.filter(channel__in=BY_PERSON, invitation__meetup=meetup)
    call = get_object_or_404(
        rows.select_related("invitation__professional"), pk=call_pk
    )
    try:
        record(request, call)
    except NotWaiting:
        messages.info(request, "Quelqu’un de l’équipe vient de s’en occuper.")
    except AnswersClosed:
        messages.error(request, "Cette rencontre ne prend plus de réponse.")
    return redirect("calls", pk=meetup.pk)


def record(request: SignedInRequest, call: Delivery) -> None:
    assert call.invitation is not None  # noqa: S101 - the round is that of a meetup
    said, name = request.POST.get("appel", ""), call.invitation.professional.first_name
    words = f"C’est noté pour {name}."
    if said in PARTSTATS:
        partstat = PARTSTATS[said]
        outcome = answer_call(call=call, partstat=partstat, user=request.user)
        if outcome == Outcome.WAITING:
            words = f"La table est pleine. {name} attend une place."
    elif said == "prevenu":
        mark_told(call=call, user=request.user)
    elif said == "pas-joint":
        not_reached(call=call)
        words = f"{name} revient dans la liste plus tard."
    elif said == "annuler":
        undo_call(call=call)
        words = f"C’est annulé. {name} est de nouveau dans la liste."
    else:
        raise BadRequest("Unknown outcome of a call")
    messages.success(request, words)
