"""SitePage: what templates and listings see of a page that is no post, such as “About”."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from utrop.post import Image, Translation

AFTER_PLACED = 1_000_000
"""The place in the navigation of a page that names none: after those that do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One page in one language. All times are aware; title and summary are plain text."""

    title: str
    url: str
    """Canonical absolute address."""
    path: str
    """Path below SITEURL, without a leading slash, such as ``om/``."""
    lang: str
    body: str
    """HTML with root-relative addresses."""
    summary: str
    menu: int | None
    """Place in the navigation, ``AFTER_PLACED`` if not said; None for a page that is not in it."""
    translations: tuple[Translation, ...]
    modified: datetime | None
    status: Literal["published", "hidden", "draft", "scheduled"]
    source: str
    """Path of the Markdown file below the content folder, with forward slashes."""
    aliases: tuple[str, ...] = ()
    image: Image | None = None
