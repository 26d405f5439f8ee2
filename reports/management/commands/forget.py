from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from invitations.models import Delivery, SeatRequest
from networking.models import Professional, Suppression
from reports.actions import forget, strike_address

SEVERAL = (
    "{} personnes lisent cette adresse\u202f: rien n’est effacé. "
    "Effacez la bonne dans l’administration."
)
ACCOUNT_STAYS = (
    "Son compte pour se connecter reste\u202f: fermez-le dans l’administration."
)
NOBODY = "Personne n’a cette adresse."


class Command(BaseCommand):
    help = "Efface la personne qui a cette adresse, partout, à sa demande."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADRESSE")
        parser.add_argument(
            "--may-return",
            action="store_true",
            help="l’adresse pourra être ajoutée de nouveau",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address, may_return = options["address"].strip(), options["may_return"]
        people = list(Professional.objects.filter(email__iexact=address))
        if len(people) > 1:
            raise CommandError(SEVERAL.format(len(people)))
        if people:
            forget(person=people[0], may_return=may_return)
        elif not forget_stranger(address, may_return):
            raise CommandError(NOBODY)
        self.stdout.write("C’est effacé.")
        if people and people[0].user:
            self.stdout.write(ACCOUNT_STAYS)


def forget_stranger(address: str, may_return: bool) -> int:
    """Somebody who only asked for a seat, or wrote; how many rows went."""
    with transaction.atomic():
        requests, _ = SeatRequest.objects.filter(email__iexact=address).delete()
        mails, _ = Delivery.objects.filter(
            invitation=None, recipient__iexact=address
        ).delete()
        written = strike_address(address)
        if requests + mails + written and not may_return:
            Suppression.objects.add(address)
    return requests + mails + written
