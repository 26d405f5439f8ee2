from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from invitations import itip, mails
from invitations.forms import SeatRequestForm
from invitations.models import SeatRequestStatus
from invitations.table import table_of
from invitations.views.answers import calendar_response
from networking.drawing import half_table
from networking.feeds import Subscription
from networking.models import Circle, Meetup
from networking.views.circles import circle_asked

PER_PAGE = 20
MOST_PENDING = 50
# Plates that are drawn when nobody is counted.
LAID = 8
ASKED = "seat_asked"


@login_not_required
@require_safe
@gzip_page
def agenda(request: HttpRequest) -> HttpResponse:
    """With ?cercle=, those of one circle, and its own calendar."""
    meetups = Meetup.objects.published().upcoming()
    circles = Circle.objects.filter(pk__in=meetups.order_by().values("circle"))
    chosen = circle_asked(request, Circle.objects.announced())
    if chosen:
        meetups = meetups.filter(circle=chosen)
    page = Paginator(meetups.with_place(), PER_PAGE).get_page(request.GET.get("page"))
    feed = chosen.get_feed_url() if chosen else reverse("public_feed")
    context = {
        "page": page,
        "circles": circles,
        "chosen": chosen,
        "query": f"cercle={chosen.pk}" if chosen else "",
        "feed": Subscription(feed),
    }
    return render(request, "invitations/agenda.html", context)


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
    context = {
        "meetup": meetup,
        "venue": meetup.venue,
        "meal": mails.meal(meetup),
        "meal_name": mails.meal_name(meetup),
        **around(meetup),
        "form": form,
        "asked": request.session.get(ASKED) == meetup.pk,
    }
    return render(request, "invitations/public_meetup.html", context)


def around(meetup: Meetup) -> dict[str, object]:
    """Who is expected, until the meal is over: then a report counts who came, and this
    page would tell the small numbers that it hides (decision 0017)."""
    if meetup.is_over:
        return {"drawing": half_table(["yes"] * LAID, "Une table")}
    table = table_of(meetup)
    drawing = half_table(table.seats(), table.words)
    return {"table": table, "trades": table.trades(), "drawing": drawing}


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


@login_not_required
@require_safe
def public_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    meetup = published(pk)
    return calendar_response(itip.download(mails.event_of(meetup, meetup.changed_at)))
