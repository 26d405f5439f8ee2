from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

View = Callable[[HttpRequest], HttpResponse]
ENROLLED = "second_factor"


def private_pages(get_response: View) -> View:
    """Keep signed-in pages out of every cache, and every page to this site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = getattr(request, "session", None)
        if session is not None and "_auth_user_id" in session:
            response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware


def second_factor(get_response: View) -> View:
    """Somebody signed in without a second factor sees only the page to add one
    (ASVS 5.0 6.3.3: a code by mail is one factor)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if lacks_second_factor(request):
            return redirect("mfa_index")
        return get_response(request)

    return middleware


def lacks_second_factor(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
        return False
    if request.path.startswith(reverse("account_home")):
        return False
    if not request.session.get(ENROLLED):
        request.session[ENROLLED] = is_mfa_enabled(request.user)
    return not request.session[ENROLLED]
