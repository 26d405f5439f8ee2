from datetime import timedelta
from itertools import takewhile
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from networking.models.feeds import Subscriber
from venues.models import Commune
from venues.phones import PhoneField
from venues.text import fold

# Some letters of other alphabets are taken apart into many.
SEARCHED = 130


class Family(models.Model):
    """What somebody needs ("soins à la maison", "bouger"): never a rank."""

    key = models.SlugField(primary_key=True)
    label = models.CharField("libellé", max_length=60)
    order = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "besoin"
        ordering = ("order", "label")

    def __str__(self) -> str:
        return self.label


class Profession(models.Model):
    """A trade with its own stable key. ANS codes are attached, never the key:
    the same code means different things in different systems."""

    key = models.SlugField(primary_key=True)
    label_feminine = models.CharField("libellé féminin", max_length=80)
    label_masculine = models.CharField("libellé masculin", max_length=80)
    label_epicene = models.CharField("libellé neutre", max_length=80)
    activity = models.CharField("activité", max_length=80)
    family = models.ForeignKey(Family, models.PROTECT, related_name="professions")
    synonyms = models.JSONField("autres mots", default=list)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        verbose_name = "métier"
        ordering = ("activity", "key")

    def __str__(self) -> str:
        return self.label_epicene

    @property
    def both_forms(self) -> str:
        """As people call themselves, what both forms share said once: « infirmière,
        infirmier », « aide à domicile qualifiée, qualifié »."""
        feminine, masculine = self.label_feminine.split(), self.label_masculine.split()
        if feminine == masculine:
            return self.label_feminine
        same = zip(reversed(feminine), reversed(masculine), strict=False)
        end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], same))
        start = 0
        while not end and feminine[start] == masculine[start]:
            start += 1
        first = feminine[: len(feminine) - end]
        return " ".join([*first[:-1], f"{first[-1]},", *masculine[start:]])

    def index_words(self) -> None:
        """Fill `search_text` with every folded word that finds this trade."""
        words = (
            self.label_feminine,
            self.label_masculine,
            self.label_epicene,
            self.activity,
            self.family.label,
            *self.synonyms,
        )
        self.search_text = " | ".join(fold(word) for word in words)


class ProfessionCode(models.Model):
    """An entry of an ANS nomenclature (NOS), such as TRE_G15-ProfessionSante 60."""

    profession = models.ForeignKey(Profession, models.CASCADE, related_name="codes")
    system = models.CharField("système", max_length=60)
    code = models.CharField("code", max_length=10)

    class Meta:
        verbose_name = "code de métier"
        ordering = ("system", "code")
        constraints = (
            models.UniqueConstraint(
                fields=("profession", "system", "code"),
                name="code_once_per_profession",
            ),
        )

    def __str__(self) -> str:
        return f"{self.system} {self.code}"


