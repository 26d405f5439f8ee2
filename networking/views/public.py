from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from networking.demo import PEOPLE
from networking.drawing import Seat, half_table
from networking.models import Meetup
from networking.perms import speaks_for_a_partner, works_in_a_team

NEXT = 3
# A table as it often is a week before: most have said yes, a few seats are free.
SEATS: tuple[Seat, ...] = (
    *("yes", "yes", "maybe", "yes", "free", "yes"),
    *("yes", "free", "yes", "maybe", "yes", "yes"),
)
DRAWN = "Une table ronde vue de haut, avec des assiettes et des places libres."


@login_not_required
@require_safe
@gzip_page
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody signed in works; for a visitor, what this is."""
    if works_in_a_team(request.user):
        return redirect("meetup_list")
    if speaks_for_a_partner(request.user):
        return redirect("partner_reports")
    meetups = Meetup.objects.published().planned().upcoming().with_place()[:NEXT]
    context = {
        "meetups": meetups,
        "drawing": half_table(SEATS, DRAWN),
        "demo_people": PEOPLE if settings.DEMO else (),
    }
    return render(request, "networking/home.html", context)


@login_not_required
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "networking/legal.html")


@login_not_required
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    return render(request, "networking/personal_data.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "networking/accessibility.html")


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Personal links are not listed here: a robots.txt would tell where they are. The
    calendars are: some web calendars ask here first whether they may read one."""
    allowed = "Allow: /$\nAllow: /agenda/\nAllow: /abonnement/\n"
    text = f"User-agent: *\n{allowed}Disallow: /\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For a monitor: 200 when the database answers and is migrated, else 503."""
    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    status = 503 if behind else 200
    return JsonResponse({"database": "behind" if behind else "ok"}, status=status)
