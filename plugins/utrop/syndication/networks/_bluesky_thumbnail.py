"""The picture of a Bluesky card, fetched from the site and made small enough to be taken.

The lexicon (app.bsky.embed.external) allows 1,000,000 bytes, some servers a little less.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Final

import httpx
from PIL import Image, ImageOps

from utrop.syndication.errors import NotSent, OutcomeUnknown
from utrop.syndication.networks._http import ask

MAX_BYTES: Final = 900_000
MAX_PIXELS_A_SIDE: Final = 2000
FETCHED_BYTES: Final = 25_000_000
"""Bytes of the site's own picture at most."""
_PIXELS: Final = 60_000_000
_SENT_AS_IT_IS: Final = frozenset({"JPEG", "PNG", "WEBP", "GIF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A picture as it is uploaded."""

    content: bytes
    media_type: str


def fetch(http: httpx.Client, url: str) -> bytes:
    """Return the picture at an address of the site.

    Raises NotSent where it is not there: the page is not whole yet, and a post cannot get its
    picture afterwards.
    """
    try:
        answer = ask(http, "GET", url, server=f"the picture {url}", at_most=FETCHED_BYTES)
    except OutcomeUnknown as error:
        raise NotSent(str(error)) from None
    if answer.status != 200:
        raise NotSent(f"the picture {url} answers {answer.status}, not 200")
    return answer.body


def shrink(content: bytes) -> Thumbnail | None:
    """Return a picture that fits; the same bytes give the same bytes. None where it is none."""
    try:
        with warnings.catch_warnings():
            # A picture that would fill the memory is left out, not warned of.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                small_enough = max(image.size) <= MAX_PIXELS_A_SIDE and len(content) <= MAX_BYTES
                if small_enough and image.format in _SENT_AS_IT_IS:
                    image.verify()
                    return Thumbnail(content=content, media_type=Image.MIME[image.format])
                if image.width * image.height > _PIXELS:
                    return None
                return _smaller(image)
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
        EOFError,
    ):
        # What Pillow raises for bytes that are no picture, or a broken one.
        return None


def _smaller(image: Image.Image) -> Thumbnail | None:
    turned = ImageOps.exif_transpose(image)
    flat = Image.new("RGB", turned.size, "white")
    with_alpha = turned.convert("RGBA")
    flat.paste(with_alpha, mask=with_alpha)
    side = MAX_PIXELS_A_SIDE
    while side >= 200:
        flat.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in (88, 75, 60):
            packed = io.BytesIO()
            flat.save(packed, "JPEG", quality=quality, optimize=True)
            if packed.tell() <= MAX_BYTES:
                return Thumbnail(content=packed.getvalue(), media_type="image/jpeg")
        side //= 2
    return None
