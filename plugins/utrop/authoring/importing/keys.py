"""Front matter of other generators, key by key, as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from utrop import languages
from utrop.authoring.importing import moments
from utrop.authoring.importing.source import Notes, Source
from utrop.authoring.importing.templating import Templating
from utrop.authoring.mistake import quoted
from utrop.authoring.yaml_nodes import Value

_SUMMARIES = ("summary", "excerpt", "description", "subtitle")
_SLUGS = ("slug",)
_LANGS = ("lang", "language", "locale")
_CATEGORIES = ("category", "categories")
_AUTHORS = ("authors", "author")
_PICTURES = ("image", "images", "cover", "featured_image", "thumbnail", "header")
_PICTURE_PATHS = ("path", "src", "url", "image", "feature", "teaser")
_WORDS = ("image_alt", "imageAlt", "image_caption_alt")
_CREDITS = ("image_credit", "imageCredit")
_OLD = ("permalink", "url", "redirect_from", "aliases")
_STATES = ("draft", "published", "hidden", "private", "eleventyExcludeFromCollections")
_POST_LAYOUTS = frozenset({"article", "blog", "blog-post", "blogpost", "post", "posts"})
_KNOWN = moments.KEYS.union(
    ("title", "tags", "keywords", "layout"),
    *(_SUMMARIES, _SLUGS, _LANGS, _CATEGORIES, _AUTHORS),
    *(_PICTURES, _WORDS, _CREDITS, _OLD, _STATES),
)
_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture that front matter names."""

    target: str
    alt: str
    credit: str
    line: int | None


