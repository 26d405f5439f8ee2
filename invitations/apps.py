from django.apps import AppConfig
from django.core import checks

from invitations.sms import check_gateway


class InvitationsConfig(AppConfig):
    name = "invitations"
    verbose_name = "Invitations"

    def ready(self) -> None:
        checks.register(check_gateway)
