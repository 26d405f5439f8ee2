import logging
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from networking.tokens import MaskTokens, derive, fingerprint

TOKEN = derive("invitation", "a", 1)


def logged(message: str, error: Exception | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("x", logging.ERROR, "", 1, message, (), info)
    return MaskTokens("%(message)s").format(record)


def test_a_token_is_the_same_each_time_and_differs_by_version_and_purpose() -> None:
    assert derive("invitation", "a", 1) == TOKEN
    others = {derive("invitation", "a", 2), derive("reply", "a", 1)}
    assert TOKEN not in others
    assert len(TOKEN) == 26


def test_capitals_and_spaces_do_not_matter() -> None:
    assert fingerprint(f" {TOKEN.upper()} ") == fingerprint(TOKEN)
    assert fingerprint(f"{TOKEN[:4]} {TOKEN[4:9]}-{TOKEN[9:]}.") == fingerprint(TOKEN)


def test_a_token_read_from_paper_is_read_with_kindness() -> None:
    assert fingerprint("0a1b8c") == fingerprint("oalbbc")
    assert fingerprint("i") != fingerprint("l")
    assert fingerprint("é" * 26) != fingerprint(TOKEN)


def test_logs_hold_no_token_even_glued_or_in_a_traceback() -> None:
    for line in (f"/i/{TOKEN}/", f"/i/{TOKEN}x/", f"/i/{TOKEN.upper()}/"):
        assert TOKEN.lower() not in logged(line).lower()
    assert TOKEN not in logged("oops", ValueError(f"Host: evil.{TOKEN}.example"))
    assert logged("Not Found: /agenda/12/") == "Not Found: /agenda/12/"


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from routes(one, route)


def test_the_proxy_is_told_to_log_no_address_that_holds_a_secret() -> None:
    secret = {
        route.partition("/")[0]
        for route in routes(get_resolver())
        if re.search(r"token>|<str:code>", route)
    }
    told = Path(settings.ROOT, "docs", "operations.md").read_text()
    found = re.search(r"~\^/\(([a-z|]+)\)/ 0;", told)
    assert found
    assert secret == set(found[1].split("|"))
