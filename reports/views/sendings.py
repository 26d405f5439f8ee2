"""Who receives a partner's reports by mail, and when."""

from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from invitations.links import guarded
from networking.models import Partner, Suppression, SuppressionReason
from networking.models.addresses import address_hash
from networking.perms import SignedInRequest, can_manage_partner, team_required
from reports.actions.portal import Stopped, add_address, choose_rhythms
from reports.forms.portal import RhythmsForm, SubscriptionForm
from reports.models import Frequency, ReportSubscription

METHODS = ["GET", "HEAD", "POST"]
STOPPED = "Cette adresse a dit stop. Seule la personne qui la lit peut reprendre."
STATES: dict[str, str] = {
    SuppressionReason.BOUNCED: "rien n’arrive à cette adresse",
    SuppressionReason.OBJECTED: "ne veut plus de messages de nous",
}


class Row(NamedTuple):
    """`trouble` is why nothing arrives there."""

    address: str
    frequency: str
    trouble: str
    is_bounced: bool = False
    subscription: ReportSubscription | None = None


@require_http_methods(METHODS)
def my_sendings(request: SignedInRequest, pk: int) -> HttpResponse:
    """A member's own; 404 for a partner that the user does not speak for."""
    partner = get_object_or_404(Partner.objects.of_member(request.user), pk=pk)
    form = RhythmsForm(
        request.POST if request.method == "POST" else None,
        initial={"rhythms": rhythms(partner, request)},
    )
    if request.method == "POST" and form.is_valid():
        choose_rhythms(
            partner=partner, user=request.user, chosen=form.cleaned_data["rhythms"]
        )
        messages.success(request, "C’est noté.")
        return redirect("partner_reports")
    context = {
        "partner": partner,
        "form": form,
        "trouble": STATES.get(Suppression.objects.reason(request.user.email), ""),
    }
    return render(request, "reports/my_sendings.html", context)


def rhythms(partner: Partner, request: SignedInRequest) -> list[str]:
    """Each report, as long as a member has not chosen."""
    rows = ReportSubscription.objects.filter(partner=partner, member__user=request.user)
    if not rows:
        return [Frequency.ISSUED]
    return [row.frequency for row in rows if row.stopped_at is None]


@team_required
@require_http_methods(METHODS)
def partner_sendings(request: SignedInRequest, pk: int) -> HttpResponse:
    partner = get_object_or_404(Partner, pk=pk)
    can_manage = can_manage_partner(request.user, partner)
    if request.method == "POST" and not can_manage:
        raise PermissionDenied
    form = SubscriptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and added(form, partner):
        messages.success(request, f"{form.cleaned_data['email']} recevra les bilans.")
        return redirect("partner_sendings", pk)
    context = {
        "partner": partner,
        "form": form,
        "rows": rows_of(partner),
        "can_manage": can_manage,
    }
    return render(request, "reports/partner_sendings.html", context)


def added(form: SubscriptionForm, partner: Partner) -> bool:
    try:
        add_address(partner=partner, **form.cleaned_data)
    except Stopped:
        form.add_error("email", STOPPED)
    return form.is_valid()


def rows_of(partner: Partner) -> list[Row]:
    """Members who have not chosen yet receive each report: they have no row."""
    subscriptions = partner.subscriptions.select_related("member__user")
    fresh = partner.members.filter(subscriptions=None).select_related("user")
    lines: list[tuple[str, str, ReportSubscription | None]] = [
        (one.address, one.get_frequency_display(), one) for one in subscriptions
    ]
    lines += [(one.user.email, Frequency.ISSUED.label, None) for one in fresh]
    hashes = {address_hash(address) for address, _, _ in lines}
    found = Suppression.objects.filter(address_hash__in=hashes)
    reasons = dict(found.values_list("address_hash", "reason"))
    rows = [_row(*line, reasons.get(address_hash(line[0]), "")) for line in lines]
    return sorted(rows, key=lambda row: (row.address, row.frequency))


def _row(
    address: str, frequency: str, row: ReportSubscription | None, reason: str
) -> Row:
    trouble = "a dit stop" if row and row.stopped_at else STATES.get(reason, "")
    is_bounced = reason == SuppressionReason.BOUNCED
    return Row(address, frequency, trouble, is_bounced, row)


@team_required
@require_POST
def drop_sending(request: SignedInRequest, pk: int, sending_pk: int) -> HttpResponse:
    """Takes an address away with its links, or tries again where nothing arrived. A
    member's goes with the member only."""
    partner = get_object_or_404(Partner, pk=pk)
    if not can_manage_partner(request.user, partner):
        raise PermissionDenied
    row = get_object_or_404(partner.subscriptions, pk=sending_pk)
    if "essayer" in request.POST:
        Suppression.objects.forget_bounce(row.address)
        messages.success(request, "Le prochain bilan partira à cette adresse.")
    elif row.member_id is None:
        row.delete()
        messages.success(request, f"{row.email} ne reçoit plus ces bilans.")
    return redirect("partner_sendings", pk)


@csrf_exempt  # RFC 8058: a mail program posts here, without a cookie or a page
@login_not_required
@guarded
@require_http_methods(METHODS)
def stop_reports(request: HttpRequest, token: str) -> HttpResponse:
    """The reader of a regular mail stops it, or begins again; GET changes nothing."""
    rows = ReportSubscription.objects.for_token(token)
    row = rows.select_related("partner", "member__user").first()
    if row is None:
        return render(request, "reports/link_gone.html", status=404)
    if request.method == "POST":
        if "reprendre" in request.POST:
            row.begin_again()
        else:
            row.stop()
        return redirect("stop_reports", token=token)
    return render(request, "reports/stop_reports.html", {"subscription": row})
