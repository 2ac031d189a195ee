"""The check of every text's links and pictures, before anything is built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from utrop.authoring import links
from utrop.authoring.document import Document
from utrop.authoring.links import Missing, Targets
from utrop.authoring.markdown import Renderer
from utrop.authoring.mistake import quoted
from utrop.problem import Problem


def check_links(
    documents: Iterable[Document], targets: Targets, markdown: Mapping[str, Any] | None
) -> list[Problem]:
    """Return what is wrong with links and pictures, as errors and warnings.

    Only a text that looks as if something were wrong is rendered, to make sure: what stands in
    code is no link.
    """
    renderer: Renderer | None = None
    problems: list[Problem] = []
    for document in documents:
        source = document.source

        def is_right(target: str, source: str = source) -> bool:
            if isinstance(targets.address(target, source), Missing):
                return False
            return targets.document(target, source) not in targets.unpublished

        if document.state != "withdrawn" and links.is_suspicious(document.body, is_right):
            renderer = renderer or Renderer(markdown)
            html = renderer.render(document.body, key=document.translation_key, lang=document.lang)
            problems += problems_of(html, document, targets)
        problems += [
            Problem(
                path=document.path,
                line=document.body_line + line - 1,
                what=f"the picture {quoted(target)} has no words for those who cannot see it",
                instead="write what it shows between the brackets: ![…]",
                severity="warning",
            )
            for target, line in links.images_without_alt(document.body)
        ]
    return problems


def problems_of(html: str, document: Document, targets: Targets) -> list[Problem]:
    """Return the links in a document's HTML that lead nowhere, with their lines.

    In a draft they are warnings: it may be half written, and no reader sees it.
    """
    problems = []
    seen: Counter[str] = Counter()
    for target in links.targets_in(html):
        address = targets.address(target, document.source)
        line = links.line_of(target, document.body, seen[target])
        seen[target] += 1
        line = document.body_line + (line or 1) - 1
        if isinstance(address, Missing):
            problems.append(
                Problem(
                    path=document.path,
                    line=line,
                    what=address.what,
                    instead=address.instead,
                    severity="warning" if document.state == "draft" else "error",
                )
            )
            continue
        why = targets.unpublished.get(targets.document(target, document.source) or "")
        if why:
            problems.append(
                Problem(
                    path=document.path,
                    line=line,
                    what=f"the link to {quoted(target)} is left out, for that post is {why}",
                    instead="it appears when the post is published",
                    severity="warning",
                )
            )
    return problems