class Workplace(models.Model):
    name = models.CharField("nom", max_length=120)
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name="commune"
    )

    class Meta:
        verbose_name = "structure"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(Lower("name"), name="workplace_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Gender(models.TextChoices):
    FEMININE = "f", "Au féminin"
    MASCULINE = "m", "Au masculin"
    EPICENE = "e", "Neutre"


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    PHONE = "phone", "Téléphone"
    SMS = "sms", "SMS"
    SECURE = "secure", "Messagerie sécurisée"


class PracticeMode(models.TextChoices):
    """TRE_R23-ModeExercice, ANS."""

    SALARIED = "S", "Salarié"
    SELF_EMPLOYED = "L", "Libéral, indépendant"
    VOLUNTEER = "B", "Bénévole"
    INDIRECT = "I", "Indirect"


class ProfessionalQuerySet(models.QuerySet["Professional"]):
    def in_directory(self) -> Self:
        """Those who said yes to be shown, and only those."""
        return self.filter(directory_consent_at__isnull=False)

    def outdated(self) -> Self:
        """No positive sign for three years (CNIL: unanswered contacts). Whoever
        helps a circle gives one by helping."""
        limit = timezone.now() - timedelta(days=3 * 365)
        silent = self.filter(last_sign_at__lt=limit)
        return silent.exclude(user__team_roles__isnull=False)


class Professional(Subscriber):
    """Somebody who works with the others. Account, e-mail and phone are optional."""

    first_name = models.CharField("prénom", max_length=60)
    last_name = models.CharField("nom", max_length=60, blank=True)
    gender = models.CharField(
        "le métier s’écrit",
        max_length=1,
        choices=Gender.choices,
        default=Gender.EPICENE,
    )
    profession = models.ForeignKey(
        Profession, models.PROTECT, related_name="people", verbose_name="métier"
    )
    profession_detail = models.CharField("précision", max_length=80, blank=True)
    workplace = models.ForeignKey(
        Workplace,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="people",
        verbose_name="structure",
    )
    mode = models.CharField(
        "mode d’exercice", max_length=1, choices=PracticeMode.choices, blank=True
    )
    in_cpts = models.BooleanField("adhère à une CPTS", null=True, blank=True)
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        related_name="people",
        verbose_name="commune de travail",
    )
    email = models.EmailField("e-mail", blank=True)
    shares_mailbox = models.BooleanField(
        "plusieurs personnes lisent cette adresse", default=False
    )
    phone = PhoneField("téléphone", blank=True)
    channel = models.CharField(
        "préfère", max_length=6, choices=Channel.choices, default=Channel.EMAIL
    )
    channel_hours = models.CharField("à quel moment", max_length=60, blank=True)
    what_i_do = models.CharField("ce que je fais", max_length=200, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="professional",
    )
    search_name = models.CharField(max_length=SEARCHED, db_index=True, editable=False)
    source = models.CharField("d’où vient ce contact", max_length=160)
    collected_on = models.DateField(default=timezone.localdate)
    notice_sent_at = models.DateTimeField(null=True, blank=True)
    directory_consent_at = models.DateTimeField(null=True, blank=True)
    shows_email = models.BooleanField(default=False)
    shows_phone = models.BooleanField(default=False)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField("pas d’invitation avant le", null=True, blank=True)
    email_bounced_at = models.DateTimeField(
        "l’e-mail n’arrive pas", null=True, blank=True
    )
    last_sign_at = models.DateTimeField(default=timezone.now)

    feed_route = "person_feed"

    objects = ProfessionalQuerySet.as_manager()

    class Meta:
        verbose_name = "personne"
        ordering = ("search_name", "pk")
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email="") & Q(shares_mailbox=False),
                name="professional_email_once_in_any_case",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_absolute_url(self) -> str:
        return reverse("person", args=(self.pk,))

    @property
    def short_name(self) -> str:
        """First name and initial: "Samira B."."""
        initial = self.last_name[:1].upper()
        return f"{self.first_name} {initial}.".strip() if initial else self.first_name

    @property
    def trade(self) -> str:
        """The person's trade as they write it; the free text wins for "other"."""
        if self.profession_detail:
            return self.profession_detail
        return {
            Gender.FEMININE: self.profession.label_feminine,
            Gender.MASCULINE: self.profession.label_masculine,
        }.get(Gender(self.gender), self.profession.label_epicene)

    @property
    def is_paused(self) -> bool:
        return (
            self.paused_until is not None and self.paused_until > timezone.localdate()
        )

    def index_name(self) -> None:
        self.search_name = fold(f"{self.first_name} {self.last_name}")[:SEARCHED]

    def give_directory_consent(self, *, email: bool, phone: bool) -> None:
        """CNIL: consent per item, dated, revocable."""
        self.directory_consent_at = self.directory_consent_at or timezone.now()
        self.shows_email, self.shows_phone = email, phone

    def withdraw_directory_consent(self) -> None:
        self.directory_consent_at = None
        self.shows_email = self.shows_phone = False
