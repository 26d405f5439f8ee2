from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_safe,
)

from invitations import itip, mails
from invitations.forms import SeatRequestForm
from invitations.models import SeatRequestStatus
from invitations.table import table_of
from invitations.views.answers import calendar_response
from networking.drawing import half_table
from networking.models import Meetup

PER_PAGE = 20
KEPT_IN_FEED = timedelta(days=30)
MOST_PENDING = 50
ASKED = "seat_asked"


@login_not_required
@require_safe
@gzip_page
def agenda(request: HttpRequest) -> HttpResponse:
    meetups = Meetup.objects.published().upcoming().with_place()
    page = Paginator(meetups, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "invitations/agenda.html", {"page": page})


def published(pk: int) -> Meetup:
    return get_object_or_404(
        Meetup.objects.published().with_place().select_related("organiser"), pk=pk
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def public_meetup(request: HttpRequest, pk: int) -> HttpResponse:
    """No guest's name here: only trades, and how many seats are left."""
    meetup = published(pk)
    form = SeatRequestForm(request.POST or None)
    if request.method == "POST" and meetup.takes_answers and form.is_valid():
        ask(form, meetup)
        request.session[ASKED] = meetup.pk
        return redirect("public_meetup", pk=meetup.pk)
    table = table_of(meetup)
    context = {
        "meetup": meetup,
        "venue": meetup.venue,
        "meal": mails.meal(meetup),
        "meal_name": mails.meal_name(meetup),
        "table": table,
        "trades": table.trades(),
        "drawing": half_table(table.seats(), table.words),
        "form": form,
        "asked": request.session.get(ASKED) == meetup.pk,
    }
    return render(request, "invitations/public_meetup.html", context)


def ask(form: SeatRequestForm, meetup: Meetup) -> None:
    """Once per address or phone; a robot and a flood get the same polite answer."""
    data = form.cleaned_data
    contact = {"email": data["email"]} if data["email"] else {"phone": data["phone"]}
    with transaction.atomic():
        Meetup.objects.select_for_update().get(pk=meetup.pk)
        waiting = meetup.seat_requests.filter(status=SeatRequestStatus.PENDING)
        known = waiting.filter(**contact).exists()
        if known or form.is_from_a_robot or waiting.count() >= MOST_PENDING:
            return
        asked = form.save(commit=False)
        asked.meetup = meetup
        asked.save()


def listed() -> QuerySet[Meetup]:
    """What the feed holds: cancelled meetups stay a month, said as such."""
    recent = now() - KEPT_IN_FEED
    return Meetup.objects.published().with_place().filter(ends_at__gt=recent)


@login_not_required
@require_safe
@conditional_page
def public_feed(request: HttpRequest) -> HttpResponse:
    """A calendar to subscribe to. The stamp is the last change, so that an unchanged
    feed has unchanged bytes and the same ETag (RFC 7986)."""
    events = [mails.event_of(m, m.changed_at) for m in listed().order_by("pk")]
    source = mails.absolute(reverse("public_feed"))
    content = itip.feed(events, name="Parenthèses Réseau", source=source)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="agenda.ics"'
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@login_not_required
@require_safe
def public_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    return calendar_response(itip.download(mails.event_of(published(pk), now())))
