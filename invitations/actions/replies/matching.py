"""Whose message it is: by the token it was sent to, else by UID and address."""

from typing import NamedTuple

from invitations.inbox.letters import Letter
from invitations.models import Invitation
from invitations.models.invitations import InvitationQuerySet
from networking.models import Professional
from networking.tokens import fingerprint

GMAIL = ("gmail.com", "googlemail.com")
NO_LINK = "Cette réponse ne vient pas du lien personnel. Vérifiez qui répond."
NOBODY = "Nous ne savons pas qui écrit."
TWO_LINKS = "Ce message porte deux liens personnels."
UNKNOWN_LINK = "Le lien personnel de ce message n’existe pas ou plus."


class Match(NamedTuple):
    """`doubt` is why nothing may be applied by itself; "" when the message went to the
    address that only this guest was given."""

    invitation: Invitation | None
    doubt: str = ""


def match(letter: Letter) -> Match:
    # Two are enough to know, however many a stranger writes.
    hashes = [fingerprint(token) for token in letter.tokens]
    found = list(invitations().filter(reply_hash__in=hashes)[:2])
    if len(found) > 1:
        return Match(None, TWO_LINKS)
    if found:
        return Match(found[0])
    if guest := by_uid(letter):
        return Match(guest, NO_LINK)
    return Match(None, UNKNOWN_LINK if letter.tokens else NOBODY)


def invitations() -> InvitationQuerySet:
    return Invitation.objects.select_related(
        "meetup__organiser",
        "meetup__booking__venue__commune",
        "professional__profession",
    )


def by_uid(letter: Letter) -> Invitation | None:
    """RFC 5546 2.1.5: the UID names the meetup, the address the guest. Only to show
    the message to the right team."""
    if letter.answer is None:
        return None
    who = letter.answer.attendee
    addresses = {letter.sender, who.address if who else ""} - {""}
    everybody = invitations().filter(meetup__uid=letter.answer.uid)
    guests = [
        guest
        for guest in everybody.prefetch_related("professional__other_addresses")
        if any(is_theirs(guest.professional, address) for address in addresses)
    ]
    return guests[0] if len(guests) == 1 else None


def is_theirs(person: Professional, address: str) -> bool:
    """Whether the person may answer from this address: their own in any case, with a
    plus tag, or another one that their team confirmed."""
    if not address:
        return False
    if plain(address) == plain(person.email):
        return True
    others = person.other_addresses.all()
    return any(other.email.lower() == address.lower() for other in others)


def plain(address: str) -> str:
    """Lower case, without plus tag; without dots where Gmail ignores them."""
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        local, domain = local.replace(".", ""), GMAIL[0]
    return f"{local}@{domain}"
