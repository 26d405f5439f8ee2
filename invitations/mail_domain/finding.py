"""What is told about one subject: its state, what was found, the line to publish."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices

from invitations.mail_domain.lookup import Unreachable

STRING_LIMIT = 255  # octets of one string of a TXT record (RFC 1035 3.3)
SHOWN = 400


class Status(TextChoices):
    GOOD = "good", "bon"
    TO_CORRECT = "to_correct", "à corriger"
    MISSING = "missing", "absent"
    UNREACHABLE = "unreachable", "DNS injoignable"


class Record(NamedTuple):
    """One line of a zone; `value` as the forms of most hosts want it, unquoted."""

    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        value = quoted(self.value) if self.kind == "TXT" else self.value
        return f"{self.name}. IN {self.kind} {value}"


@dataclass(frozen=True)
class Finding:
    subject: str
    status: Status
    what: str
    found: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()

    @classmethod
    def unreachable(
        cls, subject: str, what: str, error: Unreachable, found: tuple[str, ...] = ()
    ) -> "Finding":
        said = (
            f"Le serveur DNS n’a pas répondu pour {error.name} ({error.reason})."
            " Réessayez plus tard\u202f; si cela dure, écrivez à l’hébergeur."
        )
        return cls(subject, Status.UNREACHABLE, what, found, (said,))


class Tags(NamedTuple):
    """« v=…; p=… », as DKIM (RFC 6376 3.2) and DMARC write. `wrong` holds the parts
    that are no tag, or a tag for the second time."""

    values: dict[str, str]
    wrong: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "Tags":
        values: dict[str, str] = {}
        wrong = []
        for part in text.split(";"):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if equals and re.fullmatch(r"[A-Za-z]\w*", name) and name not in values:
                values[name] = value
            elif part.strip():
                wrong.append(part.strip())
        return cls(values, tuple(wrong))

    @property
    def first(self) -> str:
        return next(iter(self.values), "")


def written(values: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in values.items())


def quoted(value: str) -> str:
    """As a zone file wants it: long values in several strings, which readers join."""
    pieces = [value[i : i + STRING_LIMIT] for i in range(0, len(value), STRING_LIMIT)]
    escaped = (re.sub(r'(["\\])', r"\\\1", piece) for piece in pieces or [""])
    return " ".join(f'"{piece}"' for piece in escaped)


def shown(text: str) -> str:
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}… ({len(text)} signes)"


def cited(text: str) -> str:
    return f"«\u202f{shown(text)}\u202f»"
