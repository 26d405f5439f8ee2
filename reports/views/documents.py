from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from networking.models import Meetup
from networking.perms import SignedInRequest
from networking.templatetags.french import local_day
from reports import papers
from reports.actions.portal import note_reading
from reports.models import DownloadFormat, Report
from reports.views import visible_meetup


@require_safe
def sheet_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = visible_meetup(request, pk)
    return pdf_response(papers.sheet(meetup), file_name("feuille", meetup))


@require_safe
def report_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Report.objects.visible_to(request.user).distinct()
    report = get_object_or_404(visible.select_related("meetup"), pk=pk)
    if request.method == "GET":
        note_reading(report, DownloadFormat.PDF, user=request.user)
    name = f"{slugify(report.title)[:80]}-v{report.version}"
    return pdf_response(papers.report(report), name)


def file_name(kind: str, meetup: Meetup) -> str:
    return f"{kind}-{slugify(meetup.title)}-{local_day(meetup.starts_at)}"


def pdf_response(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )
