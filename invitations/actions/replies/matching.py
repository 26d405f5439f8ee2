"""Whose message it is: by the token it was sent to, else by UID and address."""

from typing import NamedTuple

from django.db.models import Q

from invitations.inbox.letters import Letter
from invitations.models import Invitation
from invitations.models.invitations import InvitationQuerySet
from networking.models import OtherAddress, Professional

GMAIL = ("gmail.com", "googlemail.com")
NO_LINK = "Cette réponse ne vient pas du lien personnel. Vérifiez qui répond."
NOBODY = "Nous ne savons pas qui écrit."
TWO_LINKS = "Ce message porte deux liens personnels."
UNKNOWN_LINK = "Le lien personnel de ce message n’existe pas ou plus."


class Match(NamedTuple):
    """`by_token`: the message went to the address that only this guest was given.
    `doubt` is why nothing may be applied by itself; "" when it may."""

    invitation: Invitation | None
    by_token: bool
    doubt: str = ""


def match(letter: Letter) -> Match:
    found = {
        invitation.pk: invitation
        for token in letter.tokens
        for invitation in invitations().for_reply_token(token)
    }
    if len(found) > 1:
        return Match(None, False, TWO_LINKS)
    if found:
        return Match(next(iter(found.values())), True)
    if guest := by_uid(letter):
        return Match(guest, False, NO_LINK)
    return Match(None, False, UNKNOWN_LINK if letter.tokens else NOBODY)


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
    known = Q()
    for address in addresses:
        known |= Q(professional__email__iexact=address)
        known |= Q(professional__other_addresses__email__iexact=address)
    if not addresses:
        return None
    guests = invitations().filter(known, meetup__uid=letter.answer.uid).distinct()
    return guests[0] if len(guests[:2]) == 1 else None


def is_theirs(person: Professional, address: str) -> bool:
    """Whether the person may answer from this address: their own in any case, with a
    plus tag, or another one that their team confirmed."""
    if plain(address) == plain(person.email):
        return True
    others = OtherAddress.objects.filter(professional=person)
    return others.filter(email__iexact=address).exists()


def plain(address: str) -> str:
    """Lower case, without plus tag; without dots where Gmail ignores them."""
    local, _, domain = address.lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        local, domain = local.replace(".", ""), GMAIL[0]
    return f"{local}@{domain}"
