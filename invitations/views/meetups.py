"""The meetup as its team sees it fill."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from invitations import actions
from invitations.actions import (
    AlreadyDecided,
    give_seat,
    refuse_seat,
    send_again,
)
from invitations.channels import channel_for
from invitations.forms import AnswerForm
from invitations.gauge import gap
from invitations.models import (
    BY_PERSON,
    BY_PROGRAM,
    AnswerChannel,
    AnswersClosed,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    GuestDetail,
    Invitation,
    Outcome,
    Received,
    SeatRequest,
    SeatRequestStatus,
    TableFull,
    composition_of,
)
from invitations.reminders import next_moment
from invitations.table import Table, table_of
from networking.drawing import answer_bar, round_table
from networking.models import Meetup
from networking.perms import SignedInRequest, can_organise, can_record
from networking.templatetags.french import plural

ROWS = 200


def team_meetup(request: SignedInRequest, pk: int) -> Meetup:
    """404 to whoever is not of the circle's team."""
    meetups = Meetup.objects.visible_to(request.user).with_place()
    return get_object_or_404(meetups.select_related("organiser"), pk=pk)


def own_meetup(request: SignedInRequest, pk: int) -> Meetup:
    """404 to strangers, 403 to a relay: this page belongs to the organisers."""
    meetup = team_meetup(request, pk)
    if not can_organise(request.user, meetup.circle):
        raise PermissionDenied
    return meetup


