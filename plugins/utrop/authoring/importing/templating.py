"""What Liquid, Nunjucks, Hugo's shortcodes and kramdown add to Markdown, carried over or noted.

See https://shopify.github.io/liquid/, https://mozilla.github.io/nunjucks/templating.html,
https://gohugo.io/content-management/shortcodes/ and https://kramdown.gettalong.org/syntax.html.
"""

from __future__ import annotations

import re
from html import escape

from utrop.authoring.importing.addresses import Addresses
from utrop.authoring.importing.passage import Passage, protected
from utrop.authoring.importing.source import Notes, Source
from utrop.authoring.mistake import quoted

_ESCAPED_SHORTCODE = re.compile(r"\{\{([<%])\s*/\*\s*(.*?)\s*\*/\s*([>%])\}\}", re.DOTALL)
_RAW = re.compile(
    r"\{%-?\s*(?:raw|verbatim)\s*-?%\}(.*?)\{%-?\s*end(?:raw|verbatim)\s*-?%\}", re.DOTALL
)
_COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{#-?\s.*?#\}", re.DOTALL
)
_HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+(?P<liquid>[\w+#.-]*)[^%]*%\}(?P<text>.*?)\{%-?\s*endhighlight\s*-?%\}"
    r"|\{\{<\s*highlight\s+(?P<hugo>[\w+#.-]*)[^>]*>\}\}(?P<code>.*?)\{\{<\s*/\s*highlight\s*>\}\}",
    re.DOTALL,
)
_SHORTCODE = re.compile(r"\{\{[<%]\s*(/?)\s*([\w./-]+)\s*(.*?)\s*/?[>%]\}\}", re.DOTALL)
_OUTPUT = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_TAG = re.compile(r"\{%-?\s*([\w-]*)\s*(.*?)\s*-?%\}", re.DOTALL)
_CONTENTS = re.compile(r"^[-*][ \t]+.*\n\{:\s*toc\b[^}\n]*\}", re.MULTILINE | re.IGNORECASE)
_KRAMDOWN_COMMENT = re.compile(r"\{::comment\}.*?\{:/(?:comment)?\}", re.DOTALL)
_EXTENSION = re.compile(r"\{::[^}\n]*\}|\{:/[^}\n]*\}")
_ATTRIBUTES = re.compile(r"\{:[ \t]*([^}\n]*)\}")
_ARGUMENT = re.compile(
    r"""(?:([\w-]+)\s*[=:]\s*)?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^\s,]+))""", re.DOTALL
)
_TEXT = re.compile(r"""["'](.*?)["']\s*((?:\|.*)?)""", re.DOTALL)
_ADDRESS_FILTERS = re.compile(
    r"\|\s*(?:url|relative_url|absolute_url|htmlBaseUrl|uri_escape"
    r"|(?:prepend|append):\s*site\.(?:url|baseurl))\s*"
)
_HTML_BLOCK = re.compile(r"\s*<(?:a|div|figure|p|section|td|table|ul|ol|li|center)\b")
_BASES = frozenset(
    {"site.url", "site.baseurl", "site.url | append: site.baseurl", "site.github.url"}
)
_INNER = ("end", "else", "elsif", "elif", "when")


class Templating:
    """Carries one post's templating over."""

    def __init__(self, source: Source, addresses: Addresses, notes: Notes) -> None:
        self._source, self._addresses, self._notes = source, addresses, notes

    def carried(self, passage: Passage) -> Passage:
        """Return the text without templating; what has no counterpart is noted."""
        for pattern, replace in (
            (
                _ESCAPED_SHORTCODE,
                lambda found, _: protected(f"{{{{{found[1]} {found[2]} {found[3]}}}}}"),
            ),
            (_COMMENT, self._comment),
            (_HIGHLIGHT, self._highlight),
            (_RAW, lambda found, _: protected(found[1])),
            (_SHORTCODE, self._shortcode),
            (_OUTPUT, self._output),
            (_TAG, self._tag),
            (_CONTENTS, lambda _, __: "[TOC]"),
            (_KRAMDOWN_COMMENT, self._comment),
            (_EXTENSION, self._extension),
            (_ATTRIBUTES, self._attributes),
        ):
            passage = passage.rewritten(pattern, replace)
        return passage

    def line_of_text(self, text: str, line: int | None) -> str:
        """Return a value of front matter without templating."""
        if "{{" not in text and "{%" not in text:
            return text
        self._notes.add(line, f"templating was left out of {quoted(text)}", "look at the result")
        return _TAG.sub("", _OUTPUT.sub("", text))

    def _left_out(self, line: int, what: str, rest: str = "was left out") -> str:
        self._notes.add(line, f"{_shown(what)} has no counterpart here and {rest}")
        return ""

    def _comment(self, found: re.Match[str], line: int) -> str:
        self._notes.add(line, f"the comment {_shown(found[0])} was left out")
        return ""

    def _highlight(self, found: re.Match[str], _: int) -> str:
        name = found["liquid"] or found["hugo"] or ""
        text = (found["text"] or found["code"] or "").strip("\n")
        ticks = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
        return f"{ticks}{name}\n{text}\n{ticks}"

    def _output(self, found: re.Match[str], line: int) -> str:
        expression = " ".join(found[1].split())
        if expression in _BASES:
            return self._addresses.base
        literal = _TEXT.fullmatch(found[1].strip())
        if literal and not _ADDRESS_FILTERS.sub("", literal[2]).strip():
            return self._addresses.absolute(literal[1]) if literal[2] else protected(literal[1])
        return self._left_out(line, found[0])

    def _tag(self, found: re.Match[str], line: int) -> str:
        name, rest = found[1], found[2]
        if name in ("image", "img", "picture"):
            return self._image(_arguments(rest), line, found)
        if name == "link":
            return self._post(rest.strip("\"' "), line, found[0])
        if name == "post_url":
            return self._post(f"{rest.strip(chr(34) + chr(39) + ' ')}.md", line, found[0])
        if name.startswith(_INNER):
            return ""
        return self._left_out(line, found[0])

    def _shortcode(self, found: re.Match[str], line: int) -> str:
        closing, name, rest = found[1], found[2], found[3]
        arguments = _arguments(rest)
        first = arguments.get("0", "")
        if closing:
            return ""
        if name in ("ref", "relref"):
            return self._post(arguments.get("path", first), line, found[0])
        if name == "figure" and arguments.get("src"):
            picture = self._image(
                {"0": arguments["src"], "1": arguments.get("alt", "")}, line, found
            )
            caption = arguments.get("caption", "")
            return f"{picture}\n*{caption}*" if caption else picture
        if name == "youtube" and (identifier := arguments.get("id", first)):
            address = f"https://www.youtube.com/watch?v={identifier}"
            self._notes.add(line, f"the film in {_shown(found[0])} became a link")
            return f"[{arguments.get('title') or address}]({address})"
        return self._left_out(line, found[0])

    def _image(self, arguments: dict[str, str], line: int, found: re.Match[str]) -> str:
        shown = found[0]
        target = arguments.get("src", arguments.get("0", ""))
        alt = arguments.get("alt", arguments.get("1", ""))
        if not target:
            return self._left_out(line, shown)
        further = [name for name in arguments if name not in ("src", "alt", "0", "1")]
        if further:
            self._notes.add(line, f"only the picture and its words were taken from {_shown(shown)}")
        if not re.match(r"[a-z]+:|/", target):
            # Eleventy and Jekyll take a picture's path from the site's folder.
            target = target if self._addresses.beside(target, self._source) else f"/{target}"
        if _HTML_BLOCK.match(found.string[: found.start()].rpartition("\n\n")[2]):
            # Within HTML, Markdown is not read.
            return f'<img src="{escape(target)}" alt="{escape(" ".join(alt.split()))}">'
        words = re.sub(r"([\[\]])", r"\\\1", " ".join(alt.split()))
        return f"![{words}]({target.replace(' ', '%20')})"

    def _post(self, named: str, line: int, shown: str) -> str:
        path, mark, fragment = named.partition("#")
        address = self._addresses.of_file(path, self._source)
        if address is None:
            address = self._addresses.absolute(path.removesuffix(".md"))
            self._notes.add(
                line,
                f"{_shown(shown)} names a post that is not imported; it leads to {address}",
                "correct the address",
            )
        return f"{address}{mark}{fragment}"

    def _extension(self, found: re.Match[str], line: int) -> str:
        return "" if found[0].startswith("{:/") else self._left_out(line, found[0])

    def _attributes(self, found: re.Match[str], line: int) -> str:
        """Keep an id, which links may lead to; classes mean nothing to another theme."""
        identifier = re.search(r"(?:^|\s)#([\w-]+)", found[1])
        rest = re.sub(r"(?:^|\s)#[\w-]+", "", found[1]).strip()
        if rest:
            self._left_out(line, f"{{: {rest}}}")
        return f"{{: #{identifier[1]} }}" if identifier else ""


def _arguments(text: str) -> dict[str, str]:
    """Return a tag's arguments by name; those without one by their number, from ``0``."""
    found: dict[str, str] = {}
    position = 0
    for argument in _ARGUMENT.finditer(text):
        value = next(
            part for part in (argument[2], argument[3], argument[4], "") if part is not None
        )
        value = re.sub(r"\\(.)", r"\1", value)
        if argument[1]:
            found[argument[1]] = value
        else:
            found[str(position)] = value
            position += 1
    return found


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:59] + "…"
