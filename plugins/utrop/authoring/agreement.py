"""What the documents of a site must agree on: ids, addresses, and translations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import replace
from pathlib import Path

from utrop.authoring import slugs
from utrop.authoring.document import Document
from utrop.authoring.mistake import Mistake, quoted
from utrop.authoring.values import Rules, nearest
from utrop.languages import edition_path, listing_path
from utrop.problem import Problem

_FILES_OF_THE_BUILD = (
    "404.html",
    "announcements.json",
    "feed.atom",
    "feed.json",
    "feed.rss",
    "robots.txt",
    "sitemap.xml",
)


def agreed(
    documents: list[Document], rules: Rules, broken_uids: Set[str]
) -> tuple[list[Document], list[Problem]]:
    """Return the documents with their translations paired, and where they contradict each other.

    ``broken_uids`` are those of files with other mistakes: that they are missing here is no news.
    """
    problems = _ids(documents) + _addresses(documents, rules)
    paired, contradictions = _translations(documents, broken_uids)
    problems += contradictions + _aliases(documents, rules)
    return paired, problems


def _place(document: Document, *keys: str) -> str:
    """Name another document's line, for a message."""
    problem = Problem(path=document.path, line=document.line(*keys), what="")
    return str(problem).rstrip(": ")


def _repeated(
    documents: Iterable[Document], key: Callable[[Document], object]
) -> Iterable[tuple[Document, Document]]:
    """Yield each document whose key an earlier one has too, after that one."""
    first: dict[object, Document] = {}
    for document in documents:
        earlier = first.setdefault(key(document), document)
        if earlier is not document:
            yield earlier, document


def _ids(documents: list[Document]) -> list[Problem]:
    having = [document for document in documents if document.uid]
    return [
        Problem(
            path=document.path,
            line=document.line("uid"),
            what=f"the uid {quoted(document.uid)} is also that of {_place(earlier, 'uid')}",
            instead=f"remove this line and run utrop uid {_file(document.path)}",
        )
        for earlier, document in _repeated(having, lambda one: one.uid)
    ]


def _file(path: Path) -> str:
    return str(Problem(path=path, what="")).rstrip(": ")


def _addresses(documents: list[Document], rules: Rules) -> list[Problem]:
    problems = [
        Problem(
            path=document.path,
            line=document.line("slug"),
            what=f"the address {document.url_path} is also that of {_place(earlier, 'slug')}",
            instead='write another "slug" in one of the two',
        )
        for earlier, document in _repeated(documents, lambda one: one.url_path)
    ]
    for document in documents:
        taken = slugs.taken(document.lang, rules.default_lang, rules.languages)
        if document.slug.split("/")[0] in taken:
            problems.append(
                Problem(
                    path=document.path,
                    line=document.line("slug"),
                    what=f"the address {document.url_path} is one that the site itself uses",
                    instead=f'write another one, such as "slug: om-{document.slug}"'
                    if document.lang == "sv"
                    else f'write another one, such as "slug: about-{document.slug}"',
                )
            )
    return problems


def _translations(
    documents: list[Document], broken_uids: Set[str]
) -> tuple[list[Document], list[Problem]]:
    problems: list[Problem] = []
    paired: list[Document] = []
    for document in documents:
        named = document.front_matter.translation_of
        if not named or named in broken_uids:
            paired.append(document)
            continue
        try:
            original = _original(document, documents)
        except Mistake as mistake:
            line = document.line("translation_of")
            problems.append(
                Problem(path=document.path, line=line, what=mistake.what, instead=mistake.instead)
            )
        else:
            paired.append(replace(document, translation_key=original.translation_key))
    problems += [
        Problem(
            path=document.path,
            line=document.line("translation_of", "lang"),
            what=f"{_place(earlier, 'translation_of', 'lang')} is in the same language,"
            f" {quoted(document.lang)}, and of the same original",
            instead='correct "lang" or "translation_of" in one of the two',
        )
        for earlier, document in _repeated(
            paired, lambda one: (one.kind, one.translation_key, one.lang)
        )
        if document.front_matter.translation_of and earlier.front_matter.translation_of
    ]
    return paired, problems


def _original(document: Document, documents: list[Document]) -> Document:
    """Return what a translation translates; ``Mistake`` where its claim is wrong."""
    named = document.front_matter.translation_of
    if named == document.uid:
        raise Mistake(f"the {document.kind} names itself as its original", "remove this line")
    others = [one for one in documents if one.kind == document.kind and one is not document]
    found = next((one for one in others if one.uid == named), None)
    if found is None and document.kind == "page":
        named_so = (one for one in others if one.slug == named and one.lang != document.lang)
        found = next(named_so, None)
    if found is None:
        near = nearest(named, [one.uid for one in others if one.uid], 80)
        raise Mistake(
            f"no {document.kind} has the uid {quoted(named)}",
            f'write "{near}"' if near else "write the uid of the original",
        )
    if found.front_matter.translation_of:
        raise Mistake(
            f"{quoted(named)} is itself a translation",
            f'write "{found.front_matter.translation_of}"',
        )
    if found.lang == document.lang:
        raise Mistake(
            f"the original {_place(found, 'lang')} is in the same language, {quoted(found.lang)}",
            'write this one\'s language, such as "lang: en"',
        )
    return found


def _as_page(path: str) -> str:
    """Return one form for the ways in which an address can be written."""
    return path.removesuffix("index.html").strip("/")


def _aliases(documents: list[Document], rules: Rules) -> list[Problem]:
    public = [document for document in documents if document.state != "withdrawn"]
    live = {_as_page(document.url_path): document for document in reversed(public)}
    own = {_as_page(path) for path in _addresses_of_the_build(rules)}
    claimed: dict[str, Document] = {}
    problems = []
    for document in public:
        for at, alias in enumerate(document.front_matter.aliases):
            path = _as_page(alias)
            line = document.lines.get(("aliases", str(at)), document.line("aliases"))
            what = ""
            if path == _as_page(document.url_path):
                what = f"the alias {quoted(alias)} is this {document.kind}'s own address"
            elif path in live:
                what = f"the alias {quoted(alias)} is the address of {_place(live[path], 'slug')}"
            elif path in own:
                what = f"the alias {quoted(alias)} is an address that the site itself uses"
            elif path in claimed:
                where = _place(claimed[path], "aliases")
                what = f"the alias {quoted(alias)} is also one of {where}"
            claimed.setdefault(path, document)
            if what:
                problems.append(
                    Problem(path=document.path, line=line, what=what, instead="remove it")
                )
    return problems


def _addresses_of_the_build(rules: Rules) -> Iterable[str]:
    for lang in rules.languages:
        edition = edition_path(lang, rules.default_lang)
        yield edition
        yield listing_path("archive", "", lang, rules.default_lang)
        yield from (edition + name for name in _FILES_OF_THE_BUILD)
