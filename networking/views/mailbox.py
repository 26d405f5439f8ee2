"""The demonstration's post office; absent anywhere else."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from networking.mailbox import letter as read_letter
from networking.mailbox import letters

PER_PAGE = 30


def demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @login_not_required
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        response = view(request, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return wrapped


@demonstration
def mailbox(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("pour", "").strip().lower()
    found = [item for item in letters() if item.is_for(wanted)]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"pour": wanted}) if wanted else ""
    context = {"page": page, "wanted": wanted, "query": query}
    return render(request, "networking/mailbox.html", context)


@csp_update({"frame-src": ["'self'"]})
@demonstration
def letter(request: HttpRequest, name: str) -> HttpResponse:
    found = read_letter(name)
    if found is None:
        raise Http404
    return render(request, "networking/letter.html", {"letter": found})


@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-top-navigation-by-user-activation", "allow-popups"],
    }
)
@demonstration
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail as a mail program shows it: its own styles, no script."""
    found = read_letter(name)
    if found is None or not found.html:
        raise Http404
    return HttpResponse(found.html.replace("<a ", '<a target="_top" '))
