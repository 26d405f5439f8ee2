"""Everything to print for a meal, from one button."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from networking.models import Meetup
from networking.perms import SignedInRequest
from reports import kit, papers
from reports.pdf import DocumentTooLong
from reports.views import visible_meetup
from reports.views.documents import file_name, pdf_response

NOTHING = "Cochez au moins un document."
NO_PLAN = "Le plan n’est pas encore fait. Tirez les tables, puis revenez."
TOO_LONG = "C’est trop de pages pour un seul fichier. Cochez moins de documents."
NOBODY = "Personne n’a encore accepté d’être sur le trombinoscope."


@require_safe
def documents(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = _printable(request, pk)
    context = {
        "meetup": meetup,
        "documents": kit.DOCUMENTS,
        "has_plan": meetup.seats.exists(),
    }
    return render(request, "reports/documents.html", context)


@require_safe
def documents_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """?doc= names each document, as often as one likes."""
    meetup = _printable(request, pk)
    asked = [key for key in kit.KEYS if key in request.GET.getlist("doc")]
    if asked == ["plan"] and not meetup.seats.exists():
        messages.error(request, NO_PLAN)
        return redirect("documents", pk=pk)
    if asked == ["trombinoscope"] and not kit.faces(meetup):
        messages.error(request, NOBODY)
        return redirect("documents", pk=pk)
    if not asked:
        messages.error(request, NOTHING)
        return redirect("documents", pk=pk)
    name = asked[0] if len(asked) == 1 else "documents"
    try:
        return pdf_response(papers.day_kit(meetup, asked), file_name(name, meetup))
    except DocumentTooLong:
        messages.error(request, TOO_LONG)
        return redirect("documents", pk=pk)


def _printable(request: SignedInRequest, pk: int) -> Meetup:
    meetup = visible_meetup(request, pk)
    if meetup.is_cancelled:
        raise Http404
    return meetup
