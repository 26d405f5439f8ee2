"""What a person does in a browser: open a page, fill in a form, press a button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

Fields = list[tuple[str, str]]


class NoSuchForm(Exception):
    """The page has no form like the one looked for."""


@dataclass
class Form:
    action: str
    method: str = "get"
    fields: Fields = field(default_factory=list)
    buttons: Fields = field(default_factory=list)

    def names(self) -> set[str]:
        return {name for name, _ in self.fields + self.buttons}


class Forms(HTMLParser):
    """Every form of a page with the values that it shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.current: Form | None = None
        self.area = self.choice = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self.current = Form(given.get("action", ""), given.get("method", "get"))
            self.found.append(self.current)
        elif self.current is None or not (name or tag == "option"):
            return
        elif tag == "button":
            self.current.buttons.append((name, value))
        elif tag == "textarea":
            self.area = name
            self.current.fields.append((name, ""))
        elif tag == "select":
            self.choice = name
        elif tag == "option":
            if "selected" in given:
                self.current.fields.append((self.choice, value))
        elif is_sent(given):
            self.current.fields.append((name, value or is_ticked(given)))

    def handle_data(self, data: str) -> None:
        if self.area and self.current:
            name, before = self.current.fields[-1]
            # HTML: a line break just after the tag is not part of the text.
            text = before + data if before else data.removeprefix("\n")
            self.current.fields[-1] = (name, text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        elif tag == "textarea":
            self.area = ""


def is_ticked(given: dict[str, str]) -> str:
    """The value of a box without one, as browsers send it."""
    return "on" if given.get("type") == "checkbox" else ""


def is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type", "text")
    return kind not in ("checkbox", "radio") or "checked" in given


@dataclass(frozen=True)
class Page:
    """`html` is empty for a file, whose bytes are in `content`."""

    url: str
    html: str
    content: bytes

    def form(self, *names: str, action: str = "", method: str = "") -> Form:
        """The first form with fields or buttons of these names."""
        for form in Forms(self.html).found:
            fits = set(names) <= form.names() and action in form.action
            if fits and method in ("", form.method.lower()):
                return form
        raise NoSuchForm(f"{self.url}: {names} {action}")


class Browser:
    """One person with their own cookies."""

    def __init__(self, site: str) -> None:
        self.site = site
        cookies = HTTPCookieProcessor(CookieJar())
        self.opener = build_opener(ProxyHandler({}), cookies)

    def open(self, path: str, data: Fields | None = None) -> Page:
        """Raises HTTPError for a page that is refused or missing."""
        url = urljoin(self.site, path)
        body = urlencode(data).encode() if data is not None else None
        # The Origin and Referer headers are what Django checks beside the token.
        headers = {"Referer": url, "Origin": self.site} if body else {}
        # S310: the address is our own server's, http by construction.
        request = Request(url, body, headers)  # noqa: S310
        with self.opener.open(request, timeout=30) as reply:
            content = reply.read()
            is_page = reply.headers.get_content_type() == "text/html"
            return Page(reply.url, content.decode() if is_page else "", content)

    def submit(self, page: Page, form: Form, **values: str | list[str]) -> Page:
        """With what the form shows, except `values`; a button is a value too."""
        data = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            chosen = [value] if isinstance(value, str) else value
            data += [(name, one) for one in chosen]
        target = urljoin(page.url, form.action)
        if form.method.lower() == "get":
            return self.open(f"{target.partition('?')[0]}?{urlencode(data)}")
        return self.open(target, data)
