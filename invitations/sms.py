"""The one door to an SMS gateway: any that takes one HTTP request per message.

At least once, like the mail: a gateway that took the message but whose answer was lost
is asked again, with the same reference. Numbers and words never enter an error.
"""

import json
import re
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from django.conf import settings
from django.core.checks import CheckMessage, Error

from invitations.mime import one_line
from networking.mailbox import keep_text
from networking.tokens import PATTERN as TOKEN

E164 = re.compile(r"\+[1-9]\d{6,14}")
PLACE = re.compile(r"\{(to|digits|text|sender|reference)\}")
NUMBER = re.compile(r"\+?\d(?:[ .\-]?\d){5,}")
CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
}
LARGEST_ANSWER = 64 * 1024
# These say "later" (RFC 9110), or that our account is refused, unpaid or not
# authorised to pass: nothing about the message.
LATER = {401, 402, 407, 408, 409, 425, 429}

NOT_A_NUMBER = "Ce numéro ne peut pas recevoir de SMS."
NO_WORDS = "Un SMS vide ne part pas."
NO_GATEWAY = "Aucune passerelle SMS n’est réglée."
SAID = "La passerelle SMS a répondu {}"


class SmsRefused(Exception):
    """For good. `code` is the HTTP status, 0 when the gateway was not asked."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason

    def __str__(self) -> str:
        return self.reason


class SmsUnavailable(Exception):
    """For now: the message may leave later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoRedirect(HTTPRedirectHandler):
    """Elsewhere must not receive our key."""

    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


def is_configured() -> bool:
    """A demonstration always is: its text messages stay in its mailbox."""
    return bool(settings.DEMO or settings.SMS_URL)


def send(*, to: str, text: str, reference: str) -> None:
    """Hands one message to the gateway, or raises SmsRefused or SmsUnavailable."""
    text = text.encode(errors="replace").decode()  # half of a sign has no UTF-8
    if not E164.fullmatch(to):
        raise SmsRefused(0, NOT_A_NUMBER)
    if not text.strip():
        raise SmsRefused(0, NO_WORDS)
    if settings.DEMO:
        keep_text(to=to, text=text, sender=settings.SMS_SENDER)
        return
    if not settings.SMS_URL:
        raise SmsUnavailable(NO_GATEWAY)
    if wrong := misconfigured():
        raise SmsUnavailable(f"La passerelle SMS est mal réglée ({wrong}).")
    values = {"to": to, "digits": to[1:], "text": text, "reference": reference}
    _ask(_request({**values, "sender": settings.SMS_SENDER}))


def misconfigured() -> str:
    """What the site's keeper must correct, in English; "" when nothing is wrong."""
    if settings.SMS_FORMAT not in CONTENT_TYPES:
        return "SMS_FORMAT must be json or form"
    if not _is_safe(settings.SMS_URL):
        return "SMS_URL must be an https:// address"
    if settings.SMS_METHOD == "GET" and settings.SMS_FORMAT != "form":
        return "SMS_METHOD=GET needs SMS_FORMAT=form"
    headers = settings.SMS_HEADERS
    if not isinstance(headers, dict) or not all(map(_is_header, headers.items())):
        return "SMS_HEADERS must be a JSON object of plain texts"
    places = set(PLACE.findall(settings.SMS_BODY))
    if "text" not in places or not places & {"to", "digits"}:
        return "SMS_BODY must hold {text}, and {to} or {digits}"
    with suppress(ValueError, re.error):
        re.compile(settings.SMS_ACCEPTED)
        if settings.SMS_FORMAT == "json":
            json.loads(settings.SMS_BODY)
        return ""
    return "SMS_BODY must be JSON, SMS_ACCEPTED a regular expression"


def check_gateway(**_: Any) -> list[CheckMessage]:
    wrong = misconfigured() if settings.SMS_URL else ""
    return [Error(f"{wrong}.", id="invitations.E001")] if wrong else []


