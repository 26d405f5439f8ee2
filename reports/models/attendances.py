from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, MeetupStatus, PracticeMode, Profession
from venues.models import Commune


class Presence(models.TextChoices):
    PRESENT = "present", "Là"
    WALK_IN = "walk_in", "Là, sans invitation"
    EXCUSED = "excused", "S’excuse"
    ABSENT = "absent", "Pas là"


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def there(self) -> Self:
        """Who was really at the table, walk-ins included. Whoever came early to a meal
        that was then cancelled was at none."""
        held = self.exclude(meetup__status=MeetupStatus.CANCELLED)
        return held.filter(presence__in=(Presence.PRESENT, Presence.WALK_IN))


class Attendance(models.Model):
    """What happened; an RSVP is only what was said. First name, trade and mode are
    copied: walk-ins have no invitation, and a presence outlives an erased person.
    `arrived_at` and `left_at` are noted only where `Meetup.keeps_times`."""

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
    mode = models.CharField(max_length=1, choices=PracticeMode.choices, blank=True)
    in_cpts = models.BooleanField("adhère à une CPTS", null=True, blank=True)
    presence = models.CharField(max_length=7, choices=Presence.choices)
    arrived_at = models.DateTimeField("arrivée", null=True, blank=True)
    left_at = models.DateTimeField("départ", null=True, blank=True)
    # Only that an opinion was given: nothing joins it to the opinion.
    has_given_opinion = models.BooleanField(default=False)
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


class Tap(models.Model):
    """A gesture of somebody who welcomes, perhaps made without a network. Its key makes
    it count once, however often it is sent; of two about the same person the later
    one wins, in whatever order they arrive. `target` is "i12" (an invitation), "e3"
    (somebody who comes along) or "w" (somebody nobody expected)."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="taps")
    key = models.UUIDField(unique=True)
    target = models.CharField(max_length=20, default="w")
    mark = models.CharField(max_length=8, blank=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "geste"
        ordering = ("made_at", "pk")
        indexes = (models.Index(fields=("meetup", "target", "made_at")),)

    def __str__(self) -> str:
        return f"{self.target} · {self.mark}"
