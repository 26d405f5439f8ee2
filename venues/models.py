from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from venues.distance import Point, bounding_box
from venues.phones import PhoneField


class CommuneQuerySet(models.QuerySet["Commune"]):
    def located(self) -> Self:
        """Communes whose point is known."""
        return self.filter(latitude__isnull=False, longitude__isnull=False)

    def within(self, centre: Point, radius_km: float) -> Self:
        """Located communes inside the square around `centre` (half side in km)."""
        south, north, west, east = bounding_box(centre, radius_km)
        return self.filter(
            latitude__range=(south, north), longitude__range=(west, east)
        )


class Commune(models.Model):
    """A commune of the INSEE COG. The postal code is only a search aid:
    73000 is six communes."""

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=80)
    search_name = models.CharField(max_length=80, db_index=True, editable=False)
    postal_codes = models.JSONField("codes postaux", default=list)
    department = models.CharField("département", max_length=3, db_index=True)
    population = models.PositiveIntegerField("population", null=True, blank=True)
    epci_code = models.CharField("code EPCI", max_length=9, blank=True)
    epci_name = models.CharField("EPCI", max_length=120, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ("search_name", "code")
        indexes = (models.Index(fields=("latitude", "longitude")),)

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        if self.latitude is None or self.longitude is None:
            return None
        return Point(self.latitude, self.longitude)


class Neighbourhood(models.Model):
    """A lived quarter: no national list exists, each network writes its own."""

    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="neighbourhoods", verbose_name="commune"
    )
    name = models.CharField("nom", max_length=80)

    class Meta:
        verbose_name = "quartier"
        ordering = ("commune", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("commune", "name"), name="neighbourhood_once_per_commune"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.commune})"


class StepFree(models.TextChoices):
    YES = "yes", "Oui, sans marche"
    NO = "no", "Non, il y a des marches"
    UNKNOWN = "unknown", "Pas encore vérifié"


class PointSource(models.TextChoices):
    ADDRESS = "address", "adresse trouvée"
    COMMUNE = "commune", "centre de la commune"
    NONE = "none", "inconnu"


class Venue(models.Model):
    name = models.CharField("nom", max_length=120)
    address = models.CharField("adresse", max_length=200)
    commune = models.ForeignKey(
        Commune, models.PROTECT, related_name="venues", verbose_name="commune"
    )
    seats = models.PositiveSmallIntegerField(
        "places assises", validators=(MinValueValidator(2), MaxValueValidator(1000))
    )
    step_free = models.CharField(
        "accès sans marche",
        max_length=8,
        choices=StepFree.choices,
        default=StepFree.UNKNOWN,
    )
    access_notes = models.CharField("bus, parking, entrée", max_length=200, blank=True)
    lender = models.CharField("qui prête le lieu", max_length=120, blank=True)
    lender_email = models.EmailField("e-mail pour réserver", blank=True)
    lender_phone = PhoneField("téléphone pour réserver", blank=True)
    # What the town gives by lending it, for the reports.
    loan_value = models.DecimalField(
        "valeur d’un prêt, en euros",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
    )
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    point_source = models.CharField(
        max_length=8, choices=PointSource.choices, default=PointSource.NONE
    )
    point_label = models.CharField("adresse reconnue", max_length=200, blank=True)
    point_score = models.FloatField(null=True, blank=True)
    point_confirmed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "lieu"
        verbose_name_plural = "lieux"
        ordering = ("commune__search_name", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("commune", "name"), name="venue_once_per_commune"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.commune}"

    def get_absolute_url(self) -> str:
        return reverse("venue", args=(self.pk,))

    @property
    def point(self) -> Point | None:
        """The confirmed point of the address, or else the commune's."""
        if self.latitude is None or self.longitude is None:
            return self.commune.point
        return Point(self.latitude, self.longitude)

    @property
    def full_address(self) -> str:
        return f"{self.address}, {self.commune}" if self.address else str(self.commune)

    def place(self, point: Point | None, source: PointSource) -> None:
        """Set where the venue stands; a new point waits for a human confirmation."""
        self.latitude, self.longitude = point or (None, None)
        self.point_source = source if point else PointSource.NONE
        self.point_confirmed_at = None

    def confirm_point(self) -> None:
        self.point_confirmed_at = timezone.now()
        self.save(update_fields=("point_confirmed_at",))

    def taken_by(
        self, starts_at: datetime, ends_at: datetime, *, but: int | None = None
    ) -> "Booking | None":
        """The first booking that holds part of this slot, except the one of key
        `but`."""
        others = self.bookings.standing().overlapping(starts_at, ends_at)
        return (others if but is None else others.exclude(pk=but)).first()

    def hold(
        self, starts_at: datetime, ends_at: datetime, *, but: int | None = None
    ) -> None:
        """Until the transaction ends, nobody else can take this slot: the row of the
        venue is the lock. Raises SlotTaken."""
        Venue.objects.select_for_update().get(pk=self.pk)
        if taken := self.taken_by(starts_at, ends_at, but=but):
            raise SlotTaken(taken)


