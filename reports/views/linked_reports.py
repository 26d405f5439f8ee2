"""One report behind a signed link, without an account (decision 0019)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations.links import guarded
from reports.actions.portal import note_reading
from reports.models import DownloadFormat, Report, ReportLink
from reports.views.documents import FILES, report_response, serve_report


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
    if request.method == "POST" and wanted in FILES:
        note_reading(link.report, DownloadFormat(wanted), link=link)
        return serve_report(link.report, wanted, is_saved=True)
    if "page" in request.GET:
        back = {"pdf": request.path}
        return report_response(request, link.report, base="base.html", files=back)
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
