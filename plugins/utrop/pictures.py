"""Pictures that represent posts, measured as they are served."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from utrop.post import Image

_ORIENTATION = 0x0112  # the Exif tag; from 5 on the picture is shown turned by a quarter
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


def served(file: Path, *, path: str, siteurl: str, alt: str) -> Image:
    """Return a picture file as it is served at a path below SITEURL.

    Raises ``ValueError`` with the reason where networks could not show it, and ``OSError`` where
    the file cannot be read.
    """
    length = file.stat().st_size
    try:
        with Pillow.open(file, formats=_FORMATS) as picture:
            width, height = picture.size
            if picture.getexif().get(_ORIENTATION, 1) >= 5:
                width, height = height, width
            media_type = Pillow.MIME[picture.format or ""]
    except UnidentifiedImageError as error:
        raise ValueError("is no picture that networks and feed readers show") from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise ValueError("has far too many pixels") from error
    return Image(
        url=f"{siteurl}/{path}",
        path=path,
        alt=alt,
        media_type=media_type,
        length=length,
        width=width,
        height=height,
    )
