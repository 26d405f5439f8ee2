"""From the cells of one line to a person, or to the reason why not."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumber_field.phonenumber import PhoneNumber

from networking.addresses import BOUNCED, NOT_AN_ADDRESS, OBJECTED, refusal
from networking.models import (
    Channel,
    Circle,
    Profession,
    Professional,
    Suppression,
    SuppressionReason,
    address_hash,
)
from networking.trades import Lexicon
from venues.gazetteer import find_each, labels, resembling
from venues.models import Commune
from venues.phones import phone_typed
from venues.text import fold

Values = Mapping[str, str]

CHANNELS = {
    Channel.EMAIL: "e mail|mail|email|courriel|mel",
    Channel.PHONE: "telephone|tel|appel|appeler|portable|mobile|fixe",
    Channel.SMS: "sms|texto|message|textos",
    Channel.SECURE: "messagerie securisee|mssante|mss|securisee|apicrypt",
}
CHANNEL_OF = {word: key for key, words in CHANNELS.items() for word in words.split("|")}
LONGEST = {"first_name": 60, "last_name": 60, "workplace": 120, "what_i_do": 200}
LABELS = {
    "first_name": "le prénom",
    "last_name": "le nom",
    "workplace": "la structure",
    "what_i_do": "«\u202fce que je fais\u202f»",
}
# Likenesses take milliseconds each: enough for honest mistakes, not for a flood.
MOST_HINTS = 60


class Refused(Exception):
    """Why a line cannot be taken, for the person who imports it."""


@dataclass
class Reader:
    """What the cells of a whole file are understood with, in few queries."""

    lexicon: Lexicon
    communes: dict[str, list[Commune]]
    home: set[str]
    suppressed: dict[str, str]
    hints: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[Values], circle: Circle) -> "Reader":
        everything = list(values)
        emails = {one["email"].lower() for one in everything if one.get("email")}
        hashes = {address_hash(email): email for email in emails}
        rejected = Suppression.objects.filter(address_hash__in=hashes)
        return cls(
            lexicon=Lexicon.load(),
            communes=find_each({place_typed(one) for one in everything}),
            home=set(circle.communes.values_list("department", flat=True)),
            suppressed={hashes[one.address_hash]: one.reason for one in rejected},
        )

    def person(self, values: Values) -> Professional:
        """Not saved, without workplace. Raises Refused."""
        for name, most in LONGEST.items():
            if len(values.get(name, "")) > most:
                raise Refused(
                    f"C’est trop long pour {LABELS[name]}\u202f: {most} signes au plus."
                )
        if not values.get("first_name"):
            raise Refused("Écrivez le prénom.")
        trade, gender = self._trade(values.get("profession", ""))
        email, phone = self._email(values.get("email", "")), _phone(values)
        person = Professional(
            first_name=values["first_name"],
            last_name=values.get("last_name", ""),
            profession=trade,
            gender=gender,
            commune=self._commune(place_typed(values)),
            email=email,
            phone=phone or "",
            channel=_channel(values.get("channel", ""), email, bool(phone)),
            what_i_do=values.get("what_i_do", ""),
        )
        person.index_name()
        return person

    def _hint(self, text: str, make: Callable[[str], str]) -> str:
        if text not in self.hints and len(self.hints) < MOST_HINTS:
            self.hints[text] = make(text[:80])
        return self.hints.get(text, "")

    def _trade(self, text: str) -> tuple[Profession, str]:
        if not text:
            raise Refused("Écrivez le métier.")
        if found := self.lexicon.find(text):
            return found
        hint = self._hint(text, self._trades_like)
        raise Refused(f"Métier non reconnu\u202f: «\u202f{text}\u202f».{hint}")

    def _trades_like(self, text: str) -> str:
        close = self.lexicon.suggest(text)
        return f" Peut-être\u202f: {', '.join(close)}." if close else ""

    def _commune(self, text: str) -> Commune:
        """The commune named; between homonyms, the one in the circle's département."""
        if not text:
            raise Refused("Écrivez la commune.")
        found = self.communes[text]
        near = [one for one in found if one.department in self.home]
        if len(found) > 1 and len(near) == 1:
            return near[0]
        if len(found) == 1:
            return found[0]
        if found:
            choices = ", ".join(labels(found)[:6])
            raise Refused(
                f"«\u202f{text}\u202f» désigne plusieurs communes\u202f: {choices}."
            )
        hint = self._hint(f"commune {text}", lambda _: _communes_like(text[:80]))
        raise Refused(
            f"Aucune commune ne porte ce nom\u202f: «\u202f{text}\u202f».{hint}"
        )

    def _email(self, email: str) -> str:
        if not email:
            return ""
        try:
            validate_email(email)
        except ValidationError as error:
            raise Refused(NOT_AN_ADDRESS) from error
        if why := self.suppressed.get(email.lower()):
            raise Refused(BOUNCED if why == SuppressionReason.BOUNCED else OBJECTED)
        if reason := refusal(email):
            raise Refused(reason)
        return email


def place_typed(values: Values) -> str:
    """ "73000 Chambéry" from one column or two; « Cedex » is for the post only."""
    parts = (values.get("postal_code", ""), values.get("commune", ""))
    words = " ".join(part for part in parts if part).split()
    lower = [word.lower() for word in words]
    end = lower.index("cedex") if "cedex" in lower else len(words)
    return " ".join(words[:end])


def _communes_like(text: str) -> str:
    close = " ou ".join(labels(resembling(text)))
    return f" Peut-être {close}\u202f?" if close else ""


def _phone(values: Values) -> PhoneNumber | None:
    text = values.get("phone", "")
    if not text:
        return None
    phone = phone_typed(text)
    if phone is None:
        raise Refused(f"Téléphone non reconnu\u202f: «\u202f{text}\u202f».")
    return phone


def _channel(text: str, email: str, has_phone: bool) -> str:
    if not text:
        return Channel.PHONE if has_phone and not email else Channel.EMAIL
    close = get_close_matches(fold(text), CHANNEL_OF, 1, 0.85)
    if not close:
        raise Refused(
            f"«\u202f{text}\u202f» n’est pas reconnu."
            " Écrivez e-mail, téléphone, SMS ou messagerie sécurisée."
        )
    channel = CHANNEL_OF[close[0]]
    if reason := channel_error(channel, email, has_phone):
        raise Refused(reason)
    return channel


def channel_error(channel: str, email: str, phone: Any) -> str:
    """Why this channel cannot be used with these addresses; "" when it can. Who has
    neither address is told by word of mouth."""
    if channel in (Channel.PHONE, Channel.SMS) and not phone:
        return "Écrivez un téléphone, ou choisissez l’e-mail."
    if channel == Channel.EMAIL and phone and not email:
        return "Écrivez une adresse e-mail, ou choisissez le téléphone."
    return ""
