"""Categories, tags and authors as writers spell them, brought to one spelling for each address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from utrop.languages import listing_path
from utrop.post import Term
from utrop.problem import Problem

Kind = Literal["category", "tag", "author"]
_WORD = {"category": "category", "tag": "tag", "author": "author"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One name as one post spells it."""

    kind: Kind
    name: str
    lang: str
    published: datetime
    source: Path


class Taxonomy:
    """The terms of a site: per language and address one, in the spelling of its oldest post.

    ``problems`` tells which names cannot be terms: those without a letter or digit, and different
    names that would share an address (``får`` and ``far``).
    """

    def __init__(
        self,
        uses: Iterable[Use],
        *,
        siteurl: str,
        default_lang: str,
        slugify: Callable[[str], str],
    ) -> None:
        self.problems: list[Problem] = []
        self._terms: dict[tuple[Kind, str, str], Term] = {}
        self._slugify = slugify
        first: dict[tuple[Kind, str, str], Use] = {}
        for use in sorted(uses, key=lambda use: (use.published, use.source, use.name)):
            slug = slugify(use.name)
            if not slug:
                self.problems.append(
                    Problem(
                        path=use.source,
                        what=f"the {_WORD[use.kind]} {use.name!r} has no letter or digit that"
                        " an address could be made of",
                        instead="write it in words",
                    )
                )
                continue
            key = (use.kind, use.lang, slug)
            known = first.setdefault(key, use)
            path = listing_path(use.kind, slug, use.lang, default_lang)
            if _folded(known.name) != _folded(use.name):
                self.problems.append(
                    Problem(
                        path=use.source,
                        what=f"the {_WORD[use.kind]} {use.name!r} would share the address {path}"
                        f" with {known.name!r} in {known.source.name}",
                        instead="write the same name in both, or another word in one",
                    )
                )
            self._terms.setdefault(
                key, Term(name=known.name, slug=slug, path=path, url=f"{siteurl}/{path}")
            )

    def term(self, kind: Kind, name: str, lang: str) -> Term | None:
        """Return the term that a spelling stands for; None where it had a problem."""
        return self._terms.get((kind, lang, self._slugify(name)))

    def terms(self, kind: Kind, names: Iterable[str], lang: str) -> tuple[Term, ...]:
        """Return the terms of several spellings in their order, each once."""
        found = (self.term(kind, name, lang) for name in names)
        return tuple(dict.fromkeys(term for term in found if term is not None))


def _folded(name: str) -> str:
    """Case, spaces and hyphens do not make another name; everything else does."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"[\s_\-‐–—]+", " ", text).strip()
