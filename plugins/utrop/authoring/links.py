"""Links and pictures in a text that name files: found, checked, and made into addresses.

A plain path such as ``annan-post.md`` or ``/images/a.png`` becomes Pelican's ``{filename}`` or
``{static}`` link. The HTML is what counts; the Markdown is only looked at for line numbers.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import quote, unquote

from utrop.authoring.content_files import IMAGE_SUFFIXES, ContentFiles, is_source
from utrop.authoring.mistake import quoted

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MARKED = re.compile(r"[{|](?P<what>[^{}|]*)[}|](?P<path>.*)", re.DOTALL)
_MARKS = ("filename", "static", "attach")
_PELICANS_LISTINGS = ("author", "category", "index", "tag")
_TAG = re.compile(
    r"<(?P<name>a|img|source|video|audio)\b(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_ATTRIBUTE = re.compile(r"""\b(?P<name>href|src|poster)\s*=\s*(["'])(?P<value>.*?)\2""", re.DOTALL)
_CLOSE = re.compile(r"</a\s*>", re.IGNORECASE)
_CANDIDATE = re.compile(
    r"""\]\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<inline>[^\n]*?)(?=\s+["'(]|\)))
    |^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?(?P<reference>[^\s>]+)
    |\b(?:href|src|poster)\s*=\s*["'](?P<attribute>[^"'\n]*)["']""",
    re.VERBOSE | re.MULTILINE,
)
_CODE = re.compile(
    r"""^[ ]{0,3}(?P<fence>```+|~~~+).*?(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)
    |(?<![`\\])(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_INDENTED = re.compile(r"^(?:[ ]{4}|\t).*$", re.MULTILINE)
_IMAGE_WITHOUT_ALT = re.compile(r"!\[\s*\]\(\s*<?([^)\s>]+)")


@dataclass(frozen=True, slots=True)
class Missing:
    """A target that names a file which is not there."""

    target: str
    what: str
    instead: str


@dataclass(slots=True)
class Targets:
    """What a link can lead to in one build."""

    files: ContentFiles
    unpublished: dict[str, str] = field(default_factory=dict)
    """Source of each document that is not in this build → why, in a word."""

    def address(self, target: str, source: str) -> str | Missing:
        """Return the address for a link's target as the HTML is to have it.

        A target that names no file is returned as it is.
        """
        plain = target.strip()
        marked = _MARKED.fullmatch(plain)
        if plain.startswith(("{", "|")) and not (marked and marked["what"] in _MARKS):
            return self._unknown(target, marked["what"] if marked else "")
        if not marked and (not plain or plain[0] in "#?" or plain.startswith("//")):
            return target
        if not marked and _SCHEME.match(plain):
            return target
        path, tail = _parted(marked["path"] if marked else plain)
        found = self.files.find(path, source)
        if found is None:
            if marked or _names_a_file(path, self.files):
                return self._missing(target, path, source)
            return target
        kind = "filename" if is_source(found) else "static"
        if marked and marked["what"] == "attach" and kind == "static":
            kind = "attach"
        return f"{{{kind}}}/{quote(found)}{tail}"

    def document(self, target: str, source: str) -> str | None:
        """Return the source of the document that a target leads to, if it is one."""
        address = self.address(target, source)
        if isinstance(address, Missing) or not address.startswith("{filename}/"):
            return None
        return unquote(_parted(address.removeprefix("{filename}/"))[0])

    def _unknown(self, target: str, what: str) -> Missing:
        if what in _PELICANS_LISTINGS:
            advice = "write the address itself, such as /etikett/lou/"
        else:
            advice = "write the path of a file, such as annan-post.md or /images/karta.png"
        return Missing(target, f"the link {quoted(target)} is not understood", advice)

    def _missing(self, target: str, path: str, source: str) -> Missing:
        if "\\" in path:
            advice = f"write {path.replace(chr(92), '/')}"
        elif path.startswith("www."):
            advice = f"write https://{target}"
        elif "@" in path:
            advice = f"write mailto:{target}"
        elif near := self.files.near(path, source):
            advice = f"write {near}"
        else:
            advice = "correct the path, or put the file into the content folder"
        return Missing(target, f"there is no file {quoted(path)}", advice)


def _parted(target: str) -> tuple[str, str]:
    """Part a target into its path, and its query and fragment."""
    end = min((at for at in (target.find("?"), target.find("#")) if at >= 0), default=len(target))
    return target[:end], target[end:]


def _names_a_file(path: str, files: ContentFiles) -> bool:
    """Whether an address that leads to no file nonetheless looks like a file of the writer's."""
    suffix = posixpath.splitext(unquote(path))[1].lower()
    if not path.startswith("/"):
        return bool(suffix) and not path.endswith("/")
    if suffix in (".md", *IMAGE_SUFFIXES, ".svg"):
        return True
    folder = path[1:].split("/")[0] + "/"
    return bool(suffix) and any(known.startswith(folder) for known in files.paths)


def targets_in(html: str) -> Iterator[str]:
    """Yield every target of a link or picture in HTML, unescaped."""
    for tag in _TAG.finditer(html):
        for attribute in _ATTRIBUTE.finditer(tag["rest"]):
            yield unescape(attribute["value"])


def without_code(body: str) -> str:
    """Return Markdown with code blanked out, every line where it was."""
    return _CODE.sub(_blanked, body)


def _blanked(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def is_suspicious(body: str, is_right: Callable[[str], bool]) -> bool:
    """Whether a text may hold a target that is not right; rendering it will tell."""
    if "](" not in body and "]:" not in body and "=" not in body:
        return False
    for found in _CANDIDATE.finditer(body):
        target = next((part for part in found.groups() if part is not None), "")
        if not is_right(unescape(target)):
            return True
    return False


def line_of(target: str, body: str, occurrence: int = 0) -> int | None:
    """Return the line, from 1, of the n-th place where a text names a target."""
    forms = (target, escape(target), unquote(target), target.replace("\\", "\\\\"))
    masked = without_code(body)
    # An indented line may be code or part of a list: looked at only if nothing else fits.
    for text in (_INDENTED.sub(_blanked, masked), masked):
        form = next((form for form in forms if form in text), None)
        if form is not None:
            return _nth_line(form, text, occurrence)
    return None


def _nth_line(form: str, text: str, occurrence: int) -> int:
    at = -1
    for _ in range(occurrence + 1):
        later = text.find(form, at + 1)
        if later < 0:
            break
        at = later
    return text.count("\n", 0, at) + 1


def images_without_alt(body: str) -> Iterator[tuple[str, int]]:
    """Yield the target and the line, from 1, of every Markdown picture without alternative text."""
    if "![" not in body:
        return
    masked = without_code(body)
    for found in _IMAGE_WITHOUT_ALT.finditer(masked):
        yield found[1], masked.count("\n", 0, found.start()) + 1


def linked(
    html: str, source: str, targets: Targets, *, base_path: str = "/"
) -> tuple[str, list[Missing]]:
    """Return HTML whose local targets are Pelican's, and those that are not there.

    A link to a document that is not in this build becomes plain text. ``base_path`` is the path of
    SITEURL: an address such as ``/feed.rss`` is meant from the site's root, wherever that lies.
    """
    missing: list[Missing] = []
    out: list[str] = []
    at = 0
    while tag := _TAG.search(html, at):
        out.append(html[at : tag.start()])
        at = tag.end()
        rest, is_dead = _addressed(tag["rest"], source, targets, missing, base_path)
        close = _CLOSE.search(html, at) if is_dead and tag["name"] == "a" else None
        if close:
            inner, more = linked(html[at : close.start()], source, targets, base_path=base_path)
            missing += more
            out.append(inner)
            at = close.end()
        else:
            out.append(f"<{tag['name']}{rest}>")
    out.append(html[at:])
    return "".join(out), missing


def _addressed(
    attributes: str, source: str, targets: Targets, missing: list[Missing], base_path: str
) -> tuple[str, bool]:
    """Return a tag's attributes with Pelican's addresses, and whether one leads nowhere yet."""
    is_dead = False

    def replaced(attribute: re.Match[str]) -> str:
        nonlocal is_dead
        target = unescape(attribute["value"])
        address = targets.address(target, source)
        if isinstance(address, Missing):
            missing.append(address)
            return attribute[0]
        is_dead = is_dead or targets.document(target, source) in targets.unpublished
        if address == target:
            address = _from_root(target, base_path)
        if address == target:
            return attribute[0]
        return f'{attribute["name"]}="{escape(address)}"'

    return _ATTRIBUTE.sub(replaced, attributes), is_dead


def _from_root(target: str, base_path: str) -> str:
    """Return an address below the site's root with the site's own path before it."""
    plain = target.strip()
    if not plain.startswith("/") or plain.startswith(("//", base_path)):
        return target
    return base_path + plain[1:]
