"""What each main page costs: queries, and processor time beside a bare Django view.

    python bench/pages.py

The bare view (a template with a form, two queries) is measured in turn with each page
in the same run, so that the ratios hold on a busy machine, when the times do not.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory(prefix="parentheses-bench-")
os.environ.update(
    DJANGO_SETTINGS_MODULE="networking.settings",
    DATABASE_URL=f"sqlite:///{FOLDER.name}/db.sqlite3",
    DEMO="1",
    PRODUCTION="0",
)

import django  # noqa: E402 - the environment above comes first

django.setup()

from django import forms  # noqa: E402
from django.contrib.auth.decorators import login_not_required  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import include, path, reverse  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from networking.models import Circle, Meetup, User  # noqa: E402

RUNS, WARM_UP = 15, 2
# Seconds for all the pages together; the rest goes to filling the database.
BUDGET = 12.0
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
BARE = """<!doctype html><html lang="fr"><title>{{ meetup }}</title>
<form method="post">{% csrf_token %}{{ form }}<button>Oui</button></form>
<p>{{ circles }}</p></html>"""


class BareForm(forms.Form):
    answer = forms.CharField()


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    context = {
        "form": BareForm(),
        "meetup": Meetup.objects.first(),
        "circles": Circle.objects.count(),
    }
    return HttpResponse(engines["django"].from_string(BARE).render(context, request))


urlpatterns = [path("nu/", bare, name="bare"), path("", include("networking.urls"))]


class Page(NamedTuple):
    label: str
    url: str
    client: Client


class Cost(NamedTuple):
    """Medians; milliseconds of processor time."""

    queries: int
    own: float
    bare: float
    kilobytes: float


def signed_in(email: str) -> Client:
    client = Client(SERVER_NAME="localhost")
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(User.objects.get(email=email), backend=backend)
    return client


def pages() -> Iterator[Page]:
    visitor = Client(SERVER_NAME="localhost")
    amina = signed_in("amina@parentheses.example")
    clerk = signed_in("eloy@mairie-chambery.example")
    full, _, quiet = Meetup.objects.upcoming()
    past = Meetup.objects.past().first() or full
    guest = full.invitations.unanswered().order_by("pk")[0]
    circle = full.circle
    yield Page("Home", reverse("home"), visitor)
    yield Page("Agenda", reverse("agenda"), visitor)
    yield Page("Public meetup", full.get_public_url(), visitor)
    yield Page("RSVP", guest.get_absolute_url(), visitor)
    yield Page("Meetup list", reverse("meetup_list"), amina)
    yield Page("Organiser's meetup", full.get_absolute_url(), amina)
    yield Page("Choose guests", reverse("choose_guests", args=(quiet.pk,)), amina)
    yield Page("Circle", circle.get_absolute_url(), amina)
    yield Page("Directory", f"{reverse('directory')}?q=infirmière", amina)
    yield Page("Venues", reverse("venue_list"), amina)
    yield Page("Attendance", reverse("attendance", args=(past.pk,)), amina)
    yield Page("Partner space", reverse("partner_reports"), clerk)


def processor(client: Client, url: str) -> float:
    """Milliseconds of one request, or a stop on anything but a page."""
    started = time.process_time()
    response = client.get(url)
    spent = time.process_time() - started
    if response.status_code != 200:
        raise SystemExit(f"{url} gives {response.status_code}")
    return spent * 1000


def measure(page: Page, limit: float) -> Cost:
    """At least three turns, at most RUNS, and no new one after `limit`."""
    with CaptureQueriesContext(connection) as queries:
        response = page.client.get(page.url)
    asked = len(queries)  # the next request empties the log
    own, floor = [], []
    for turn in range(RUNS + WARM_UP):
        if turn >= WARM_UP + 3 and time.monotonic() > limit:
            break
        times = (
            processor(page.client, page.url),
            processor(page.client, reverse("bare")),
        )
        if turn >= WARM_UP:
            own.append(times[0])
            floor.append(times[1])
    return Cost(
        queries=asked,
        own=statistics.median(own),
        bare=statistics.median(floor),
        kilobytes=len(response.content) / 1024,
    )


def fill() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("demo")


def main() -> None:
    table = Table(title="What each page costs")
    table.add_column("Page")
    for title in ("Queries", "CPU ms", "Bare view, ms", "Ratio", "kB"):
        table.add_column(title, justify="right")
    fill()
    chosen = list(pages())
    started = time.monotonic()
    for number, page in enumerate(chosen, 1):
        cost = measure(page, started + BUDGET * number / len(chosen))
        table.add_row(
            page.label,
            str(cost.queries),
            f"{cost.own:.1f}",
            f"{cost.bare:.1f}",
            f"{cost.own / cost.bare:.1f}",
            f"{cost.kilobytes:.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    folder = Path(FOLDER.name)
    (folder / "static").mkdir()
    with override_settings(
        ROOT_URLCONF=__name__,
        STORAGES=STORAGES,
        STATIC_ROOT=folder / "static",
        MAILBOX=folder / "mailbox",
    ):
        main()
