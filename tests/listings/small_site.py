"""A small site in a folder, built by Pelican as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from blinker import ANY, Signal
from pelican import Pelican
from pelican.plugins import signals
from pelican.settings import read_settings
from PIL import Image

import utrop.authoring.plugin
import utrop.feeds.plugin
import utrop.listings.plugin
import utrop.redirects.plugin
from utrop import plugins
from utrop.inputs import SETTING, BuildInputs
from utrop.post import Announce, Post, Term

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SITEURL = "https://blogg.inkop.example.org"
PLUGINS = [
    utrop.authoring.plugin,
    utrop.listings.plugin,
    utrop.redirects.plugin,
    utrop.feeds.plugin,
]


def write(folder: Path, name: str, body: str = "Brödtext.", **keys: str) -> Path:
    """Write a Markdown file with the given front matter; ``title`` and ``uid`` by default."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    stem = path.stem
    keys = {"title": stem.capitalize(), "uid": f"u-{stem}", "date": "2026-10-01 09:00", **keys}
    header = "\n".join(f"{key}: {value}" for key, value in keys.items() if value != "-")
    path.write_text(f"---\n{header}\n---\n\n{body}\n", encoding="utf-8")
    return path


def term(name: str, kind: str = "kategori") -> Term:
    slug = name.lower().replace(" ", "-")
    return Term(name=name, slug=slug, path=f"{kind}/{slug}/", url=f"{SITEURL}/{kind}/{slug}/")


def post(uid: str = "a", **fields: Any) -> Post:
    """Return a post made without Pelican."""
    values: dict[str, Any] = {
        "guid": f"tag:blogg.inkop.example.org,2026:{uid}",
        "uid": uid,
        "title": uid.capitalize(),
        "url": f"{SITEURL}/{uid}/",
        "path": f"{uid}/",
        "lang": "sv",
        "published": NOW,
        "modified": None,
        "authors": (term("Maja Ek", "forfattare"),),
        "category": term("Debatt"),
        "tags": (),
        "summary": "Sammanfattning.",
        "content": "<p>Text.</p>",
        "body": "<p>Text.</p>",
        "image": None,
        "translations": (),
        "status": "published",
        "announce": Announce(),
        "aliases": (),
        "source": f"{uid}.md",
        **fields,
    }
    return Post(**values)


def picture(path: Path, size: tuple[int, int] = (1200, 630)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "#0d5a4c").save(path)


def build(
    content: Path,
    output: Path,
    *,
    now: datetime = NOW,
    unpublished: bool = False,
    former_paths: Mapping[str, tuple[str, ...]] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Run Pelican once and return its settings afterwards."""
    content.mkdir(parents=True, exist_ok=True)
    _disconnect()
    override = {
        **utrop.listings.plugin.SETTINGS,
        "PATH": str(content),
        "OUTPUT_PATH": str(output),
        "THEME": plugins.theme(),
        "PLUGINS": PLUGINS,
        "SITEURL": SITEURL,
        "SITENAME": "Inköpsbloggen",
        "SITESUBTITLE": "Om upphandling",
        "TIMEZONE": "Europe/Stockholm",
        "DEFAULT_LANG": "sv",
        "LANGUAGES": ["sv", "en"],
        "FEED_AUTHORITY": "blogg.inkop.example.org",
        "FEED_AUTHORITY_YEAR": 2026,
        "DEFAULT_CATEGORY": "",
        "AUTHOR": "",
        "DEFAULT_PAGINATION": 10,
        SETTING: BuildInputs(now=now, unpublished=unpublished, former_paths=former_paths or {}),
        **settings,
    }
    pelican = Pelican(read_settings(None, override=override))
    try:
        pelican.run()
    finally:
        _disconnect()
    found: dict[str, Any] = pelican.settings
    return found


def _disconnect() -> None:
    """Signals outlive a build; another test's plugins must not hear this one's."""
    for signal in vars(signals).values():
        if isinstance(signal, Signal):
            for receiver in list(signal.receivers_for(ANY)):
                if getattr(receiver, "__module__", "").startswith("utrop."):
                    signal.disconnect(receiver)
