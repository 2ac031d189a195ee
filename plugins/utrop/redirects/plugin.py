"""Redirects for Pelican: old addresses checked before anything is written, then written."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pelican import signals
from pelican.generators import Generator

from utrop import articles, outputs, translations
from utrop.outputs import Inputs
from utrop.redirects.redirect import Moved, redirect_pages, redirects

_FOUND = "utrop_redirects"


def register() -> None:
    """Connect to Pelican's signals."""
    signals.all_generators_finalized.connect(_find)
    signals.get_generators.connect(_generators)


def _find(generators: list[Any]) -> None:
    context, settings = generators[0].context, generators[0].settings
    moved: list[Moved] = [*articles.posts(context), *articles.pages(context)]
    settings[_FOUND] = redirects(moved, articles.addresses(context), content=Path(settings["PATH"]))


def _generators(_pelican: Any) -> type[Generator]:
    return RedirectsGenerator


class RedirectsGenerator(Generator):  # type: ignore[misc] # Pelican has no types
    """Writes a page at each old address."""

    def generate_output(self, writer: Any) -> None:  # noqa: ARG002 - Pelican's signature
        """Write every redirect; called by Pelican once all contexts are complete."""
        found = self.settings[_FOUND]
        if not found:
            return
        words = translations.load(
            Path(self.settings["THEME"]) / "translations",
            sorted({redirect.target.lang for redirect in found}),
        )
        base_path = urlsplit(self.settings["SITEURL"]).path.rstrip("/") + "/"
        pages = redirect_pages(
            found, base_path=base_path, say=lambda lang, text: words[lang].text(text)
        )
        for save_as, page in pages.items():
            # A redirect shows its target's title and address alone: its bytes are its inputs.
            outputs.declare(self.settings, save_as, Inputs(values=(page,)))
            file = Path(self.output_path) / save_as
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(page)
