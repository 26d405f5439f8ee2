from typing import ClassVar
from uuid import uuid4

from django.db import models

from networking.tokens import derive, fingerprint


class Tokened(models.Model):
    """Somebody acts through a link without an account: derived, only its fingerprint
    is kept, and a higher version revokes it."""

    purpose: ClassVar[str]

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    token_version = models.PositiveSmallIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        abstract = True

    @property
    def token(self) -> str:
        return derive(self.purpose, self.key, self.token_version)

    def set_tokens(self) -> None:
        self.token_hash = fingerprint(self.token)
