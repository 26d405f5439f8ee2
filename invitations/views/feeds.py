"""Calendars to subscribe to. The secret ones are read by programs without an account:
the address is the key, and opens nothing else."""

from hashlib import sha256

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_POST, require_safe

from invitations import feeds, itip, mails
from invitations.feeds import Feed
from invitations.links import personal
from invitations.models import Invitation
from networking.models import Circle, Professional, User

MINUTES = 5


@login_not_required
@require_safe
def public_feed(request: HttpRequest) -> HttpResponse:
    return respond(request, feeds.of_everybody(), source=request.path)


@login_not_required
@require_safe
def circle_feed(request: HttpRequest, pk: int) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.announced(), pk=pk)
    return respond(request, feeds.of_circle(circle), source=request.path)


@login_not_required
@require_safe
def person_feed(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    person = get_object_or_404(Professional, pk=pk)
    if not person.opens_feed(token):
        raise Http404
    return respond(request, feeds.of_person(person))


@login_not_required
@require_safe
def team_feed(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_active=True)
    if not user.opens_feed(token):
        raise Http404
    return respond(request, feeds.of_team(user))


def respond(request: HttpRequest, feed: Feed, *, source: str = "") -> HttpResponse:
    """Without `source` the calendar is secret, and does not tell its own address:
    whoever is given the file is not given what will stand there later."""
    source = mails.absolute(source) if source else ""
    content = itip.feed(feed.events, name=feed.name, source=source)
    etag = quote_etag(sha256(content).hexdigest())
    changed = int(feed.changed_at.timestamp())
    headers = {
        "Content-Disposition": 'attachment; filename="agenda.ics"',
        "Cache-Control": f"{'public' if source else 'private'}, max-age={MINUTES * 60}",
        "ETag": etag,
        "Last-Modified": http_date(changed),
    }
    full = HttpResponse(content, "text/calendar; charset=utf-8", headers=headers)
    # Django's own decorator gives HEAD no ETag.
    answer = get_conditional_response(request, etag, changed, full)
    response = answer or full
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@personal
@require_POST
def change_my_feed(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    invitation.professional.change_feed()
    messages.success(
        request, "L’adresse de votre agenda a changé. Abonnez-vous à la nouvelle."
    )
    page = reverse("my_data", args=(invitation.token,))
    return redirect(f"{page}#agenda")
