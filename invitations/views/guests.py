"""Choosing who to invite, reading the invitation, sending it."""

from collections import Counter
from itertools import groupby

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations import mails, texts
from invitations.actions import send_invitations
from invitations.channels import channel_for
from invitations.departures import departure, departures
from invitations.forms import GuestsForm
from invitations.limits import resting
from invitations.models import (
    BY_PERSON,
    AnswersClosed,
    DeliveryChannel,
    DeliveryKind,
    Invitation,
)
from invitations.views.meetups import own_meetup
from networking.models import Meetup, Professional
from networking.perms import SignedInRequest
from networking.templatetags.french import long_date, plural
from networking.tokens import PATTERN as TOKEN

BY_OTHER_WAYS = {
    DeliveryChannel.SMS: "par SMS",
    DeliveryChannel.PHONE: "par téléphone",
    DeliveryChannel.PAPER: "de vive voix",
}


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
    """Everybody is ticked but those who rest: the organiser takes away rather than
    adds. A POST comes back from the preview with the list as it was."""
    meetup = own_meetup(request, pk)
    people = list(candidates(meetup))
    rest = resting(people, timezone.now())
    asked = {str(person.pk) for person in people if person.pk not in rest}
    families = [
        (family, [(one, rest.get(one.pk, ""), channel_words(one)) for one in members])
        for family, members in groupby(people, lambda p: p.profession.family)
    ]
    context = {
        "meetup": meetup,
        "families": families,
        "count": len(asked),
        "resting": len(rest),
        "wanted": set(request.POST.getlist("people")) & asked or asked,
        "to_call": sum(is_called(one) for one in people if one.pk not in rest),
    }
    return render(request, "invitations/choose_guests.html", context)


def channel_words(person: Professional) -> str:
    channel = channel_for(person, DeliveryKind.INVITATION)
    return BY_OTHER_WAYS.get(channel, "") if channel else ""


def is_called(person: Professional) -> bool:
    return channel_for(person, DeliveryKind.INVITATION) in BY_PERSON


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
    people = list(form.cleaned_data["people"])
    if "envoyer" in request.POST:
        return send(request, meetup, people)
    rest = resting(people, timezone.now())
    if len(rest) == len(people):
        messages.error(request, skipped(rest))
        return redirect("choose_guests", pk=meetup.pk)
    context = preview_of(meetup, [one for one in people if one.pk not in rest])
    return render(request, "invitations/preview.html", context)


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


def preview_of(meetup: Meetup, guests: list[Professional]) -> dict[str, object]:
    by_channel: dict[str, list[Professional]] = {one: [] for one in DeliveryChannel}
    for guest in guests:
        channel = channel_for(guest, DeliveryKind.INVITATION)
        by_channel[channel or DeliveryChannel.PAPER].append(guest)
    first = next(iter(by_channel[DeliveryChannel.EMAIL]), guests[0])
    sample = Invitation.new(meetup, first)
    subject = f"{mails.question(sample)} {long_date(meetup.starts_at)}\u202f?"
    texted = by_channel[DeliveryChannel.SMS]
    text = (
        texts.sms(Invitation.new(meetup, texted[0]), "invitation", {}) if texted else ""
    )
    return {
        **mails.guest_context(sample, subject=subject),
        "people": guests,
        "by_mail": len(by_channel[DeliveryChannel.EMAIL]),
        "by_text": len(texted),
        "text": TOKEN.sub("…", text),
        "by_phone": by_channel[DeliveryChannel.PHONE]
        + by_channel[DeliveryChannel.PAPER],
        "departures": departures(meetup, timezone.now()),
        "subject": subject,
    }


def send(
    request: SignedInRequest, meetup: Meetup, people: list[Professional]
) -> HttpResponse:
    now = timezone.now()
    leaves = departure(request.POST.get("partir", ""), meetup, now)
    rest = resting(people, now)
    try:
        count = send_invitations(meetup=meetup, people=people, due_at=leaves.due_at)
    except AnswersClosed:
        messages.error(request, "Cette rencontre est passée ou annulée.")
        return redirect("meetup", pk=meetup.pk)
    invited = plural(count, "personne invitée,personnes invitées")
    told = f"C’est parti\u202f: {invited}."
    if leaves.due_at:
        told = f"C’est prêt\u202f: {invited}. Départ {leaves.label.lower()}."
    messages.success(request, f"{told} {skipped(rest)}".strip())
    return redirect("meetup", pk=meetup.pk)


def skipped(rest: dict[int, str]) -> str:
    """« 2 personnes ne sont pas invitées : en pause (1), déjà 6 invitations (1). »"""
    if not rest:
        return ""
    reasons = Counter(reason for reason in rest.values())
    why = ", ".join(f"{reason} ({n})" for reason, n in sorted(reasons.items()))
    people = plural(
        len(rest), "personne n’est pas invitée,personnes ne sont pas invitées"
    )
    return f"{people}\u202f: {why}."
