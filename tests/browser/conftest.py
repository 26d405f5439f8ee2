"""The site as somebody starts it on their machine, and a browser in front of it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.site import ROOT, Site
from tests.browser.visits import PHONE

# Seconds; a busy machine needs more than a minute.
PATIENCE = 300
NOT_HERE = (
    "PRODUCTION",
    "DEBUG",
    "BASE_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "DATABASE_URL",
)
HERE = Path(__file__).parent
TELL = "from tests.browser.scene import tell; tell()"
# Milliseconds, of which five thousand are few on a busy machine.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    quiet = "ignore:Session-scoped fixtures defined as instance methods"
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # pytest-base-url defines its fixture the old way.
            item.add_marker(pytest.mark.filterwarnings(quiet))


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object],
) -> dict[str, object]:
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`manage.py serve` in demonstration mode, with a database of its own."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    environment = {k: v for k, v in os.environ.items() if k not in NOT_HERE} | {
        "DEMO": "1",
        "PORT": str(port),
        "VAR_FOLDER": str(folder),
        "DJANGO_SETTINGS_MODULE": "networking.settings",
    }
    log = folder / "serve.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://localhost:{port}"
            wait_for(url, process, log)
            yield Site(url, folder / "db.sqlite3", scene(environment))
        finally:
            process.terminate()
            process.wait(30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit and process.poll() is None:
        with suppress(OSError):
            urllib.request.urlopen(f"{url}/sante/", timeout=5)  # noqa: S310 - our own
            return
        time.sleep(0.2)
    pytest.fail(f"the site did not start:\n{log.read_text()}")


def scene(environment: dict[str, str]) -> dict[str, str | int]:
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", TELL],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    found: dict[str, str | int] = json.loads(made.stdout)
    return found


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser of one's own: `window("amina", java_script_enabled=False)`."""
    opened: list[BrowserContext] = []

    def open_one(who: str = "", **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=site.url, locale="fr-FR", viewport=PHONE, **options
        )
        if who:
            context.add_cookies([site.cookie(who)])
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
