"""The picture of a LinkedIn article: https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api.

JPEG, PNG and GIF are taken, with fewer than 36,152,320 pixels. It is fetched and made small as
for Bluesky's card, whose limits are narrower; of the rest that Bluesky takes a still is made.
"""

from __future__ import annotations

import io
from typing import Final

import httpx
from PIL import Image

from utrop.syndication.networks._bluesky_thumbnail import Thumbnail, fetch, shrink

_SENT_AS_IT_IS: Final = frozenset({"image/jpeg", "image/png"})


def picture(http: httpx.Client, url: str) -> Thumbnail | None:
    """Return the picture at an address of the site as it is uploaded, None where it is none.

    Raises NotSent where it is not there.
    """
    small = shrink(fetch(http, url))
    if small is None or small.media_type in _SENT_AS_IT_IS:
        return small
    return _first_frame(small.content)


def _first_frame(content: bytes) -> Thumbnail | None:
    """Return a still of a WebP or GIF: LinkedIn takes no WebP, and 250 frames at most."""
    packed = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.convert("RGBA").save(packed, "PNG", optimize=True)
    except (OSError, ValueError, SyntaxError, EOFError):
        # What Pillow raises for a broken picture; those that are too large were left out before.
        return None
    return shrink(packed.getvalue())
