"""The table plan: dealt by the organiser, dealt again on the day by the team."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from invitations.actions import NobodyComes, deal_again, deal_tables
from invitations.actions.tables import Someone, current, expected, key_of, lunch_of
from invitations.forms import TablesForm
from invitations.models import Invitation
from invitations.seating import Companions, Round, score
from invitations.views.meetups import team_meetup
from networking.models import Meetup
from networking.perms import SignedInRequest, can_organise
from networking.templatetags.french import number, plural

NOBODY = "Personne n’a encore dit oui. Il n’y a pas de table à faire."
Line = dict[str, object]


@require_http_methods(["GET", "HEAD", "POST"])
def tables(request: SignedInRequest, pk: int) -> HttpResponse:
    meetup = team_meetup(request, pk)
    people = expected(meetup)
    rounds = current(meetup)
    form = TablesForm(
        request.POST if "tirer" in request.POST else None,
        people=len(people),
        rounds=rounds,
    )
    if request.method == "POST" and acted(request, meetup, form):
        return redirect("tables", pk=meetup.pk)
    lines = {key_of(person): line(person) for person in people}
    seated = {key for turn in rounds[:1] for table in turn for key in table}
    left_out = lines.keys() - seated
    context = {
        "meetup": meetup,
        "form": form,
        "can_organise": can_organise(request.user, meetup.circle),
        "count": len(people),
        "rounds": [
            [[lines[key] for key in table if key in lines] for table in turn]
            for turn in rounds
        ],
        "left_out": [lines[key] for key in lines if key in left_out and rounds],
        "gone": len(seated - lines.keys()),
        "reasons": reasons(meetup, rounds) if seated == lines.keys() else [],
    }
    return render(request, "invitations/tables.html", context)


def line(person: Someone) -> Line:
    if isinstance(person, Invitation):
        who = person.professional
        return {"first_name": who.first_name, "trade": who.trade}
    return {"first_name": person.first_name, "trade": person.profession or ""}


def acted(request: SignedInRequest, meetup: Meetup, form: TablesForm) -> bool:
    """Dealing belongs to the organiser; after no-shows the whole team deals again."""
    try:
        if "redonner" in request.POST:
            deal_again(meetup=meetup)
            messages.success(request, "Les tables sont refaites.")
            return True
        if "tirer" not in request.POST:
            raise Http404
        if not can_organise(request.user, meetup.circle):
            raise PermissionDenied
        return form.is_valid() and dealt(meetup, form)
    except NobodyComes:
        messages.error(request, NOBODY)
        return True


def dealt(meetup: Meetup, form: TablesForm) -> bool:
    data = form.cleaned_data
    if data["tables"] > len(expected(meetup)):
        form.add_error("tables", "C’est plus que le nombre de personnes.")
        return False
    deal_tables(
        meetup=meetup,
        tables=data["tables"],
        rounds=data["rounds"],
        companions=form.wish,
        seed=data["turn"] or 0,
    )
    return True


def trades(average: float) -> str:
    rounded = round(average, 1)
    return number(int(rounded) if rounded.is_integer() else rounded)


def reasons(meetup: Meetup, rounds: Sequence[Round]) -> list[str]:
    """Why this plan is good, in the words of the people who sit down."""
    if not rounds:
        return []
    lunch = lunch_of(
        meetup,
        tables=len(rounds[0]),
        rounds=len(rounds),
        companions=Companions.KEPT,
    )
    told = score(lunch, rounds)
    fresh = told.pairs - told.again
    pairs = (
        "paire se parle pour la première fois,paires se parlent pour la première fois"
    )
    said = [
        f"{trades(told.trades)} métiers différents par table, en moyenne.",
        f"{plural(fresh, pairs)}, sur {told.pairs}.",
    ]
    if told.same_employer:
        same = "paire vient de la même structure,paires viennent de la même structure"
        said.append(f"{plural(told.same_employer, same)}.")
    if lunch.buddies and not told.buddies:
        said.append("Chaque personne nouvelle est à la table de qui l’accueille.")
    return said
