from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from invitations.models.tokened import Tokened
from networking.models import Circle, Meetup, Partner, User
from venues.models import Commune


class ReportKind(models.TextChoices):
    TOWN_HALL = "town_hall", "Bilan pour une mairie"
    CPTS = "cpts", "Bilan pour une CPTS"
    TERRITORY = "territory", "Bilan d’un territoire"
    YEAR = "year", "Bilan de l’année"


def near_circles_of(user: User) -> models.QuerySet[Partner]:
    """The partners that share a commune with a circle of the user's teams."""
    circles = Circle.objects.visible_to(user)
    communes = Commune.objects.filter(
        Q(circles__in=circles) | Q(neighbourhoods__circles__in=circles)
    )
    return Partner.objects.filter(communes__in=communes)


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Issued reports of the user's own circles, or of the communes of the
        partners that the user speaks for; of a period, those for partners of their
        circles' communes. Staff sees them all."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        partners = Partner.objects.of_member(user)
        own_communes = Commune.objects.filter(partners__in=partners)
        return self.filter(
            Q(meetup__in=Meetup.objects.visible_to(user))
            | Q(partner__in=partners)
            | Q(commune__in=own_communes)
            | Q(kind=ReportKind.TERRITORY, partner__in=near_circles_of(user))
        )

    def current(self) -> Self:
        """Those that no corrected report replaces."""
        return self.filter(replaced_by=None)


class Report(models.Model):
    """Frozen figures and texts with date, author and addressee: the PDF only renders
    this row, so it can be printed again identically in two years."""

    kind = models.CharField(
        max_length=9, choices=ReportKind.choices, default=ReportKind.TOWN_HALL
    )
    # Of one meetup, or of a period (and then perhaps of the association alone).
    meetup = models.ForeignKey(
        Meetup, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # What its versions share: "meetup:12:3", "territory:3:2026-01-01:2026-12-31".
    series = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    title = models.CharField(max_length=200)
    figures = models.JSONField()
    quotes = models.JSONField(default=list)
    next_steps = models.JSONField(default=list)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan"
        ordering = ("-issued_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("series", "version"), name="one_report_per_version"
            ),
            models.CheckConstraint(
                condition=Q(meetup__isnull=False)
                | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="report_of_a_meetup_or_a_period",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("report_pdf", args=(self.pk,))


class Indicator(models.Model):
    """A line that one partner asks for. No national list exists: what a CPTS counts is
    written in its own contract, so its words are free."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="indicators")
    label = models.CharField("ce que le partenaire demande", max_length=120)
    order = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "indicateur"
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.label


class ReportLink(Tokened):
    """One report at a signed address, for somebody without an account: it expires,
    and whoever gave it takes it back."""

    purpose = "report"

    report = models.ForeignKey(Report, models.CASCADE, related_name="links")
    email = models.EmailField("pour", blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "lien d’un bilan"
        ordering = ("-created_at", "pk")

    def __str__(self) -> str:
        return f"{self.report} · {self.email}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


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


class ReportSubscription(Tokened):
    """A partner's address that receives its reports by itself; the link in each mail
    stops it."""

    purpose = "subscription"

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="subscriptions")
    email = models.EmailField("e-mail")
    frequency = models.CharField(
        "à quel moment",
        max_length=9,
        choices=Frequency.choices,
        default=Frequency.ISSUED,
    )
    created_at = models.DateTimeField(default=timezone.now)

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
