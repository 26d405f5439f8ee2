"""Who sits down besides the invited person, and for whom seats are kept."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from invitations.models.invitations import Invitation
from invitations.models.tokened import Tokened
from networking.models import Family, Meetup, Profession, Workplace
from networking.tokens import fingerprint

MOST_SEATS = MaxValueValidator(500)


class SeatRule(models.Model):
    """A floor and a ceiling for one trade, or for all the trades of a family. Seats
    under the floor are kept until `Meetup.held_until`."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="seat_rules")
    family = models.ForeignKey(
        Family, models.CASCADE, null=True, blank=True, verbose_name="besoin"
    )
    profession = models.ForeignKey(
        Profession, models.CASCADE, null=True, blank=True, verbose_name="métier"
    )
    floor = models.PositiveSmallIntegerField(
        "au moins", default=0, validators=(MOST_SEATS,)
    )
    ceiling = models.PositiveSmallIntegerField(
        "au plus", null=True, blank=True, validators=(MOST_SEATS,)
    )

    class Meta:
        verbose_name = "règle de composition"
        ordering = ("family", "profession", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(family=None) ^ Q(profession=None),
                name="seat_rule_for_a_family_or_a_trade",
            ),
            models.CheckConstraint(
                condition=Q(ceiling=None) | Q(ceiling__gte=F("floor")),
                name="seat_rule_ceiling_above_floor",
            ),
            models.UniqueConstraint(
                fields=("meetup", "family"), name="one_seat_rule_per_family"
            ),
            models.UniqueConstraint(
                fields=("meetup", "profession"), name="one_seat_rule_per_trade"
            ),
        )

    def __str__(self) -> str:
        return str(self.profession.activity if self.profession else self.family)


class SeatBlockQuerySet(models.QuerySet["SeatBlock"]):
    def for_token(self, token: str) -> Self:
        return self.filter(token_hash=fingerprint(token))


class SeatBlock(Tokened):
    """Seats that an employer fills, with names later or at the door. After
    `Meetup.held_until` only the named ones are kept."""

    purpose = "seat-block"

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="seat_blocks")
    workplace = models.ForeignKey(
        Workplace, models.PROTECT, related_name="seat_blocks", verbose_name="structure"
    )
    profession = models.ForeignKey(
        Profession,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="métier attendu",
    )
    seats = models.PositiveSmallIntegerField(
        "places", validators=(MinValueValidator(1), MOST_SEATS)
    )
    contact_name = models.CharField("prénom du contact", max_length=60)
    contact_email = models.EmailField("e-mail du contact", blank=True)
    # How many times the contact was written to.
    told = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SeatBlockQuerySet.as_manager()

    class Meta:
        verbose_name = "places d’une structure"
        ordering = ("workplace__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meetup", "workplace"), name="one_seat_block_per_workplace"
            ),
        )

    def __str__(self) -> str:
        return f"{self.workplace} · {self.meetup}"

    def get_absolute_url(self) -> str:
        return reverse("seat_block", args=(self.token,))


class ExtraSeatQuerySet(models.QuerySet["ExtraSeat"]):
    def counted(self) -> Self:
        """The seats that are taken: a companion comes when their guest comes, a
        colleague in place of a guest who handed the seat over, and whoever an
        employer named."""
        return self.filter(
            Q(kind=ExtraSeatKind.NAMED)
            | Q(kind=ExtraSeatKind.COMPANION, invitation__partstat="ACCEPTED")
            | Q(kind=ExtraSeatKind.REPLACEMENT, invitation__partstat="DELEGATED")
        )


class ExtraSeatKind(models.TextChoices):
    COMPANION = "companion", "Accompagne"
    REPLACEMENT = "instead", "À la place de"
    NAMED = "named", "De la structure"


class ExtraSeat(models.Model):
    """Somebody without an invitation of their own: a first name and a trade, known
    from a guest or from an employer; erased with the meetup's names."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="extra_seats")
    kind = models.CharField(max_length=9, choices=ExtraSeatKind.choices)
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="extra_seats"
    )
    block = models.ForeignKey(
        SeatBlock, models.CASCADE, null=True, blank=True, related_name="names"
    )
    first_name = models.CharField("prénom", max_length=60, blank=True)
    profession = models.ForeignKey(
        Profession, models.PROTECT, null=True, blank=True, verbose_name="métier"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExtraSeatQuerySet.as_manager()

    class Meta:
        verbose_name = "place de plus"
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="named", invitation=None, block__isnull=False)
                | (~Q(kind="named") & Q(block=None, invitation__isnull=False)),
                name="extra_seat_from_a_guest_or_an_employer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} · {self.get_kind_display()}"
