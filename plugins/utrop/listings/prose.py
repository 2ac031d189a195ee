"""Prose: a post's HTML as the page shows it, with what is wide made to scroll on its own."""

from __future__ import annotations

import re
from html import escape

_TABLE = re.compile(r"<table\b[^>]*>", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
_PRE = re.compile(r"<pre\b(?![^>]*\btabindex)", re.IGNORECASE)


def scrollable(html: str, label: str) -> str:
    """Return HTML whose tables and code can be scrolled, by keyboard too (WCAG 2.1.1).

    ``label`` is what a table's frame is called. A table itself cannot scroll without losing,
    in some browsers, what makes it a table to assistive technology.
    """
    frame = f'<div class="scroll" role="group" aria-label="{escape(label)}" tabindex="0">'
    html = _TABLE.sub(lambda match: frame + match.group(), html)
    html = _TABLE_END.sub(lambda match: match.group() + "</div>", html)
    return _PRE.sub('<pre tabindex="0"', html)
