from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from networking.models import Meetup, Professional


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def mutual(self) -> Self:
        """Those that the other person said too: until then nobody learns of them."""
        other = Connection.objects.filter(
            professional=OuterRef("other"), other=OuterRef("professional")
        )
        return self.filter(Exists(other))

    def pairs(self) -> Self:
        """Each mutual link once."""
        return self.mutual().filter(professional__lt=F("other"))


class Connection(models.Model):
    """« I have met this person », said by one of the two. When both say it, each is
    shown the other's card, with what the other ticked. `meetup` is where they met."""

    professional = models.ForeignKey(
        Professional, models.CASCADE, related_name="connections"
    )
    other = models.ForeignKey(
        Professional, models.CASCADE, related_name="connections_said"
    )
    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="connections")
    shows_email = models.BooleanField("mon e-mail", default=False)
    shows_phone = models.BooleanField("mon téléphone", default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = "lien"
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("professional", "other"), name="connection_said_once"
            ),
            models.CheckConstraint(
                condition=~Q(professional=F("other")), name="connection_of_two"
            ),
        )

    def __str__(self) -> str:
        return f"{self.professional} · {self.other}"


class Nudge(models.Model):
    """Two and six months later: « avez-vous recontacté… ? », asked of each of the
    two. The answer is counted without names."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="nudges")
    months = models.PositiveSmallIntegerField("mois")
    sent_at = models.DateTimeField(default=timezone.now)
    has_met_again = models.BooleanField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "nouvelles d’un lien"
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "months"), name="nudged_once_per_term"
            ),
        )

    def __str__(self) -> str:
        return f"{self.connection}, {self.months} mois"


class ConsentKind(models.TextChoices):
    TROMBINOSCOPE = "trombinoscope", "Être sur le trombinoscope"
    WEB = "web", "Mon prénom dans le dessin du cercle"


class Consent(models.Model):
    """CNIL: per item, dated, revocable. The row goes when the person says no."""

    professional = models.ForeignKey(
        Professional, models.CASCADE, related_name="consents"
    )
    kind = models.CharField(max_length=13, choices=ConsentKind.choices)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "accord"
        constraints = (
            models.UniqueConstraint(
                fields=("professional", "kind"), name="consent_once_per_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.professional} · {self.get_kind_display()}"


class Portrait(models.Model):
    """A small picture that the person gave for the trombinoscope: drawn again by us
    as JPEG, without what the camera wrote into it. Kept two years at most."""

    professional = models.OneToOneField(
        Professional, models.CASCADE, related_name="portrait"
    )
    jpeg = models.BinaryField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "portrait"

    def __str__(self) -> str:
        return f"{self.professional}"
