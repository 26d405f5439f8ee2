from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from networking.models import Circle, Meetup, Partner, User
from venues.models import Commune


class ReportKind(models.TextChoices):
    TOWN_HALL = "town_hall", "Bilan pour une mairie"
    CPTS = "cpts", "Bilan pour une CPTS"
    TERRITORY = "territory", "Bilan d’un territoire"
    YEAR = "year", "Bilan de l’année"


def _of_teams(user: User) -> Q:
    if user.is_staff:
        return Q(pk__isnull=False)
    circles = Circle.objects.visible_to(user)
    here = Partner.objects.filter(
        Q(communes__circles__in=circles)
        | Q(communes__neighbourhoods__circles__in=circles)
    )
    near = Q(partner__in=here) | Q(issued_by=user)
    rows = Q(meetup__in=Meetup.objects.visible_to(user))
    rows |= Q(near, meetup=None)
    if circles.exists():
        rows |= Q(kind=ReportKind.YEAR, meetup=None, partner=None)
    return rows


def _of_partners(user: User) -> Q:
    partners = Partner.objects.of_member(user)
    communes = Commune.objects.filter(partners__in=partners)
    return Q(partner__in=partners) | Q(commune__in=communes, meetup__isnull=False)


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the user's teams, and those of the partners they speak for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_of_teams(user) | _of_partners(user))

    def of_teams(self, user: User | AnonymousUser) -> Self:
        """Reports of meetups of the user's circles; of a territory, when a circle of
        theirs has a commune there, or they issued it; of the association's year,
        whoever works in a team. Staff sees them all."""
        return self.filter(_of_teams(user)) if user.is_authenticated else self.none()

    def of_partners(self, user: User | AnonymousUser) -> Self:
        """Addressed to a partner the user speaks for, or about a meal in one of its
        communes. A report of a territory or of a year is its addressee's alone: it
        tells of other communes too."""
        return self.filter(_of_partners(user)) if user.is_authenticated else self.none()

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
