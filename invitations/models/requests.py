from django.db import models

from networking.models import Meetup, Profession
from venues.phones import PhoneField


class SeatRequestStatus(models.TextChoices):
    PENDING = "pending", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    DECLINED = "declined", "Refusée"


class SeatRequest(models.Model):
    """Somebody not invited asks for a seat on the public page."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="seat_requests")
    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=60, blank=True)
    profession = models.ForeignKey(Profession, models.PROTECT, verbose_name="métier")
    email = models.EmailField("e-mail", blank=True)
    phone = PhoneField("téléphone", blank=True)
    status = models.CharField(
        max_length=8,
        choices=SeatRequestStatus.choices,
        default=SeatRequestStatus.PENDING,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "demande de place"
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return f"{self.first_name} · {self.meetup}"
