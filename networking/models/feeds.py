from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from networking.tokens import derive


class Subscriber(models.Model):
    """Whoever owns a calendar at a secret address. It is derived, never stored, and
    opens that calendar only; a higher version is another address."""

    feed_version = models.PositiveSmallIntegerField(default=1, editable=False)

    feed_route = ""

    class Meta:
        abstract = True

    @property
    def feed_token(self) -> str:
        owner = f"{self._meta.model_name}:{self.pk}"
        return derive("feed", owner, self.feed_version)

    def opens_feed(self, token: str) -> bool:
        return constant_time_compare(token.lower(), self.feed_token)

    def get_feed_url(self) -> str:
        return reverse(self.feed_route, args=(self.pk, self.feed_token))

    def change_feed(self) -> None:
        """From now on the former address is nobody's."""
        own = type(self)._default_manager.filter(pk=self.pk)
        own.update(feed_version=F("feed_version") + 1)
        self.refresh_from_db(fields=("feed_version",))
