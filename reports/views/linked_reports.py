"""One report behind a signed link, without an account (decision 0019)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from invitations.links import guarded
from reports import papers
from reports.actions.portal import note_reading
from reports.models import DownloadFormat, Report, ReportLink

TYPES = {
    DownloadFormat.PDF: "application/pdf",
    DownloadFormat.CSV: "text/csv; charset=utf-8",
}


@login_not_required
@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def linked_report(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what it is; the button gives the file and notes that it was taken.
    A link that never was, is too old or was taken back gets one same answer."""
    link = living(token)
    if link is None:
        return render(request, "reports/link_gone.html", status=404)
    wanted = request.POST.get("format", "")
    if request.method == "POST" and wanted in TYPES:
        format = DownloadFormat(wanted)
        note_reading(link.report, format, link=link)
        return file_response(link.report, format)
    context = {
        "link": link,
        "report": link.report,
        "figures": link.report.figures["highlights"],
        "is_replaced": Report.objects.filter(replaces=link.report).exists(),
    }
    return render(request, "reports/linked_report.html", context)


def living(token: str) -> ReportLink | None:
    """Looked up by fingerprint: how long it takes says nothing about the token."""
    links = ReportLink.objects.for_token(token).living(timezone.now())
    return links.select_related("report__meetup", "report__partner").first()


def file_response(report: Report, format: DownloadFormat) -> HttpResponse:
    made = {DownloadFormat.PDF: papers.report, DownloadFormat.CSV: papers.csv_bytes}
    name = f"{slugify(report.title)[:80]}-v{report.version}.{format}"
    return HttpResponse(
        made[format](report),
        content_type=TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
