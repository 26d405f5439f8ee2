from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, Partner, Profession, User
from venues.models import Commune


class Presence(models.TextChoices):
    PRESENT = "present", "Là"
    WALK_IN = "walk_in", "Là, sans invitation"
    EXCUSED = "excused", "S’excuse"
    ABSENT = "absent", "Pas là"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def there(self) -> Self:
        """Who was really at the table, walk-ins included."""
        return self.filter(presence__in=(Presence.PRESENT, Presence.WALK_IN))


class Attendance(models.Model):
    """What happened; an RSVP is only what was said. First name and trade are copied:
    walk-ins have no invitation, and a presence outlives an erased person."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="attendances")
    invitation = models.OneToOneField(
        Invitation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attendance",
    )
    extra = models.OneToOneField(
        ExtraSeat,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attendance",
    )
    first_name = models.CharField("prénom", max_length=60, blank=True)
    profession = models.ForeignKey(
        Profession, models.PROTECT, related_name="attendances", verbose_name="métier"
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    presence = models.CharField(max_length=7, choices=Presence.choices)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        ordering = ("recorded_at", "pk")

    def __str__(self) -> str:
        return f"{self.first_name} · {self.get_presence_display()}"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Issued reports of the user's own circles, or of the communes of the
        partners that the user speaks for."""
        if not user.is_authenticated:
            return self.none()
        partners = Partner.objects.of_member(user)
        own_communes = Commune.objects.filter(partners__in=partners)
        return self.filter(
            Q(meetup__in=Meetup.objects.visible_to(user))
            | Q(partner__in=partners)
            | Q(commune__in=own_communes)
        )

    def current(self) -> Self:
        """Those that no corrected report replaces."""
        return self.filter(replaced_by=None)


class Report(models.Model):
    """Frozen figures and texts with date, author and addressee: the PDF only renders
    this row, so it can be printed again identically in two years."""

    meetup = models.ForeignKey(Meetup, models.PROTECT, related_name="reports")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="reports")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="reports")
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
                fields=("meetup", "partner", "version"),
                name="one_report_per_partner_and_version",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("report_pdf", args=(self.pk,))
