"""What the tests know of the site that runs beside them."""

import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
# Reading a page may open a session or count a visit; nothing else may change.
MAY_CHANGE = {"django_session", "cache", "sqlite_sequence"}


@dataclass(frozen=True)
class Site:
    url: str
    database: Path
    scene: dict[str, str | int]

    def cookie(self, who: str) -> dict[str, str]:
        session = str(self.scene[f"session_{who}"])
        return {"name": "sessionid", "value": session, "url": self.url}

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        address = f"file:{self.database}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as connection:
            return list(connection.execute(query, values))

    @contextmanager
    def without(self, table: str) -> Iterator[None]:
        """Every page that reads this table fails meanwhile."""
        self._run(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        try:
            yield
        finally:
            self._run(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')

    def _run(self, query: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            connection.execute(query)

    def fingerprints(self) -> dict[str, str]:
        """One hash per table, of every row in it."""
        named = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {str(name) for (name,) in named} - MAY_CHANGE
        return {
            # S608: the names come from the database itself.
            table: hashlib.sha256(
                repr(self.rows(f'SELECT * FROM "{table}" ORDER BY 1')).encode()  # noqa: S608
            ).hexdigest()
            for table in sorted(tables)
        }

    def settle(self) -> None:
        """Wait until the worker has sent all that is due."""
        limit = time.monotonic() + 120
        waiting = (
            "SELECT 1 FROM invitations_delivery WHERE status = 'queued'"
            " AND channel IN ('email', 'sms')"
            " AND due_at <= datetime('now', '5 seconds')"
        )
        while self.rows(waiting):
            assert time.monotonic() < limit, "the worker sends nothing"
            time.sleep(0.2)


def read_code(page: Page, email: str) -> str:
    """The six digits of the last sign-in mail, from the demonstration's mailbox."""
    page.goto(f"/boite-aux-lettres/?pour={email}")
    found = re.search(r"Code\s*(\d{6})", page.locator("main").inner_text())
    assert found, "no code in the mailbox"
    return found[1]
