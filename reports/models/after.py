from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from invitations.models import Invitation
from networking.models import Meetup
from reports.models.attendances import Attendance


class Certificate(models.Model):
    """What an attendance certificate says, frozen: the PDF and the public check page
    only repeat it. Made because the person asks; kept three years, or until they ask
    that it goes."""

    attendance = models.OneToOneField(
        Attendance,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="certificate",
    )
    meetup = models.ForeignKey(Meetup, models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=16, unique=True)
    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=60)
    trade = models.CharField("métier", max_length=80)
    # Worded as in the invitation, the sheet and the report.
    title = models.CharField("titre", max_length=200)
    facts = models.JSONField(default=dict)
    minutes = models.PositiveSmallIntegerField("durée, en minutes")
    signed_by = models.CharField("signature", max_length=120)
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "attestation"
        ordering = ("-issued_at", "pk")

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name} · {self.title}"

    @property
    def shown_code(self) -> str:
        """As people read it aloud: « 7K2M-QX4R-9TBWC »."""
        return f"{self.code[:4]}-{self.code[4:8]}-{self.code[8:]}"


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> "FollowUpQuerySet":
        return self.filter(done_on=None)


class FollowUp(models.Model):
    """What somebody said they would do after the meal: of the team, or a guest who
    came. Reminded once when it is due."""

    meetup = models.ForeignKey(Meetup, models.CASCADE, related_name="follow_ups")
    action = models.CharField("à faire", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name="qui, dans l’équipe",
    )
    guest = models.ForeignKey(
        Invitation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name="qui, autour de la table",
    )
    due_on = models.DateField("pour le")
    done_on = models.DateField("fait le", null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = "suite"
        ordering = ("due_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(owner=None) | Q(guest=None), name="one_owner_at_most"
            ),
        )

    def __str__(self) -> str:
        return self.action
