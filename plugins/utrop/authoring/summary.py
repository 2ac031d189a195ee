"""The summary of a post that has none of its own: the beginning of its text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 200
_SHORTEST = 80
"""A sentence's end before this many characters is no place to stop."""
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "source", "wbr"})
_LEFT_OUT = frozenset({"script", "style", "template", "figure", "table", "pre", "nav", "sup"})
_LEFT_OUT_CLASSES = ("footnote", "admonition-title", "toc")
_BLOCKS = frozenset({"li", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote"})
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)]*(?=\s+[\"“”’«(]*[A-ZÅÄÖÆØÉÜ0-9])")


class _Paragraphs(HTMLParser):
    """Collects the text of paragraphs, and of everything else apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.everything: list[str] = []
        self._left_out: list[str] = []
        self._in_paragraph = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_data(" ")
            return
        classes = next((value or "" for name, value in attrs if name == "class"), "").split()
        if self._left_out or tag in _LEFT_OUT or any(c in _LEFT_OUT_CLASSES for c in classes):
            self._left_out.append(tag)
        elif tag == "p":
            self._in_paragraph = True
            self.paragraphs.append("")
            self.everything.append(" ")
        elif tag in _BLOCKS:
            self.everything.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._left_out:
            while self._left_out.pop() != tag:
                pass
        elif tag == "p":
            self._in_paragraph = False

    def handle_data(self, data: str) -> None:
        if self._left_out:
            return
        self.everything.append(data)
        if self._in_paragraph:
            self.paragraphs[-1] += data


def summary_of(html: str) -> str:
    """Return the first paragraphs of HTML as plain text of at most 200 characters.

    A longer text is cut behind a sentence, or behind a word and then ends with an ellipsis.

    >>> summary_of("<h2>Ny lag</h2><p>Lagen gäller <em>nu</em>.</p>")
    'Lagen gäller nu.'
    """
    parser = _Paragraphs()
    parser.feed(html)
    parser.close()
    paragraphs = [" ".join(text.split()) for text in parser.paragraphs]
    paragraphs = [text for text in paragraphs if text]
    if not paragraphs:
        return _cut(" ".join("".join(parser.everything).split()))
    summary = paragraphs[0]
    for paragraph in paragraphs[1:]:
        if len(summary) >= _SHORTEST or len(summary) + 1 + len(paragraph) > LONGEST:
            break
        summary += f" {paragraph}"
    return _cut(summary)


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, LONGEST + 2)]
    good = [end for end in ends if _SHORTEST <= end <= LONGEST]
    if good:
        return text[: good[-1]]
    space = text.rfind(" ", 0, LONGEST)
    return text[: space if space > 0 else LONGEST - 1].rstrip(" ,;:–—-") + "…"
