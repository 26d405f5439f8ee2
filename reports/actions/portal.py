"""Reports on their way to a partner, who opened them, and what a partner tells."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from invitations.models import Delivery, DeliveryKind
from invitations.queueing import drop, queue
from networking.models import Circle, Partner, Role, Suppression, TeamMember, User
from reports.mails import reports as mails
from reports.models import (
    Download,
    DownloadFormat,
    Frequency,
    NoticeKind,
    PartnerNotice,
    Report,
    ReportLink,
    ReportSubscription,
)
from venues.models import Commune

NOTICES_A_DAY = 5
LINKS_A_DAY = 20
TAKEN_BACK = "Le lien est retiré."
DAY = timedelta(days=1)
# A browser asks twice, a thumb presses twice.
SAME_READING = timedelta(minutes=1)


class Stopped(Exception):
    """This address said stop: only its reader begins again."""


class TooMany(Exception):
    """Enough for today."""


def tell_partner(report: Report) -> Report:
    """Queue the mail of this report for everybody who wants each one; a report told
    already is not told again. Inside the transaction that issues it."""
    if report.partner is None:
        return report
    enrol_members(report.partner)
    wanted = report.partner.subscriptions.running().filter(frequency=Frequency.ISSUED)
    told = wanted.filter(links__report=report)
    for subscription in wanted.exclude(pk__in=told).select_related("member__user"):
        if Suppression.objects.holds(subscription.address):
            continue
        link = link_for(subscription, report)
        queue(
            mails.issued(link),
            kind=DeliveryKind.REPORT,
            key=f"report:{report.pk}:{subscription.pk}",
            not_after=link.expires_at,
        )
    return report


def link_for(subscription: ReportSubscription, report: Report) -> ReportLink:
    return ReportLink.new(
        report,
        subscription.address,
        subscription=subscription,
        created_by=report.issued_by,
    )


def enrol_members(partner: Partner) -> None:
    """Whoever speaks for a partner receives each report, until they say stop."""
    for member in partner.members.filter(subscriptions=None).select_related("user"):
        row = subscribe(
            partner=partner, email=member.user.email, frequency=Frequency.ISSUED
        )
        row.member = member
        row.save(update_fields=("member",))


def subscribe(*, partner: Partner, email: str, frequency: str) -> ReportSubscription:
    """The row of this address and rhythm, running or stopped."""
    row = ReportSubscription(partner=partner, email=email.lower(), frequency=frequency)
    row.set_tokens()
    row, _ = ReportSubscription.objects.get_or_create(
        partner=partner,
        email=row.email,
        frequency=frequency,
        defaults={"key": row.key, "token_hash": row.token_hash},
    )
    return row


def add_address(*, partner: Partner, email: str, frequency: str) -> None:
    """By the team. Raises Stopped."""
    with transaction.atomic():
        enrol_members(partner)
        if subscribe(partner=partner, email=email, frequency=frequency).stopped_at:
            raise Stopped


def choose_rhythms(*, partner: Partner, user: User, chosen: list[str]) -> None:
    """A member says when to write to them; what is not chosen stops."""
    with transaction.atomic():
        enrol_members(partner)
        member = partner.members.get(user=user)
        for frequency in Frequency.values:
            rows = member.subscriptions.filter(frequency=frequency)
            row = rows.first()
            if frequency not in chosen:
                for one in rows:
                    one.stop()
            else:
                row = row or subscribe(
                    partner=partner, email=user.email, frequency=frequency
                )
                row.member = member
                row.save(update_fields=("member",))
                row.begin_again()


def give_link(*, report: Report, email: str, user: User) -> ReportLink | None:
    """A new link by mail, for who lost theirs; None when the address asked not to be
    written to. It goes with the regular mails of its reader, if they have some.
    Raises TooMany."""
    with transaction.atomic():
        Report.objects.select_for_update().get(pk=report.pk)
        today = report.links.filter(created_at__gt=timezone.now() - DAY)
        keys = [by_hand(pk) for pk in today.values_list("pk", flat=True)]
        if Delivery.objects.filter(key__in=keys).count() >= LINKS_A_DAY:
            raise TooMany
        if Suppression.objects.holds(email):
            return None
        own = subscription_of(report.partner, email)
        link = ReportLink.new(report, email, created_by=user, subscription=own)
        queue(
            mails.issued(link),
            kind=DeliveryKind.REPORT,
            key=by_hand(link.pk),
            not_after=link.expires_at,
        )
    return link


def by_hand(link: int) -> str:
    return f"report-link:{link}"


def subscription_of(partner: Partner | None, email: str) -> ReportSubscription | None:
    """A member's before an address that the team added."""
    if partner is None:
        return None
    enrol_members(partner)
    theirs = Q(email__iexact=email) | Q(member__user__email__iexact=email)
    rows = partner.subscriptions.filter(theirs)
    return rows.order_by(F("member").asc(nulls_last=True), "pk").first()


def revoke(link: ReportLink) -> None:
    """From the next request on it opens nothing, and the mail that brings it does not
    leave any more."""
    rows = ReportLink.objects.filter(pk=link.pk, revoked_at=None)
    rows.update(revoked_at=timezone.now())
    mail = Delivery.objects.filter(key=by_hand(link.pk))
    if not mail.exists():
        own = f"report:{link.report_id}:{link.subscription_id}"
        mail = Delivery.objects.filter(key=own)
    drop(mail, TAKEN_BACK)


def note_reading(
    report: Report,
    format: DownloadFormat,
    *,
    user: User | None = None,
    link: ReportLink | None = None,
) -> None:
    """A partner's reading, by account or by link. The team's own are nobody's
    business, and twice in a minute is once."""
    if user and not Report.objects.of_partners(user).filter(pk=report.pk).exists():
        return
    reader = {"report": report, "user": user, "link": link, "format": format}
    now = timezone.now()
    if not Download.objects.filter(**reader, at__gt=now - SAME_READING).exists():
        Download.objects.create(**reader, at=now)


def leave_notice(
    *,
    partner: Partner,
    kind: NoticeKind,
    commune: Commune,
    text: str,
    seats: int | None,
    user: User,
) -> PartnerNotice:
    """Kept for the teams of the commune, and told to who organises there; without any,
    to the association. Raises TooMany."""
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        today = partner.notices.filter(created_at__gt=timezone.now() - DAY)
        if today.count() >= NOTICES_A_DAY:
            raise TooMany
        notice = partner.notices.create(
            kind=kind, commune=commune, text=text, seats=seats, written_by=user
        )
        for address in organisers_of(commune) or [settings.ORGANISATION_CONTACT]:
            queue(
                mails.notice(notice, to=address),
                kind=DeliveryKind.FORWARD,
                key=f"notice:{notice.pk}:{address}"[:120],
            )
    return notice


def organisers_of(commune: Commune) -> list[str]:
    """Addresses of those who organise a circle of this commune."""
    circles = Circle.objects.filter(
        Q(communes=commune) | Q(neighbourhoods__commune=commune)
    )
    team = TeamMember.objects.filter(
        circle__in=circles, role=Role.ORGANISER, user__is_active=True
    )
    return sorted(set(team.values_list("user__email", flat=True)))


def handle_notice(*, notice: PartnerNotice, user: User, is_done: bool) -> None:
    """Done, or to do again."""
    notice.handled_at = timezone.now() if is_done else None
    notice.handled_by = user if is_done else None
    notice.save(update_fields=("handled_at", "handled_by"))
