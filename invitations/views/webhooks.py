"""Mail that a provider hands over by HTTP instead of a mailbox: the same door."""

import json
import logging
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

from anymail.webhooks.mailjet import MailjetInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sparkpost import SparkPostInboundWebhookView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from invitations.actions.replies import receive
from invitations.inbox.sources import LIMIT
from invitations.mime import one_line

log = logging.getLogger("parentheses.inbox")
# What anymail and we may raise over a body that is not what the provider documents.
ODD = (ValueError, TypeError, LookupError, AttributeError)


class Door:
    """anymail proves who posts; the message is taken as it was written, since another
    writing of it loses what is not UTF-8."""

    run_validators: Callable[[HttpRequest], None]
    parse_events: Callable[[HttpRequest], list[Any]]

    def post(self, request: HttpRequest) -> HttpResponse:
        self.run_validators(request)
        try:
            raws = list(self.messages(request))
        except ODD:
            log.warning("a provider posted what we do not understand: it is kept")
            raws = [request.body]
        for raw in raws:
            receive(raw[:LIMIT], cut=len(raw) >= LIMIT)
        return HttpResponse()

    def messages(self, request: HttpRequest) -> Iterator[bytes]:
        for event in self.parse_events(request):
            message = event.message
            yield addressed(message.as_bytes(), message.envelope_recipient)


class Postmark(Door, PostmarkInboundWebhookView):
    def messages(self, request: HttpRequest) -> Iterator[bytes]:
        """Whole in RawEmail when the provider is asked for it."""
        posted = json.loads(request.body)
        if "RawEmail" not in posted:
            yield from super().messages(request)
            return
        raw = posted["RawEmail"].encode(errors="replace")
        yield addressed(raw, posted.get("OriginalRecipient"))


class SparkPost(Door, SparkPostInboundWebhookView):
    def messages(self, request: HttpRequest) -> Iterator[bytes]:
        for event in json.loads(request.body):
            relayed = event["msys"]["relay_message"]
            content = relayed["content"]
            raw = content["email_rfc822"].encode(errors="replace")
            if content["email_rfc822_is_base64"]:
                raw = b64decode(raw)
            yield addressed(raw, relayed.get("rcpt_to"))


class Mailjet(Door, MailjetInboundWebhookView):
    """Gives its parts; anymail puts them together."""


# Those that hand over whole messages, and are known by a name and a password.
PROVIDERS: dict[str, Any] = {
    "mailjet": Mailjet,
    "postmark": Postmark,
    "sparkpost": SparkPost,
}


def addressed(raw: bytes, recipient: object) -> bytes:
    """Whom it was for stands in the provider's envelope only."""
    if not recipient:
        return raw
    return f"X-Original-To: {one_line(str(recipient))}\r\n".encode() + raw


@csrf_exempt  # a provider posts here, without a cookie or a page
@login_not_required
@require_http_methods(["POST", "HEAD"])
def inbound(request: HttpRequest, provider: str) -> HttpResponse:
    """404 without a secret; 400 with a wrong one, and for a body above
    DATA_UPLOAD_MAX_MEMORY_SIZE."""
    if provider not in PROVIDERS or not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise Http404
    view: Callable[[HttpRequest], HttpResponse] = PROVIDERS[provider].as_view()
    return view(request)
