from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from networking.models import Meetup
from networking.perms import SignedInRequest
from reports import cards, papers
from reports.views import visible_meetup
from reports.views.documents import file_name, pdf_response

LONGEST_KEY = 18
TOO_MANY = f"{cards.MOST} cartes à la fois, c’est le plus. Décochez des personnes."
NOBODY = "Choisissez au moins une personne."


def answerable(request: SignedInRequest, pk: int) -> Meetup:
    """404 to strangers, and once an answer would come too late."""
    meetup = visible_meetup(request, pk)
    if not meetup.takes_answers:
        raise Http404
    return meetup


@require_safe
def choose_cards(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = answerable(request, pk)
    ticked = cards.on_paper(meetup).values_list("pk", flat=True)[: cards.MOST]
    context = {
        "meetup": meetup,
        "guests": cards.welcome(meetup),
        "ticked": set(ticked),
        "per_sheet": cards.PER_SHEET,
    }
    return render(request, "reports/choose_cards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cards_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """`pour` names guests, as many as one likes: too many for an address, hence the
    POST, which writes nothing. Without it, those whom no message reaches."""
    meetup = answerable(request, pk)
    asked = request.POST.getlist("pour") or request.GET.getlist("pour")
    if asked or request.method == "POST":
        keys = [int(key[:LONGEST_KEY]) for key in asked if key.isdecimal()]
        guests = list(cards.welcome(meetup).filter(pk__in=keys))
    else:
        guests = list(cards.on_paper(meetup))
    if not 0 < len(guests) <= cards.MOST:
        messages.error(request, TOO_MANY if guests else NOBODY)
        return redirect("choose_cards", pk=meetup.pk)
    return pdf_response(papers.cards(meetup, guests), file_name("cartes", meetup))
