"""Three taps after the meal, and what the team reads of them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_safe

from invitations.links import guarded, personal
from invitations.mails import absolute
from invitations.models import Invitation
from networking.models import Circle, Meetup, MeetupStatus
from networking.perms import SignedInRequest, can_organise
from networking.tokens import derive
from reports.actions import opinions as actions
from reports.forms.voices import OpinionForm, nameless
from reports.models import Moderation, Opinion
from reports.opinions import lines, opinions_in, opinions_of
from reports.qr import square
from reports.views import visible_meetup
from reports.views.after import presence_of

METHODS = ["GET", "HEAD", "POST"]
A_MINUTE, MOST_A_MINUTE = 60, 30
TOO_FAST = "Beaucoup d’avis arrivent à la fois. Attendez une minute."
TOO_MANY = "Il y a déjà autant d’avis que de personnes à table."


@personal
@require_http_methods(METHODS)
def give_opinion(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """No session, no message, no time: the flag of the presence is all that stays."""
    presence, meetup = presence_of(invitation), invitation.meetup
    form = OpinionForm(meetup, request.POST or None, own=presence.profession_id)
    if request.method == "POST" and form.is_valid():
        actions.give_opinion(presence=presence, said=form.said)
        return redirect("give_opinion", token=invitation.token)
    done = presence.has_given_opinion
    context = {
        "meetup": meetup,
        "form": form,
        "state": "done" if done else "asks",
        "back": reverse("after", args=(invitation.token,)),
        "fewest": actions.fewest(),
    }
    return render(request, "reports/opinion.html", context)


@login_not_required
@guarded
@require_http_methods(METHODS)
def give_opinion_at_table(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """For whoever has no link of their own. It trusts people: a cookie keeps a browser
    from speaking twice, and nothing about it is kept here."""
    places = Meetup.objects.with_place().exclude(status=MeetupStatus.CANCELLED)
    meetup = get_object_or_404(places, pk=pk)
    if not constant_time_compare(token.lower(), table_token(meetup)):
        raise Http404
    cookie = f"avis-{meetup.pk}"
    form = OpinionForm(meetup, request.POST or None)
    state = state_at_table(request, meetup, cookie)
    if state == "asks" and request.method == "POST" and form.is_valid():
        form.refused = refused_at_table(meetup, form)
        if not form.refused:
            return once(request, cookie)
    context = {"meetup": meetup, "form": form, "state": state}
    context["fewest"] = actions.fewest()
    return render(request, "reports/opinion.html", context)


def refused_at_table(meetup: Meetup, form: OpinionForm) -> str:
    """Why it was not taken, or nothing: nobody is thanked for what is lost."""
    if too_fast(meetup):
        return TOO_FAST
    is_kept = actions.give_opinion_at_table(meetup=meetup, said=form.said)
    return "" if is_kept else TOO_MANY


def once(request: HttpRequest, cookie: str) -> HttpResponse:
    """Nothing but this cookie remembers that the browser spoke."""
    answer = redirect(request.path)
    answer.set_signed_cookie(
        cookie,
        "1",
        max_age=actions.AT_THE_TABLE,
        path=request.path,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return answer


def table_token(meetup: Meetup) -> str:
    return derive("opinion", meetup.uid, 1)


def state_at_table(request: HttpRequest, meetup: Meetup, cookie: str) -> str:
    if request.get_signed_cookie(cookie, default=None):
        return "done"
    return "asks" if actions.takes_opinions_at_table(meetup) else "closed"


def too_fast(meetup: Meetup) -> bool:
    """More than a table of people can tap; counted per meal, not per person."""
    key = f"opinions-at-table:{meetup.pk}"
    if cache.add(key, 1, A_MINUTE):
        return False
    try:
        return int(cache.incr(key)) > MOST_A_MINUTE
    except ValueError:  # The minute ended between the two.
        return False


@require_http_methods(METHODS)
def opinions(request: SignedInRequest, pk: int) -> HttpResponse:
    """How many wait is not told: one more would say that somebody just spoke."""
    meetup = visible_meetup(request, pk)
    organises = can_organise(request.user, meetup.circle)
    if request.method == "POST":
        if not organises:
            raise PermissionDenied
        moderate(request, meetup)
        return redirect("opinions", pk=pk)
    told = opinions_of([meetup])
    address = absolute(
        reverse("give_opinion_at_table", args=(meetup.pk, table_token(meetup)))
    )
    context = {
        "meetup": meetup,
        "told": told,
        "lines": lines(told),
        "words": meetup.opinions.released().exclude(words="").order_by("words"),
        "can_organise": organises,
        "fewest": actions.fewest(),
        "address": address,
        "square": square(address, f"Votre avis\u202f: {address}")
        if actions.takes_opinions_at_table(meetup)
        else "",
    }
    return render(request, "reports/opinions.html", context)


def moderate(request: SignedInRequest, meetup: Meetup) -> None:
    """One by one; a name that was missed when they were written is refused here."""
    try:
        key = UUID(request.POST.get("avis", ""))
    except ValueError:
        raise Http404 from None
    row = get_object_or_404(meetup.opinions.released().exclude(words=""), pk=key)
    shown = "montrer" in request.POST
    if shown:
        try:
            nameless(row.words, meetup)
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
            return
    decided = Moderation.SHOWN if shown else Moderation.HIDDEN
    Opinion.objects.filter(pk=row.pk).update(moderation=decided)
    messages.success(request, "C’est noté.")


@require_safe
def circle_opinions(request: SignedInRequest, pk: int) -> HttpResponse:
    """All meals together, those too small to be read alone included."""
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    told = opinions_in(circle)
    context = {
        "circle": circle,
        "told": told,
        "lines": lines(told),
        "fewest": actions.fewest(),
    }
    return render(request, "reports/circle_opinions.html", context)