class BookingStatus(models.TextChoices):
    REQUESTED = "requested", "demandée"
    CONFIRMED = "confirmed", "confirmée"
    DECLINED = "declined", "refusée"
    WITHDRAWN = "withdrawn", "annulée"


class SlotTaken(Exception):
    """Another booking holds part of the slot."""

    def __init__(self, booking: "Booking") -> None:
        super().__init__(f"slot taken by booking {booking.pk}")
        self.booking = booking


class BookingQuerySet(models.QuerySet["Booking"]):
    def book(self, venue: Venue, starts_at: datetime, ends_at: datetime) -> "Booking":
        """The only way to a new booking. Raises SlotTaken."""
        with transaction.atomic():
            venue.hold(starts_at, ends_at)
            return self.create(venue=venue, starts_at=starts_at, ends_at=ends_at)

    def standing(self) -> Self:
        """Bookings that hold their slot: requested or confirmed."""
        return self.filter(
            status__in=(BookingStatus.REQUESTED, BookingStatus.CONFIRMED)
        )

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class Booking(models.Model):
    """One venue for one slot."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="bookings")
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    status = models.CharField(
        max_length=10, choices=BookingStatus.choices, default=BookingStatus.REQUESTED
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = "réservation"
        ordering = ("starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.venue}, {self.starts_at:%d/%m/%Y %H:%M}"

    def _decide(self, status: BookingStatus) -> None:
        self.status, self.decided_at = status, timezone.now()
        self.save(update_fields=("status", "decided_at"))

    @property
    def is_declined(self) -> bool:
        return self.status == BookingStatus.DECLINED

    def ask_for(self, starts_at: datetime, ends_at: datetime) -> None:
        """The same venue for another slot: whatever the lender said was about the
        old one. Raises SlotTaken."""
        with transaction.atomic():
            self.venue.hold(starts_at, ends_at, but=self.pk)
            self.starts_at, self.ends_at = starts_at, ends_at
            self.status, self.decided_at = BookingStatus.REQUESTED, None
            self.save(update_fields=("starts_at", "ends_at", "status", "decided_at"))

    def confirm(self) -> None:
        """A refused slot may have gone to others meanwhile. Raises SlotTaken."""
        with transaction.atomic():
            self.venue.hold(self.starts_at, self.ends_at, but=self.pk)
            self._decide(BookingStatus.CONFIRMED)

    def decline(self) -> None:
        self._decide(BookingStatus.DECLINED)

    def withdraw(self) -> None:
        self._decide(BookingStatus.WITHDRAWN)


def points_of(communes: Sequence[Commune]) -> list[Point]:
    """The known points of these communes, one per commune given."""
    return [commune.point for commune in communes if commune.point]
