from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from networking.models import Meetup, Partner
from networking.perms import SignedInRequest, can_organise
from reports import actions
from reports.drafts import meal_draft
from reports.figures import presences
from reports.forms import ReportForm, addressees
from reports.freezing import Said
from reports.meal_reports import freeze
from reports.views import visible_meetup
from reports.views.previews import shown

METHODS = ["GET", "HEAD", "POST"]
# A longer number is nobody's, and no database reads it.
LONGEST_KEY = 18


@require_http_methods(METHODS)
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = _organised(request, pk)
    if request.method == "POST" and actions.is_closable(meetup):
        actions.close_meetup(meetup=meetup, user=request.user)
        messages.success(request, "La rencontre est terminée. Écrivons le bilan.")
        return redirect("issue_report", pk=pk)
    context = {
        "meetup": meetup,
        "counts": presences(meetup),
        "is_closable": actions.is_closable(meetup),
    }
    return render(request, "reports/close.html", context)


@require_http_methods(METHODS)
def issue_report(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = _organised(request, pk)
    if not meetup.is_closed:
        messages.error(request, "Terminez d’abord la rencontre. Le bilan vient après.")
        return redirect("close_meetup", pk=pk)
    asked = _read_by(request, meetup)
    initial = {"partner": asked, **meal_draft(meetup, asked)}
    form = ReportForm(meetup, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        report = actions.issue_report(
            meetup=meetup, user=request.user, **form.cleaned_data
        )
        messages.success(request, f"C’est fait. {report.partner} peut lire le bilan.")
        return redirect(meetup)
    said = Said([], [], None, [])
    context = {
        "meetup": meetup,
        "form": form,
        "partner": asked,
        "partners": addressees(meetup),
        "blocks": shown(freeze(meetup, asked, said)["blocks"]) if asked else [],
        "reports": meetup.reports.current().select_related("partner"),
        "has_addressee": addressees(meetup).exists(),
    }
    return render(request, "reports/issue.html", context)


def _read_by(request: SignedInRequest, meetup: Meetup) -> Partner | None:
    """Whose report is shown before it leaves: `?pour=`, or the first one's."""
    partners = addressees(meetup)
    asked = (request.POST.get("partner") or request.GET.get("pour", ""))[:LONGEST_KEY]
    chosen = partners.filter(pk=asked) if asked.isdecimal() else partners
    return chosen.first() or partners.first()


def _organised(request: SignedInRequest, pk: int) -> Meetup:
    meetup = visible_meetup(request, pk)
    if not can_organise(request.user, meetup.circle):
        raise PermissionDenied
    return meetup
