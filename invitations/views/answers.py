"""The guest's pages: no account, two taps, and GET never writes."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from invitations import actions, itip, mails
from invitations.actions import end_pause, pause, stop_writing, write_again
from invitations.forms import PARTSTATS, AnswerForm, MyDataForm, PauseForm
from invitations.links import personal
from invitations.models import AnswersClosed, Invitation, Outcome, PartStat
from invitations.table import Table, table_of
from invitations.views.company import REFUSED
from networking.drawing import half_table
from networking.feeds import Subscription
from networking.models import Professional
from networking.tokens import derive
from networking.views import directory as directories


@personal
@require_http_methods(["GET", "HEAD", "POST"])
# On an old telephone, ten kilobytes count. Nothing that a visitor sends is in the
# page, and Django pads what it compresses (BREACH).
@gzip_page
def answer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        record(request, invitation, form.partstat)
        return redirect("answer", token=invitation.token)
    return render(request, "invitations/answer.html", page(request, invitation))


def record(request: HttpRequest, invitation: Invitation, partstat: PartStat) -> None:
    try:
        outcome = actions.answer(invitation=invitation, partstat=partstat)
    except AnswersClosed:
        messages.error(request, "On ne peut plus répondre à cette invitation.")
    else:
        if outcome == Outcome.WAITING:
            messages.warning(request, "La table est pleine. Votre nom est noté.")


def page(request: HttpRequest, invitation: Invitation) -> dict[str, object]:
    """What the guest sees: the question, or the answer given and what comes next."""
    meetup, table = invitation.meetup, table_of(invitation.meetup)
    wanted = PARTSTATS.get(request.GET.get("r", ""))
    asked = wanted is not None and wanted != invitation.partstat
    answered = invitation.answered_at is not None and not invitation.is_offered
    return {
        "invitation": invitation,
        "guest": invitation.professional,
        "meetup": meetup,
        "venue": meetup.venue,
        "question": mails.question(invitation),
        "meal": mails.meal(meetup),
        "meal_name": mails.meal_name(meetup),
        "table": table,
        "around": table.around(invitation),
        "drawing": half_table(table.seats(invitation), table.words),
        "asks": meetup.takes_answers
        and (not answered or asked or "changer" in request.GET),
        "wanted": wanted,
        **standing(invitation, table),
        "google_url": itip.google_url(mails.event_of(meetup, meetup.changed_at)),
        "outlook_url": itip.outlook_url(mails.event_of(meetup, meetup.changed_at)),
    }


def standing(invitation: Invitation, table: Table) -> dict[str, object]:
    """Where the guest stands: `rank` in the waiting list (1 is the next person told, 0
    outside of it) and why; who comes along; who welcomes whom."""
    waiting = [i.pk for i in table.waiting]
    refusal = table.composition.refusal(invitation.trade)
    context: dict[str, object] = {
        "rank": waiting.index(invitation.pk) + 1 if invitation.pk in waiting else 0,
        "why_waiting": REFUSED[refusal] if refusal else "",
        "mine": [e for e in table.extras if e.invitation_id == invitation.pk],
    }
    if invitation.is_coming:
        this = Invitation.objects.filter(pk=invitation.pk)
        context["is_first_time"] = this.first_time().exists()
        context["hosted"] = [i for i in table.coming if i.buddy_id == invitation.pk]
    return context


@personal
@require_safe
def calendar_file(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    meetup = invitation.meetup
    return calendar_response(itip.download(mails.event_of(meetup, meetup.changed_at)))


def calendar_response(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="rencontre.ics"'
    return response


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Everything kept about the guest, theirs to correct and to show or hide."""
    person = invitation.professional
    form = MyDataForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "C’est enregistré.")
        return redirect("my_data", token=invitation.token)
    context = {
        "form": form,
        "invitation": invitation,
        "person": person,
        "circles": person.circles.all(),
        "feed": Subscription(person.get_feed_url()),
        "answers": person.invitations.select_related("meetup"),
    }
    return render(request, "invitations/my_data.html", context)


@personal
@require_safe
def my_directory(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    person = invitation.professional
    form = directories.search_form(request, person.commune)
    context = directories.context(
        request, form, layout="base.html", viewer=person, invitation=invitation
    )
    return render(request, "networking/directory.html", context)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """For good, or for a while."""
    person = invitation.professional
    form = PauseForm(request.POST if "pause" in request.POST else None)
    if request.method == "POST" and stopped(request, person, form):
        return redirect("stop_invitations", token=invitation.token)
    context = {"invitation": invitation, "person": person, "form": form}
    return render(request, "invitations/stop.html", context)


def stopped(request: HttpRequest, person: Professional, form: PauseForm) -> bool:
    """False when the day of a pause cannot be taken."""
    if "pause" in request.POST:
        if not form.is_valid():
            return False
        pause(person=person, until=form.cleaned_data["until"])
    elif "finir" in request.POST:
        end_pause(person=person)
    elif "reprendre" in request.POST:
        write_again(person=person)
    else:
        stop_writing(person=person)
    return True


@csrf_exempt  # RFC 8058: a mail program posts here, without a cookie or a page
@login_not_required
@require_POST
def one_click_stop(request: HttpRequest, key: UUID, token: str) -> HttpResponse:
    invitation = get_object_or_404(Invitation, key=key)
    expected = derive("stop", invitation.key, invitation.token_version)
    if not constant_time_compare(token, expected):
        raise Http404
    stop_writing(person=invitation.professional)
    return HttpResponse("C’est noté. Nous ne vous écrirons plus.")
