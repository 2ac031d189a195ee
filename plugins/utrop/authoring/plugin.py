"""The Pelican plugin of authoring: our reader instead of Pelican's, and nothing left out unsaid.

The library is read, and everything in it checked, before Pelican reads its first file; an
exception while Pelican reads would only make the post vanish.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from pelican.contents import Static
from pelican.generators import ArticlesGenerator, PagesGenerator
from pelican.plugins import signals
from pelican.readers import BaseReader
from pelican.settings import DEFAULT_CONFIG

from utrop import articles, inputs
from utrop.authoring import links
from utrop.authoring.document import Document
from utrop.authoring.library import Library, read_library
from utrop.authoring.link_check import problems_of
from utrop.authoring.markdown import Renderer
from utrop.authoring.summary import summary_of
from utrop.inputs import BuildInputs
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.procurement import codes

_AUTHORING = "UTROP_AUTHORING"
_SETTINGS: Mapping[str, Any] = {
    # What the reader says must not be overruled, cached, or mixed with what a file is called.
    "ARTICLE_TRANSLATION_ID": "translation_key",
    "PAGE_TRANSLATION_ID": "translation_key",
    "CACHE_CONTENT": False,
    "LOAD_CONTENT_CACHE": False,
    "DEFAULT_DATE": None,
    "DEFAULT_METADATA": {},
    "FILENAME_METADATA": "",
    "FORMATTED_FIELDS": [],
    "PATH_METADATA": "",
    "USE_FOLDER_AS_CATEGORY": False,
    "WITH_FUTURE_DATES": True,
}
_log = logging.getLogger("pelican.plugins.utrop.authoring")


@dataclass(slots=True)
class _Authoring:
    """One build's library, its one Markdown instance, and what went wrong while reading."""

    library: Library
    renderer: Renderer
    unpublished: bool
    leaders: frozenset[str]
    """Sources of the documents that stand for their translations where only one is shown."""
    problems: list[Problem] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    is_finished: bool = False

    def is_built(self, document: Document) -> bool:
        """Whether this build has a page for a document."""
        return document.is_built or (self.unpublished and document.state != "withdrawn")


class Reader(BaseReader):  # type: ignore[misc] # Pelican ships no types
    """Reads Markdown for Pelican out of the library, where it has been checked."""

    # Empty, lest Pelican find this class among the subclasses in builds without this plugin.
    file_extensions: list[str] = []  # noqa: RUF012 - Pelican's attribute, never changed

    def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
        """Return a file's HTML and metadata; whatever the library lacks is skipped."""
        authoring: _Authoring = self.settings[_AUTHORING]
        root = authoring.library.targets.files.root
        source = Path(source_path).relative_to(root).as_posix()
        document = authoring.library.by_source.get(source)
        if document is None or not authoring.is_built(document):
            return "", {"status": "skip"}
        try:
            return self._read(document, authoring)
        except Exception as error:
            # Pelican logs this and goes on without the post; `_complete` brings it back up.
            authoring.failures[source] = f"{type(error).__name__}: {error}"
            raise

    def _read(self, document: Document, authoring: _Authoring) -> tuple[str, dict[str, Any]]:
        html = authoring.renderer.render(
            document.body, key=document.translation_key + document.lang, lang=document.lang
        )
        targets = authoring.library.targets
        base_path = urlsplit(self.settings["SITEURL"]).path.rstrip("/") + "/"
        html, missing = links.linked(html, document.source, targets, base_path=base_path)
        if missing:
            found = problems_of(html, document, targets)
            authoring.problems += [one for one in found if one.severity == "error"]
        return html, self._metadata(document, html, authoring)

    def _metadata(self, document: Document, html: str, authoring: _Authoring) -> dict[str, Any]:
        hidden = document.front_matter.status == "hidden"
        metadata: dict[str, Any] = {
            "title": document.title,
            "slug": document.slug,
            "lang": document.lang,
            "status": "hidden" if hidden else "published",
            "summary": document.front_matter.summary or summary_of(html),
            "translation_key": document.translation_key,
            "translation": "false" if document.source in authoring.leaders else "true",
            "utrop_document": document,
            "utrop_state": document.state,
        }
        if document.published is not None:
            metadata["date"] = document.published
        if document.modified is not None:
            metadata["modified"] = document.modified
        if document.category:
            metadata["category"] = self.process_metadata("category", document.category)
        for name, names in (("tags", document.tags), ("authors", document.authors)):
            if names:
                metadata[name] = self.process_metadata(name, list(names))
        return metadata


def register() -> None:
    """Connect to Pelican's signals, with functions of the module: it holds receivers weakly."""
    signals.initialized.connect(_begin)
    signals.get_generators.connect(_begin_again)
    signals.readers_init.connect(_replace_readers)
    signals.content_object_init.connect(_quote_address)
    signals.article_generator_finalized.connect(_publish_images)
    signals.page_generator_finalized.connect(_publish_images)
    signals.all_generators_finalized.connect(_complete)
    signals.finalized.connect(_end)


