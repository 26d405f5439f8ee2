from django.db import models
from django.db.models import Q

from invitations.models.extras import ExtraSeat
from invitations.models.invitations import Invitation
from networking.models import Meetup


class Seat(models.Model):
    """Who sits at which table in which round: the plan of a meetup, and the memory
    of who has already shared a table."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="seats")
    round = models.PositiveSmallIntegerField("tour")
    table = models.PositiveSmallIntegerField("table")
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="seats"
    )
    extra = models.ForeignKey(
        ExtraSeat, models.CASCADE, null=True, blank=True, related_name="seats"
    )

    class Meta:
        verbose_name = "place à table"
        ordering = ("round", "table", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(invitation=None) ^ Q(extra=None),
                name="seat_of_a_guest_or_an_extra",
            ),
            models.UniqueConstraint(
                fields=("meetup", "round", "invitation"),
                name="one_seat_per_guest_and_round",
            ),
            models.UniqueConstraint(
                fields=("meetup", "round", "extra"),
                name="one_seat_per_extra_and_round",
            ),
        )

    def __str__(self) -> str:
        return f"tour {self.round}, table {self.table}"
