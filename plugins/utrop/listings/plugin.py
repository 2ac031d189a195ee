"""Listings for Pelican: every page that is a list, the sitemap, and the theme's functions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from pelican import signals
from pelican.generators import Generator

from utrop import articles, outputs, translations
from utrop.languages import listing_path
from utrop.listings.claims import claimed
from utrop.listings.declaring import inputs_of
from utrop.listings.sitemap import robots, sitemap
from utrop.listings.sitemap_entries import entries
from utrop.listings.theme_functions import VIEWS, WORDS, ThemeFunctions
from utrop.listings.view import Views
from utrop.problem import ProblemsFound

_FEEDS = ("FEED", "FEED_ALL", "CATEGORY_FEED", "AUTHOR_FEED", "TAG_FEED", "TRANSLATION_FEED")

SETTINGS: dict[str, Any] = {
    # Addresses end in a slash, so that a change of technique never changes them.
    "ARTICLE_URL": "{slug}/",
    "ARTICLE_SAVE_AS": "{slug}/index.html",
    "ARTICLE_LANG_URL": "{lang}/{slug}/",
    "ARTICLE_LANG_SAVE_AS": "{lang}/{slug}/index.html",
    "PAGE_URL": "{slug}/",
    "PAGE_SAVE_AS": "{slug}/index.html",
    "PAGE_LANG_URL": "{lang}/{slug}/",
    "PAGE_LANG_SAVE_AS": "{lang}/{slug}/index.html",
    # Drafts are built on the development server only, where they will live once published.
    "DRAFT_URL": "{slug}/",
    "DRAFT_SAVE_AS": "{slug}/index.html",
    "DRAFT_LANG_URL": "{lang}/{slug}/",
    "DRAFT_LANG_SAVE_AS": "{lang}/{slug}/index.html",
    "DRAFT_PAGE_URL": "{slug}/",
    "DRAFT_PAGE_SAVE_AS": "{slug}/index.html",
    "DRAFT_PAGE_LANG_URL": "{lang}/{slug}/",
    "DRAFT_PAGE_LANG_SAVE_AS": "{lang}/{slug}/index.html",
    # Pelican's lists know the default language only; ours replace them.
    "DIRECT_TEMPLATES": [],
    "PAGINATED_TEMPLATES": {},
    "INDEX_SAVE_AS": "",
    "CATEGORY_SAVE_AS": "",
    "TAG_SAVE_AS": "",
    "AUTHOR_SAVE_AS": "",
    "YEAR_ARCHIVE_SAVE_AS": "",
    "MONTH_ARCHIVE_SAVE_AS": "",
    "DAY_ARCHIVE_SAVE_AS": "",
    **{f"{feed}_{kind}": None for feed in _FEEDS for kind in ("ATOM", "RSS")},
    "ARTICLE_TRANSLATION_ID": "translation_key",
    "PAGE_TRANSLATION_ID": "translation_key",
    # The reader of utrop.authoring decides what is published, and gives every field.
    "ARTICLE_PATHS": [""],
    "ARTICLE_EXCLUDES": ["pages", "images", "files"],
    "PAGE_PATHS": ["pages"],
    "STATIC_PATHS": ["images", "files"],
    "WITH_FUTURE_DATES": True,
    "USE_FOLDER_AS_CATEGORY": False,
    "PATH_METADATA": "",
    "FILENAME_METADATA": "",
    "EXTRA_PATH_METADATA": {},
    "DEFAULT_METADATA": {},
    "FORMATTED_FIELDS": [],
    "SUMMARY_MAX_LENGTH": None,
    "TYPOGRIFY": False,
    "RELATIVE_URLS": False,
    # A build goes to an empty folder of its own; nothing is deleted and nothing remembered.
    "DELETE_OUTPUT_DIRECTORY": False,
    "CACHE_CONTENT": False,
    "LOAD_CONTENT_CACHE": False,
    "OUTPUT_SOURCES": False,
    "THEME_STATIC_DIR": "theme",
    "THEME_STATIC_PATHS": ["static"],
    # Dates are written by Babel: the system may lack the language. UTF-8, for plugins that read.
    "LOCALE": ["C.UTF-8", "C"],
    "JINJA_ENVIRONMENT": {
        "trim_blocks": True,
        "lstrip_blocks": True,
        "autoescape": True,
        "undefined": StrictUndefined,
        "extensions": [],
    },
}
"""Pelican's settings that Utrop relies on; the site's own are laid over them."""


def register() -> None:
    """Connect to Pelican's signals."""
    signals.initialized.connect(_prepare)
    signals.generator_init.connect(_furnish)
    signals.article_generator_finalized.connect(articles.publish_share_image)
    signals.page_generator_finalized.connect(articles.publish_share_image)
    signals.all_generators_finalized.connect(_collect)
    signals.get_generators.connect(_generators)


def _prepare(pelican: Any) -> None:
    """Read the theme's words before anything is built, and give ``{category}`` links a target."""
    settings = pelican.settings
    lang = settings["DEFAULT_LANG"]
    for kind in ("category", "tag", "author"):
        settings[f"{kind.upper()}_URL"] = listing_path(kind, "{slug}", lang, lang)
    wanted = dict.fromkeys([lang, *settings.get("LANGUAGES", ())])
    settings[WORDS] = translations.load(Path(settings["THEME"]) / "translations", wanted)


def _collect(generators: list[Any]) -> None:
    articles.collect(generators)
    generator = generators[0]
    views = Views(
        settings=generator.settings,
        words=generator.settings[WORDS],
        posts=articles.posts(generator.context),
        pages=articles.pages(generator.context),
        share_image=articles.share_image(generator.context),
    )
    taken = articles.addresses(generator.context)
    claims, problems = claimed(views.listings, taken, content=Path(generator.settings["PATH"]))
    if problems:
        raise ProblemsFound(problems)
    taken.update(claims)
    generator.settings[VIEWS] = views


def _generators(_pelican: Any) -> type[Generator]:
    return ListingsGenerator


def _furnish(generator: Any) -> None:
    """Give a generator's templates the theme's functions and filters."""
    settings: Mapping[str, Any] = generator.settings
    stylesheet = Path(settings["THEME"]) / "static" / "css" / "site.css"
    version = (
        hashlib.sha256(stylesheet.read_bytes()).hexdigest()[:8] if stylesheet.is_file() else ""
    )
    generator.env.globals.update(ThemeFunctions(settings).names(), css_version=version)


class ListingsGenerator(Generator):  # type: ignore[misc] # Pelican has no types
    """Writes the lists of every edition, 404, sitemap.xml and robots.txt."""

    def generate_output(self, writer: Any) -> None:
        """Write every page; called by Pelican once all contexts are complete."""
        views: Views = self.settings[VIEWS]
        for path, inputs in inputs_of(views, self.context).items():
            outputs.declare(self.settings, path, inputs)
        for listing in views.listings:
            self._write(
                writer,
                listing.path + "index.html",
                listing.kind,
                view=views.of_listing(listing),
                listing=listing,
            )
        self._write(writer, "404.html", "404", view=views.of_missing())
        output = Path(self.output_path)
        output.mkdir(parents=True, exist_ok=True)
        (output / "sitemap.xml").write_bytes(sitemap(entries(views)))
        (output / "robots.txt").write_bytes(robots(views.siteurl))

    def _write(self, writer: Any, name: str, template: str, **values: Any) -> None:
        writer.write_file(name, self.get_template(template), self.context, False, **values)
