"""After a yes: who comes along, who welcomes, the light question. After a no: a
colleague instead."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from invitations.actions import (
    NoSeat,
    TooManyCompanions,
    bring,
    hand_over,
    leave_out,
    offer_welcome,
)
from invitations.composition import Refusal
from invitations.forms import DetailForm, ExtraSeatForm
from invitations.links import personal
from invitations.models import (
    AnswersClosed,
    ExtraSeatKind,
    GuestDetail,
    Invitation,
)

BOTH = ["GET", "HEAD", "POST"]
CLOSED = "On ne peut plus répondre à cette invitation."
REFUSED = {
    Refusal.FULL: "La table est pleine maintenant.",
    Refusal.KEPT: "Les places qui restent sont gardées pour des métiers qui manquent.",
    Refusal.ENOUGH: "Il y a déjà assez de personnes de ce métier.",
}


def coming(invitation: Invitation) -> None:
    """404 before a yes: nothing is asked of somebody who has not answered."""
    if not invitation.is_coming or not invitation.meetup.takes_answers:
        raise Http404


@personal
@require_http_methods(BOTH)
def prepare(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The light question: arrival, dish, a question, diet and access."""
    coming(invitation)
    detail = GuestDetail.objects.filter(invitation=invitation).first()
    form = DetailForm(
        request.POST or None, instance=detail or GuestDetail(invitation=invitation)
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "C’est noté.")
        return redirect("answer", token=invitation.token)
    context = {"invitation": invitation, "meetup": invitation.meetup, "form": form}
    return render(request, "invitations/prepare.html", context)


@personal
@require_http_methods(BOTH)
def companions(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    coming(invitation)
    if "retirer" in request.POST:
        key = request.POST["retirer"]
        known = key if key.isascii() and key.isdecimal() and len(key) < 19 else "0"
        leave_out(extra=get_object_or_404(invitation.extra_seats, pk=known))
        return redirect("companions", token=invitation.token)
    form = ExtraSeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and brought(invitation, form):
        messages.success(request, "C’est noté. À bientôt tous ensemble.")
        return redirect("companions", token=invitation.token)
    company = invitation.extra_seats.filter(kind=ExtraSeatKind.COMPANION)
    people = list(company.select_related("profession"))
    context = {
        "invitation": invitation,
        "meetup": invitation.meetup,
        "company": people,
        "more": invitation.meetup.companions - len(people),
        "form": form,
    }
    return render(request, "invitations/companions.html", context)


def brought(invitation: Invitation, form: ExtraSeatForm) -> bool:
    try:
        bring(invitation=invitation, **form.cleaned_data)
    except NoSeat as full:
        form.add_error("first_name", REFUSED[full.refusal])
    except TooManyCompanions:
        form.add_error("first_name", "Vous amenez déjà quelqu’un.")
    except AnswersClosed:
        form.add_error(None, CLOSED)
    return form.is_valid()


@personal
@require_http_methods(BOTH)
def colleague(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """« Un·e collègue à ma place »."""
    if not invitation.meetup.takes_answers:
        raise Http404
    form = ExtraSeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and handed(invitation, form):
        return redirect("answer", token=invitation.token)
    context = {"invitation": invitation, "meetup": invitation.meetup, "form": form}
    return render(request, "invitations/colleague.html", context)


def handed(invitation: Invitation, form: ExtraSeatForm) -> bool:
    try:
        hand_over(invitation=invitation, **form.cleaned_data)
    except NoSeat as full:
        form.add_error("first_name", REFUSED[full.refusal])
    except AnswersClosed:
        form.add_error(None, CLOSED)
    return form.is_valid()


@personal
@require_http_methods(["POST"])
def welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """« Je veux bien accueillir une personne nouvelle »."""
    coming(invitation)
    offer_welcome(invitation=invitation, welcomes="oui" in request.POST)
    return redirect("answer", token=invitation.token)