def library_of(settings: Mapping[str, Any]) -> Library:
    """Return the library of the build that runs with these settings."""
    authoring: _Authoring = settings[_AUTHORING]
    return authoring.library


def _begin(pelican: Any) -> None:
    """Read and check everything; raises ``ProblemsFound``."""
    settings = pelican.settings
    settings.update(_SETTINGS)
    if not settings.get("AUTHOR"):
        # Pelican would make an author without a name of it.
        settings.pop("AUTHOR", None)
    given = settings.get(inputs.SETTING)
    if not isinstance(given, BuildInputs):
        raise configuration_error(
            f"{inputs.SETTING} is not set", "build with `utrop build` instead of `pelican`"
        )
    options = settings.get("MARKDOWN")
    if options == DEFAULT_CONFIG["MARKDOWN"]:
        options = None
    library = read_library(
        Path(settings["PATH"]),
        timezone=ZoneInfo(settings["TIMEZONE"]),
        default_lang=settings["DEFAULT_LANG"],
        languages=tuple(settings.get("LANGUAGES", ())),
        now=given.now,
        default_author=settings.get("AUTHOR", ""),
        default_category=settings.get("DEFAULT_CATEGORY", ""),
        unpublished=given.unpublished,
        markdown=options,
        codes=settings.get(codes.SETTING),
    )
    authoring = _Authoring(
        library=library,
        renderer=Renderer(options),
        unpublished=given.unpublished,
        leaders=frozenset(),
    )
    authoring.leaders = _leaders(one for one in library.documents if authoring.is_built(one))
    settings[_AUTHORING] = authoring
    settings[articles.WITHDRAWN] = tuple(
        one.uid for one in library.posts if one.state == "withdrawn"
    )
    for warning in library.warnings:
        _log.warning("%s", replace(warning, severity="error"))


def _leaders(documents: Iterable[Document]) -> frozenset[str]:
    """Return which of each group of translations Pelican is to take for the original."""
    leaders: dict[tuple[str, str], Document] = {}

    def rank(document: Document) -> tuple[bool, str]:
        return bool(document.front_matter.translation_of), document.lang

    for document in documents:
        key = (document.kind, document.translation_key)
        other = leaders.setdefault(key, document)
        if rank(document) < rank(other):
            leaders[key] = document
    return frozenset(document.source for document in leaders.values())


def _begin_again(pelican: Any) -> None:
    """Read anew where the same object runs a second time, as under ``--autoreload``."""
    if pelican.settings[_AUTHORING].is_finished:
        _begin(pelican)


def _end(pelican: Any) -> None:
    pelican.settings[_AUTHORING].is_finished = True


def _replace_readers(readers: Any) -> None:
    """Read ``.md`` with our reader, and no other markup: its front matter would go unchecked."""
    if _AUTHORING not in readers.settings:
        return
    static = readers.reader_classes["static"]
    readers.reader_classes = {"static": static, "md": Reader}


def _quote_address(content: Any) -> None:
    """Give a file whose name has spaces or letters outside ASCII an address without them."""
    if isinstance(content, Static) and content.settings["STATIC_URL"] == "{path}":
        path = content.get_relative_source_path()
        if quote(path) != path and not hasattr(content, "override_url"):
            content.override_url = quote(path)


def _publish_images(generator: Any) -> None:
    """Have share pictures copied, wherever they lie, and linked files under their own names.

    Pelican takes a link's %C3%B6 for a part of the file's name.
    """
    authoring: _Authoring = generator.settings[_AUTHORING]
    library = authoring.library
    linked = {
        link if link in library.targets.files.paths else unquote(link)
        for link in generator.context["static_links"]
    }
    generator.context["static_links"] = linked | {
        document.image
        for document in library.documents
        if document.image and authoring.is_built(document)
    }


def _complete(generators: list[Any]) -> None:
    """See that Pelican kept every document; raises ``ProblemsFound`` before anything is written."""
    authoring: _Authoring = generators[0].settings[_AUTHORING]
    library = authoring.library
    kept = {content.get_relative_source_path() for content in _contents(generators)}
    problems = list(authoring.problems)
    for document in library.documents:
        if authoring.is_built(document) and document.source not in kept:
            reason = authoring.failures.get(document.source, "it does not say why")
            problems.append(
                Problem(
                    path=document.path,
                    what=f"Pelican left this file out: {reason}",
                    instead="build with DEBUG logging to see where",
                )
            )
    if problems:
        raise ProblemsFound(problems)


def _contents(generators: Iterable[Any]) -> Iterable[Any]:
    for generator in generators:
        if isinstance(generator, ArticlesGenerator):
            yield from generator.articles
            yield from generator.translations
            yield from generator.hidden_articles
            yield from generator.hidden_translations
        elif isinstance(generator, PagesGenerator):
            yield from generator.pages
            yield from generator.translations
            yield from generator.hidden_pages
            yield from generator.hidden_translations
