import hashlib
import hmac

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from networking.models.people import Professional


class OtherAddress(models.Model):
    """Another address that a person answers from, confirmed by their team: only used
    to recognise an answer, never written to."""

    professional = models.ForeignKey(
        Professional, models.CASCADE, related_name="other_addresses"
    )
    email = models.EmailField()

    class Meta:
        verbose_name = "autre adresse"
        constraints = (
            models.UniqueConstraint(
                Lower("email"), "professional", name="other_address_once_per_person"
            ),
        )

    def __str__(self) -> str:
        return self.email


class SuppressionReason(models.TextChoices):
    OBJECTED = "objected", "Ne veut plus de messages"
    BOUNCED = "bounced", "Rien n’arrive à cette adresse"


def address_hash(address: str) -> str:
    """HMAC-SHA256 of the lower-case address: a suppressed address is recognised
    without being kept (right to object, CNIL developer's guide, sheet 13)."""
    key = settings.TOKEN_KEY.encode()
    return hmac.new(key, address.strip().lower().encode(), hashlib.sha256).hexdigest()


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def holds(self, address: str) -> bool:
        return self.filter(address_hash=address_hash(address)).exists()

    def reason(self, address: str) -> str:
        """Why nothing may leave for this address; "" when it may."""
        rows = self.filter(address_hash=address_hash(address))
        return rows.values_list("reason", flat=True).first() or ""

    def add(self, address: str, reason: "SuppressionReason | None" = None) -> None:
        """An objection outlives a bounce, never the other way round."""
        row, _ = self.get_or_create(
            address_hash=address_hash(address),
            defaults={"reason": reason or SuppressionReason.OBJECTED},
        )
        if reason is None and row.reason != SuppressionReason.OBJECTED:
            row.reason = SuppressionReason.OBJECTED
            row.save(update_fields=("reason",))

    def forget(self, address: str) -> None:
        self.filter(address_hash=address_hash(address)).delete()

    def forget_bounce(self, address: str) -> None:
        """Try the address again; an objection stays."""
        rows = self.filter(address_hash=address_hash(address))
        rows.filter(reason=SuppressionReason.BOUNCED).delete()


class Suppression(models.Model):
    """An address that must not be written to nor collected again: its reader said no,
    or nothing arrives there."""

    address_hash = models.CharField(max_length=64, unique=True)
    reason = models.CharField(
        max_length=8,
        choices=SuppressionReason.choices,
        default=SuppressionReason.OBJECTED,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = "opposition"

    def __str__(self) -> str:
        return self.address_hash[:8]
