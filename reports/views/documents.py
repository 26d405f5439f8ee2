from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from networking.perms import SignedInRequest
from networking.templatetags.french import local_day
from reports import papers
from reports.models import Report
from reports.views import visible_meetup


@require_safe
def sheet_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = visible_meetup(request, pk)
    day = local_day(meetup.starts_at)
    return _pdf(papers.sheet(meetup), f"feuille-{slugify(meetup.title)}-{day}")


@require_safe
def report_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Report.objects.visible_to(request.user).distinct()
    report = get_object_or_404(visible.select_related("meetup"), pk=pk)
    name = f"{slugify(report.title)[:80]}-v{report.version}"
    return _pdf(papers.report(report), name)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )
