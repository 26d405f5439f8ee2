"""Good news: told by a guest, read by the team, shown to the circle."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from invitations.links import personal
from invitations.models import Invitation
from networking.models import Circle
from networking.perms import SignedInRequest
from reports.actions.news import (
    MOST_EACH,
    EnoughNews,
    decide_good_news,
    publish_good_news,
    take_back_good_news,
    tell_good_news,
)
from reports.forms.voices import GoodNewsForm
from reports.models import Attendance, GoodNews, Moderation

METHODS = ["GET", "HEAD", "POST"]
LAST, PER_STATE = 5, 50


def may_tell(invitation: Invitation) -> bool:
    """Who said yes, and who came."""
    if invitation.meetup.is_cancelled:
        return False
    there = Attendance.objects.there().filter(invitation=invitation)
    return invitation.is_coming or there.exists()


@personal
@require_http_methods(METHODS)
def tell(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if not may_tell(invitation):
        raise Http404
    if "retirer" in request.POST:
        take_back(invitation, request.POST["retirer"])
        return redirect("tell_good_news", token=invitation.token)
    form = GoodNewsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tell_good_news(invitation=invitation, **form.cleaned_data)
        except EnoughNews:
            form.add_error("text", f"Vous en avez déjà écrit {MOST_EACH}. Merci.")
        else:
            return redirect("tell_good_news", token=invitation.token)
    mine = list(invitation.good_news.all())
    context = {
        "invitation": invitation,
        "guest": invitation.professional,
        "meetup": invitation.meetup,
        "form": form,
        "mine": mine,
        "more": MOST_EACH - len(mine),
        "shown": invitation.meetup.circle.good_news.shown()[:LAST],
    }
    return render(request, "reports/tell_good_news.html", context)


def take_back(invitation: Invitation, key: str) -> None:
    if key.isascii() and key.isdecimal() and len(key) < 19:
        take_back_good_news(invitation=invitation, key=int(key))


@require_http_methods(METHODS)
def good_news(request: SignedInRequest, pk: int) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    if "nouvelle" in request.POST:
        decide(request, circle)
        return redirect("good_news", pk=pk)
    form = GoodNewsForm(request.POST or None, signs=False)
    if request.method == "POST" and form.is_valid():
        publish_good_news(circle=circle, user=request.user, **form.cleaned_data)
        messages.success(request, "C’est publié.")
        return redirect("good_news", pk=pk)
    rows = circle.good_news.select_related("invitation__professional", "decided_by")
    context = {
        "circle": circle,
        "form": form,
        "waiting": rows.waiting()[:PER_STATE],
        "shown": rows.filter(moderation=Moderation.SHOWN)[:PER_STATE],
        "kept": rows.filter(moderation=Moderation.HIDDEN)[:PER_STATE],
    }
    return render(request, "reports/good_news.html", context)


def decide(request: SignedInRequest, circle: Circle) -> None:
    key = request.POST["nouvelle"]
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise Http404
    news = get_object_or_404(GoodNews.objects.filter(circle=circle), pk=int(key))
    shown = "publier" in request.POST
    decide_good_news(news=news, shown=shown, user=request.user)
    done = "C’est publié." if shown else "C’est gardé pour l’équipe."
    messages.success(request, done)
