from django.db import transaction

from networking.models import Partner, PartnerMember, User


@transaction.atomic
def add_member(*, partner: Partner, email: str, first_name: str) -> PartnerMember:
    """Whoever has this address; see `User.objects.named`."""
    user = User.objects.named(email, first_name)
    member, _ = PartnerMember.objects.get_or_create(partner=partner, user=user)
    return member
