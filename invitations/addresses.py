"""The address that knows who answers: settings.REPLY_PATTERN with a token in it.

The domain is ours, the local part comes back in any case: relays and people change it.
"""

import re
from functools import lru_cache

from django.conf import settings

TOKEN = "{token}"  # noqa: S105 - a place holder, no secret
LONGEST = 320


def reply_address(token: str) -> str:
    return settings.REPLY_PATTERN.replace(TOKEN, token)


def tokens_in(address: str) -> list[str]:
    """The token that a bare address holds, in lower case; [] when it holds none.

    An address with a plus sign stays readable after a change of REPLY_PATTERN: it
    stands in every invitation sent before.
    """
    if len(address) > LONGEST:
        return []
    local, _, domain = settings.REPLY_ADDRESS.partition("@")
    for pattern in (settings.REPLY_PATTERN, f"{local}+{TOKEN}@{domain}"):
        if found := _reader(pattern).fullmatch(address.strip()):
            return [found[1].lower()]
    return []


@lru_cache(maxsize=8)
def _reader(pattern: str) -> re.Pattern[str]:
    before, _, after = pattern.partition(TOKEN)
    return re.compile(
        re.escape(before) + "([a-z2-7]{26})" + re.escape(after),
        re.IGNORECASE | re.ASCII,
    )
