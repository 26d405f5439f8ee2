from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from networking.actions.venues import (
    communes_of,
    locate,
    refresh_calendars,
    settle_for_commune,
)
from networking.addresses import plain
from networking.forms.venues import VenueForm
from networking.models import Circle
from networking.perms import team_required
from networking.views.circles import circle_asked
from venues.distance import NEAR_KM
from venues.models import Commune, Venue, points_of
from venues.ranking import Ranked, nearest

PER_PAGE = 50


@team_required
def venue_list(request: HttpRequest) -> HttpResponse:
    """With ?cercle=, the fairest venue for the people of that circle first."""
    circles = Circle.objects.visible_to(request.user)
    circle = circle_asked(request, circles)
    venues = Venue.objects.select_related("commune")
    people = communes_of(circle) if circle else []
    points = points_of(people)
    rows = (
        nearest(venues, points) if circle else [Ranked(venue, None) for venue in venues]
    )
    context = {
        "circle": circle,
        "circles": circles,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "query": f"cercle={circle.pk}" if circle else "",
        "near_km": NEAR_KM,
        "unlocated": len(people) - len(points),
    }
    return render(request, "networking/venue_list.html", context)


def _saved(form: VenueForm) -> Venue | None:
    """Saved, then located: the geocoder is asked outside the transaction."""
    try:
        with transaction.atomic():
            venue = form.save()
    except IntegrityError:
        form.add_error("name", "Un lieu porte déjà ce nom dans cette commune.")
        return None
    if form.asks_for_a_point:
        locate(venue=venue)
    return venue


def _proposed(query: QueryDict) -> dict[str, object]:
    code = query.get("commune", "")
    known = Commune.objects.filter(code=code) if code.isalnum() else None
    given: dict[str, object] = {"lender": plain(query.get("preteur", ""))[:120]}
    given["commune"] = known.first() if known else None
    places = query.get("places", "")
    if places.isascii() and places.isdecimal() and len(places) < 5:
        given["seats"] = places
    return {name: value for name, value in given.items() if value}


@team_required
def venue_create(request: HttpRequest) -> HttpResponse:
    """With ?commune=, ?places= and ?preteur=, as a partner proposed it."""
    form = VenueForm(
        request.POST or None, user=request.user, initial=_proposed(request.GET)
    )
    if request.method == "POST" and form.is_valid() and (venue := _saved(form)):
        messages.success(request, f"{venue.name} fait partie des lieux.")
        return redirect(venue)
    return render(request, "networking/venue_form.html", {"form": form, "venue": None})


@team_required
def venue(request: HttpRequest, pk: int) -> HttpResponse:
    venue = get_object_or_404(Venue.objects.select_related("commune"), pk=pk)
    return render(request, "networking/venue.html", {"venue": venue})


@team_required
def venue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    venue = get_object_or_404(Venue.objects.select_related("commune"), pk=pk)
    name = venue.name
    form = VenueForm(request.POST or None, instance=venue, user=request.user)
    if request.method == "POST" and form.is_valid() and _saved(form):
        refresh_calendars(venue=venue)
        messages.success(request, f"{venue.name} est à jour.")
        return redirect(venue)
    context = {"form": form, "venue": venue, "name": name}
    return render(request, "networking/venue_form.html", context)


@team_required
@require_POST
def venue_point(request: HttpRequest, pk: int) -> HttpResponse:
    """`choice`: confirm the address shown, keep the commune, or look again."""
    venue = get_object_or_404(Venue.objects.select_related("commune"), pk=pk)
    choice = request.POST.get("choice")
    if choice == "again":
        locate(venue=venue)
    elif request.POST.get("seen", "") != venue.point_label:
        messages.warning(request, "L’adresse vient de changer. Regardez à nouveau.")
    elif choice == "confirm" and venue.point_label:
        venue.confirm_point()
        messages.success(request, "Merci. Les distances partiront de cette adresse.")
    elif choice == "commune":
        settle_for_commune(venue=venue)
        venue.confirm_point()
        messages.success(
            request, f"Les distances partiront du centre : {venue.commune}."
        )
    if choice in ("again", "commune"):
        refresh_calendars(venue=venue)
    return redirect(venue)
