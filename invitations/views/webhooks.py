"""Mail that a provider hands over by HTTP instead of a mailbox: the same door."""

from collections.abc import Callable
from typing import Any

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent
from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from invitations.actions.replies import receive

# Those whose inbound messages come whole and are protected by a name and a password.
PROVIDERS = {
    "mailjet": MailjetInboundWebhookView,
    "postmark": PostmarkInboundWebhookView,
    "sparkpost": SparkPostInboundWebhookView,
}


class Door:
    """Stands where anymail expects a signal: one receiver, called directly."""

    def send(self, *, event: AnymailInboundEvent, **more: Any) -> None:
        receive(raw_of(event.message))


def raw_of(message: AnymailInboundMessage) -> bytes:
    """The bytes of the message. Whom it was for stands in the provider's envelope."""
    if recipient := message.envelope_recipient:
        message["X-Original-To"] = recipient
    raw: bytes = message.as_bytes()
    return raw


@csrf_exempt  # a provider posts here, without a cookie or a page
@login_not_required
@require_http_methods(["POST", "HEAD"])
def inbound(request: HttpRequest, provider: str) -> HttpResponse:
    """404 without a secret; 400 with a wrong one."""
    if provider not in PROVIDERS or not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise Http404
    view: Callable[[HttpRequest], HttpResponse]
    view = PROVIDERS[provider].as_view(signal=Door())
    return view(request)
