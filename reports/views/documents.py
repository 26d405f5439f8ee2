from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from networking.models import Meetup
from networking.perms import SignedInRequest
from networking.templatetags.french import local_day
from reports import papers
from reports.actions.portal import note_reading
from reports.models import DownloadFormat, Report
from reports.reading import read
from reports.sheet_parts import cut_in_parts
from reports.sheet_rows import sheet_rows
from reports.views import visible_meetup

OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {
    DownloadFormat.PDF.value: (papers.report, "application/pdf"),
    DownloadFormat.CSV.value: (papers.csv_bytes, "text/csv; charset=utf-8"),
    DownloadFormat.XLSX.value: (papers.xlsx, OFFICE),
    DownloadFormat.ODS.value: (
        papers.ods,
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
}


@require_safe
def sheet_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """Of a large meetup, `?table=2`; without it, the page that offers each."""
    meetup = visible_meetup(request, pk)
    parts = cut_in_parts(sheet_rows(meetup))
    if not parts:
        return pdf_response(papers.sheet(meetup), file_name("feuille", meetup))
    asked = request.GET.get("table", "")
    part = next((part for part in parts if str(part.number) == asked), None)
    if part is None:
        return redirect("sheet_parts", pk=pk)
    name = file_name(f"feuille-{part.number}", meetup)
    return pdf_response(papers.sheet(meetup, part), name)


@require_safe
def sheet_parts(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = visible_meetup(request, pk)
    parts = cut_in_parts(sheet_rows(meetup))
    context = {"meetup": meetup, "parts": parts}
    return render(request, "reports/sheet_parts.html", context)


@require_safe
def report_page(request: SignedInRequest, pk: int) -> HttpResponse:
    return report_response(request, read_by(request, pk, DownloadFormat.PAGE))


@require_safe
def report_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    report = read_by(request, pk, DownloadFormat.PDF)
    return serve_report(report, DownloadFormat.PDF)


@require_safe
def report_csv(request: SignedInRequest, pk: int) -> HttpResponse:
    report = read_by(request, pk, DownloadFormat.CSV)
    return serve_report(report, DownloadFormat.CSV)


@require_safe
def report_xlsx(request: SignedInRequest, pk: int) -> HttpResponse:
    report = read_by(request, pk, DownloadFormat.XLSX)
    return serve_report(report, DownloadFormat.XLSX)


@require_safe
def report_ods(request: SignedInRequest, pk: int) -> HttpResponse:
    report = read_by(request, pk, DownloadFormat.ODS)
    return serve_report(report, DownloadFormat.ODS)


def read_by(request: SignedInRequest, pk: int, format_: DownloadFormat) -> Report:
    """The report, or 404; a partner's reading is noted."""
    visible = Report.objects.visible_to(request.user).distinct()
    report = get_object_or_404(visible, pk=pk)
    if request.method == "GET":
        note_reading(report, format_, user=request.user)
    return report


def report_response(
    request: HttpRequest,
    report: Report,
    *,
    base: str = "signed_in.html",
    files: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The report as a page. `files` are addresses by format, `base` the page around:
    whoever comes by a link has others."""
    given = files or {
        format_: reverse(f"report_{format_}", args=(report.pk,)) for format_ in FILES
    }
    context = {"reading": read(report), "files": given, "base": base}
    return render(request, "reports/report.html", context)


def serve_report(
    report: Report, format_: str, *, is_saved: bool = False
) -> HttpResponse:
    """The file of a report in one of the formats of FILES. Every download comes
    through here; a paper is shown, unless a button said that it is saved."""
    make, mime = FILES[format_]
    name = f"{slugify(report.title)[:80]}-v{report.version}.{format_}"
    is_shown = format_ == DownloadFormat.PDF and not is_saved
    shown = "inline" if is_shown else "attachment"
    return HttpResponse(
        make(report),
        content_type=mime,
        headers={"Content-Disposition": f'{shown}; filename="{name}"'},
    )


def file_name(kind: str, meetup: Meetup) -> str:
    return f"{kind}-{slugify(meetup.title)}-{local_day(meetup.starts_at)}"


def pdf_response(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}.pdf"'},
    )
