"""An employer's page: no account, the link is enough."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from invitations.actions import AllNamed, NoSeat, give_back, name_seat, object_to
from invitations.forms import ExtraSeatForm
from invitations.links import LIVES_AFTER, guarded
from invitations.models import AnswersClosed, ExtraSeat, SeatBlock
from networking.models import Profession
from networking.tokens import derive

CLOSED = "Cette rencontre ne prend plus de réponse."


@csrf_exempt  # RFC 8058: a mail program posts here, without a cookie or a page
@login_not_required
@require_POST
def employer_stop(request: HttpRequest, key: UUID, token: str) -> HttpResponse:
    """The contact wants no mail; the seats stay, and so does the link."""
    block = get_object_or_404(SeatBlock, key=key)
    expected = derive("stop", block.key, block.token_version)
    if not constant_time_compare(token, expected):
        raise Http404
    object_to(block=block)
    return HttpResponse("C’est noté. Nous ne vous écrirons plus.")


def block_of(token: str) -> SeatBlock | None:
    """The seats of a living link: until 30 days after the meal."""
    blocks = SeatBlock.objects.for_token(token).select_related(
        "workplace",
        "profession",
        "meetup__booking__venue__commune",
        "meetup__organiser",
    )
    block = blocks.first()
    if block and block.meetup.ends_at + LIVES_AFTER < timezone.now():
        return None
    return block


@login_not_required
@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def seat_block(request: HttpRequest, token: str) -> HttpResponse:
    block = block_of(token)
    if block is None:
        return render(request, "invitations/unknown_link.html", status=404)
    initial = {"profession": block.profession_id}
    form = ExtraSeatForm(
        request.POST if "nommer" in request.POST else None, initial=initial
    )
    if request.method == "POST" and acted(request, block, form):
        gone = not SeatBlock.objects.filter(pk=block.pk).exists()
        if gone:
            return render(request, "invitations/seat_block_gone.html")
        return redirect("seat_block", token=token)
    names = list(block.names.select_related("profession"))
    context = {
        "kept": block,
        "meetup": block.meetup,
        "venue": block.meetup.venue,
        "names": names,
        "unnamed": max(block.seats - len(names), 0),
        "form": form,
    }
    return render(request, "invitations/seat_block.html", context)


def acted(request: HttpRequest, block: SeatBlock, form: ExtraSeatForm) -> bool:
    try:
        if "rendre" in request.POST:
            give_back(block=block, extra=asked(request, block.names.all()))
            messages.success(request, "Merci. La place va à une autre personne.")
            return True
        return "nommer" in request.POST and form.is_valid() and named(block, form)
    except AnswersClosed:
        messages.error(request, CLOSED)
        return True


def asked(request: HttpRequest, names: QuerySet[ExtraSeat]) -> ExtraSeat | None:
    """The person whose seat is given back; none for a seat without a name."""
    key = request.POST["rendre"]
    if not key:
        return None
    known = key if key.isascii() and key.isdecimal() and len(key) < 19 else "0"
    return get_object_or_404(names, pk=known)


def named(block: SeatBlock, form: ExtraSeatForm) -> bool:
    try:
        name_seat(
            block=block,
            first_name=form.cleaned_data["first_name"],
            profession=cast(Profession, form.cleaned_data["profession"]),
        )
    except AllNamed:
        form.add_error("first_name", "Toutes vos places ont déjà un prénom.")
    except NoSeat:
        form.add_error("first_name", "La table est pleine maintenant.")
    return form.is_valid()
