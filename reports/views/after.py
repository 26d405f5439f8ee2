"""After the meal: what a guest finds behind the same personal link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from invitations.links import personal
from invitations.models import Invitation
from reports.models import Attendance


def presence_of(invitation: Invitation) -> Attendance:
    """404 for whoever was not there: the pages after the meal are theirs."""
    presence = Attendance.objects.there().filter(invitation=invitation).first()
    if presence is None or not invitation.meetup.has_started:
        raise Http404
    return presence


@personal
@require_safe
def after(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    context = {
        "invitation": invitation,
        "guest": invitation.professional,
        "meetup": invitation.meetup,
        "presence": presence_of(invitation),
        "follow_ups": invitation.follow_ups.count(),
    }
    return render(request, "reports/after.html", context)
