"""What guests said they bring and need, for the organisers alone."""

from collections import Counter

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from invitations.models import Arrival, Diet, GuestDetail
from invitations.views.meetups import own_meetup
from networking.perms import SignedInRequest


@require_safe
def guest_details(request: SignedInRequest, pk: int) -> HttpResponse:
    """Diets as numbers, which is all a cook needs; a name only where somebody has to
    act: an access to prepare, a call to make."""
    meetup = own_meetup(request, pk)
    rows = list(
        GuestDetail.objects.filter(invitation__in=meetup.invitations.coming())
        .select_related("invitation__professional__profession")
        .order_by("invitation__professional__search_name")
    )
    diets = Counter(Diet(row.diet).label for row in rows if row.diet)
    context = {
        "meetup": meetup,
        "rows": rows,
        "diets": sorted(diets.items()),
        "access": [row for row in rows if row.access],
        "to_call": [row for row in rows if row.diet == Diet.OTHER],
        "dishes": [row for row in rows if row.dish],
        "questions": [row for row in rows if row.question],
        "late": [row for row in rows if row.arrival != Arrival.ON_TIME],
    }
    return render(request, "invitations/guest_details.html", context)
