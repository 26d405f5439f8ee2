"""Portraits that people give of themselves: decoded once, drawn again small, and what
the camera wrote beside the picture is gone. The only module that opens images."""

import warnings
from io import BytesIO
from struct import error as StructError
from threading import Lock
from typing import BinaryIO

from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

SIDE = 300
LARGEST = 10_000_000
# A JPEG is read small at once; 71 kilobytes of WEBP may be 770 megabytes of memory.
MOST_PIXELS = {"JPEG": 40_000_000, "PNG": 9_000_000, "WEBP": 9_000_000}
ONE_AT_A_TIME = Lock()
QUALITIES = (85, 75, 60, 45)
MOST_BYTES = 40_000
# What Pillow says of damaged files.
DAMAGED = (
    ArithmeticError,
    LookupError,
    MemoryError,
    StructError,
    TypeError,
    ValueError,
)


class NotAPortrait(ValueError):
    """Its text is a French sentence that says what to do."""


UNREADABLE = "Cette image ne s’ouvre pas. Choisissez une photo JPEG, PNG ou WEBP."
TOO_LARGE = "Cette image est trop lourde\u202f: 10 Mo au plus."
TOO_MANY_PIXELS = "Cette image est trop grande. Envoyez-la en plus petit."


def portrait(upload: BinaryIO) -> bytes:
    """A square JPEG of SIDE pixels, MOST_BYTES at most, upright and without metadata.
    Raises NotAPortrait for anything else than a picture we can open."""
    content = upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise NotAPortrait(TOO_LARGE)
    # The filters of warnings belong to all threads, as the memory does.
    with ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return _drawn_again(content)
        except NotAPortrait:
            raise
        except (UnidentifiedImageError, OSError, SyntaxError, Warning) as error:
            raise NotAPortrait(UNREADABLE) from error
        except Image.DecompressionBombError as error:
            raise NotAPortrait(TOO_MANY_PIXELS) from error
        except DAMAGED as error:
            raise NotAPortrait(UNREADABLE) from error


def _drawn_again(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=tuple(MOST_PIXELS)) as image:
        # A telephone's JPEG with a second picture behind calls itself MPO.
        most = MOST_PIXELS.get(image.format or "", MOST_PIXELS["JPEG"])
        if image.width * image.height > most:
            raise NotAPortrait(TOO_MANY_PIXELS)
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    small = ImageOps.fit(upright, (SIDE, SIDE))
    for quality in QUALITIES:
        out = BytesIO()
        small.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def drawn_head(hue: str) -> bytes:
    """Two circles on a pale ground, for people who do not exist."""
    image = Image.new("RGB", (SIDE, SIDE), "#e4f2ec")
    pen = ImageDraw.Draw(image)
    pen.ellipse((95, 55, 205, 165), fill=hue)
    pen.ellipse((40, 185, 260, 405), fill=hue)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITIES[0])
    return out.getvalue()
