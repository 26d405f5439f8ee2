from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from networking.models.circles import Circle

KEPT_FOR = timedelta(days=1)


class PeopleImportQuerySet(models.QuerySet["PeopleImport"]):
    def outdated(self) -> Self:
        """Read files are kept one day, the time to confirm or to correct."""
        return self.filter(created_at__lt=timezone.now() - KEPT_FOR)


class PeopleImport(models.Model):
    """The rows of a file between its preview and its confirmation."""

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    file_name = models.CharField(max_length=120)
    source = models.CharField("d’où vient cette liste", max_length=160)
    rows = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects = PeopleImportQuerySet.as_manager()

    class Meta:
        verbose_name = "import"

    def __str__(self) -> str:
        return self.file_name
