"""« Avez-vous recontacté… ? »: opened from the mail, long after the meal's own link."""

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from invitations.links import guarded
from networking.models import Professional
from reports.actions.nudges import answer_nudge
from reports.links import cards_for
from reports.models import Nudge
from reports.news import coffee_ways, coffee_words, news_path, nudges_open, opens_news
from reports.views.links import changed, shows_first_name

LONGEST_KEY = 18


@login_not_required
@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def my_news(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """404 for a wrong address, and once nothing asked lately is left."""
    person = get_object_or_404(Professional, pk=pk)
    if not opens_news(person, token):
        raise Http404
    nudges = list(nudges_open(person, timezone.now()))
    if not nudges:
        raise Http404
    if request.method == "POST":
        if not changed(request, person):
            keep_answer(request, person)
        if nudges_open(person, timezone.now()).exists():
            return redirect(news_path(person))
        # The last link was taken back: the address is nobody's from now on.
        nudges = []
    context = {
        "person": person,
        "rows": rows_of(person, nudges),
        "asked": key_of(request, "oui") or key_of(request, "pas-encore"),
        "shows_name": shows_first_name(person),
    }
    return render(request, "reports/my_news.html", context)


def rows_of(person: Professional, nudges: Sequence[Nudge]) -> list[dict[str, object]]:
    """Each with the other's card and the words of a « café à deux »."""
    cards = {card.person.pk: card for card in cards_for(person)}
    rows = []
    for nudge in nudges:
        card = cards.get(nudge.connection.other_id)
        if card is None:  # Taken back by the other one a moment ago.
            continue
        words, ways = coffee_words(person, card), coffee_ways(person, card)
        rows.append({"nudge": nudge, "card": card, "words": words, "ways": ways})
    return rows


def key_of(request: HttpRequest, name: str) -> int:
    """Which nudge the mail's link spoke of: it only lights up its button."""
    asked = request.GET.get(name, "")[:LONGEST_KEY]
    return int(asked) if asked.isascii() and asked.isdecimal() else 0


def keep_answer(request: HttpRequest, person: Professional) -> None:
    for name, again in (("oui", True), ("pas-encore", False)):
        key = request.POST.get(name, "")[:LONGEST_KEY]
        if key.isascii() and key.isdecimal():
            answer_nudge(person=person, nudge=int(key), met_again=again)
            told = "Merci." if again else "Merci. Un café à deux, peut-être\u202f?"
            messages.success(request, told)
