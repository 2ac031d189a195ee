"""Links, pictures and HTML in an imported text, made to hold on the new site."""

from __future__ import annotations

import re
from html import escape, unescape

from utrop.authoring.importing.addresses import Addresses
from utrop.authoring.importing.passage import Passage
from utrop.authoring.importing.source import Notes, Source
from utrop.authoring.mistake import quoted

_TARGET = re.compile(
    r"(?P<before>\]\([ \t]*)(?:<(?P<angled>[^<>\n]*)>|(?P<plain>(?:[^\s()<>]|\([^\s()]*\))*))"
    r"""(?=[ \t]*(?:\)|\n?[ \t]*["'(]))"""
)
_REFERENCE = re.compile(
    r"^(?P<before>[ ]{0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)(?P<open><?)(?P<target>[^\s<>]+)(?P<close>>?)",
    re.MULTILINE,
)
_HTML_TAG = re.compile(
    r"<(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)>"
)
_ADDRESS = re.compile(
    r"""(?P<before>(?<![\w-])(?:href|src|poster)\s*=\s*)(?P<mark>["'])(?P<target>.*?)(?P=mark)""",
    re.DOTALL | re.IGNORECASE,
)
_SRCSET = re.compile(r"""\s+(?:data-)?srcset\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_INLINE = re.compile(
    r"""\s+(?P<name>style|on[a-z]+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_FRAME = re.compile(
    r"<(?P<name>iframe|embed|object)\b(?P<rest>[^>]*)>(?:(?:(?!<iframe).)*?</(?P=name)\s*>)?",
    re.DOTALL | re.IGNORECASE,
)
_CODE = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_PICTURE = re.compile(r"!\[(?P<alt>(?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?(?P<target>[^\s<>)]*)")
_PLAYERS = (
    (
        re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+).*"),
        r"https://www.youtube.com/watch?v=\1",
    ),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+).*"), r"https://vimeo.com/\1"),
)


class Links:
    """Makes one post's links hold."""

    def __init__(self, source: Source, addresses: Addresses, notes: Notes) -> None:
        self._source, self._addresses, self._notes = source, addresses, notes

    def carried(self, passage: Passage) -> Passage:
        """Return the text with its links; what another site's code did is noted."""
        for pattern, replace in (
            (_CODE, self._code),
            (_FRAME, self._frame),
            (_HTML_TAG, self._tag),
            (_PICTURE, self._picture),
            (_TARGET, self._target),
            (_REFERENCE, self._reference),
        ):
            passage = passage.rewritten(pattern, replace)
        return passage

    def _new(self, target: str) -> str:
        return self._addresses.carried(target, self._source)

    def _target(self, found: re.Match[str], line: int) -> str:
        target = found["angled"] if found["angled"] is not None else found["plain"]
        if not target.strip():
            self._notes.add(line, "a link leads nowhere", "write its address")
            return found[0]
        new = self._new(target)
        return f"{found['before']}<{new}>" if " " in new else f"{found['before']}{new}"

    def _reference(self, found: re.Match[str], _: int) -> str:
        return f"{found['before']}{found['open']}{self._new(found['target'])}{found['close']}"

    def _picture(self, found: re.Match[str], line: int) -> str:
        if not found["alt"].strip():
            self._without_words(found["target"], line)
        return found[0]

    def _without_words(self, target: str, line: int) -> None:
        self._notes.add(
            line,
            f"the picture {quoted(target)} has no words for those who cannot see it",
            "write what it shows",
        )

    def _tag(self, found: re.Match[str], line: int) -> str:
        name, rest = found["name"], found["rest"]
        for inline in _INLINE.finditer(rest):
            self._notes.add(line, f"the attribute {inline[0].strip()} was left out of <{name}>")
        rest = _INLINE.sub("", rest)
        if _SRCSET.search(rest):
            self._notes.add(line, f"srcset was left out of <{name}>")
            rest = _SRCSET.sub("", rest)
        if name.lower() == "img" and not re.search(
            r"""\balt\s*=\s*(?:"\s*[^"\s]|'\s*[^'\s]|\w)""", rest
        ):
            target = _ADDRESS.search(rest)
            self._without_words(target["target"] if target else "", line)
        return f"<{name}{_ADDRESS.sub(self._address, rest)}>"

    def _address(self, found: re.Match[str]) -> str:
        target = unescape(found["target"])
        new = self._new(target)
        if new == target:
            return found[0]
        return f"{found['before']}{found['mark']}{escape(new)}{found['mark']}"

    def _code(self, found: re.Match[str], line: int) -> str:
        self._notes.add(line, f"<{found[1]}> was left out: this site allows no code in a text")
        return ""

    def _frame(self, found: re.Match[str], line: int) -> str:
        """Put a link in place of what another site would show within the page."""
        name = found["name"].lower()
        address = re.search(r"""\b(?:src|data)\s*=\s*["']([^"']+)["']""", found["rest"])
        if not address:
            self._notes.add(line, f"<{name}> was left out: this site shows nothing of others")
            return ""
        target = unescape(address[1]).strip()
        target = f"https:{target}" if target.startswith("//") else self._new(target)
        for pattern, page in _PLAYERS:
            target = pattern.sub(page, target)
        title = re.search(r"""\btitle\s*=\s*(?:"([^"]*)"|'([^']*)')""", found["rest"])
        words = " ".join(unescape((title[1] or title[2] or "") if title else "").split())
        self._notes.add(
            line, f"<{name}> became a link to {target}: this site shows nothing of others"
        )
        # HTML, since a frame often stands within HTML, where Markdown is not read.
        return f'<a href="{escape(target)}">{escape(words or target, quote=False)}</a>'
