"""For the team: who opened a report, and its links."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from networking.perms import SignedInRequest
from reports.actions.portal import TooMany, give_link, revoke
from reports.forms.portal import LinkForm
from reports.models import Report
from reports.perms import can_share

PER_PAGE = 50
REFUSED = "Cette adresse ne reçoit plus nos messages. Donnez-en une autre."
TOO_MANY = "Vingt liens sont déjà partis aujourd’hui. Continuez demain."


def told_report(request: SignedInRequest, pk: int) -> Report:
    """404 to whoever is not of the team, a partner too."""
    rows = Report.objects.of_teams(request.user)
    return get_object_or_404(
        rows.select_related("meetup__circle", "partner", "issued_by"), pk=pk
    )


@require_http_methods(["GET", "HEAD", "POST"])
def report_readings(request: SignedInRequest, pk: int) -> HttpResponse:
    report = told_report(request, pk)
    may_share = can_share(request.user, report)
    if request.method == "POST" and not may_share:
        raise PermissionDenied
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and gave(request, form, report):
        messages.success(request, "Le lien est parti par e-mail.")
        return redirect("report_readings", pk)
    downloads = report.downloads.select_related("user", "link")
    counted = report.downloads.aggregate(times=Count("pk"), last=Max("at"))
    context = {
        "report": report,
        "form": form,
        "page": Paginator(downloads, PER_PAGE).get_page(request.GET.get("page")),
        "readings": counted,
        "links": report.links.select_related("subscription__member__user").annotate(
            times=Count("download")
        )[:PER_PAGE],
        "may_share": may_share,
    }
    return render(request, "reports/report_readings.html", context)


def gave(request: SignedInRequest, form: LinkForm, report: Report) -> bool:
    email = form.cleaned_data["email"]
    try:
        if give_link(report=report, email=email, user=request.user) is None:
            form.add_error("email", REFUSED)
    except TooMany:
        form.add_error("email", TOO_MANY)
    return form.is_valid()


@require_POST
def revoke_link(request: SignedInRequest, pk: int, link_pk: int) -> HttpResponse:
    """From the next request on, the link opens nothing."""
    report = told_report(request, pk)
    if not can_share(request.user, report):
        raise PermissionDenied
    link = get_object_or_404(report.links, pk=link_pk)
    revoke(link)
    messages.success(request, "Ce lien est retiré. Il n’ouvre plus rien.")
    return redirect("report_readings", pk)
