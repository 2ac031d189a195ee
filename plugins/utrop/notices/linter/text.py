"""Text: what a reader reads of Markdown, letter for letter at its place in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

BREAK: Final = "\x1e"
"""Where a block begins (a heading, an item, a cell); white space to regular expressions."""

_FENCE: Final = re.compile(r"(?ms)^ {0,3}(`{3,}(?!`)|~{3,}(?!~))[^\n]*\n.*?(?:^ {0,3}\1[ \t]*$|\Z)")
# Each alternative begins with a letter of its own, by which the place is found quickly; what has
# to stand before it is looked at after.
_HIDDEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[A-Za-z/][^<>\n]*>"
    r"|(?P<ticks>`(?<!``)`{0,2})(?!`)[^`\n]+(?P=ticks)(?!`)"
    r"|\((?<=\]\()[^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)"
    r"|\[(?<=\]\[)[^\]\n]*\]"
    r"|\[(?<=^\[)[^\]\n]+\]:[^\n]*"
    r"|https?://[^\s<>()\[\]]+"
    r"|www\.[^\s<>()\[\]]+",
    re.DOTALL | re.MULTILINE,
)
_BLOCK: Final = re.compile(r"(?m)^[ \t]*(?:#{1,6}|[-*+]|[0-9]{1,3}[.)]|>)(?=[ \t])")
_MARKS: Final = "*_~[]`\r"
_SENTENCE: Final = re.compile(rf"""[.!?]["”’»)]*\s+(?=["”(»]?[A-ZÅÄÖ])|\n[ \t]*\n|{BREAK}""")


def plain(markdown: str) -> str:
    """Return what a reader reads of Markdown, of the same length, at the same places.

    Code, comments, HTML tags, addresses of links and marks of emphasis become spaces.
    """
    text = markdown.replace(BREAK, " ")
    if "```" in text or "~~~" in text:
        text = _FENCE.sub(_blanked, text)
    text = _HIDDEN.sub(_blanked, text.replace("![", " ["))
    text = _BLOCK.sub(lambda found: BREAK * len(found[0]), text)
    for mark in _MARKS:  # several times quicker than str.translate
        text = text.replace(mark, " ")
    return text.replace("|", BREAK)


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


@dataclass(frozen=True)
class Passage:
    """One text of a post: a key of its front matter, or its body."""

    raw: str
    line: int | None
    """The line of the file, from 1, on which it begins."""
    is_markdown: bool = False

    @cached_property
    def text(self) -> str:
        """What a reader reads of it, each letter where ``raw`` has it."""
        return plain(self.raw) if self.is_markdown else self.raw

    @cached_property
    def _breaks(self) -> list[int]:
        return [at for at, letter in enumerate(self.raw) if letter == "\n"]

    def line_at(self, offset: int) -> int | None:
        """Return the line of the file at an offset; of a key, whose lines are folded, its own."""
        if self.line is None or not self.is_markdown:
            return self.line
        return self.line + bisect_right(self._breaks, offset - 1)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """What stands between full stops, or in a block of its own."""
        return tuple(Sentence(at, text, text.lower()) for at, text in _sentences(self.text))

    def sentences_with(self, *parts: str) -> Iterator[Sentence]:
        """Return the sentences that have one of these parts of words, in small letters.

        That costs next to nothing, and saves the patterns most of a text.
        """
        for one in self.sentences:
            if any(part in one.lower for part in parts):
                yield one


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a passage."""

    at: int
    """The offset at which it begins."""
    text: str
    lower: str


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    begin = 0
    for found in _SENTENCE.finditer(text):
        end = found.start() + (found[0][0] in ".!?")
        if not text[begin:end].isspace() and begin < end:
            yield begin, text[begin:end]
        begin = found.end()
    if text[begin:].strip():
        yield begin, text[begin:]


def shown(text: str) -> str:
    """Return a piece of a text as a message quotes it: on one line, at most 60 letters."""
    line = " ".join(text.split())
    return f"”{line if len(line) <= 60 else line[:57] + ' …'}”"
