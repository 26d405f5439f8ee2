"""« Nous nous sommes rencontré·es »: said by each of the two, taken back by either."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from invitations.channels import may_be_told, takes_mail
from invitations.models import Delivery, DeliveryKind, Invitation
from invitations.queueing import drop, queue
from networking.models import Professional
from reports.links import card_of
from reports.mails.links import met
from reports.models import Connection, Consent, ConsentKind

# Time to untick somebody ticked by mistake.
SECOND_THOUGHTS = timedelta(minutes=10)
TAKEN_BACK = "La personne ne garde plus ce lien."


def say(
    *,
    invitation: Invitation,
    met_people: Sequence[Professional],
    shows_email: bool,
    shows_phone: bool,
) -> int:
    """Keep who was met, and what is shown to all of them; how many of them are
    mutual. The two rows are locked: of two people at the same moment, the second one
    sees the first."""
    person = invitation.professional
    with transaction.atomic():
        _lock(person, *met_people)
        for other in met_people:
            Connection.objects.get_or_create(
                professional=person, other=other, defaults={"meetup": invitation.meetup}
            )
        own = Connection.objects.filter(professional=person)
        own.update(shows_email=shows_email, shows_phone=shows_phone)
        return sum(_tell_both(person, other) for other in met_people)


def _lock(*people: Professional) -> None:
    keys = [one.pk for one in people]
    rows = Professional.objects.select_for_update().filter(pk__in=keys)
    list(rows.order_by("pk").values_list("pk"))


def _tell_both(person: Professional, other: Professional) -> bool:
    """True when it is mutual. Told once in a lifetime: saying and taking back
    writes to nobody."""
    rows = Connection.objects.select_related(
        "professional__profession", "professional__workplace", "other", "meetup"
    )
    pair = (person.pk, other.pk)
    said = list(rows.filter(professional__in=pair, other__in=pair))
    if len(said) != len(pair):
        return False
    for one in said:
        _tell(one)
    return True


def _tell(said: Connection) -> bool:
    """To `said.other`, the card of who said it. Without its invitation, by which the
    team would read on its pages who keeps in touch with whom."""
    reader = said.other
    guest = _invitation_of(reader, said)
    if guest is None or not takes_mail(reader):
        return False
    if not may_be_told(reader, DeliveryKind.NUDGE):
        return False
    row = queue(
        met(guest, card_of(said)),
        kind=DeliveryKind.NUDGE,
        key=key_of(said.professional_id, reader.pk),
        due_at=timezone.now() + SECOND_THOUGHTS,
        facts={"to": reader.pk, "others": [said.professional_id]},
    )
    return row is not None


def _invitation_of(reader: Professional, said: Connection) -> Invitation | None:
    """That of the later of their two meals, by which they may object; its page shows
    the card, when that of the earlier one is dead."""
    pair = (said.professional_id, said.other_id)
    meals = Connection.objects.filter(professional__in=pair, other__in=pair)
    rows = Invitation.objects.filter(
        professional=reader, meetup__in=meals.values("meetup")
    )
    guests = rows.with_person().select_related("meetup__organiser")
    return guests.order_by("-meetup__starts_at").first()


def key_of(of: int, to: int) -> str:
    return f"link:{of}:{to}"


def take_back(*, person: Professional, other: int) -> None:
    """Nobody sees the other's card any more; mails that wait do not leave."""
    with transaction.atomic():
        Connection.objects.filter(professional=person, other=other).delete()
        keys = (key_of(person.pk, other), key_of(other, person.pk))
        drop(Delivery.objects.filter(key__in=keys), TAKEN_BACK)


def show_first_name(*, person: Professional, shown: bool) -> None:
    """CNIL: as easy to take back as to give."""
    rows = Consent.objects.filter(professional=person, kind=ConsentKind.WEB)
    if not shown:
        rows.delete()
        return
    Consent.objects.get_or_create(professional=person, kind=ConsentKind.WEB)


def strike_links(person: Professional) -> int:
    """Mails about their links that others received name them; how many lost their
    words. The links themselves go with the person."""
    nudges = Delivery.objects.filter(kind=DeliveryKind.NUDGE).exclude(mime=b"")
    rows = Delivery.objects.filter(
        pk__in=[
            pk
            for pk, facts in nudges.values_list("pk", "facts")
            if person.pk in facts.get("others", ())
        ]
    )
    drop(rows, TAKEN_BACK)
    return rows.update(mime=b"", text="", subject="")