def _is_safe(url: str) -> bool:
    """https, or this very machine: the key and the number cross no network bare."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))
    )


def _is_here(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _is_header(pair: tuple[object, object]) -> bool:
    name, value = pair
    plain_text = isinstance(value, str) and value.isascii() and value.isprintable()
    return plain_text and bool(re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", str(name), re.A))


def _request(values: Mapping[str, str]) -> Request:
    """With GET, the form is the query of the address."""
    url, body = settings.SMS_URL, fill(settings.SMS_BODY, settings.SMS_FORMAT, values)
    data: bytes | None = body.encode()
    if settings.SMS_METHOD == "GET":
        url, data = f"{url}{'&' if '?' in url else '?'}{body}", None
    headers = {
        "User-Agent": f"parentheses-reseau (+{settings.BASE_URL})",
        "Accept": "application/json, text/plain;q=0.5, */*;q=0.1",
    }
    if data is not None:
        headers["Content-Type"] = CONTENT_TYPES[settings.SMS_FORMAT]
    request = Request(url, data, headers, method=settings.SMS_METHOD)  # noqa: S310 - _is_safe() looked at it
    for name, value in settings.SMS_HEADERS.items():
        request.add_header(name, value)
    return request


def fill(template: str, kind: str, values: Mapping[str, str]) -> str:
    """The template with its places filled; what is filled in is never read again."""
    if kind == "form":
        return PLACE.sub(lambda found: quote(values[found[1]], safe=""), template)
    return json.dumps(_filled(json.loads(template), values))


def _filled(node: Any, values: Mapping[str, str]) -> Any:
    if isinstance(node, str):
        return PLACE.sub(lambda found: values[found[1]], node)
    if isinstance(node, list):
        return [_filled(one, values) for one in node]
    if isinstance(node, dict):
        return {name: _filled(one, values) for name, one in node.items()}
    return node


def _ask(request: Request) -> None:
    host = urlsplit(request.full_url).hostname or ""
    # A proxy is for what leaves the machine.
    proxies = ProxyHandler({} if _is_here(host) else None)
    secure = HTTPSHandler(context=ssl.create_default_context())
    opener = build_opener(NoRedirect, proxies, secure)
    deadline = time.monotonic() + settings.SMS_TIMEOUT
    try:
        with opener.open(request, timeout=settings.SMS_TIMEOUT) as answer:
            _check_accepted(answer, deadline)
    except HTTPError as error:
        with error:
            _judge(error, deadline)
    except (OSError, HTTPException) as error:
        cause = getattr(error, "reason", error)
        name = type(cause if isinstance(cause, Exception) else error).__name__
        raise SmsUnavailable(f"La passerelle SMS ne répond pas ({name}).") from error


def _check_accepted(answer: Any, deadline: float) -> None:
    """Some gateways say 200 and refuse in words."""
    if not settings.SMS_ACCEPTED:
        return
    said = _read(answer, deadline)
    if not re.search(settings.SMS_ACCEPTED, said):
        raise SmsRefused(answer.status, SAID.format(f"«\u202f{_shown(said)}\u202f»."))


def _judge(error: HTTPError, deadline: float) -> None:
    said = ""
    with suppress(OSError, HTTPException):
        said = _shown(_read(error, deadline))
    reason = SAID.format(f"{error.code} {said}".strip() + ".")
    if 400 <= error.code < 500 and error.code not in LATER:
        raise SmsRefused(error.code, reason) from error
    raise SmsUnavailable(reason) from error


def _read(answer: Any, deadline: float) -> str:
    """At most LARGEST_ANSWER bytes, and never past the deadline by much."""
    content = b""
    while len(content) < LARGEST_ANSWER and time.monotonic() < deadline:
        piece = answer.read1(LARGEST_ANSWER - len(content))
        if not piece:
            break
        content += piece
    return content.decode(errors="replace")


def _shown(said: str) -> str:
    """Without telephone numbers and personal links, which gateways repeat."""
    return one_line(NUMBER.sub("…", TOKEN.sub("…", said)), limit=200)
