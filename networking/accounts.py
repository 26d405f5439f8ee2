from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Accounts are made by a team, a partner's page or staff: nobody signs up."""

    def render_mail(self, *args: Any, **options: Any) -> EmailMessage:
        message: EmailMessage = super().render_mail(*args, **options)
        # RFC 3834: no out-of-office answer to a sign-in code.
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        return message

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
