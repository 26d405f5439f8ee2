from django.db import models
from django.utils import timezone

from invitations.models.invitations import Invitation


class Arrival(models.TextChoices):
    ON_TIME = "on_time", "À l’heure"
    LATER = "later", "Un peu plus tard"
    SHORT = "short", "Je pars plus tôt"


class Diet(models.TextChoices):
    """What a cook needs to count; no reason is asked, a reason would tell of health
    or religion (RGPD article 9)."""

    NO_PORK = "no_pork", "Sans porc"
    VEGETARIAN = "vegetarian", "Végétarien"
    NO_GLUTEN = "no_gluten", "Sans gluten"
    OTHER = "other", "Autre chose, appelez-moi"


class GuestDetail(models.Model):
    """The light question, asked after a yes and never before. Diet and access are
    given freely, seen by the organisers alone, and erased the day after the meal;
    the rest goes with the invitation."""

    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="detail")
    arrival = models.CharField(
        "j’arrive", max_length=7, choices=Arrival.choices, default=Arrival.ON_TIME
    )
    dish = models.CharField("j’apporte", max_length=80, blank=True)
    question = models.CharField("ma question à la table", max_length=200, blank=True)
    diet = models.CharField(
        "pour le repas", max_length=10, choices=Diet.choices, blank=True
    )
    access = models.CharField("pour venir", max_length=160, blank=True)
    needs_consent_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "détail d’une réponse"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(diet="", access="")
                | models.Q(needs_consent_at__isnull=False),
                name="needs_only_with_consent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.invitation}"
