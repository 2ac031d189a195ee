"""A text that is changed step by step, whose code stays and whose lines are still known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_FENCE = re.compile(r"(?P<indent>[ \t]*(?:>[ ]?)*)(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_TICKS = re.compile(r"(?<![`\\])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_HTML_CODE = re.compile(r"<(pre|code)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
# Two noncharacters of Unicode, which no text holds, stand for braces that are meant literally.
_PROTECTED = str.maketrans({"{": "\ufdd0", "}": "\ufdd1"})
_RESTORED = str.maketrans({"\ufdd0": "{", "\ufdd1": "}"})

Replace = Callable[[re.Match[str], int], str]
"""Takes a match and the line of the source on which it begins; returns what stands instead."""


def protected(text: str) -> str:
    """Return a text whose braces mean nothing until ``Passage.restored``."""
    return text.translate(_PROTECTED)


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, and for each of its lines the one of the source that it comes from."""

    text: str
    lines: tuple[int, ...]

    @classmethod
    def of(cls, text: str, first: int) -> Passage:
        """Return a text whose first line is the given one of its file."""
        return cls(text, tuple(range(first, first + text.count("\n") + 1)))

    def rewritten(self, pattern: re.Pattern[str], replace: Replace) -> Passage:
        """Return the passage with every match outside of code replaced."""
        code = code_spans(self.text)
        out: list[str] = []
        lines = [self.lines[0]]
        at = line = 0

        def copy(end: int) -> None:
            nonlocal at, line
            chunk = self.text[at:end]
            out.append(chunk)
            for _ in range(chunk.count("\n")):
                line += 1
                lines.append(self.lines[line])
            at = end

        for found in pattern.finditer(self.text):
            if found.start() < at or any(start <= found.start() < end for start, end in code):
                continue
            copy(found.start())
            put = replace(found, self.lines[line])
            out.append(put)
            lines += [self.lines[line]] * put.count("\n")
            line += found[0].count("\n")
            at = found.end()
        copy(len(self.text))
        return Passage("".join(out), tuple(lines))

    def restored(self) -> str:
        """Return the text with its protected braces as they were."""
        return self.text.translate(_RESTORED)


def code_spans(text: str) -> list[tuple[int, int]]:
    """Return where code stands: fenced, indented, in backticks, or in HTML's own elements."""
    spans = _blocks(text)
    for pattern in (_HTML_CODE, _TICKS):
        spans += [
            found.span()
            for found in pattern.finditer(text)
            if not any(start <= found.start() < end for start, end in spans)
        ]
    return sorted(spans)


def _blocks(text: str) -> list[tuple[int, int]]:
    """Return the fenced and indented blocks, line by line."""
    spans: list[tuple[int, int]] = []
    fence, begin, at = "", 0, 0
    in_list, after_blank = False, True
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        end = at + len(line)
        found = _FENCE.fullmatch(bare)
        if fence:
            if found and found["fence"].startswith(fence) and not found["info"].strip():
                spans.append((begin, end))
                fence = ""
        elif found and not (found["fence"][0] == "`" and "`" in found["info"]):
            fence, begin = found["fence"], at
        elif not bare.strip():
            after_blank = True
            at = end
            continue
        else:
            indent = len(bare.expandtabs(4)) - len(bare.expandtabs(4).lstrip())
            # In a list, four spaces are the item's own text.
            is_code = indent >= (8 if in_list else 4) and (
                after_blank or bool(spans and spans[-1][1] == at)
            )
            if is_code and not (in_list and _ITEM.match(bare)):
                spans.append((at, end))
            elif _ITEM.match(bare) and (indent < 4 or in_list):
                in_list = True
            elif after_blank and indent == 0:
                in_list = False
        after_blank = False
        at = end
    if fence:
        spans.append((begin, len(text)))
    return spans
