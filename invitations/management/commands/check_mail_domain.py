import json
import re
from argparse import ArgumentParser
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.encoding import punycode
from rich.console import Console
from rich.text import Text

from invitations.mail_domain import explain
from invitations.mail_domain.finding import Finding, Status
from invitations.mail_domain.lookup import Resolver

LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = re.compile(rf"(?=.{{4,180}}$)({LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?")
STYLES = {
    Status.GOOD: "bold green",
    Status.TO_CORRECT: "bold red",
    Status.MISSING: "bold red",
    Status.UNREACHABLE: "bold yellow",
}
WRONG, UNKNOWN = 1, 2


class Command(BaseCommand):
    help = (
        "Explique si le courrier d’un domaine sera cru\u202f: SPF, DKIM, DMARC, MX."
        " Sort avec 1 quand quelque chose est à corriger, avec 2 quand le DNS"
        " ne répond pas."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "domain",
            nargs="?",
            help="un domaine ou une adresse\u202f; par défaut, ceux des réglages",
        )
        parser.add_argument("--nameserver", default="", metavar="HOST:PORT")
        parser.add_argument("--json", action="store_true", help="pour un programme")
        parser.add_argument(
            "--return-path", default="", help="le Return-Path d’un message reçu"
        )
        parser.add_argument(
            "--signed-by", default="", help="le d= de la signature d’un message reçu"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        given = options["domain"]
        domains = [domain_of(given)] if given else our_domains()
        seen = {
            name: domain_of(options[name]) if options[name] else ""
            for name in ("return_path", "signed_by")
        }
        try:
            resolver = Resolver(options["nameserver"])
        except ValueError as error:
            raise CommandError(f"Serveur DNS inutilisable\u202f: {error}.") from error
        told = {one: explain(one, resolver, **seen) for one in domains}
        if options["json"]:
            self.stdout.write(as_json(told))
        else:
            self.tell(told)
        if code := exit_code(told):
            raise SystemExit(code)

    def tell(self, told: dict[str, list[Finding]]) -> None:
        console = Console(file=cast(TextIO, self.stdout), highlight=False)
        for domain, findings in told.items():
            console.print(Text(f"\n{domain}", style="bold underline"), soft_wrap=True)
            for finding in findings:
                for line in lines(finding):
                    console.print(line, soft_wrap=True)


def lines(finding: Finding) -> list[Text]:
    """The state is a word as well as a colour."""
    head = Text(f"\n{finding.subject}\u202f: ", style="bold")
    head.append(finding.status.label, style=STYLES[finding.status])
    told = [head, Text(f"  {finding.what}")]
    told += [Text(f"  Trouvé\u202f: {one}", style="dim") for one in finding.found]
    told += [Text(f"  → {one}") for one in finding.advice]
    told += [Text(f"    {record}", style="cyan") for record in finding.records]
    return told


def as_json(told: dict[str, list[Finding]]) -> str:
    content = {
        domain: [
            {
                "subject": finding.subject,
                "status": finding.status.value,
                "what": finding.what,
                "found": finding.found,
                "advice": finding.advice,
                "records": [
                    {**record._asdict(), "line": str(record)}
                    for record in finding.records
                ],
            }
            for finding in findings
        ]
        for domain, findings in told.items()
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def exit_code(told: dict[str, list[Finding]]) -> int:
    states = {finding.status for findings in told.values() for finding in findings}
    if states & {Status.TO_CORRECT, Status.MISSING}:
        return WRONG
    return UNKNOWN if Status.UNREACHABLE in states else 0


def our_domains() -> list[str]:
    """Guests are written to from one address, sign-in codes come from the other."""
    addresses = (settings.REPLY_ADDRESS, settings.DEFAULT_FROM_EMAIL)
    return list(dict.fromkeys(map(domain_of, addresses)))


def domain_of(text: str) -> str:
    typed = text.rpartition("@")[2].strip(" \t<>.").lower()
    try:
        domain = punycode(typed)
    except UnicodeError:
        domain = ""
    if not DOMAIN.fullmatch(domain):
        raise CommandError(f"«\u202f{text}\u202f» n’est pas un nom de domaine.")
    return domain
