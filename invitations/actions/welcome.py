"""Whoever comes for the first time finds somebody at the door."""

from collections import Counter

from django.db import transaction

from invitations.models import Invitation
from networking.models import Meetup


def offer_welcome(*, invitation: Invitation, welcomes: bool) -> None:
    """A guest volunteers, or no longer does; newcomers are shared out again."""
    with transaction.atomic():
        Meetup.objects.select_for_update().get(pk=invitation.meetup_id)
        invitation.welcomes = welcomes
        invitation.save(update_fields=("welcomes",))
        pair_newcomers(meetup=invitation.meetup)


def pair_newcomers(*, meetup: Meetup) -> None:
    """Give each newcomer who comes a volunteer who comes: whoever welcomes the fewest
    people, from another workplace if possible. Pairs that still hold stay."""
    coming = meetup.invitations.coming().with_person()
    if not meetup.invitations.filter(welcomes=True).exists():
        meetup.invitations.exclude(buddy=None).update(buddy=None)
        return
    newcomers = set(coming.first_time().values_list("pk", flat=True))
    guests = list(coming)
    hosts = {i.pk: i for i in guests if i.welcomes and i.pk not in newcomers}
    Invitation.objects.filter(meetup=meetup).exclude(
        pk__in=newcomers, buddy__in=hosts
    ).update(buddy=None)
    busy = Counter(i.buddy_id for i in guests if i.buddy_id in hosts)
    for guest in guests:
        if hosts and guest.pk in newcomers and guest.buddy_id not in hosts:
            chosen = min(hosts, key=lambda pk: _cost(hosts[pk], guest, busy[pk]))
            Invitation.objects.filter(pk=guest.pk).update(buddy=chosen)
            busy[chosen] += 1


def _cost(host: Invitation, guest: Invitation, busy: int) -> tuple[int, bool, int]:
    place = guest.professional.workplace_id
    same = place is not None and place == host.professional.workplace_id
    return busy, same, host.pk
