from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from networking.models.accounts import User
from networking.models.circles import Circle
from networking.templatetags.french import long_date_year
from venues.models import Booking, Venue


def new_calendar_uid() -> str:
    """RFC 7986 5.3: random, globally unique, without personal data."""
    return f"{uuid4()}@{settings.REPLY_ADDRESS.rpartition('@')[2]}"


NEAR = timedelta(hours=3)


class MeetupStatus(models.TextChoices):
    PLANNED = "planned", "Prévue"
    CANCELLED = "cancelled", "Annulée"
    CLOSED = "closed", "Terminée"


class MealPaidBy(models.TextChoices):
    ASSOCIATION = "association", "L’association offre le repas"
    TOWN_HALL = "town_hall", "La mairie offre le repas"
    CPTS = "cpts", "La CPTS offre le repas"
    SHARED = "shared", "Chaque personne apporte quelque chose"
    EACH = "each", "Chaque personne paie son repas"
    COMPANY = "company", "Une entreprise offre le repas"


class MeetupQuerySet(models.QuerySet["Meetup"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The meetups of the circles that the user may see."""
        return self.filter(circle__in=Circle.objects.visible_to(user))

    def published(self) -> Self:
        """On the public agenda; a cancelled one stays there, said as such."""
        return self.filter(is_public=True)

    def upcoming(self) -> Self:
        return self.filter(ends_at__gte=timezone.now()).order_by("starts_at", "pk")

    def past(self) -> Self:
        return self.filter(ends_at__lt=timezone.now()).order_by("-starts_at", "pk")

    def since(self, moment: datetime) -> Self:
        """Those that ended after `moment` or are still to come, with their place."""
        return self.filter(ends_at__gte=moment).with_place().order_by("pk")

    def planned(self) -> Self:
        return self.filter(status=MeetupStatus.PLANNED)

    def with_place(self) -> Self:
        """In one query with all that a line about a meetup shows."""
        return self.select_related(
            "circle", "booking__venue__commune", "circle__pathway"
        )


class Meetup(models.Model):
    """One meal of one circle. `sequence` is the iCalendar SEQUENCE: it rises with
    each change of date, hour, venue or status, never for a reminder; an answer to a
    SEQUENCE below `asked_sequence` is one to another hour (RFC 5546 2.1.4)."""

    circle = models.ForeignKey(
        Circle, models.PROTECT, related_name="meetups", verbose_name="cercle"
    )
    title = models.CharField("titre", max_length=120)
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    booking = models.OneToOneField(Booking, models.PROTECT, related_name="meetup")
    capacity = models.PositiveSmallIntegerField(
        "places", default=14, validators=(MaxValueValidator(500),)
    )
    companions = models.PositiveSmallIntegerField(
        "personnes que chacun peut amener",
        default=1,
        validators=(MaxValueValidator(9),),
    )
    held_until = models.DateTimeField("places gardées jusqu’au", null=True, blank=True)
    message = models.TextField("votre message", max_length=600, blank=True)
    meal_paid_by = models.CharField(
        "le repas",
        max_length=11,
        choices=MealPaidBy.choices,
        default=MealPaidBy.ASSOCIATION,
    )
    meal_cost = models.DecimalField(
        "coût du repas, en tout", max_digits=7, decimal_places=2, null=True, blank=True
    )
    funding_reference = models.CharField(
        "convention ou subvention", max_length=80, blank=True
    )
    # Of a CPTS (L.1434-12-2 CSP): "1" to "6", several allowed.
    missions = models.JSONField("missions de la CPTS", default=list, blank=True)
    keeps_times = models.BooleanField(
        "noter l’heure d’arrivée et de départ", default=False
    )
    reminder_days = models.JSONField("relances", default=list)
    is_public = models.BooleanField("annoncée dans l’agenda public", default=True)
    status = models.CharField(
        max_length=9, choices=MeetupStatus.choices, default=MeetupStatus.PLANNED
    )
    cancellation_reason = models.CharField("pourquoi", max_length=200, blank=True)
    uid = models.CharField(max_length=120, unique=True, default=new_calendar_uid)
    sequence = models.PositiveIntegerField(default=0)
    asked_sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="meetups",
        verbose_name="qui prépare",
    )

    objects = MeetupQuerySet.as_manager()

    class Meta:
        verbose_name = "rencontre"
        ordering = ("-starts_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meetup_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=("status", "starts_at")),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("meetup", args=(self.pk,))

    def get_public_url(self) -> str:
        return reverse("public_meetup", args=(self.pk,))

    @property
    def full_title(self) -> str:
        """Title and date, worded alike in every document (funders compare them)."""
        return f"{self.title}, {long_date_year(self.starts_at)}"

    @property
    def venue(self) -> Venue:
        return self.booking.venue

    @property
    def is_planned(self) -> bool:
        return self.status == MeetupStatus.PLANNED

    @property
    def is_cancelled(self) -> bool:
        return self.status == MeetupStatus.CANCELLED

    @property
    def is_closed(self) -> bool:
        return self.status == MeetupStatus.CLOSED

    @property
    def has_started(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_near(self) -> bool:
        """From three hours before: presences can be noted."""
        return self.starts_at - NEAR <= timezone.now()

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def keeps_seats(self) -> bool:
        """Whether seats are still kept for missing trades and for employers."""
        return self.held_until is None or timezone.now() < self.held_until

    @property
    def takes_answers(self) -> bool:
        return self.is_planned and not self.is_over

    def _touch(self, *changed: str) -> None:
        """Save these fields only: what others changed meanwhile stays."""
        self.sequence += 1
        self.changed_at = timezone.now()
        self.save(update_fields=(*changed, "sequence", "changed_at"))

    def move(self, *, starts_at: datetime, ends_at: datetime, venue: Venue) -> None:
        """Change time or place; the slot is asked for again. A new venue is a new
        booking, and the old one is withdrawn. Raises SlotTaken."""
        old = self.booking
        if venue.pk == old.venue_id:
            old.ask_for(starts_at, ends_at)
        else:
            self.booking = Booking.objects.book(venue, starts_at, ends_at)
            old.withdraw()
        if (starts_at, ends_at) != (self.starts_at, self.ends_at):
            self.asked_sequence = self.sequence + 1
        self.starts_at, self.ends_at = starts_at, ends_at
        self._touch("booking", "starts_at", "ends_at", "asked_sequence")

    def cancel(self, reason: str) -> None:
        self.status, self.cancellation_reason = MeetupStatus.CANCELLED, reason
        self._touch("status", "cancellation_reason")
        self.booking.withdraw()

    def close(self) -> None:
        self.status, self.changed_at = MeetupStatus.CLOSED, timezone.now()
        self.save(update_fields=("status", "changed_at"))
