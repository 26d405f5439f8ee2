from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Accounts are made by a team, a partner's page or staff: nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
