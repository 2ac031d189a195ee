"""Pictures that represent posts, measured as they are served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

_ORIENTATION = 0x0112  # the Exif tag; from 5 on the picture is shown turned by a quarter
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a file says of itself: pixels, bytes and media type."""

    media_type: str
    length: int
    width: int
    height: int


def measure(path: Path) -> Measure:
    """Measure a picture; ``ValueError`` with the reason where networks could not show it.

    Raises ``OSError`` where the file cannot be read.
    """
    length = path.stat().st_size
    try:
        with Pillow.open(path, formats=_FORMATS) as picture:
            width, height = picture.size
            if picture.getexif().get(_ORIENTATION, 1) >= 5:
                width, height = height, width
            media_type = Pillow.MIME[picture.format or ""]
    except UnidentifiedImageError as error:
        raise ValueError("is no picture that networks and feed readers show") from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise ValueError("has far too many pixels") from error
    return Measure(media_type=media_type, length=length, width=width, height=height)
