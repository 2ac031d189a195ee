"""The theme's files: words complete, colours readable, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from PIL import Image

from tests.listings.small_site import build
from utrop import plugins, translations

THEME = Path(plugins.theme())
CSS = (THEME / "static" / "css" / "site.css").read_text("utf-8")


def used() -> set[str]:
    found = set()
    for _file, _line, message, _comments, _context in extract_from_dir(
        str(THEME / "templates"),
        method_map=[("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
    ):
        found.add(message if isinstance(message, str) else message[0])
    return found


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_text_of_the_templates_is_translated(lang: str) -> None:
    words = translations.load(THEME / "translations", [lang])[lang]
    assert len(used()) > 30
    assert used() - words.known == set()


def test_no_translation_is_left_over() -> None:
    code = "".join(
        path.read_text("utf-8")
        for name in ("listings", "redirects")
        for path in (Path(translations.__file__).parent / name).glob("*.py")
    )
    words = translations.load(THEME / "translations", ["sv"])["sv"]
    assert {text for text in words.known - used() if f'"{text}"' not in code} == set()


@pytest.mark.parametrize("template", sorted(path.name for path in THEME.rglob("*.html")))
def test_templates_are_strict_csp_clean(template: str) -> None:
    text = (THEME / "templates" / template).read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    assert re.findall(r"<script[^>]*>", text) in ([], ['<script type="application/ld+json">'])


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", block))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


LIGHT = tokens(CSS[: CSS.index("@media (prefers-color-scheme: dark)")])
DARK = LIGHT | tokens(
    CSS[CSS.index("@media (prefers-color-scheme: dark)") : CSS.index("*::before")]
)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["--paper", "--paper-2"])
def test_text_stands_out_from_its_ground(scheme: dict[str, str], ground: str) -> None:
    assert LIGHT["--paper"] != DARK["--paper"]
    for ink, least in (
        ("--ink", 7.0),
        ("--ink-2", 4.5),
        ("--accent", 4.5),
        ("--accent-2", 4.5),
        ("--focus", 3.0),
    ):
        assert contrast(scheme[ink], scheme[ground]) >= least, (ink, ground)
    assert contrast(scheme["--band"], scheme["--band-ink"]) >= 7


def test_every_token_has_its_reason() -> None:
    root = CSS[CSS.index(":root {") : CSS.index("@media (prefers-color-scheme: dark)")]
    groups = re.split(r"\n\s*\n", root)
    for group in groups:
        if "--" in group:
            assert "/*" in group, group


def test_the_stylesheet_asks_nobody_for_anything() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS
    assert len(re.findall(r"var\((--[\w-]+)", CSS)) > 50
    assert set(re.findall(r"var\((--[\w-]+)", CSS)) <= set(re.findall(r"(--[\w-]+):", CSS))


def test_the_share_picture_is_as_networks_want_it() -> None:
    file = THEME / "static" / "images" / "share.png"
    with Image.open(file) as picture:
        assert picture.size == (1200, 630)
    assert file.stat().st_size < 60_000


def test_no_template_depends_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(tmp_path / "content", tmp_path / "output")
    assert (tmp_path / "output" / "theme" / "css" / "site.css").is_file()
