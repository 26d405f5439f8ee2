from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from networking.actions.meetups import plan_meetup
from networking.forms.meetups import MeetupForm
from networking.models import Circle, Meetup, Role
from networking.perms import SignedInRequest, can_organise, organises, team_required
from networking.views.circles import circle_asked
from venues.models import SlotTaken

PER_PAGE = 30


@require_safe
@team_required
def meetup_list(request: SignedInRequest) -> HttpResponse:
    meetups = Meetup.objects.visible_to(request.user).with_place()
    circles = Circle.objects.visible_to(request.user)
    if chosen := circle_asked(request, circles):
        meetups = meetups.filter(circle=chosen)
    organised = organised_by(request)
    past = Paginator(meetups.past(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upcoming": list(meetups.upcoming()),
        "past": past,
        "circles": circles,
        "chosen": chosen,
        "can_plan": chosen in organised if chosen else bool(organised),
        "query": f"cercle={chosen.pk}" if chosen else "",
    }
    return render(request, "networking/meetup_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@team_required
def meetup_create(request: SignedInRequest) -> HttpResponse:
    """One page for a circle; with several circles, the circle comes first."""
    circles = organised_by(request)
    circle = circle_asked(request, Circle.objects.visible_to(request.user))
    if circle is None and len(circles) == 1:
        circle = circles[0]
    if circle is None:
        context = {"circles": circles, "can_create": organises(request.user)}
        return render(request, "networking/meetup_circle.html", context)
    if not can_organise(request.user, circle):
        raise PermissionDenied
    form = MeetupForm(request.POST or None, circle=circle)
    if request.method == "POST" and form.is_valid():
        meetup = save(request, form, circle)
        if meetup is not None:
            return redirect("choose_guests", pk=meetup.pk)
    context = {"form": form, "circle": circle, "circles": circles}
    return render(request, "networking/meetup_form.html", context)


def organised_by(request: SignedInRequest) -> list[Circle]:
    circles = Circle.objects.visible_to(request.user)
    if not request.user.is_staff:
        circles = circles.filter(team__user=request.user, team__role=Role.ORGANISER)
    return list(circles)


def save(request: SignedInRequest, form: MeetupForm, circle: Circle) -> Meetup | None:
    """None, said beside the venue, when the slot went to others meanwhile."""
    try:
        return plan_meetup(
            circle=circle,
            organiser=request.user,
            venue=form.cleaned_data["venue"],
            starts_at=form.starts_at,
            ends_at=form.ends_at,
            details=form.details(),
        )
    except SlotTaken as taken:
        form.say_taken(taken.booking)
        return None
