"""Glossary: words of procurement explained where they stand, without a script.

The first occurrence of a word in a post's text becomes a link to its explanation at the foot of
the page; there is nothing to run and nothing to load, so that it works by keyboard, on a phone, on
paper and in any browser. Explanations are help, no definitions of law.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Final

MOST: Final = 6
"""How many words one page explains: more would make the text hard to read."""

_QUIET: Final = frozenset(
    {"a", "abbr", "button", "code", "dfn", "h1", "h2", "h3", "h4", "h5", "h6", "kbd", "label"}
    | {"math", "pre", "samp", "script", "style", "summary", "svg", "template", "textarea", "var"}
)
"""Elements whose text stays as it is."""
_VOID: Final = frozenset({"br", "hr", "img", "input", "wbr"})
_TAG: Final = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_LANG: Final = re.compile(r"""\slang\s*=\s*["']?([a-zA-Z]+)""")
_BEFORE: Final = r"(?<![\w\u00ad\u0300-\u036f\u2010\u2011-])"
_AFTER: Final = r"(?![\w\u00ad\u0300-\u036f\u2010\u2011-])"
"""A compound is another word: a letter, a hyphen or a soft hyphen on either side."""
_BETWEEN: Final = r"(?:[ \n\u00a0\u202f]|&nbsp;){1,2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word in one language."""

    word: str
    forms: tuple[str, ...]
    """How it stands in running text; those with a capital letter are looked for as they are."""
    explained: str
    is_plain: bool
    """Whether everyone knows it, so that texts do not mark it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A word that a page explains, with the ids of its explanation and of its place in the text."""

    word: str
    explained: str
    entry_id: str
    place_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text whose first occurrences are links, and what they lead to, in their order."""

    html: str
    words: tuple[Explained, ...]


@cache
def words(lang: str) -> tuple[Word, ...]:
    """Return the glossary in Swedish or English; empty in any other language."""
    if lang not in ("sv", "en"):
        return ()
    data = resources.files("utrop.procurement").joinpath("data", "glossary.tsv").read_text("utf-8")
    heads, *rows = [
        line.split("\t") for line in data.split("\n") if line and not line.startswith("#")
    ]
    found = (dict(zip(heads, row, strict=True)) for row in rows)
    return tuple(
        Word(
            word=row[lang],
            forms=tuple(filter(None, row[f"{lang}_forms"].split("|"))),
            explained=row[f"{lang}_explained"],
            is_plain=bool(row["plain"]),
        )
        for row in found
    )


def marked(html: str, lang: str, most: int = MOST) -> Marked:
    """Return a text with at most ``most`` words marked, each where it first stands.

    Nothing in links, headings, code or text of another language is marked, and no part of a
    compound. The time taken grows with the text's length alone.
    """
    pattern, by_form = _searched(lang)
    if pattern is None or not most:
        return Marked(html=html, words=())
    found: list[Explained] = []
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        word = by_form[_plain(match.group())]
        if word.word in seen or len(found) >= most:
            return match.group()
        seen.add(word.word)
        entry = _free_id(f"{_PREFIXES[lang]}-{_slug(word.word)}", html)
        place = f"{entry}-{_PLACES[lang]}"
        found.append(
            Explained(word=word.word, explained=word.explained, entry_id=entry, place_id=place)
        )
        return (
            f'<a class="term" id="{place}" href="#{entry}" title="{escape(word.explained)}">'
            f"{match.group()}</a>"
        )

    parts = []
    for text, is_prose in _parts(html, lang):
        is_open = is_prose and len(found) < most
        parts.append(pattern.sub(mark, text) if is_open else text)
    return Marked(html="".join(parts), words=tuple(found))


_PREFIXES: Final = {"sv": "ord", "en": "word"}
_PLACES: Final = {"sv": "i-texten", "en": "in-the-text"}


@cache
def _searched(lang: str) -> tuple[re.Pattern[str] | None, dict[str, Word]]:
    by_form = {_plain(form): word for word in words(lang) for form in word.forms}
    by_form = {form: word for form, word in by_form.items() if not word.is_plain}
    forms = {form for word in words(lang) if not word.is_plain for form in word.forms}
    if not forms:
        return None, {}
    # The longest first: “registrerad annonsdatabas” before “annonsdatabas”.
    choices = "|".join(
        _pattern(form) for form in sorted(forms, key=lambda form: (-len(form), form))
    )
    return re.compile(f"{_BEFORE}(?:{choices}){_AFTER}"), by_form


def _pattern(form: str) -> str:
    first, rest = form[0], _BETWEEN.join(map(re.escape, form[1:].split(" ")))
    if first.islower():
        return f"[{first}{first.upper()}]{rest}"
    return re.escape(first) + rest


def _plain(form: str) -> str:
    text = re.sub(_BETWEEN, " ", form)
    return text[0].lower() + text[1:]


def _slug(word: str) -> str:
    bare = unicodedata.normalize("NFD", word.lower()).encode("ascii", "ignore").decode("ascii")
    return "-".join(re.findall(r"[a-z0-9]+", bare))


def _free_id(wanted: str, html: str) -> str:
    """Return an id that the text's own headings do not have."""
    while wanted in html:
        wanted += "-1"
    return wanted


def _parts(html: str, lang: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of HTML in order, and whether each is prose in the page's language."""
    at = 0
    quiet, depth = "", 0
    while at < len(html):
        start = html.find("<", at)
        if start < 0:
            yield html[at:], not quiet
            return
        if start > at:
            yield html[at:start], not quiet
        end = _end_of_tag(html, start)
        tag = html[start:end]
        name, is_end, is_quiet = _read(tag, lang)
        if quiet:
            if name == quiet:
                depth += -1 if is_end else 1
            if not depth:
                quiet = ""
        elif is_quiet and not is_end and not tag.endswith("/>"):
            quiet, depth = name, 1
        yield tag, False
        at = end


def _end_of_tag(html: str, start: int) -> int:
    """Return where a tag, a comment, or a mere ``<``, ends; quoted values may hold ``>``."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return len(html) if end < 0 else end + 3
    if not _TAG.match(html, start + 1):
        return start + 1
    at, quote = start + 1, ""
    while at < len(html):
        letter = html[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == ">":
            return at + 1
        at += 1
    return len(html)


def _read(tag: str, lang: str) -> tuple[str, bool, bool]:
    """Return an element's name, whether the tag ends it, and whether its text stays as it is."""
    found = _TAG.match(tag, 1)
    if found is None:
        return "", False, False
    name = found[1].lower()
    of = None if name in _VOID else _LANG.search(tag)
    return name, tag.startswith("</"), name in _QUIET or bool(of and of[1].lower() != lang)
