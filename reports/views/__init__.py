from django.shortcuts import get_object_or_404

from networking.models import Meetup
from networking.perms import SignedInRequest


def visible_meetup(request: SignedInRequest, pk: int) -> Meetup:
    """With its place, in one query; 404 to whoever is not in the circle's team."""
    return get_object_or_404(
        Meetup.objects.visible_to(request.user).with_place(), pk=pk
    )
