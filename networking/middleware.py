from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse

View = Callable[[HttpRequest], HttpResponse]


def utf8_only(get_response: View) -> View:
    """Forms of ours are UTF-8. Another charset in Content-Type would reach Python's
    codecs ("rot13", "unicode_escape") or bring lone surrogates into the data."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip("\"'").lower() not in ("utf-8", "utf8"):
            return HttpResponseBadRequest("Unknown charset")
        return get_response(request)

    return middleware


def private_pages(get_response: View) -> View:
    """Keep signed-in pages out of every cache, and every page to this site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = getattr(request, "session", None)
        if session is not None and "_auth_user_id" in session:
            response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "no-store" in response.headers.get("Cache-Control", ""):
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
    return not is_mfa_enabled(request.user)
