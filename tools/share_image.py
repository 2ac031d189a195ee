"""Draws the theme's share picture and icons; run by hand, its output is committed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

IMAGES = Path(__file__).resolve().parents[1] / "theme" / "static" / "images"
PAPER, SPRUCE, LINE, INK = "#fcfbf8", "#0d5a4c", "#d9d5ca", "#1c2326"
SCALE = 4  # drawn larger and reduced, for smooth edges

SHARE = (1200, 630)
# Sheets of text, and to their right the arcs of a call that goes out: utrop, a crier's cry.
SHEETS = ((130, 126, 640, 556), (190, 96, 700, 526))


def share() -> Image.Image:
    """Draw the share picture: pages of text before spruce green, with room on all sides."""
    width, height = (side * SCALE for side in SHARE)
    picture = Image.new("RGB", (width, height), SPRUCE)
    draw = ImageDraw.Draw(picture)

    def box(left: float, top: float, right: float, bottom: float, colour: str) -> None:
        draw.rectangle([side * SCALE for side in (left, top, right, bottom)], fill=colour)

    for tone, (left, top, right, bottom) in zip(("#d7e2dc", PAPER), SHEETS, strict=True):
        box(left, top, right, bottom, tone)
    left, top = SHEETS[1][0] + 56, SHEETS[1][1] + 58
    box(left, top, left + 120, top + 12, SPRUCE)
    box(left, top + 40, left + 380, top + 66, INK)
    box(left, top + 84, left + 290, top + 110, INK)
    for number, length in enumerate((398, 380, 390, 360, 398, 384, 236)):
        box(left, top + 152 + number * 30, left + length, top + 160 + number * 30, LINE)
    centre, below = 842, 315
    for number, radius in enumerate((78, 138, 198)):
        draw.arc(
            [
                side * SCALE
                for side in (centre - radius, below - radius, centre + radius, below + radius)
            ],
            -42,
            42,
            fill=PAPER,
            width=(22 - 3 * number) * SCALE,
        )
    dot = 30
    draw.ellipse(
        [side * SCALE for side in (centre - dot, below - dot, centre + dot, below + dot)],
        fill=PAPER,
    )
    return picture.resize(SHARE, Image.Resampling.LANCZOS)


def icon(side: int) -> Image.Image:
    """Draw the icon: the same dot and arcs, on a rounded square."""
    size = side * SCALE
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, size - 1, size - 1), radius=size * 0.18, fill=SPRUCE)
    x, y = size * 0.30, size * 0.5
    dot = size * 0.12
    draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=PAPER)
    for radius in (0.28, 0.48):
        reach = size * radius
        draw.arc(
            (x - reach, y - reach, x + reach, y + reach),
            -42,
            42,
            fill=PAPER,
            width=round(size * 0.09),
        )
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    """Write all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    share().quantize(64, method=Image.Quantize.MEDIANCUT).save(IMAGES / "share.png", optimize=True)
    for side in (32, 180):
        few = icon(side).quantize(32, method=Image.Quantize.FASTOCTREE)
        few.save(IMAGES / f"icon-{side}.png", optimize=True)
    (IMAGES / "favicon.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" rx="18" fill="{SPRUCE}"/>'
        f'<circle cx="30" cy="50" r="12" fill="{PAPER}"/>'
        f'<path d="M47.8 33.9a24 24 0 0 1 0 32.2M62.7 20.6a44 44 0 0 1 0 58.8" fill="none"'
        f' stroke="{PAPER}" stroke-width="9"/></svg>\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
