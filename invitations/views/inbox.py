"""What came back by mail: for the team to read, and to decide where we did not dare."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from invitations.actions import NoSeat
from invitations.actions.replies import (
    accept,
    hand_over_to,
    keep_the_date,
    settle,
)
from invitations.actions.replies.answering import OTHER_ADDRESS
from invitations.actions.replies.settling import (
    AlreadySettled,
    NothingToApply,
    can_be_accepted,
)
from invitations.forms import ExtraSeatForm
from invitations.models import (
    AnswersClosed,
    LetterKind,
    Outcome,
    PartStat,
    Received,
)
from invitations.models.received import ReceivedQuerySet
from invitations.views.company import REFUSED
from networking.perms import SignedInRequest, can_organise, team_required

PER_PAGE = 50
CLOSED = "Cette rencontre ne prend plus de réponse."
DECIDED = "Quelqu’un de l’équipe vient de s’en occuper."
NEWER = "C’est gardé, mais une réponse plus récente est déjà notée. Elle compte."


def visible(request: SignedInRequest) -> ReceivedQuerySet:
    rows = Received.objects.visible_to(request.user).defer("raw")
    return rows.select_related(
        "invitation__professional__profession", "invitation__meetup__circle"
    )


@team_required
@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    rows = visible(request)
    everything = "tout" in request.GET
    shown = rows if everything else rows.to_check()
    context = {
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "everything": everything,
        "to_check": rows.to_check().count(),
        "query": "tout=1" if everything else "",
    }
    return render(request, "invitations/inbox.html", context)


def own(request: SignedInRequest, pk: int) -> Received:
    """404 to strangers."""
    return get_object_or_404(visible(request), pk=pk)


def may_act(request: SignedInRequest, row: Received) -> bool:
    """An organiser of that circle; staff for what belongs to nobody."""
    if row.invitation is None:
        return request.user.is_staff
    return can_organise(request.user, row.invitation.meetup.circle)


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def received(request: SignedInRequest, pk: int) -> HttpResponse:
    row = own(request, pk)
    form = ExtraSeatForm(request.POST if "remplace" in request.POST else None)
    if request.method == "POST":
        if not may_act(request, row):
            raise PermissionDenied
        if decided(request, row, form):
            return redirect("inbox")
    context = {
        "row": row,
        "can_act": may_act(request, row) and row.is_held,
        "can_accept": can_be_accepted(row),
        "says": PartStat(row.partstat).label if row.partstat in PartStat else "",
        "other_address": row.reason == OTHER_ADDRESS,
        "delegates": row.partstat == PartStat.DELEGATED,
        "proposes": row.kind == LetterKind.COUNTER,
        "move_url": move_url(row),
        "form": form,
    }
    return render(request, "invitations/received.html", context)


def move_url(row: Received) -> str:
    """The page that moves the meetup, with the proposed moment in it."""
    if row.invitation is None or row.proposed_starts_at is None:
        return ""
    meetup = row.invitation.meetup
    if not meetup.is_planned or meetup.has_started:
        return ""
    starts = timezone.localtime(row.proposed_starts_at)
    asked = {"on": f"{starts:%Y-%m-%d}", "starts": f"{starts:%H:%M}"}
    if row.proposed_ends_at:
        asked["ends"] = f"{timezone.localtime(row.proposed_ends_at):%H:%M}"
    page = reverse("move_meetup", args=(meetup.pk,))
    return f"{page}?{urlencode(asked)}"


def decided(request: SignedInRequest, row: Received, form: ExtraSeatForm) -> bool:
    """Whether a button did something; the words for it are a message."""
    try:
        for name, act in BUTTONS.items():
            if name in request.POST:
                return act(request, row, form)
    except AnswersClosed:
        messages.error(request, CLOSED)
        settle(received=row, by=request.user)
        return True
    except AlreadySettled:
        messages.error(request, DECIDED)
        return True
    except NothingToApply:
        messages.error(request, "Il n’y a pas de réponse à noter dans ce message.")
    return False


def take(request: SignedInRequest, row: Received, form: ExtraSeatForm) -> bool:
    remember = "retenir" in request.POST
    outcome = accept(received=row, by=request.user, remember=remember)
    if outcome is None:
        messages.warning(request, NEWER)
    elif outcome == Outcome.WAITING:
        messages.warning(request, "C’est noté. La table est pleine\u202f: elle attend.")
    else:
        messages.success(request, "C’est noté.")
    return True


def replace(request: SignedInRequest, row: Received, form: ExtraSeatForm) -> bool:
    if not form.is_valid():
        return False
    try:
        hand_over_to(received=row, by=request.user, **form.cleaned_data)
    except NoSeat as full:
        form.add_error("first_name", REFUSED[full.refusal])
        return False
    messages.success(request, "C’est noté\u202f: une autre personne vient.")
    return True


def decline(request: SignedInRequest, row: Received, form: ExtraSeatForm) -> bool:
    keep_the_date(received=row, by=request.user)
    messages.success(request, "La date reste. La personne reçoit un message.")
    return True


def done(request: SignedInRequest, row: Received, form: ExtraSeatForm) -> bool:
    settle(received=row, by=request.user)
    messages.success(request, "C’est réglé.")
    return True


BUTTONS: dict[str, Callable[[SignedInRequest, Received, ExtraSeatForm], bool]] = {
    "noter": take,
    "remplace": replace,
    "garder": decline,
    "regler": done,
}


@team_required
@require_safe
def received_raw(request: SignedInRequest, pk: int) -> HttpResponse:
    """The very bytes that came, as a file: never shown as a page of ours."""
    row = own(request, pk)
    if not may_act(request, row):
        raise PermissionDenied
    found = get_object_or_404(Received.objects.exclude(raw=b""), pk=row.pk)
    response = HttpResponse(bytes(found.raw), content_type="text/plain")
    response.headers["Content-Disposition"] = 'attachment; filename="message.eml"'
    return response
