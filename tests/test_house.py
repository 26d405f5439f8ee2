"""The house keeps its shape: layers, doors, sizes, public pages, French spaces."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.ROOT)
APPS = ("venues", "networking", "invitations", "reports")
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEMPLATE, MOST_PARAMETERS = 30, 300, 120, 7

# Views that anybody may open without signing in. A new one is added here on purpose.
PUBLIC = {
    "accessibility",
    "after",
    "agenda",
    "answer",
    "answer_calendar",
    "badge",
    "change_my_feed",
    "check_certificate",
    "check_certificate_code",
    "circle_feed",
    "colleague",
    "companions",
    "door",
    "employer_stop",
    "give_opinion",
    "give_opinion_at_table",
    "health",
    "home",
    "i_am_here",
    "inbound_mail",
    "legal",
    "letter",
    "letter_html",
    "linked_report",
    "mailbox",
    "my_card",
    "my_certificate",
    "my_certificate_pdf",
    "my_data",
    "my_directory",
    "my_employer",
    "my_follow_ups",
    "my_links",
    "my_news",
    "my_picture",
    "my_portrait",
    "my_web",
    "no_password",
    "one_click_stop",
    "person_feed",
    "personal_data",
    "prepare",
    "public_calendar",
    "public_feed",
    "public_meetup",
    "robots",
    "seat_block",
    "stop_invitations",
    "stop_letter",
    "stop_reports",
    "team_feed",
    "tell_good_news",
    "welcome",
}


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def templates() -> list[Path]:
    return [p for p in sorted((ROOT / "templates").rglob("*")) if p.is_file()]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_outgrows_the_house() -> None:
    sizes = {relative(p): len(p.read_text().splitlines()) for p in sources()}
    assert {n: s for n, s in sizes.items() if s > LONGEST_FILE} == {}


def test_no_function_outgrows_a_screen() -> None:
    long = {
        f"{relative(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in sources()
        for node in functions(path)
        if node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert long == {}


def test_no_function_takes_more_than_seven_things() -> None:
    many = {
        f"{relative(path)}:{node.name}"
        for path in sources()
        for node in functions(path)
        if len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs)
        - (node.args.args[:1] != [] and node.args.args[0].arg in ("self", "cls"))
        > MOST_PARAMETERS
    }
    assert many == set()


def test_no_template_outgrows_the_house() -> None:
    sizes = {relative(p): len(p.read_text().splitlines()) for p in templates()}
    assert {n: s for n, s in sizes.items() if s > LONGEST_TEMPLATE} == {}


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = {
        f"{relative(path)}:{node.name}"
        for path in sources()
        for node in functions(path)
        for child in ast.walk(node)
        if isinstance(child, ast.Import | ast.ImportFrom)
    }
    assert hidden == set()


def test_no_junk_drawer_and_no_signal() -> None:
    names = {p.stem for p in sources()}
    assert names & {"services", "selectors", "utils", "helpers", "managers"} == set()
    text = "".join(path.read_text() for path in sources())
    assert "django.dispatch" not in text
    assert "post_save" not in text


@pytest.mark.parametrize("marker", ["TYPE_CHECKING", "mark_safe", "TODO", "FIXME"])
def test_words_that_have_no_place_here(marker: str) -> None:
    found = {
        relative(p) for p in sources() if re.search(rf"\b{marker}\b", p.read_text())
    }
    assert found == set()


def test_layers_and_doors_hold() -> None:
    done = subprocess.run(  # noqa: S603 - our own tool on our own tree
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def patterns(
    resolver: URLResolver, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            yield prefix + str(entry.pattern), entry


def own_patterns() -> Iterator[tuple[str, URLPattern]]:
    for route, pattern in patterns(get_resolver()):
        if pattern.callback.__module__.split(".")[0] in APPS:
            yield route, pattern


def test_public_views_are_those_listed() -> None:
    public = {
        pattern.name
        for _, pattern in own_patterns()
        if getattr(pattern.callback, "login_required", True) is False
    }
    assert public == PUBLIC


def test_every_route_of_ours_has_a_name_and_ends_plainly() -> None:
    for route, pattern in own_patterns():
        assert pattern.name, route
        endings = r"(^|/|<path:rest>|\.(pdf|ics|csv|txt|js|jpg|xlsx|ods|vcf))$"
        assert re.search(endings, route), route


def test_every_template_is_used() -> None:
    python = "".join(path.read_text() for path in sources())
    html = "".join(path.read_text() for path in templates())
    known = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
    overrides = ("allauth/", "account/", "mfa/", "forms/", "django/", "admin/")
    unused = []
    for path in templates():
        name = str(path.relative_to(ROOT / "templates"))
        stem = name.rsplit(".", 1)[0]
        # A mail's two parts are named once, without their ending.
        base = Path(stem).name
        said = name in python + html or f'"{base}"' in python
        if (
            not said
            and path.suffix != ".css"
            and name not in known
            and not name.startswith(overrides)
        ):
            unused.append(name)
    assert unused == []


def test_pages_hold_no_inline_style_or_script() -> None:
    exempt = ("mails/", "pdf/")
    guilty = [
        relative(path)
        for path in templates()
        if not str(path.relative_to(ROOT / "templates")).startswith(exempt)
        and re.search(
            r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)(?![^>]*json)",
            path.read_text(),
        )
    ]
    assert guilty == []


def test_french_signs_keep_their_space() -> None:
    """A plain space before ; : ! ? or inside « » breaks a line in the wrong place."""
    wrong = []
    for path in templates():
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", "¤", path.read_text())
        if path.suffix == ".html":
            for match in re.finditer(r"[\wé¤)] [;:!?»](?=[\s¤]|$)|« ", text):
                wrong.append(f"{relative(path)}: …{match[0]}")
    assert wrong == []


def test_no_file_tells_where_it_was_made() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--cached", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = re.escape(f"{ROOT}/")
    secret = re.compile(rf"https?://\S+\.(whl|tgz)\b|\"resolved\":|{here}")
    told = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".woff2", ".ttf", ".png"} or not path.is_file():
            continue
        if name != "tests/test_house.py" and secret.search(path.read_text()):
            told.append(name)
    assert told == []
