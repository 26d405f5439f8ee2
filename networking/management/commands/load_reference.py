from typing import Any

from django.core.management.base import BaseCommand, CommandError

from networking.reference import load_all
from venues.communes import CommunesError


class Command(BaseCommand):
    help = (
        "Charge les métiers, les besoins, les parcours, les communes de Savoie et les"
        " quartiers de Chambéry. Peut être relancée\u202f: rien n’est doublé."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = load_all()
        except (CommunesError, OSError) as error:
            raise CommandError(
                f"Un fichier de data/ est illisible\u202f: {error}"
            ) from error
        for label, count in counts.items():
            self.stdout.write(f"{count} {label}")
