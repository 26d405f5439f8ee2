"""The two ways to give somebody the address of a calendar."""

from typing import NamedTuple

from django.conf import settings


class Subscription(NamedTuple):
    path: str

    @property
    def url(self) -> str:
        """To copy into a calendar on the web."""
        return f"{settings.BASE_URL}{self.path}"

    @property
    def webcal(self) -> str:
        """Opens the calendar program, which then asks for the address itself."""
        return f"webcal:{self.url.partition(':')[2]}"