class Keys:
    """Reads one post's front matter; what has no place here is noted."""

    def __init__(self, source: Source, templating: Templating, notes: Notes) -> None:
        self._source, self._templating, self._notes = source, templating, notes

    def note_unknown(self) -> None:
        """Note every key that is not carried over and says something."""
        for key, value in self._source.values.items():
            if key == "layout" and isinstance(value, str) and value.lower() in _POST_LAYOUTS:
                continue
            if (key in _KNOWN and key != "layout") or value in ("", [], {}, "null", "~"):
                continue
            self._notes.add(
                self._source.line(key), f"{quoted(f'{key}: {_flat(value)}')} was left out"
            )

    def title(self) -> str:
        """Return the title; noted as an error where there is none."""
        text = self._text("title")
        if not text:
            self._notes.add(
                self._source.line("title") or 1,
                "has no title",
                "write title: in its front matter",
                "error",
            )
        return text

    def summary(self) -> str:
        """Return the summary in plain text."""
        taken, by = "", ""
        for key in _SUMMARIES:
            text = _plain(self._text(key))
            if text and not taken:
                taken, by = text, key
            elif text and text != taken:
                self._notes.add(
                    self._source.line(key),
                    f"{quoted(key)} differs from {quoted(by)} and was left out",
                )
        return taken

    def slug(self) -> str:
        """Return the slug that the post had: front matter's, or that of the file's name."""
        return self._text("slug").strip("/").rpartition("/")[2] or self._source.name

    def lang(self, default: str) -> str:
        """Return the language that is to be written, or an empty text for the site's own."""
        for key in _LANGS:
            written = self._text(key)
            code = re.split("[-_]", written.lower())[0]
            if not written:
                continue
            try:
                return languages.language(code).code
            except ValueError:
                self._notes.add(
                    self._source.line(key), f"{quoted(written)} is no language and was left out"
                )
        return self._source.name_lang or default

    def authors(self) -> list[str]:
        """Return the authors as they are given."""
        return self._names(_AUTHORS)

    def tags(self) -> list[str]:
        """Return the tags without repetition."""
        return self._names(("tags", "keywords"))

    def category(self) -> str:
        """Return the first category; the others are noted."""
        names = self._names(_CATEGORIES)
        for name in names[1:]:
            key = next(key for key in reversed(_CATEGORIES) if key in self._source.values)
            self._notes.add(
                self._source.line(key),
                f"the category {quoted(name)} was left out: a post has one",
                "write it as a tag",
            )
        return names[0] if names else ""

    def status(self) -> str:
        """Return ``draft`` or ``hidden``, or an empty text for a post that is out."""
        found = "draft" if "/_drafts/" in f"/{self._source.relative}" else ""
        for key in _STATES:
            value = self._text(key).lower()
            if not value or (key == "published" and value[0].isdigit()):
                continue
            if value not in _YES | _NO:
                self._notes.add(
                    self._source.line(key),
                    f"{quoted(f'{key}: {value}')} is neither true nor false; it became a draft",
                    "write status: published if it is to be out",
                )
                found = "draft"
            elif value in (_NO if key == "published" else _YES):
                hides = key in ("hidden", "eleventyExcludeFromCollections")
                found = found or ("hidden" if hides else "draft")
        if str(self._source.values.get("permalink", "")).lower() == "false":
            found = "draft"
        return found

    def old_addresses(self) -> list[str]:
        """Return the paths at which the post says that it was, its own one first."""
        found = []
        for key in _OLD:
            for address in _items(self._source.values.get(key, ""), split=False):
                text = address.strip()
                if text.lower() in ("", "false", "true"):
                    continue
                wrong = re.search(r"\{\{|\{%|/:|^:|[?#]|^[A-Za-z][\w+.-]*:|//|\\|\.\./", text)
                if wrong or (not text.startswith("/") and key != "permalink"):
                    self._notes.add(
                        self._source.line(key),
                        f"the old address {quoted(text)} was left out: it is no whole path",
                        "write its path under aliases:",
                    )
                elif text.strip("/"):
                    found.append("/" + text.lstrip("/"))
        return list(dict.fromkeys(found))

    def has_permalink(self) -> bool:
        """Whether the post says itself where it was."""
        return any(
            str(self._source.values.get(key, "")).strip("/") not in ("", "false")
            for key in ("permalink", "url")
        )

    def picture(self) -> Picture | None:
        """Return the picture that stands for the post."""
        taken = None
        for key in _PICTURES:
            for target, alt, credit in _pictures(self._source.values.get(key, "")):
                line = self._source.line(key)
                if taken is not None:
                    if target != taken.target:
                        self._notes.add(line, f"the picture {quoted(target)} was left out")
                    continue
                taken = Picture(
                    target=target,
                    alt=alt or self._first(_WORDS),
                    credit=credit or self._first(_CREDITS),
                    line=line,
                )
        return taken

    def _first(self, keys: tuple[str, ...]) -> str:
        return next((text for key in keys if (text := self._text(key))), "")

    def _text(self, key: str) -> str:
        value = self._source.values.get(key, "")
        line = self._source.line(key)
        if isinstance(value, (list, dict)):
            if key in ("title", *_SUMMARIES):
                self._notes.add(line, f"{quoted(key)} is no text and was left out")
            return ""
        if value in ("null", "~"):
            return ""
        return " ".join(self._templating.line_of_text(value, line).split())

    def _names(self, keys: tuple[str, ...]) -> list[str]:
        found = []
        for key in keys:
            value = self._source.values.get(key, "")
            for name in _items(value, split=True):
                text = " ".join(self._templating.line_of_text(name, self._source.line(key)).split())
                if text and text not in ("null", "~"):
                    found.append(text)
        once: dict[str, str] = {}
        for name in found:
            once.setdefault(name.casefold(), name)
        return list(once.values())


def _items(value: Value, *, split: bool) -> Iterator[str]:
    """Yield the texts in a value; a mapping counts by its name."""
    if isinstance(value, str):
        yield from value.split(",") if split else [value]
    elif isinstance(value, list):
        for item in value:
            yield from _items(item, split=False)
    else:
        name = value.get("name") or value.get("title") or ""
        yield from [name] if isinstance(name, str) else []


def _pictures(value: Value) -> Iterator[tuple[str, str, str]]:
    """Yield target, words and credit of each picture in a value."""
    if isinstance(value, str):
        if value.strip() not in ("", "null", "~"):
            yield value.strip(), "", ""
    elif isinstance(value, list):
        for item in value:
            yield from _pictures(item)
    else:
        texts = {key: item.strip() for key, item in value.items() if isinstance(item, str)}
        target = next((texts[key] for key in _PICTURE_PATHS if texts.get(key)), "")
        if target:
            yield target, texts.get("alt", ""), texts.get("credit", "")


def _plain(text: str) -> str:
    """Return a text without the HTML and the links that a summary does not have."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", text)).split())


def _flat(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    return value
