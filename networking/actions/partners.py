from django.db import transaction

from networking.models import Partner, PartnerMember, User


@transaction.atomic
def add_member(*, partner: Partner, email: str, first_name: str) -> PartnerMember:
    """An unknown address gets an account; a known account keeps its own name."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        user = User.objects.create_user(email, first_name=first_name)
    member, _ = PartnerMember.objects.get_or_create(partner=partner, user=user)
    return member
