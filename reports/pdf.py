"""Printed documents: a template and plain values in, the bytes of a PDF out.

Each file is PDF/UA-1 and PDF/A-3a at once, and the same values give the same
bytes: dates come from the context, fonts from this package, nothing from the
machine or the network. The templates are ours and escape every value; they cut
long texts, so that a page holds whatever people typed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import weasyprint
from django.template.loader import render_to_string
from weasyprint.urls import URLFetcher, URLFetcherResponse

from reports.fonts import FILES, has_unknown_letters, printable
from reports.tagging import write_accessible_pdf

SCHEME = "asset:"
STYLES = Path(__file__).resolve().parent.parent / "templates" / "pdf"
ASSETS: dict[str, tuple[bytes, str]] = {
    **{name: (body, "font/ttf") for name, body in FILES.items()},
    **{path.name: (path.read_bytes(), "text/css") for path in STYLES.glob("*.css")},
}

# Five hundred badges with their squares: as many as a meal may have places.
MAX_CHARACTERS = 3_000_000

# Pango is not safe with threads.
_lock = Lock()


class DocumentTooLong(ValueError):
    """The HTML of a document exceeds MAX_CHARACTERS."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file joined to a PDF, such as a report's figures in CSV."""

    name: str
    content: bytes
    description: str
    mime: str = "text/csv"


class FixedAssets(URLFetcher):
    """Serve `asset:NAME` from a fixed map; any other address stops the rendering."""

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(
            allowed_protocols=(), allow_redirects=False, fail_on_errors=True
        )
        self.assets = assets

    def fetch(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if name == url or name not in self.assets:
            raise ValueError(f"Not one of our assets: {url}")
        body, mime = self.assets[name]
        return URLFetcherResponse(url, body, {"Content-Type": mime})


def _moment(context: Mapping[str, object]) -> dt.datetime:
    moment = context["dated_at"]
    if not isinstance(moment, dt.datetime) or moment.tzinfo is None:
        raise ValueError("dated_at must be a date and time with its zone.")
    return moment.astimezone(dt.UTC)


def html(
    template: str,
    context: Mapping[str, object],
    *,
    attachments: Sequence[Attachment] = (),
) -> str:
    """The page given to the renderer.

    Templates also receive `dated_iso`, `attachments` and, when a letter had to be
    replaced, a true `has_unknown_letters`.
    """
    values = {
        **context,
        "dated_iso": _moment(context).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "attachments": attachments,
        "has_unknown_letters": False,
    }
    page = render_to_string(template, values)
    if has_unknown_letters(page):
        page = render_to_string(template, {**values, "has_unknown_letters": True})
    if len(page) > MAX_CHARACTERS:
        raise DocumentTooLong(f"{template}: {len(page)} characters")
    return printable(page)


def render(
    template: str,
    context: Mapping[str, object],
    *,
    attachments: Sequence[Attachment] = (),
    images: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF of a template; `dated_at` in the context dates the file. `images` are
    JPEG files that the page names `asset:NAME`.

    Raises DocumentTooLong, and ValueError when `dated_at` has no time zone.
    """
    moment = _moment(context)
    page = html(template, context, attachments=attachments)
    files = [_joined(attachment, moment) for attachment in attachments]
    pictures = {name: (body, "image/jpeg") for name, body in (images or {}).items()}
    fetcher = FixedAssets({**ASSETS, **pictures})
    with _lock:
        source = weasyprint.HTML(string=page, base_url=SCHEME, url_fetcher=fetcher)
        return write_accessible_pdf(source, attachments=files)


def page_count(template: str, context: Mapping[str, object]) -> int:
    """How many pages the template takes, laid out and not written."""
    page = html(template, context)
    with _lock:
        source = weasyprint.HTML(
            string=page, base_url=SCHEME, url_fetcher=FixedAssets(ASSETS)
        )
        return len(source.render().pages)


def _joined(attachment: Attachment, moment: dt.datetime) -> weasyprint.Attachment:
    body = {attachment.name: (attachment.content, attachment.mime)}
    return weasyprint.Attachment(
        url=SCHEME + attachment.name,
        url_fetcher=FixedAssets(body),
        name=attachment.name,
        description=attachment.description,
        created=moment,
        modified=moment,
        relationship="Data",
    )