@require_safe
def meetup(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = team_meetup(request, pk)
    table = table_of(meetup)
    context = {
        "meetup": meetup,
        "venue": meetup.venue,
        "can_organise": can_organise(request.user, meetup.circle),
        "table": table,
        "drawing": round_table(table.places(), table.words),
        "bar": answer_bar(table.counts),
        "rows": table.invitations[:ROWS],
        "gap": gap(meetup, table),
        "newcomers": newcomers(meetup),
        "details": GuestDetail.objects.filter(
            invitation__in=meetup.invitations.coming()
        ).count(),
        "to_check": Received.objects.to_check()
        .filter(invitation__meetup=meetup)
        .count(),
        "next_reminder": next_moment(meetup, timezone.now()),
        "requests": meetup.seat_requests.filter(
            status=SeatRequestStatus.PENDING
        ).select_related("profession"),
        **post(meetup, table),
        # The reports' side hangs on these names, downwards only.
        "attendances": meetup.attendances.all(),
        "reports": meetup.reports.filter(replaced_by=None).select_related("partner"),
    }
    return render(request, "invitations/meetup.html", context)


def newcomers(meetup: Meetup) -> QuerySet[Invitation]:
    """Those who come for the first time, with whoever welcomes them."""
    guests = meetup.invitations.coming().first_time().with_person()
    return guests.select_related("buddy__professional")


def post(meetup: Meetup, table: Table) -> dict[str, object]:
    """What left, what did not arrive, and who has to be called."""
    deliveries = Delivery.objects.filter(invitation__meetup=meetup).order_by()
    rows = list(deliveries.values_list("status", "channel", "invitation", "due_at"))
    waiting = [row for row in rows if row[0] == DeliveryStatus.QUEUED]
    now = timezone.now()
    calls = {
        invitation
        for _, channel, invitation, due_at in waiting
        if channel in BY_PERSON and due_at <= now
    }
    failed = {row[2] for row in rows if row[0] == DeliveryStatus.FAILED}
    return {
        "queued": sum(channel in BY_PROGRAM for _, channel, _, _ in waiting),
        "failed": len(failed),
        "to_call": [i for i in table.invitations if i.pk in calls],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def record_answer(
    request: SignedInRequest, pk: int, invitation_pk: int
) -> HttpResponse:
    """An answer given by phone or at the counter, noted by the team."""
    meetup = team_meetup(request, pk)
    invitations = Invitation.objects.filter(meetup=meetup).with_person()
    invitation = get_object_or_404(invitations, pk=invitation_pk)
    if not can_record(request.user, meetup):
        raise PermissionDenied
    form = AnswerForm(request.POST or None)
    if "renvoyer" in request.POST:
        invite_again(request, invitation)
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        gives = "donner" in request.POST and can_organise(request.user, meetup.circle)
        by = AnswerChannel.REQUEST if gives else AnswerChannel.TEAM
        note(request, invitation, form, by)
        return redirect("meetup", pk=meetup.pk)
    context = {
        "meetup": meetup,
        "invitation": invitation,
        "person": invitation.professional,
        "deliveries": invitation.deliveries.defer("mime", "text"),
        "channel": channel_for(invitation.professional, DeliveryKind.INVITATION),
        "answers": invitation.answers.select_related("recorded_by"),
        "received": invitation.received.defer("raw"),
        "may_seat": may_seat(request, invitation, meetup),
    }
    return render(request, "invitations/record_answer.html", context)


def may_seat(request: SignedInRequest, invitation: Invitation, meetup: Meetup) -> bool:
    """The organiser may give a seat that a rule keeps for a missing trade."""
    waits = invitation.waiting_since is not None
    organises = can_organise(request.user, meetup.circle)
    return waits and organises and composition_of(meetup).free > 0


def invite_again(request: SignedInRequest, invitation: Invitation) -> None:
    """After a corrected address, or a message that did not arrive."""
    name = invitation.professional.first_name
    try:
        queued = send_again(invitation=invitation)
    except AnswersClosed:
        messages.error(request, "Cette rencontre ne prend plus de réponse.")
        return
    if queued is None:
        messages.info(request, f"{name} ne veut pas d’invitation en ce moment.")
    elif queued.is_call:
        messages.success(request, f"{name} est dans la liste des appels.")
    else:
        messages.success(request, f"L’invitation repart à {name}.")


def note(
    request: SignedInRequest,
    invitation: Invitation,
    form: AnswerForm,
    by: AnswerChannel,
) -> None:
    name = invitation.professional.first_name
    try:
        outcome = actions.answer(
            invitation=invitation,
            partstat=form.partstat,
            by=by,
            recorded_by=request.user,
        )
    except AnswersClosed:
        messages.error(request, "Cette rencontre ne prend plus de réponse.")
        return
    if outcome == Outcome.WAITING:
        messages.warning(request, f"Pas de place pour l’instant. {name} attend.")
    else:
        messages.success(request, f"C’est noté pour {name}.")


@require_http_methods(["POST"])
def decide_seat_request(
    request: SignedInRequest, pk: int, request_pk: int
) -> HttpResponse:
    meetup = own_meetup(request, pk)
    asked = get_object_or_404(
        meetup.seat_requests.select_related("meetup"), pk=request_pk
    )
    try:
        if "donner" in request.POST:
            welcome(request, asked)
        elif "refuser" in request.POST:
            told = refuse_seat(request=asked)
            messages.success(request, "C’est noté. " + ("" if told else call(asked)))
        else:
            raise Http404
    except AlreadyDecided:
        messages.info(request, "Cette demande a déjà sa réponse.")
    except AnswersClosed:
        messages.error(request, "Cette rencontre ne prend plus de réponse.")
    return redirect("meetup", pk=meetup.pk)


def welcome(request: SignedInRequest, asked: SeatRequest) -> None:
    try:
        invitation = give_seat(request=asked, by=request.user)
    except TableFull:
        free = plural(asked.meetup.capacity, "place,places")
        messages.error(
            request, f"La table de {free} est pleine. Ajoutez d’abord une place."
        )
        return
    name = asked.first_name
    channel = channel_for(invitation.professional, DeliveryKind.SEAT)
    then = f" {name} est dans la liste des appels." if channel in BY_PERSON else ""
    messages.success(request, f"{name} a sa place.{then}")


def call(asked: SeatRequest) -> str:
    return f"Prévenez {asked.first_name} par téléphone."
