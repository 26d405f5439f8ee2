"""Certificates: asked by the person, given by the team, checked by anybody."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_safe,
)

from invitations.links import personal
from invitations.models import Invitation
from networking.addresses import plain
from networking.models import Meetup
from networking.perms import SignedInRequest, can_record
from reports import papers
from reports.actions.after import TooManyNotes, certify, tell_employer
from reports.forms.after import EmployerForm, LastNameForm
from reports.models import Certificate
from reports.views import visible_meetup
from reports.views.after import presence_of
from reports.views.documents import file_name, pdf_response
from venues.text import fold

BOTH = ["GET", "HEAD", "POST"]
# Read as people write it: what looks alike is the same.
KIND = str.maketrans("OIL01U", "QJJQJV", " -.\u2011\u00a0\u202f")


@personal
@require_http_methods(BOTH)
def my_certificate(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    presence = presence_of(invitation)
    known = Certificate.objects.filter(attendance=presence).first()
    last_name = invitation.professional.last_name
    form = LastNameForm(request.POST or None, initial={"last_name": last_name})
    may_ask = known or (invitation.meetup.is_over and form.is_valid())
    if request.method == "POST" and may_ask:
        known = known or certify(presence=presence, **form.cleaned_data)
        return redirect("my_certificate", token=invitation.token)
    context = {
        "invitation": invitation,
        "meetup": invitation.meetup,
        "form": form,
        "certificate": known,
    }
    return render(request, "reports/my_certificate.html", context)


@personal
@require_safe
def my_certificate_pdf(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    presence = presence_of(invitation)
    issued = get_object_or_404(Certificate, attendance=presence)
    return _pdf(issued, invitation.meetup)


@personal
@require_http_methods(BOTH)
def my_employer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """A word with the certificate, only because the person asks for it."""
    issued = get_object_or_404(Certificate, attendance=presence_of(invitation))
    workplace = invitation.professional.workplace
    form = EmployerForm(
        request.POST or None, initial={"name": str(workplace or "")[:60]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            tell_employer(
                invitation=invitation, certificate=issued, **form.cleaned_data
            )
        except TooManyNotes:
            messages.error(request, "Deux messages sont déjà partis. C’est le plus.")
        else:
            messages.success(request, "Le message part. Votre attestation est jointe.")
        return redirect("after", token=invitation.token)
    context = {
        "invitation": invitation,
        "meetup": invitation.meetup,
        "form": form,
        "certificate": issued,
    }
    return render(request, "reports/my_employer.html", context)


@require_safe
def certificates(request: SignedInRequest, pk: int) -> HttpResponse:
    """For the team: whoever was there, walk-ins too, by first name."""
    meetup = _recorded(request, pk)
    there = meetup.attendances.there().select_related("profession", "certificate")
    by_name = sorted(there, key=lambda one: (fold(one.first_name), one.pk))
    context = {"meetup": meetup, "there": by_name}
    return render(request, "reports/certificates.html", context)


@require_http_methods(BOTH)
def certificate_of(
    request: SignedInRequest, pk: int, attendance_pk: int
) -> HttpResponse:
    """The PDF, or the form when the last name is not known."""
    meetup = _recorded(request, pk)
    rows = meetup.attendances.there().select_related(
        "invitation__professional", "profession"
    )
    presence = get_object_or_404(rows, pk=attendance_pk)
    known = Certificate.objects.filter(attendance=presence).first()
    if known and request.method != "POST":
        return _pdf(known, meetup)
    if not meetup.is_over:
        return redirect("certificates", pk=pk)
    guest = presence.invitation
    last_name = guest.professional.last_name if guest else ""
    form = LastNameForm(request.POST or None, initial={"last_name": last_name})
    if request.method == "POST" and form.is_valid():
        certify(presence=presence, **form.cleaned_data)
        return redirect("certificates", pk=pk)
    context = {"meetup": meetup, "presence": presence, "form": form}
    return render(request, "reports/certificate_form.html", context)


@login_not_required
@require_safe
def check_certificate(request: HttpRequest, code: str = "") -> HttpResponse:
    """63 bits are not guessed, so nothing is counted. Whoever holds the paper reads
    the whole name there: the page says an initial."""
    typed = plain(code or request.GET.get("code", ""))
    found = None
    if typed:
        wanted = typed[:40].upper().translate(KIND)
        found = Certificate.objects.filter(code=wanted).first()
    context = {"typed": typed[:40], "certificate": found}
    status = 404 if typed and not found else 200
    return render(request, "reports/check_certificate.html", context, status=status)


def _recorded(request: SignedInRequest, pk: int) -> Meetup:
    meetup = visible_meetup(request, pk)
    if not can_record(request.user, meetup):
        raise PermissionDenied
    if not meetup.has_started or meetup.is_cancelled:
        raise Http404
    return meetup


def _pdf(issued: Certificate, meetup: Meetup) -> HttpResponse:
    return pdf_response(papers.certificate(issued), file_name("attestation", meetup))
