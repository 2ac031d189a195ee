from __future__ import annotations

import io

import pytest
from PIL import Image

from utrop.syndication.networks._bluesky_thumbnail import MAX_BYTES, shrink


def packed(image: Image.Image, picture_format: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, picture_format, **how)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("picture_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_picture_that_fits_is_not_touched(picture_format: str) -> None:
    content = packed(Image.new("RGB", (1200, 630), "navy"), picture_format)
    thumbnail = shrink(content)
    assert thumbnail is not None
    assert thumbnail.content == content
    assert thumbnail.media_type == f"image/{picture_format.lower()}"


def test_picture_with_too_many_bytes_fits_afterwards_always_with_the_same_bytes() -> None:
    content = packed(Image.effect_noise((2400, 1600), 120).convert("RGB"), "PNG")
    assert len(content) > MAX_BYTES
    thumbnail = shrink(content)
    assert thumbnail is not None
    assert thumbnail == shrink(content)
    assert len(thumbnail.content) <= MAX_BYTES
    assert thumbnail.media_type == "image/jpeg"
    width, height = opened(thumbnail.content).size
    assert width <= 2000
    assert width / height == pytest.approx(1.5, abs=0.01)


def test_wide_picture_is_scaled_down_even_where_its_bytes_are_few() -> None:
    thumbnail = shrink(packed(Image.new("RGB", (4000, 100)), "PNG"))
    assert thumbnail is not None
    assert opened(thumbnail.content).size == (2000, 50)


def test_transparent_picture_lies_on_white() -> None:
    thumbnail = shrink(packed(Image.new("RGBA", (2100, 100), (0, 0, 0, 0)), "PNG"))
    assert thumbnail is not None
    corner = opened(thumbnail.content).getpixel((0, 0))
    assert corner == (255, 255, 255)


def test_photo_is_turned_as_the_camera_was_held() -> None:
    photo = Image.new("RGB", (3000, 1000))
    exif = photo.getexif()
    exif[0x0112] = 6  # orientation: turned a quarter
    thumbnail = shrink(packed(photo, "JPEG", exif=exif))
    assert thumbnail is not None
    width, height = opened(thumbnail.content).size
    assert width < height


def test_other_formats_become_jpeg() -> None:
    thumbnail = shrink(packed(Image.new("RGB", (10, 10)), "BMP"))
    assert thumbnail is not None
    assert thumbnail.media_type == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        packed(Image.new("RGB", (10, 10)), "PNG")[:40],
        packed(Image.effect_noise((3000, 300), 90), "PNG")[:5000],
        packed(Image.new("1", (10_000, 10_000)), "PNG"),  # a hundred million pixels in a few bytes
        packed(Image.new("1", (20_000, 20_000)), "PNG"),
    ],
    ids=["empty", "svg", "html", "cut short", "cut within", "bomb", "larger bomb"],
)
def test_what_is_no_picture_or_would_fill_the_memory_is_none(content: bytes) -> None:
    assert shrink(content) is None
