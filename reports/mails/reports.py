"""Mails about reports, to partners who need no account to read them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from invitations.mails import absolute
from invitations.mails.guests import INLINER
from invitations.mime import CalendarEmail, mailbox
from networking.models import User
from networking.templatetags.french import NBSP
from reports.freezing import addressee
from reports.models import (
    Frequency,
    NoticeKind,
    PartnerNotice,
    ReportLink,
    ReportSubscription,
)

MOST_FIGURES = 3
PERIODS = {Frequency.QUARTERLY: "du trimestre", Frequency.YEARLY: "de l’année"}


def issued(link: ReportLink) -> CalendarEmail:
    """One report: its figures in words, as its row froze them, and the link. No file:
    filters of town halls hold attachments back."""
    report = link.report
    context = {
        "report": report,
        "figures": report.figures["highlights"][:MOST_FIGURES],
        "replaced": report.version - 1,
        "link": absolute(link.get_absolute_url()),
        "expires_at": link.expires_at,
        "asked": link.subscription is None,
    }
    return _build(
        "report",
        report.title,
        context,
        to=link.email,
        user=report.issued_by,
        subscription=link.subscription,
    )


def digest(
    subscription: ReportSubscription, links: Sequence[ReportLink]
) -> CalendarEmail:
    """The reports of a quarter or of a year, each behind its own link."""
    period = PERIODS[Frequency(subscription.frequency)]
    rows = [(link.report, absolute(link.get_absolute_url())) for link in links]
    one = len(rows) == 1
    subject = f"Votre bilan {period}" if one else f"Vos {len(rows)}{NBSP}bilans"
    context = {
        "rows": rows,
        "partner": subscription.partner,
        "period": period,
        "expires_at": links[0].expires_at,
    }
    return _build(
        "report_digest",
        subject if one else f"{subject} {period}",
        context,
        to=subscription.address,
        user=links[0].report.issued_by,
        subscription=subscription,
    )


def notice(told: PartnerNotice, *, to: str) -> CalendarEmail:
    """To whoever organises there: they answer the member who wrote."""
    is_room = told.kind == NoticeKind.ROOM
    what = "propose une salle" if is_room else "signale un manque"
    context = {
        "notice": told,
        "what": what,
        "is_room": is_room,
        "told_for": addressee(told.partner),
        "link": absolute(reverse("partner_notices")),
    }
    subject = f"{told.partner} {what} ({told.commune.name})"
    return _build("partner_notice", subject, context, to=to, user=told.written_by)


def _build(
    name: str,
    subject: str,
    context: dict[str, Any],
    *,
    to: str,
    user: User | None,
    subscription: ReportSubscription | None = None,
) -> CalendarEmail:
    """`user` signs, and reads the answer."""
    context |= {
        "subject": subject,
        "signed": user.first_name if user else "",
        "organisation": settings.ORGANISATION_NAME,
    }
    if subscription:
        context["stop_link"] = absolute(subscription.get_stop_url())
        context["reads_for"] = addressee(subscription.partner)
    html = INLINER.inline(render_to_string(f"mails/{name}.html", context))
    by = f"{user.first_name} par " if user else ""
    return CalendarEmail(
        subject=subject,
        body=render_to_string(f"mails/{name}.txt", context),
        from_email=mailbox(f"{by}Parenthèses Réseau", settings.REPLY_ADDRESS),
        reply_to=[mailbox(str(user), user.email)] if user else [],
        to=[to],
        alternatives=[(html, "text/html")],
        headers=_stop(subscription) if subscription else {},
    )


def _stop(subscription: ReportSubscription) -> dict[str, str]:
    """RFC 8058: the same address shows a page to people and takes a program's POST."""
    return {
        "List-Unsubscribe": f"<{absolute(subscription.get_stop_url())}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
