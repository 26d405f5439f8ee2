"""Reports of several meals: written, looked at before they leave, listed."""

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from networking.models import Partner
from networking.perms import (
    SignedInRequest,
    can_manage_partner,
    organises,
    team_required,
)
from reports import actions, period_reports
from reports.drafts import period_draft
from reports.forms import (
    IndicatorsForm,
    PeriodWordsForm,
    TerritoryForm,
    YearForm,
    partners_of,
)
from reports.models import Report
from reports.naming import names_around
from reports.period_figures import told
from reports.period_reports import Words
from reports.periods import Span, last_quarters, year
from reports.releases import gather
from reports.views.previews import shown
from venues.models import Commune

METHODS = ["GET", "HEAD", "POST"]
PER_PAGE = 50


@require_http_methods(METHODS)
def territory(request: SignedInRequest) -> HttpResponse:
    """The period is in the address, so that a preview can be shown again."""
    partners = partners_of(request.user)
    if not organises(request.user):
        raise PermissionDenied
    asked = request.GET if "starts_on" in request.GET else None
    initial = {"partner": request.GET.get("partner")}
    form = TerritoryForm(request.user, asked, initial=initial)
    context = {
        "title": "Le bilan d’un territoire",
        "form": form,
        "shortcuts": last_quarters(date.today()),
        "first_partner": partners.first(),
    }
    if not form.is_valid():
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "reports/period.html", context)
    return _period(request, context, form.span, form.cleaned_data["partner"], False)


@require_http_methods(METHODS)
def association_year(request: SignedInRequest) -> HttpResponse:
    """Every circle is counted: staff alone sees them all."""
    if not request.user.is_staff:
        raise PermissionDenied
    form = YearForm(request.GET or None, initial={"year": date.today().year})
    context = {
        "title": "Le bilan de l’année",
        "form": form,
        "shortcuts": [],
        "first_partner": None,
    }
    if not form.is_valid():
        if request.method == "POST":
            raise PermissionDenied
        return render(request, "reports/period.html", context)
    span = year(form.cleaned_data["year"])
    return _period(request, context, span, form.cleaned_data["partner"], True)


def _period(
    request: SignedInRequest,
    context: Mapping[str, object],
    span: Span,
    partner: Partner | None,
    is_year: bool,
) -> HttpResponse:
    gathered = gather(span, _territory(partner, is_year))
    what = told(gathered)
    draft = period_draft(what, partner, is_year)
    words = PeriodWordsForm(
        names_around(*gathered.meetups), request.POST or None, initial=_typed(draft)
    )
    if request.method == "POST" and gathered.meetups and words.is_valid():
        actions.issue_period(
            span=span,
            partner=partner,
            is_year=is_year,
            words=Words(**words.cleaned_data),
            user=request.user,
        )
        messages.success(request, f"C’est fait. Le bilan est donné\u202f: {span}.")
        return redirect("issued_reports")
    frozen = period_reports.freeze(what, partner, is_year, draft)
    more = {"words": words, "gathered": gathered, "blocks": shown(frozen["blocks"])}
    return render(request, "reports/period.html", {**context, **more})


def _typed(words: Words) -> dict[str, str]:
    lines = {"findings": words.findings, "quotes": words.quotes}
    typed = {name: "\n".join(said) for name, said in lines.items()}
    return typed | {"proposal": words.proposal}


def _territory(partner: Partner | None, is_year: bool) -> QuerySet[Commune] | None:
    return None if is_year or partner is None else partner.communes.all()


@team_required
@require_safe
def issued_reports(request: SignedInRequest) -> HttpResponse:
    """What left, newest first, each with its versions, who opened it and its links."""
    reports = (
        Report.objects.of_teams(request.user)
        .select_related("partner", "issued_by", "replaced_by")
        .distinct()
    )
    context = {
        "page": Paginator(reports, PER_PAGE).get_page(request.GET.get("page")),
        "organises": organises(request.user),
    }
    return render(request, "reports/issued.html", context)


@require_http_methods(METHODS)
@team_required
def indicators(request: SignedInRequest, pk: int) -> HttpResponse:
    partner = get_object_or_404(Partner, pk=pk)
    if not can_manage_partner(request.user, partner):
        raise PermissionDenied
    initial = {"labels": "\n".join(str(line) for line in partner.indicators.all())}
    form = IndicatorsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_indicators(partner=partner, labels=form.cleaned_data["labels"])
        messages.success(request, "C’est noté. Ces lignes sont dans le bilan à écrire.")
        return redirect("partner", pk)
    context = {"partner": partner, "form": form}
    return render(request, "reports/indicators.html", context)
