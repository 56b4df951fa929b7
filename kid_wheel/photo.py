"""A photograph as staff upload it, made into a small square picture and nothing else.

It must never pass on a byte of the file it was given: what comes out is drawn anew from the
pixels, so where and when it was taken, and whatever hid in it, is gone.
"""

from __future__ import annotations

import re
import struct
from io import BytesIO

from PIL import Image, ImageOps

MAX_BYTES = 8 * 1024 * 1024  # a photograph as a telephone takes it
MAX_PIXELS = 50_000_000  # decoded, a pixel takes four bytes of the hub's memory
MIN_SIDE = 96  # px; smaller is a blur on a card
SIDE = 640  # px; a card's picture at its largest, on a dense screen
QUALITY = 82  # of WebP: no visible loss at a card's size
MEDIA_TYPE = "image/webp"
FORMATS = ("JPEG", "PNG", "WEBP")  # what the browsers of telephones send
BACKGROUND = "#fffdf7"  # the card's own, where a picture is see-through

# What no camera writes, but somebody who wants a browser or a reader to take it for another file.
_OTHER_FILE = re.compile(rb"<!doctype|<html[\s>]|<script[\s>]|<svg[\s>]|<\?php|%PDF-1", re.I)
_ZIP_END = b"PK\x05\x06"
_ZIP_TAIL = 65_557  # bytes that the end of a ZIP can be from the end of its file


class NotAPhoto(Exception):
    """Filen är inget foto som går att läsa. Välj ett foto i JPEG, PNG eller WebP."""


class TooLargePhoto(Exception):
    """Fotot är för stort. Det får vara högst 8 MB och 50 megapixlar."""


class TooSmallPhoto(Exception):
    """Fotot är för litet för att synas på ett kort."""


class MovingPhoto(Exception):
    """Filen rör sig. Välj ett foto som är stilla."""


class HiddenFile(Exception):
    """I filen finns mer än ett foto."""


REFUSALS = (NotAPhoto, TooLargePhoto, TooSmallPhoto, MovingPhoto, HiddenFile)


def make_picture(given: bytes) -> bytes:
    """A square WebP of at most SIDE pixels a side, upright, from its middle. Raises a refusal."""
    if len(given) > MAX_BYTES:
        raise TooLargePhoto
    try:
        with Image.open(BytesIO(given), formats=FORMATS) as image:
            return _drawn_anew(image, given)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargePhoto from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error) as error:
        raise NotAPhoto from error  # also a file that is cut off


def _drawn_anew(image: Image.Image, given: bytes) -> bytes:
    width, height = image.size  # as the file says; nothing is decoded yet
    if width * height > MAX_PIXELS:
        raise TooLargePhoto
    if min(width, height) < MIN_SIDE:
        raise TooSmallPhoto
    # A telephone may lay a second picture, of light or depth, behind the first: that is MPO.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise MovingPhoto
    if _OTHER_FILE.search(given) or _ZIP_END in given[-_ZIP_TAIL:]:
        raise HiddenFile
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded no larger than it takes
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    side = min(SIDE, *upright.size)
    square = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", square.size, BACKGROUND)  # carries nothing of the file
    clean.paste(square, mask=square.getchannel("A"))
    out = BytesIO()
    clean.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()
