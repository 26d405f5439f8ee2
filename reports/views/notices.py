"""A room to lend, something that is missing: from a partner to the teams."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from networking.models import Partner
from networking.perms import SignedInRequest, team_required
from reports.actions.portal import TooMany, handle_notice, leave_notice
from reports.forms.portal import NoticeForm
from reports.freezing import addressee
from reports.models import NoticeKind, PartnerNotice

PER_PAGE = 20
TOO_MANY = (
    "Vous avez déjà écrit cinq mots aujourd’hui. Revenez demain,"
    " ou écrivez-nous\u202f: {}."
)
SENT = "Merci. Votre mot est parti aux personnes qui préparent les rencontres."


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, pk: int, kind: NoticeKind) -> HttpResponse:
    """404 for a partner that the user does not speak for."""
    partner = get_object_or_404(Partner.objects.of_member(request.user), pk=pk)
    form = NoticeForm(request.POST or None, partner=partner, kind=kind)
    if request.method == "POST" and form.is_valid() and left(request, form, partner):
        messages.success(request, SENT)
        return redirect("partner_reports")
    context = {
        "told_for": addressee(partner),
        "form": form,
        "is_room": kind == NoticeKind.ROOM,
    }
    return render(request, "reports/leave_notice.html", context)


def left(request: SignedInRequest, form: NoticeForm, partner: Partner) -> bool:
    is_room = "seats" in form.fields
    try:
        leave_notice(
            partner=partner,
            kind=NoticeKind.ROOM if is_room else NoticeKind.NEED,
            commune=form.cleaned_data["commune"],
            text=form.cleaned_data["text"],
            seats=form.cleaned_data.get("seats"),
            user=request.user,
        )
    except TooMany:
        form.add_error(None, TOO_MANY.format(settings.ORGANISATION_CONTACT))
    return form.is_valid()


@team_required
@require_safe
def partner_notices(request: SignedInRequest) -> HttpResponse:
    """With ?tout=1, those that somebody has taken care of too."""
    notices = PartnerNotice.objects.visible_to(request.user)
    shows_all = "tout" in request.GET
    if not shows_all:
        notices = notices.filter(handled_at=None)
    rows = notices.select_related("partner", "commune", "handled_by")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(notice, venue_query(notice)) for notice in page],
        "shows_all": shows_all,
        "query": "tout=1" if shows_all else "",
    }
    return render(request, "reports/partner_notices.html", context)


def venue_query(notice: PartnerNotice) -> str:
    """Fills the form of a new venue."""
    if notice.kind != NoticeKind.ROOM:
        return ""
    given = {"commune": notice.commune_id, "preteur": notice.partner.name}
    if notice.seats:
        given["places"] = str(notice.seats)
    return urlencode(given)


@team_required
@require_POST
def handle(request: SignedInRequest, pk: int) -> HttpResponse:
    """Any of the team: one tap, and one to take it back."""
    visible = PartnerNotice.objects.visible_to(request.user)
    notice = get_object_or_404(visible, pk=pk)
    is_done = "reprendre" not in request.POST
    handle_notice(notice=notice, user=request.user, is_done=is_done)
    said = "C’est noté, c’est fait." if is_done else "Remis à faire."
    messages.success(request, said)
    return redirect("partner_notices")
