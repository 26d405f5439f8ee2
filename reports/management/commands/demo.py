import time
from collections import Counter
from pathlib import Path
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from rich.console import Console
from rich.table import Table

from networking.models import User
from reports.demo.filling import fill
from reports.demo.folder import Step
from reports.demo.story import play

NOT_HERE = (
    "La démonstration ne se remplit qu’avec DEMO=1 ou DEBUG=1, jamais en production."
)
NOT_EMPTY = (
    "La base contient déjà des comptes\u202f: rien n’est changé. Pour tout effacer et "
    "recommencer\u202f: DEMO=1 .venv/bin/python manage.py demo --reset"
)
NOT_READY = "Il n’y a pas encore de base\u202f: lancez d’abord «\u202fmake run\u202f»."
RESET_NEEDS_DEMO = "Pour tout effacer, il faut DEMO=1\u202f: DEBUG=1 ne suffit pas."
REAL_PEOPLE = (
    "Cette base contient de vrais comptes ({})\u202f: rien n’est effacé. "
    "Ceux de la démonstration finissent tous par .example."
)


class Command(BaseCommand):
    help = "Remplit la démonstration, ou joue une rencontre entière avec --artefacts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="efface tout, puis remplit"
        )
        parser.add_argument(
            "--artefacts",
            metavar="DOSSIER",
            type=Path,
            help="joue une rencontre dans une base à part et y écrit ses messages,"
            " ses fichiers d’agenda et ses PDF",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError(NOT_HERE)
        if options["artefacts"]:
            self.play(options["artefacts"])
            return
        if User._meta.db_table not in connection.introspection.table_names():
            raise CommandError(NOT_READY)
        if options["reset"]:
            check_fictional()
            wipe()
        elif User.objects.exists():
            raise CommandError(NOT_EMPTY)
        started = time.monotonic()
        counts = fill()
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        seconds = time.monotonic() - started
        self.stdout.write(f"Démonstration prête en {seconds:.0f} s : {told}.")

    def play(self, folder: Path) -> None:
        steps: list[Step] = []
        play(folder, steps.append)
        table = Table(title=f"Une rencontre entière, dans {folder}")
        table.add_column("Étape")
        table.add_column("Fichiers")
        table.add_column("Secondes", justify="right")
        for step in steps:
            table.add_row(step.what, summary(step.files), f"{step.seconds:.1f}")
        total = sum(step.seconds for step in steps)
        count = sum(len(step.files) for step in steps)
        table.add_section()
        table.add_row("En tout", f"{count} fichiers", f"{total:.1f}")
        Console(file=cast(TextIO, self.stdout)).print(table)


def summary(files: list[str]) -> str:
    """« 01-invitation-*  8 eml, 8 ics », one line per group of files."""
    groups: dict[str, Counter[str]] = {}
    for name in files:
        stem, _, kind = name.rpartition(".")
        group = "-".join(stem.split("-")[:2])
        groups.setdefault(group, Counter())[kind] += 1
    return "\n".join(
        f"{group}: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())
        for group, kinds in groups.items()
    )


def check_fictional() -> None:
    """Stops before a database in which somebody real may stand."""
    if not settings.DEMO:
        raise CommandError(RESET_NEEDS_DEMO)
    real = User.objects.exclude(email__iendswith=".example").count()
    if real:
        raise CommandError(REAL_PEOPLE.format(real))


def wipe() -> None:
    """Every row of every table, and the letters of the demonstration's mailbox."""
    call_command("flush", interactive=False, verbosity=0)
    for letter in settings.MAILBOX.glob("*.eml"):
        letter.unlink()
