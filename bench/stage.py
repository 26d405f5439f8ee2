"""What the measures of answers and mails stand on: a database of their own, made and
thrown away as the tests do, on SQLite, on DATABASE_URL, or with `--postgresql` on a
server that lives for one run."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from cluster import run, stop
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory(prefix="parentheses-bench-")
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "networking.settings",
    "VAR_FOLDER": FOLDER.name,
    "PRODUCTION": "0",
    "DEMO": "0",
    # How long a domain makes us wait says nothing about us.
    "MAIL_PER_MINUTE_AND_DOMAIN": "0",
}


def set_up(purpose: str | None, *, durable: bool = True) -> None:
    """Django on the database of the command line; or, once, this command again on a
    PostgreSQL whose commits wait for the disk, or do not."""
    parser = argparse.ArgumentParser(
        description=purpose, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgresql", action="store_true")
    if parser.parse_args().postgresql:
        sys.exit(run([sys.executable, sys.argv[0]], durable=durable))
    # A bench asked to stop clears what it wrote.
    signal.signal(signal.SIGTERM, stop)
    os.environ.update(ENVIRONMENT)
    django.setup()


@contextmanager
def database() -> Iterator[str]:
    """A test database, so that a real one of this address is left alone; its kind."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection.display_name
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
