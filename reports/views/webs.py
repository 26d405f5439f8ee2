"""The web of a circle: for its team, and for its guests."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from invitations.links import personal
from invitations.models import Invitation
from networking.models import Circle
from networking.perms import SignedInRequest
from reports.actions.nudges import TERMS
from reports.links import links_of
from reports.views.links import changed, shows_first_name
from reports.web import web_of


@require_safe
def circle_links(request: SignedInRequest, pk: int) -> HttpResponse:
    """404 to whoever is not of the team. First names of those who consent only, here
    too: the team learns no link that its people do not show."""
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    counts = links_of(circle.meetups.all())
    context = {
        "circle": circle,
        "web": web_of(circle, timezone.now()),
        "counts": counts,
        "terms": [answers(counts, months) for months in TERMS],
    }
    return render(request, "reports/circle_links.html", context)


def answers(counts: dict[str, int], months: int) -> dict[str, int]:
    """Few answers would say who gave them."""
    answered = counts[f"answered_{months}"]
    if answered < settings.SMALLEST_COUNT:
        return {"months": months}
    again = counts[f"met_again_{months}"]
    return {"months": months, "answered": answered, "met_again": again}


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def my_web(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """For whoever was asked to a meal of this circle, and so can always take their
    first name back."""
    person = invitation.professional
    if request.method == "POST":
        changed(request, person)
        return redirect("my_web", token=invitation.token)
    context = {
        "invitation": invitation,
        "circle": invitation.meetup.circle,
        "web": web_of(invitation.meetup.circle, timezone.now()),
        "shows_name": shows_first_name(person),
    }
    return render(request, "reports/my_web.html", context)
