"""How a report reaches somebody: a link, a regular mail, and who opened it."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from invitations.models.tokened import Tokened
from networking.models import Partner, PartnerMember
from networking.tokens import fingerprint
from reports.models.reports import Report

LINK_LIVES = timedelta(days=90)


class ReportLinkQuerySet(models.QuerySet["ReportLink"]):
    def for_token(self, token: str) -> Self:
        return self.filter(token_hash=fingerprint(token))

    def living(self, now: datetime) -> Self:
        """Whose reader still has their account, if they had one."""
        closed = Q(
            subscription__member__isnull=False,
            subscription__member__user__is_active=False,
        )
        return self.filter(revoked_at=None, expires_at__gt=now).exclude(closed)


class ReportLink(Tokened):
    """One report at a signed address, for somebody without an account: it expires,
    and whoever gave it takes it back. One that left with a subscription goes with it:
    a former member's link opens nothing."""

    purpose = "report"

    report = models.ForeignKey(Report, models.CASCADE, related_name="links")
    subscription = models.ForeignKey(
        "ReportSubscription",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="links",
    )
    email = models.EmailField("pour", blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReportLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien d’un bilan"
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return f"{self.report} · {self.email}"

    def get_absolute_url(self) -> str:
        return reverse("linked_report", args=(self.token,))

    @classmethod
    def new(cls, report: Report, email: str, **fields: object) -> "ReportLink":
        """Saved, with its token, for LINK_LIVES from now."""
        ends = timezone.now() + LINK_LIVES
        link = cls(report=report, email=email, expires_at=ends, **fields)
        link.set_tokens()
        link.save()
        return link

    @property
    def is_open(self) -> bool:
        member = self.subscription.member if self.subscription else None
        is_closed = member is not None and not member.user.is_active
        lives = self.revoked_at is None and self.expires_at > timezone.now()
        return lives and not is_closed


class DownloadFormat(models.TextChoices):
    PDF = "pdf", "PDF"
    PAGE = "page", "Page"
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    ODS = "ods", "ODS"


class Download(models.Model):
    """Who opened a report when: an account or a link. Shown to the association, kept
    a year (CNIL, developer's guide, sheet 14)."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="downloads")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    link = models.ForeignKey(ReportLink, models.SET_NULL, null=True, blank=True)
    format = models.CharField(max_length=4, choices=DownloadFormat.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "lecture d’un bilan"
        ordering = ("-at", "pk")

    def __str__(self) -> str:
        return f"{self.report} · {self.get_format_display()}"


class Frequency(models.TextChoices):
    ISSUED = "issued", "Chaque bilan, dès qu’il est donné"
    QUARTERLY = "quarterly", "Chaque trimestre"
    YEARLY = "yearly", "Chaque année"


class ReportSubscriptionQuerySet(models.QuerySet["ReportSubscription"]):
    def for_token(self, token: str) -> Self:
        return self.filter(token_hash=fingerprint(token))

    def running(self) -> Self:
        """Those that nobody stopped, of people who still have their account."""
        closed = Q(member__isnull=False, member__user__is_active=False)
        return self.filter(stopped_at=None).exclude(closed)


class ReportSubscription(Tokened):
    """A partner's address that receives its reports by itself; the link in each mail
    stops it. A member's goes with the member, and a stopped one stays as the word of
    its reader: only they begin again."""

    purpose = "subscription"

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="subscriptions")
    member = models.ForeignKey(
        PartnerMember,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="subscriptions",
    )
    email = models.EmailField("e-mail")
    frequency = models.CharField(
        "à quel moment",
        max_length=9,
        choices=Frequency.choices,
        default=Frequency.ISSUED,
    )
    created_at = models.DateTimeField(default=timezone.now)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = ReportSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi régulier"
        ordering = ("email", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("partner", "email", "frequency"), name="one_subscription_each"
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} · {self.get_frequency_display()}"

    @property
    def address(self) -> str:
        """A member's follows their account."""
        return self.member.user.email if self.member else self.email

    def get_stop_url(self) -> str:
        return reverse("stop_reports", args=(self.token,))

    def stop(self) -> None:
        self.stopped_at = self.stopped_at or timezone.now()
        self.save(update_fields=("stopped_at",))

    def begin_again(self) -> None:
        self.stopped_at = None
        self.save(update_fields=("stopped_at",))
