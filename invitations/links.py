"""Personal links: who holds one is known without an account, on one meetup."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from invitations.models import Invitation
from networking.models import Meetup

LIVES_AFTER = timedelta(days=30)


def holder(token: str) -> Invitation | None:
    """The invitation of a living link: until 30 days after the meal."""
    found = Invitation.objects.for_token(token).select_related(
        "professional__profession",
        "professional__commune",
        "meetup__booking__venue__commune",
        "meetup__circle",
        "meetup__organiser",
        "buddy__professional__profession",
    )
    invitation = found.first()
    if invitation and is_dead(invitation.meetup, timezone.now()):
        return None
    return invitation


def is_dead(meetup: Meetup, now: datetime) -> bool:
    """Its guests' links open nothing any more."""
    return meetup.ends_at + LIVES_AFTER < now


View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """A page behind a link: no cache, no trace in another site's log."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        # Not "no-referrer": browsers then post with "Origin: null", which CSRF refuses.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return wrapped


def personal(view: View) -> View:
    """A guest's page, and one plain page for a wrong or dead link."""

    @login_not_required
    @guarded
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: object) -> HttpResponse:
        invitation = holder(token)
        if invitation is None:
            return render(request, "invitations/unknown_link.html", status=404)
        return view(request, invitation, **kwargs)

    return wrapped
