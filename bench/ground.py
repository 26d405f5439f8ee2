"""The ground that a measure stands on: a database of its own, with a meetup's world.

Imported first, it starts Django: on a SQLite file that goes with the process, or on
the DATABASE_URL that bench/cluster.py gives. The processes that a measure starts
import it too, and find the same database.
"""

import os
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
if "BENCH_FOLDER" not in os.environ:
    FOLDER = tempfile.TemporaryDirectory(prefix="parentheses-bench-")
    os.environ["BENCH_FOLDER"] = FOLDER.name
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/db.sqlite3")
os.environ.update(
    DJANGO_SETTINGS_MODULE="networking.settings",
    VAR_FOLDER=os.environ["BENCH_FOLDER"],
    MAIL_PER_MINUTE_AND_DOMAIN="0",
    PRODUCTION="0",
    DEMO="0",
)
# A measure runs without the collected static files.
warnings.filterwarnings("ignore", "No directory at")

import django  # noqa: E402 - the environment above comes first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402


def prepare() -> str:
    """An empty database with its tables; its name for people."""
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    return "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
