"""Choosing who to invite, reading the invitation, sending it."""

from itertools import groupby

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from invitations import mails
from invitations.actions import reachable, send_invitations
from invitations.forms import GuestsForm
from invitations.models import AnswersClosed, Invitation
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


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody is ticked: the organiser takes away rather than adds. A POST comes
    back from the preview with the list as it was."""
    meetup = own_meetup(request, pk)
    people = list(candidates(meetup))
    everybody = {str(person.pk) for person in people}
    families = [
        (family, list(members))
        for family, members in groupby(people, lambda p: p.profession.family)
    ]
    context = {
        "meetup": meetup,
        "families": families,
        "count": len(people),
        "wanted": set(request.POST.getlist("people")) & everybody or everybody,
        "without_mail": sum(not reachable(person) for person in people),
    }
    return render(request, "invitations/choose_guests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The mail as it will look, for the first of them; a second button sends it. All
    by POST, since hundreds of people do not fit in an address."""
    meetup = own_meetup(request, pk)
    if request.method != "POST":
        return redirect("choose_guests", pk=meetup.pk)
    form = GuestsForm(request.POST, candidates=candidates(meetup))
    if not form.is_valid():
        return refused(request, meetup, form)
    people = form.cleaned_data["people"]
    if "envoyer" in request.POST:
        return send(request, meetup, people)
    return render(request, "invitations/preview.html", preview_of(meetup, people))


def refused(request: SignedInRequest, meetup: Meetup, form: GuestsForm) -> HttpResponse:
    """A list that cannot be sent, or was sent a moment ago by a double tap."""
    asked = {
        int(pk)
        for pk in request.POST.getlist("people")
        if pk.isascii() and pk.isdecimal() and len(pk) < 19
    }
    known = meetup.invitations.filter(professional__in=asked)
    if asked and known.count() == len(asked):
        messages.info(request, "Ces personnes sont déjà invitées.")
        return redirect("meetup", pk=meetup.pk)
    messages.error(request, " ".join(map(str, form.errors["people"])))
    return redirect("choose_guests", pk=meetup.pk)


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
    try:
        count = send_invitations(meetup=meetup, people=people)
    except AnswersClosed:
        messages.error(request, "Cette rencontre est passée ou annulée.")
        return redirect("meetup", pk=meetup.pk)
    invited = plural(count, "personne invitée,personnes invitées")
    messages.success(request, f"C’est parti\u202f: {invited}.")
    return redirect("meetup", pk=meetup.pk)
