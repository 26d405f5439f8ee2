"""A partner's own space: what it may read, and nothing of anybody's name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networking.drawing import trend
from networking.models import Meetup, Partner
from networking.perms import SignedInRequest, speaks_for_a_partner
from reports.models import Download, Report
from reports.trends import points

PER_PAGE = 8
MOST_MEETUPS = 12


class Row(NamedTuple):
    """A report with those it replaces, and its readings by the partner."""

    report: Report
    earlier: Sequence[Report]
    readings: dict[str, Any]


@require_safe
def partner_reports(request: SignedInRequest) -> HttpResponse:
    if not speaks_for_a_partner(request.user):
        raise PermissionDenied
    partners = list(
        Partner.objects.of_member(request.user).prefetch_related("communes")
    )
    reports = reports_of(request, partners)
    page = Paginator(reports, PER_PAGE).get_page(request.GET.get("page"))
    told = points(reports.filter(meetup__isnull=False).select_related("meetup"))
    context = {
        "partners": partners,
        "page": page,
        "rows": rows_of(request, partners, list(page)),
        "points": told,
        "drawing": trend(told) if len(told) > 1 else "",
        "meetups": coming(partners),
    }
    return render(request, "reports/partner_reports.html", context)


def reports_of(
    request: SignedInRequest, partners: Sequence[Partner]
) -> QuerySet[Report]:
    """The same meal told to somebody else too: their own report is enough. Somebody
    of a team too reads here what the partner reads, no more."""
    reports = Report.objects.of_partners(request.user).current()
    own = Report.objects.current().filter(partner__in=partners)
    meals = own.filter(meetup__isnull=False).values("meetup")
    mine = Q(partner__in=partners) | Q(meetup=None) | ~Q(meetup__in=meals)
    return reports.filter(mine).select_related("partner")


def rows_of(
    request: SignedInRequest, partners: Sequence[Partner], reports: Sequence[Report]
) -> list[Row]:
    series = {report.series for report in reports}
    replaced = Report.objects.of_partners(request.user).filter(series__in=series)
    earlier: dict[str, list[Report]] = defaultdict(list)
    for old in replaced.exclude(replaced_by=None).order_by("-version"):
        earlier[old.series].append(old)
    read = readings(partners, reports)
    return [Row(one, earlier[one.series], read.get(one.pk, {})) for one in reports]


def readings(
    partners: Sequence[Partner], reports: Iterable[Report]
) -> dict[int, dict[str, Any]]:
    """How often the partner itself opened each, and when last."""
    theirs = Q(user__partner_roles__partner__in=partners)
    theirs |= Q(link__isnull=False, report__partner__in=partners)
    rows = Download.objects.filter(theirs, report__in=reports).order_by()
    counted = rows.values("report").annotate(
        times=Count("pk", distinct=True), last=Max("at")
    )
    return {row["report"]: dict(row) for row in counted}


def coming(partners: Sequence[Partner]) -> list[Meetup]:
    """What the public agenda says already."""
    meetups = Meetup.objects.published().planned().upcoming().with_place()
    here = meetups.filter(booking__venue__commune__partners__in=partners)
    return list(here.distinct()[:MOST_MEETUPS])
