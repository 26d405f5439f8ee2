from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from networking.actions.meetups import plan_meetup
from networking.forms.meetups import MeetupForm
from networking.models import Circle, Meetup, Role
from networking.perms import SignedInRequest, can_organise, team_required

PER_PAGE = 30


@require_safe
@team_required
def meetup_list(request: SignedInRequest) -> HttpResponse:
    meetups = Meetup.objects.visible_to(request.user).with_place()
    circles = Circle.objects.visible_to(request.user)
    wanted = request.GET.get("cercle", "")
    chosen = circles.filter(pk=wanted).first() if wanted.isdecimal() else None
    if chosen:
        meetups = meetups.filter(circle=chosen)
    past = Paginator(meetups.past(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "upcoming": list(meetups.upcoming()),
        "past": past,
        "circles": circles,
        "chosen": chosen,
        "query": f"cercle={chosen.pk}" if chosen else "",
    }
    return render(request, "networking/meetup_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@team_required
def meetup_create(request: SignedInRequest) -> HttpResponse:
    """One page for a circle; with several circles, the circle comes first."""
    circles = organised_by(request)
    wanted = request.GET.get("cercle", "")
    if not wanted.isdecimal():
        if len(circles) != 1:
            return render(
                request, "networking/meetup_circle.html", {"circles": circles}
            )
        wanted = str(circles[0].pk)
    circle = get_object_or_404(
        Circle.objects.visible_to(request.user), pk=int(wanted[:18])
    )
    if not can_organise(request.user, circle):
        raise PermissionDenied
    form = MeetupForm(request.POST or None, circle=circle)
    if request.method == "POST" and form.is_valid():
        meetup = save(request, form, circle)
        return redirect("choose_guests", pk=meetup.pk)
    context = {"form": form, "circle": circle, "circles": circles}
    return render(request, "networking/meetup_form.html", context)


def organised_by(request: SignedInRequest) -> list[Circle]:
    circles = Circle.objects.visible_to(request.user)
    if not request.user.is_staff:
        circles = circles.filter(team__user=request.user, team__role=Role.ORGANISER)
    return list(circles)


def save(request: SignedInRequest, form: MeetupForm, circle: Circle) -> Meetup:
    return plan_meetup(
        circle=circle,
        organiser=request.user,
        venue=form.cleaned_data["venue"],
        starts_at=form.starts_at,
        ends_at=form.ends_at,
        details=form.details(),
    )
