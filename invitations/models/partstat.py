"""What an answer says, by which way it came, and what became of it."""

from enum import Enum, auto

from django.db import models


class PartStat(models.TextChoices):
    """RFC 5545 3.2.12."""

    NEEDS_ACTION = "NEEDS-ACTION", "Pas de réponse"
    ACCEPTED = "ACCEPTED", "Oui"
    TENTATIVE = "TENTATIVE", "Ne sait pas"
    DECLINED = "DECLINED", "Non"
    DELEGATED = "DELEGATED", "Un·e collègue vient"


class AnswerChannel(models.TextChoices):
    WEB = "web", "sur la page"
    TEAM = "team", "par l’équipe"
    REQUEST = "request", "place demandée"
    QUEUE = "queue", "liste d’attente"
    ITIP = "itip", "depuis son agenda"


class Outcome(Enum):
    """What became of an answer."""

    NOTED = auto()
    SAME = auto()
    WAITING = auto()


class TableFull(Exception):
    """Nobody more can sit down: every seat is taken."""


class AnswersClosed(Exception):
    """The meetup is cancelled, closed or over."""


class AnswerOutdated(Exception):
    """A newer answer is known, or the answer is to an hour that is no longer ours."""
