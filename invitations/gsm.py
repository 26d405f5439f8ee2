"""How long a text message is, and how to keep it in one.

Texts keep no-break spaces and « ’ » everywhere else; here each would halve what fits.
"""

import re
import unicodedata

# GSM 03.38, the default alphabet; each sign of the second table takes two places.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
GSM = BASIC | EXTENDED
GSM_SIZES, UCS2_SIZES = (160, 153), (70, 67)
SIMPLER = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ‛′", "'"),
        **dict.fromkeys("“”„″", '"'),
        **dict.fromkeys("‐‑‒–—−•·", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
        **{"œ": "oe", "Œ": "OE", "…": "...", "°": "o", "×": "x", "\u2044": "/"},
        **{"\t": " ", "\u2028": "\n", "\u2029": "\n"},
    }
)


def gsm_length(text: str) -> tuple[int, int]:
    """Characters counted as the network counts them, and the messages it takes."""
    if GSM.issuperset(text):
        widths = [2 if sign in EXTENDED else 1 for sign in text]
        whole, part = GSM_SIZES
    else:
        widths = [1 if ord(sign) < 0x10000 else 2 for sign in text]
        whole, part = UCS2_SIZES
    total, parts, room = sum(widths), 0, 0
    if total <= whole:
        return total, min(total, 1)
    for width in widths:
        if width > room:  # no sign is cut in two
            parts, room = parts + 1, part
        room -= width
    return total, parts


def fits_one(text: str) -> bool:
    return gsm_length(text)[1] <= 1


def plain(text: str) -> str:
    """French as 160 signs can carry it: « ç » and « ê » lose their mark, « é », « è »,
    « à » and « ù » are in the table. A sign without a simpler form stays."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[^\S\n]*»", '"', re.sub(r"«[^\S\n]*", '"', text))
    return "".join(map(_simpler, text.translate(SIMPLER)))


def _simpler(sign: str) -> str:
    if sign in GSM:
        return sign
    parts = unicodedata.normalize("NFKD", sign).translate(SIMPLER)
    bare = "".join(one for one in parts if not unicodedata.combining(one))
    return bare if bare and GSM.issuperset(bare) else sign
