"""A whole site for a few seconds: its own database, its own port, its own post."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.servers.basehttp import (
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)
from django.db import connections
from django.test.utils import override_settings

from reports.demo import sink

HOST = "127.0.0.1"
# As written in networking.settings for SQLite.
OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
}


@contextmanager
def database(path: Path) -> Iterator[None]:
    """Django's default database is this new file, migrated, for all threads; what was
    open before is left as it was, even in the middle of a transaction."""
    before, configured = connections["default"], connections.settings["default"]
    connections.settings["default"] = {
        **configured,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": OPTIONS,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
    }
    connections["default"] = connections.create_connection("default")
    try:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = configured
        connections["default"] = before


class QuietHandler(WSGIRequestHandler):
    """Says nothing: the command prints its own table."""

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def server(folder: Path, mail: sink.Sink) -> Iterator[str]:
    """The site's address. Its pages and its mails agree on it."""
    web = ThreadedWSGIServer((HOST, 0), QuietHandler, connections_override={})
    address = f"http://{HOST}:{web.server_port}"
    with override_settings(**settings_for(address, folder, mail)):
        web.set_app(get_internal_wsgi_application())
        thread = threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield address
        finally:
            web.shutdown()
            thread.join()
            web.server_close()


def settings_for(address: str, folder: Path, mail: sink.Sink) -> dict[str, Any]:
    static = folder / "static"
    static.mkdir()
    return {
        "BASE_URL": address,
        "ALLOWED_HOSTS": [HOST],
        "CSRF_TRUSTED_ORIGINS": [address],
        "SECURE_SSL_REDIRECT": False,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "SECOND_FACTOR_REQUIRED": False,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": mail.port,
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_HOST_USER": "",
        "MAIL_PER_MINUTE_AND_DOMAIN": 0,
        "STATIC_ROOT": static,
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {
                "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
            },
        },
    }


@contextmanager
def site() -> Iterator[tuple[str, sink.Sink]]:
    """The address of an empty site, and its post."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="parentheses-")))
        stack.enter_context(database(folder / "scratch.sqlite3"))
        mail = stack.enter_context(sink.running())
        yield stack.enter_context(server(folder, mail)), mail
