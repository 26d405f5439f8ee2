import sys
import time
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from invitations.actions.replies import receive_all
from invitations.inbox.imap import MailboxRefused, unread
from invitations.inbox.sources import Incoming, maildir, mbox, standard_input
from invitations.outbox import DATABASE_AWAY

NO_MAILBOX = "IMAP_URL n’est pas renseigné\u202f: voir docs/operations.md."


def existing(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise ArgumentTypeError(f"{text} n’existe pas.")
    return path


class Command(BaseCommand):
    help = (
        "Lit les réponses reçues par courrier, les garde et les note. Sans option, lit "
        "la boîte IMAP de IMAP_URL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group()
        source.add_argument(
            "--imap",
            action="store_true",
            help="la boîte de IMAP_URL, comme sans option",
        )
        source.add_argument("--maildir", type=existing, metavar="DOSSIER")
        source.add_argument("--mbox", type=existing, metavar="FICHIER")
        source.add_argument(
            "--stdin", action="store_true", help="un seul message, sur l’entrée"
        )
        parser.add_argument(
            "--watch", type=int, metavar="SECONDES", help="recommence sans fin"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["watch"]:
            self.read(options)
            return
        while True:
            self.read_carefully(options)
            time.sleep(max(options["watch"], 1))

    def read_carefully(self, options: dict[str, Any]) -> None:
        """A mailbox or a database that is away for a moment is asked again."""
        close_old_connections()
        try:
            self.read(options)
        except (CommandError, *DATABASE_AWAY) as error:
            self.stderr.write(str(error))

    def read(self, options: dict[str, Any]) -> None:
        counts: Counter[str] = Counter()
        try:
            for row in receive_all(source_of(options)):
                counts[f"{row.get_kind_display()}, {row.get_outcome_display()}"] += 1
        except MailboxRefused as error:
            raise CommandError(f"La boîte ne s’ouvre pas\u202f: {error}") from None
        for words, count in sorted(counts.items()):
            self.stdout.write(f"{count:>5}  {words.lower()}")
        if not counts and not options["watch"]:
            self.stdout.write("Aucun message.")


def source_of(options: dict[str, Any]) -> Iterator[Incoming]:
    if options["maildir"]:
        return maildir(options["maildir"])
    if options["mbox"]:
        return mbox(options["mbox"])
    if options["stdin"]:
        return standard_input(sys.stdin.buffer)
    if not settings.IMAP_URL:
        raise CommandError(NO_MAILBOX)
    return unread(settings.IMAP_URL)
