import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import track

from venues.communes import (
    DEPARTMENTS,
    OFFICIAL_URL,
    CommunesError,
    fetch,
    read,
    read_file,
    store,
)
from venues.models import Commune

BUNDLED = {"73": Path("data/communes-73.csv")}
# 975, 977, 978, 986, 987 and 988 exist too, outside the list of départements.
DEPARTMENT = re.compile(r"0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5]|97[1-8]|98[678]")


class Command(BaseCommand):
    help = (
        "Charge les communes d’un ou plusieurs départements (géo.api.gouv.fr)."
        " Sans option, ou pour la Savoie\u202f: le fichier livré avec le projet."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--departement", nargs="+", default=[], metavar="NN", help="73 2A 971 …"
        )
        parser.add_argument("--all", action="store_true", help="toute la France")
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--file", type=Path, help="un fichier JSON ou CSV")
        source.add_argument(
            "--url",
            nargs="?",
            const=OFFICIAL_URL,
            help=f"l’adresse du service ({OFFICIAL_URL})",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            communes = self.gather(options)
            outcome = store(communes)
        except CommunesError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Communes ajoutées\u202f: {outcome.created},"
            f" mises à jour\u202f: {outcome.updated},"
            f" déjà à jour\u202f: {outcome.unchanged}."
        )
        codes = [commune.code for commune in communes]
        self.say_what_lacks(codes)

    def gather(self, options: dict[str, Any]) -> list[Commune]:
        wanted = self.departments(options)
        if options["file"]:
            communes = read(read_file(options["file"]))
        elif not options["url"] and set(wanted) <= set(BUNDLED):
            paths = [settings.ROOT / BUNDLED[one] for one in wanted or BUNDLED]
            communes = [one for path in paths for one in read(read_file(path))]
        else:
            communes = self.download(wanted or list(BUNDLED), options["url"])
        kept = [one for one in communes if not wanted or one.department in wanted]
        if not kept:
            raise CommunesError("Aucune commune de ces départements dans cette source.")
        return kept

    def departments(self, options: dict[str, Any]) -> list[str]:
        """Empty for "whatever the source holds"."""
        if options["all"]:
            return [] if options["file"] else list(DEPARTMENTS)
        wanted = [one.strip().upper().zfill(2) for one in options["departement"]]
        for one in wanted:
            if not DEPARTMENT.fullmatch(one):
                raise CommunesError(f"«\u202f{one}\u202f» n’est pas un département.")
        return wanted

    def download(self, departments: list[str], url: str | None) -> list[Commune]:
        console = Console(stderr=True)
        steps = track(
            departments,
            "Téléchargement des communes",
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        found = [read(fetch(one, url or OFFICIAL_URL)) for one in steps]
        unique = {one.code: one for communes in found for one in communes}
        return list(unique.values())

    def say_what_lacks(self, codes: list[str]) -> None:
        """Without a point, a commune has no distance."""
        located = set(Commune.objects.located().values_list("pk", flat=True))
        missing = [code for code in codes if code not in located]
        if missing:
            self.stdout.write(
                f"Communes encore sans point sur la carte\u202f: {len(missing)}."
                " Pour les trouver en ligne\u202f: manage.py load_communes"
                " --departement NN --url"
            )
