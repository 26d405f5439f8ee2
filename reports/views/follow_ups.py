"""« Les suites »: who does what for when."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from invitations.links import personal
from invitations.models import Invitation
from networking.perms import SignedInRequest
from reports.actions.follow_ups import put_off, set_done
from reports.forms.after import FollowUpForm
from reports.models import FollowUp
from reports.views import visible_meetup
from reports.views.after import presence_of

BOTH = ["GET", "HEAD", "POST"]
LONGEST_KEY = 18


@require_http_methods(BOTH)
def follow_ups(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = visible_meetup(request, pk)
    form = FollowUpForm(meetup, request.POST or None, instance=FollowUp(meetup=meetup))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "C’est noté.")
        return redirect("follow_ups", pk=pk)
    rows = meetup.follow_ups.select_related("owner", "guest__professional")
    context = {"meetup": meetup, "form": form, "follow_ups": rows}
    return render(request, "reports/follow_ups.html", context)


@require_http_methods(BOTH)
def follow_up(request: SignedInRequest, pk: int, follow_up_pk: int) -> HttpResponse:
    meetup = visible_meetup(request, pk)
    one = get_object_or_404(meetup.follow_ups, pk=follow_up_pk)
    day = one.due_on
    form = FollowUpForm(meetup, request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        if saved.due_on != day:
            put_off(follow_up=saved, due_on=saved.due_on)
        return redirect("follow_ups", pk=pk)
    context = {"meetup": meetup, "form": form, "follow_up": one}
    return render(request, "reports/follow_up.html", context)


@require_POST
def follow_up_done(
    request: SignedInRequest, pk: int, follow_up_pk: int
) -> HttpResponse:
    """One tap: done, not done, or off the list."""
    meetup = visible_meetup(request, pk)
    one = get_object_or_404(meetup.follow_ups, pk=follow_up_pk)
    if "retirer" in request.POST:
        one.delete()
    else:
        set_done(follow_up=one, is_done="fait" in request.POST)
    return redirect("follow_ups", pk=pk)


def key_in(request: HttpRequest) -> int:
    """0 is nobody's."""
    said = request.POST.get("suite", "")[:LONGEST_KEY]
    return int(said) if said.isascii() and said.isdecimal() else 0


@personal
@require_http_methods(BOTH)
def my_follow_ups(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    presence_of(invitation)
    mine = FollowUp.objects.filter(guest=invitation)
    if request.method == "POST":
        one = get_object_or_404(mine, pk=key_in(request))
        set_done(follow_up=one, is_done="fait" in request.POST)
        return redirect("my_follow_ups", token=invitation.token)
    context = {
        "invitation": invitation,
        "meetup": invitation.meetup,
        "follow_ups": mine,
    }
    return render(request, "reports/my_follow_ups.html", context)
