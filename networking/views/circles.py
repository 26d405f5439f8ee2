from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from networking.actions.circles import (
    LastOrganiser,
    join_team,
    leave_team,
    start_circle,
)
from networking.addresses import plain
from networking.feeds import Subscription
from networking.forms.circles import CircleForm, TeamForm
from networking.forms.saving import saved
from networking.models import (
    Circle,
    Family,
    Meetup,
    MeetupStatus,
    Membership,
    Professional,
    TeamMember,
)
from networking.perms import SignedInRequest, can_organise, organises, team_required
from networking.tables import PeopleTable
from venues.text import fold

LONGEST_NAME = 60
PER_PAGE = 50
PAST_SHOWN = 3
LONGEST_KEY = 18
LAST_ORGANISER = "Un cercle garde toujours une personne qui organise."


def circle_asked(request: HttpRequest, circles: QuerySet[Circle]) -> Circle | None:
    """The one of ?cercle=, None when it holds no number; 404 outside `circles`."""
    asked = request.GET.get("cercle", "")
    if not asked.isdecimal():
        return None
    # int() refuses more than 4,300 digits.
    return get_object_or_404(circles, pk=int(asked[:LONGEST_KEY]))


def _for_list(circles: QuerySet[Circle]) -> QuerySet[Circle]:
    """With the number of people and the next date of each, in one query."""
    people = (
        Membership.objects.filter(circle=OuterRef("pk"))
        .order_by()
        .values("circle")
        .annotate(n=Count("pk"))
        .values("n")
    )
    next_date = Min(
        "meetups__starts_at",
        filter=Q(
            meetups__status=MeetupStatus.PLANNED, meetups__ends_at__gte=timezone.now()
        ),
    )
    return circles.annotate(
        people_count=Subquery(people, output_field=IntegerField()),
        next_meetup_at=next_date,
    )


@team_required
def circle_list(request: SignedInRequest) -> HttpResponse:
    circles = _for_list(Circle.objects.visible_to(request.user))
    circles = circles.select_related("pathway").prefetch_related(
        "communes", "neighbourhoods__commune"
    )
    page = Paginator(circles.order_by("name"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "can_create": organises(request.user)}
    return render(request, "networking/circle_list.html", context)


@team_required
def circle_create(request: SignedInRequest) -> HttpResponse:
    if not organises(request.user):
        raise PermissionDenied
    form = CircleForm(request.POST or None)

    def start() -> Circle:
        circle: Circle = form.save()
        start_circle(circle=circle, organiser=request.user)
        return circle

    if request.method == "POST" and form.is_valid() and (made := saved(form, start)):
        messages.success(
            request,
            f"Le cercle «\u202f{made}\u202f» est prêt. Ajoutez des personnes.",
        )
        return redirect(made)
    return render(request, "networking/circle_form.html", {"form": form})


def _circle_to_organise(request: SignedInRequest, pk: int) -> Circle:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    if not can_organise(request.user, circle):
        raise PermissionDenied
    return circle


def circle_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    circle = _circle_to_organise(request, pk)
    form = CircleForm(request.POST or None, instance=circle)
    if request.method == "POST" and form.is_valid() and saved(form, form.save):
        messages.success(request, "C’est noté.")
        return redirect("circle", pk=pk)
    context = {"form": form, "circle": circle, "name": form.initial["name"]}
    return render(request, "networking/circle_form.html", context)


def people_in(circle: Circle, name: str, family: str) -> QuerySet[Professional]:
    """Alphabetically; every word of `name` is in the first or last name."""
    people = Professional.objects.filter(memberships__circle=circle).select_related(
        "profession", "workplace", "commune"
    )
    for word in fold(name).split():
        people = people.filter(search_name__contains=word)
    if family:
        people = people.filter(profession__family=family)
    return people


def circle(request: SignedInRequest, pk: int) -> HttpResponse:
    circles = Circle.objects.visible_to(request.user).select_related("pathway")
    circle = get_object_or_404(circles, pk=pk)
    name = plain(request.GET.get("nom", ""))[:LONGEST_NAME]
    family = plain(request.GET.get("besoin", ""))
    table = PeopleTable(people_in(circle, name, family))
    # The page is ours to choose: tables2 would take any `per_page` of the address.
    RequestConfig(request, paginate=False).configure(table)
    page = Paginator(table.rows, PER_PAGE).get_page(request.GET.get("page"))
    table.paginate(page=page.number, per_page=PER_PAGE)
    families = Family.objects.filter(professions__people__memberships__circle=circle)
    meetups = Meetup.objects.filter(circle=circle).with_place()
    context = {
        "circle": circle,
        "table": table,
        "name": name,
        "family": family,
        "families": families.distinct(),
        "people_count": circle.memberships.count(),
        "team": circle.team.select_related("user"),
        "upcoming": meetups.planned().upcoming()[:PAST_SHOWN],
        "past": meetups.past()[:PAST_SHOWN],
        "feed": Subscription(circle.get_feed_url()),
        "is_announced": meetups.published().exists(),
        "can_organise": can_organise(request.user, circle),
    }
    return render(request, "networking/circle.html", context)


def team(request: SignedInRequest, pk: int) -> HttpResponse:
    circle = get_object_or_404(Circle.objects.visible_to(request.user), pk=pk)
    can_change = can_organise(request.user, circle)
    if request.method == "POST" and not can_change:
        raise PermissionDenied
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            member = join_team(circle=circle, **form.cleaned_data)
        except LastOrganiser:
            form.add_error("role", LAST_ORGANISER)
        else:
            messages.success(request, _welcome(member))
            return redirect("team", pk=pk)
    members = circle.team.select_related("user").order_by("user__first_name", "pk")
    context = {
        "circle": circle,
        "form": form,
        "team": members,
        "can_change": can_change,
    }
    return render(request, "networking/team.html", context)


def _welcome(member: TeamMember) -> str:
    name, address = member.user.get_short_name(), member.user.email
    return (
        f"{name} fait partie de l’équipe. Dites à {name} de se connecter avec cette"
        f" adresse\u202f: {address}. Un code arrivera par e-mail."
    )


@require_POST
def team_remove(request: SignedInRequest, pk: int, member_pk: int) -> HttpResponse:
    circle = _circle_to_organise(request, pk)
    member = get_object_or_404(
        TeamMember.objects.select_related("user", "circle"), pk=member_pk, circle=circle
    )
    try:
        leave_team(member=member)
    except LastOrganiser:
        messages.error(request, LAST_ORGANISER)
        return redirect("team", pk=pk)
    name = member.user.get_short_name()
    messages.success(request, f"{name} ne fait plus partie de l’équipe.")
    left = member.user_id == request.user.pk and not request.user.is_staff
    return redirect("circle_list") if left else redirect("team", pk=pk)
