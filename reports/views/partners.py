from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from networking.models import Partner
from networking.perms import SignedInRequest, speaks_for_a_partner
from reports.models import Report

PER_PAGE = 50


@require_safe
def partner_reports(request: SignedInRequest) -> HttpResponse:
    if not speaks_for_a_partner(request.user):
        raise PermissionDenied
    partners = Partner.objects.of_member(request.user)
    # Somebody of a team too reads here what the partner reads, no more.
    reports = (
        Report.objects.visible_to(request.user)
        .current()
        .filter(Q(partner__in=partners) | Q(commune__partners__in=partners))
        .select_related("meetup", "partner")
        .distinct()
    )
    # The same meal told to somebody else too: their own report is enough.
    own = Report.objects.current().filter(partner__in=partners, meetup__isnull=False)
    own_meals = own.values("meetup")
    reports = reports.filter(Q(partner__in=partners) | ~Q(meetup__in=own_meals))
    context = {
        "partners": partners.prefetch_related("communes"),
        "page": Paginator(reports, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/partner_reports.html", context)
