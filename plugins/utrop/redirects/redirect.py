"""Redirects: a page at each old address that sends its reader on, without a server's help.

As https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh describes;
the canonical link tells search engines the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from utrop.problem import Problem, ProblemsFound


class Moved(Protocol):
    """What has old addresses: a post or a page."""

    @property
    def title(self) -> str:
        """Its title, as plain text."""

    @property
    def url(self) -> str:
        """Where it is now, absolute."""

    @property
    def path(self) -> str:
        """Where it is now, below SITEURL."""

    @property
    def lang(self) -> str:
        """Its language."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Where it was, below SITEURL."""

    @property
    def source(self) -> str:
        """Its file below the content folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One old address: the file that answers for it, and where it leads."""

    save_as: str
    """Path in the output folder."""
    path: str
    """Path below SITEURL."""
    target: Moved


def redirects(
    moved: Iterable[Moved], taken: Mapping[str, str], *, content: Path
) -> tuple[Redirect, ...]:
    """Return a redirect for each alias, in the order of their files.

    ``taken`` maps each path below SITEURL that has a page to what has it. Raises
    ``ProblemsFound`` that names the source of every alias that is no path on this site, that a
    page already has, or that two posts claim.
    """
    problems: list[Problem] = []
    found: dict[str, Redirect] = {}
    occupied = {_file(path): owner for path, owner in taken.items()}
    for target in sorted(moved, key=lambda each: each.source):
        for alias in target.aliases:
            source = content / target.source
            path = unquote(alias).strip().lstrip("/")
            wrong = _mistake(alias, path)
            if wrong:
                problems.append(
                    Problem(
                        path=source,
                        what=f"the alias {alias!r} {wrong}",
                        instead="write the old address' path, such as /2024/gammal-adress/",
                    )
                )
                continue
            save_as = _file(path)
            if save_as == _file(target.path):
                continue  # the same address with or without its slash
            owner = occupied.get(save_as)
            if owner is not None:
                problems.append(
                    Problem(
                        path=source,
                        what=f"the alias {alias!r} is the address of {owner}",
                        instead="remove the alias, or give the other one another slug",
                    )
                )
                continue
            other = found.setdefault(save_as, Redirect(save_as=save_as, path=path, target=target))
            if other.target is not target:
                problems.append(
                    Problem(
                        path=source,
                        what=f"the alias {alias!r} is also one of {other.target.source}",
                        instead="keep it in one of them",
                    )
                )
    if problems:
        raise ProblemsFound(problems)
    return tuple(found[save_as] for save_as in sorted(found))


def redirect_pages(
    found: Iterable[Redirect], *, base_path: str, say: Callable[[str, str], str]
) -> dict[str, bytes]:
    """Return the pages of redirects by their path in the output folder.

    ``base_path`` is the path of SITEURL with a slash at both ends; ``say`` returns a text in a
    language.
    """
    return {each.save_as: _page(each, base_path, say) for each in found}


def _page(redirect: Redirect, base_path: str, say: Callable[[str, str], str]) -> bytes:
    target = redirect.target
    here = escape(base_path + target.path)
    heading = escape(say(target.lang, "This page has moved"))
    link = f'<a href="{here}">{escape(target.title)}</a>'
    sentence = escape(say(target.lang, "You find it here: %(link)s")) % {"link": link}
    return f"""<!doctype html>
<html lang="{escape(target.lang)}">
<head>
<meta charset="utf-8">
<title>{heading}: {escape(target.title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="canonical" href="{escape(target.url)}">
<meta http-equiv="refresh" content="0; url={here}">
</head>
<body>
<main>
<h1>{heading}</h1>
<p>{sentence}</p>
</main>
</body>
</html>
""".encode()


def _file(path: str) -> str:
    """A path that names a page's file is that file; every other is a folder with an index."""
    if re.search(r"\.(html?|xml|txt|json|rss|atom|css|png|jpe?g|svg|pdf)$", path, re.IGNORECASE):
        return path
    return f"{path.rstrip('/')}/index.html".lstrip("/")


def _mistake(alias: str, path: str) -> str:
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", alias.strip()) or alias.strip().startswith("//"):
        return "is an address on the web, not a path on this site"
    if "?" in alias or "#" in alias:
        return "has a ? or # in it, which a static page cannot answer for"
    if not path.strip("/"):
        return "is the home page"
    if any(part in ("..", ".") for part in path.split("/")) or "//" in path or "\\" in path:
        return "is no plain path"
    if any(ord(character) < 32 for character in path):
        return "has a control character in it"
    if not path.endswith("/") and _file(path) == path and not re.search(r"\.html?$", path, re.I):
        return "is no page's address: a browser would not show a redirect there"
    return ""
