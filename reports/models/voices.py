from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from invitations.models import Invitation
from networking.models import Circle, Meetup, Profession


class Moderation(models.TextChoices):
    WAITING = "waiting", "À relire"
    SHOWN = "shown", "Publié"
    HIDDEN = "hidden", "Gardé pour l’équipe"


class AtEase(models.TextChoices):
    YES = "yes", "Oui, à ma place"
    SOMEWHAT = "somewhat", "Plus ou moins"
    NO = "no", "Pas vraiment"


class WhatNext(models.TextChoices):
    AGAIN = "again", "Un autre repas"
    PEOPLE = "people", "Revoir une personne"
    TOPIC = "topic", "Un sujet à travailler ensemble"
    NOTHING = "nothing", "Rien pour l’instant"


class OpinionQuerySet(models.QuerySet["Opinion"]):
    def sealed(self) -> Self:
        """Given, and not to be read yet."""
        return self.filter(released_on=None)

    def released(self) -> Self:
        return self.filter(released_on__isnull=False)


class Opinion(models.Model):
    """Three taps after the meal, anonymous by construction (decision 0016): no key
    leads to a person, the row has no time, and its own key is drawn at random. While
    it waits its content is `sealed`; with four others at least it is opened into
    fresh rows in a drawn order (`released_on`). Too few for one meal, and it counts
    for the `circle` only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    meetup = models.ForeignKey(
        Meetup, models.CASCADE, null=True, blank=True, related_name="opinions"
    )
    circle = models.ForeignKey(
        Circle, models.CASCADE, null=True, blank=True, related_name="opinions"
    )
    sealed = models.BinaryField(default=b"")
    at_ease = models.CharField(max_length=8, choices=AtEase.choices, blank=True)
    discovered = models.ForeignKey(
        Profession, models.PROTECT, null=True, blank=True, related_name="+"
    )
    what_next = models.CharField(max_length=7, choices=WhatNext.choices, blank=True)
    words = models.CharField(max_length=300, blank=True)
    moderation = models.CharField(
        max_length=7, choices=Moderation.choices, default=Moderation.WAITING
    )
    released_on = models.DateField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(released_on__isnull=False)
                | Q(at_ease="", discovered=None, what_next="", words=""),
                name="an_opinion_says_nothing_before_its_release",
            ),
            models.CheckConstraint(
                condition=Q(meetup__isnull=False, circle=None)
                | Q(meetup=None, circle__isnull=False, released_on__isnull=False),
                name="an_opinion_of_one_meal_or_of_a_circle",
            ),
        )

    def __str__(self) -> str:
        return f"{self.meetup or self.circle}"


class GoodNewsQuerySet(models.QuerySet["GoodNews"]):
    def shown(self) -> Self:
        """Read by somebody of the team and published; with the names to sign."""
        rows = self.filter(moderation=Moderation.SHOWN)
        return rows.select_related("invitation__professional")

    def waiting(self) -> Self:
        return self.filter(moderation=Moderation.WAITING)


class GoodNews(models.Model):
    """A good news for the circle, written with a yes or after the meal. Signed with
    a first name only if its writer asks; read by the team before anybody else."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="good_news")
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="good_news"
    )
    text = models.CharField("une bonne nouvelle", max_length=280)
    is_signed = models.BooleanField("avec mon prénom", default=False)
    moderation = models.CharField(
        max_length=7, choices=Moderation.choices, default=Moderation.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = GoodNewsQuerySet.as_manager()

    class Meta:
        verbose_name = "bonne nouvelle"
        verbose_name_plural = "bonnes nouvelles"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.text

    @property
    def signature(self) -> str:
        """The writer's first name, if they ticked it and are still known."""
        if not self.is_signed or self.invitation is None:
            return ""
        return self.invitation.professional.first_name
