"""Choosing who to invite, reading the invitation, sending it."""

from itertools import groupby

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations import mails
from invitations.actions import reachable, send_invitations
from invitations.forms import GuestsForm
from invitations.models import Invitation
from invitations.views.meetups import own_meetup
from networking.models import Meetup, Professional
from networking.perms import SignedInRequest
from networking.templatetags.french import plural


def candidates(meetup: Meetup) -> QuerySet[Professional]:
    """The people of the circle who may be asked and have not been yet."""
    people = Professional.objects.filter(memberships__circle=meetup.circle_id)
    return (
        people.filter(opted_out_at=None)
        .exclude(invitations__meetup=meetup)
        .select_related("profession__family", "commune", "workplace")
        .order_by("profession__family__order", "search_name", "pk")
    )


@require_http_methods(["GET", "HEAD"])
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody is ticked: the organiser takes away rather than adds."""
    meetup = own_meetup(request, pk)
    people = list(candidates(meetup))
    wanted = set(request.GET.getlist("people"))
    families = [
        (family, list(members))
        for family, members in groupby(people, lambda p: p.profession.family)
    ]
    context = {
        "meetup": meetup,
        "families": families,
        "count": len(people),
        "wanted": wanted or {str(person.pk) for person in people},
        "without_mail": sum(not reachable(person) for person in people),
    }
    return render(request, "invitations/choose_guests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The mail as it will look, for the first of them; POST sends to all."""
    meetup = own_meetup(request, pk)
    data = request.POST if request.method == "POST" else request.GET
    form = GuestsForm(data, candidates=candidates(meetup))
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["people"])))
        return redirect("choose_guests", pk=meetup.pk)
    people = form.cleaned_data["people"]
    if request.method == "POST":
        return send(request, meetup, people)
    return render(request, "invitations/preview.html", preview_of(meetup, people))


def preview_of(meetup: Meetup, people: QuerySet[Professional]) -> dict[str, object]:
    guests = list(people)
    first = next((guest for guest in guests if reachable(guest)), guests[0])
    sample = Invitation.new(meetup, first)
    subject = f"{mails.question(sample)} {mails.long_date(meetup.starts_at)}\u202f?"
    return {
        **mails.guest_context(sample, subject=subject),
        "people": guests,
        "by_mail": sum(reachable(guest) for guest in guests),
        "by_phone": [guest for guest in guests if not reachable(guest)],
        "subject": subject,
    }


def send(
    request: SignedInRequest, meetup: Meetup, people: QuerySet[Professional]
) -> HttpResponse:
    if not meetup.is_planned or meetup.starts_at <= timezone.now():
        messages.error(request, "Cette rencontre est passée ou annulée.")
        return redirect("meetup", pk=meetup.pk)
    count = send_invitations(meetup=meetup, people=people)
    invited = plural(count, "personne invitée,personnes invitées")
    messages.success(request, f"C’est parti\u202f: {invited}.")
    return redirect("meetup", pk=meetup.pk)
