"""Lists as CommonMark allows them, written as Python-Markdown needs them.

CommonMark (https://spec.commonmark.org/0.31.2/#lists) lets a list follow a paragraph at once,
nests by the width of the marker and numbers with ``1)``; Python-Markdown wants an empty line
before, four spaces a level, and ``1.``.
"""

from __future__ import annotations

import re

from utrop.authoring.importing.passage import Passage, code_spans

_ITEM = re.compile(r"(?P<indent>[ ]*)(?P<mark>[-*+]|\d{1,9}[.)])(?P<space>[ ]+)(?=\S)")
_RULE = re.compile(r"[ ]{0,3}(?:(?:-[ ]*){3,}|(?:\*[ ]*){3,}|(?:_[ ]*){3,})")
_NO_PARAGRAPH = re.compile(r"[ ]{0,3}(?:#{1,6}[ ]|>|\||<|\[TOC\])")


def relaid(passage: Passage) -> Passage:
    """Return the text with its lists so that they stay lists, and nested ones nested."""
    laying = _Laying()
    code = code_spans(passage.text)
    at = 0
    for text, source in zip(passage.text.split("\n"), passage.lines, strict=True):
        in_code = any(start <= at < end or at < start < at + 1 for start, end in code)
        at += len(text) + 1
        laying.add(text, source, in_code=in_code)
    return Passage("\n".join(laying.texts), tuple(laying.lines))


class _Laying:
    """One pass over the lines."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.lines: list[int] = []
        self._contents: list[int] = []
        """For each open item, the column at which its text begins."""
        self._after_blank = True
        self._in_paragraph = False

    def add(self, text: str, source: int, *, in_code: bool) -> None:
        if in_code:
            self._put(text, source)
            self._after_blank = self._in_paragraph = False
            return
        if not text.strip():
            self._put(text, source)
            self._after_blank, self._in_paragraph = True, False
            return
        plain = text.expandtabs(4) if text[0] in " \t" else text
        item = None if _RULE.fullmatch(plain) else _ITEM.match(plain)
        if item and (self._contents or len(item["indent"]) < 4):
            self._item(plain, item, source)
        else:
            self._other(text, plain, source)
        self._after_blank = False

    def _item(self, plain: str, item: re.Match[str], source: int) -> None:
        column = len(item["indent"])
        interrupts = not self._contents and self._in_paragraph
        if interrupts and item["mark"][0].isdigit() and item["mark"][:-1] != "1":
            # A line that begins with a number, such as a year, stays part of its paragraph.
            self._put(plain, source)
            return
        while self._contents and column < self._contents[-1]:
            self._contents.pop()
        if interrupts:
            self._put("", source)
        mark = item["mark"].replace(")", ".")
        # Beyond four spaces, the text begins after the first and is code by its indentation.
        space = item["space"] if len(item["space"]) <= 4 else " "
        rest = plain[item.end() :]
        self._put(f"{'    ' * len(self._contents)}{mark}{space}{rest}", source)
        self._contents.append(column + len(item["mark"]) + len(space))
        self._in_paragraph = False

    def _other(self, text: str, plain: str, source: int) -> None:
        column = len(plain) - len(plain.lstrip(" "))
        if self._after_blank:
            while self._contents and column < self._contents[-1]:
                self._contents.pop()
        if not self._contents:
            self._put(text, source)
            self._in_paragraph = not _NO_PARAGRAPH.match(plain) and not _RULE.fullmatch(plain)
            return
        # Less than a level more means nothing; four more are code within the item.
        extra = max(0, column - self._contents[-1]) // 4 * 4
        self._put(" " * (4 * len(self._contents) + extra) + plain.lstrip(" "), source)

    def _put(self, text: str, source: int) -> None:
        self.texts.append(text)
        self.lines.append(source)
