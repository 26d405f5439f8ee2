"""What the usual mail hosts ask to publish: guesses for a proposal."""

from typing import NamedTuple

from django.conf import settings


class Provider(NamedTuple):
    """`rewrites`: puts its own domain into Return-Path unless told otherwise."""

    include: str
    rewrites: bool = False


PROVIDERS = {
    "brevo.com": Provider("spf.brevo.com", rewrites=True),
    "gandi.net": Provider("_mailcust.gandi.net"),
    "gmail.com": Provider("_spf.google.com"),
    "google.com": Provider("_spf.google.com"),
    "infomaniak.com": Provider("spf.infomaniak.ch"),
    "mailgun.org": Provider("mailgun.org", rewrites=True),
    "mailjet.com": Provider("spf.mailjet.com", rewrites=True),
    "office365.com": Provider("spf.protection.outlook.com"),
    "ovh.net": Provider("mx.ovh.com"),
    "postmarkapp.com": Provider("spf.mtasv.net", rewrites=True),
    "sendgrid.net": Provider("sendgrid.net", rewrites=True),
}


def mail_host() -> str:
    """The server of EMAIL_URL; "" when mail does not leave by a server elsewhere."""
    host = str(settings.EMAIL_HOST).lower().rstrip(".")
    outside = "." in host and not host.replace(".", "").isdigit()
    return host if outside else ""


def provider() -> Provider | None:
    host = mail_host()
    known = (one for end, one in PROVIDERS.items() if f".{host}".endswith(f".{end}"))
    return next(known, None)


def spf_term() -> str:
    """The term that allows the server of EMAIL_URL."""
    if known := provider():
        return f"include:{known.include}"
    return f"a:{mail_host()}" if mail_host() else "mx"
