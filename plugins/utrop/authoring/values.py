"""How the text of each front matter key becomes its typed value, and what is said where it cannot.

Every function takes what the header held (text, a list or a mapping, all leaves text), and raises
``Mistake`` where it means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from pydantic import ValidationInfo
from rapidfuzz import fuzz, process

from utrop.authoring.dates import parse_date
from utrop.authoring.mistake import Mistake, quoted
from utrop.authoring.slugs import is_slug, slugify

END_OF_DAY = time(23, 59, 59)
STATUSES = ("draft", "published", "hidden", "withdrawn")
YES = frozenset({"true", "yes", "on", "ja"})
NO = frozenset({"false", "no", "off", "nej"})
_UID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What front matter means depends on the site: its time zone, languages and networks."""

    timezone: ZoneInfo
    default_lang: str
    languages: tuple[str, ...]
    networks: tuple[str, ...]


def nearest(word: str, words: Iterable[str], cutoff: float = 70) -> str:
    """Return the word most like the given one, or an empty text where none is near."""
    found = process.extractOne(word.lower(), list(words), scorer=fuzz.ratio, score_cutoff=cutoff)
    return str(found[0]) if found else ""


def one_of(word: str, kind: str, words: tuple[str, ...]) -> str:
    """Return the word in lower case if it is one of those allowed."""
    lowered = word.lower()
    if lowered in words:
        return lowered
    near = nearest(lowered, words)
    listed = ", ".join(f'"{known}"' for known in words[:-1])
    every = f'{listed} or "{words[-1]}"' if listed else f'"{words[-1]}"'
    raise Mistake(f"unknown {kind} {quoted(word)}", f'write "{near}"' if near else f"write {every}")


def rules_of(info: ValidationInfo) -> Rules:
    """Return the site's rules, with which front matter is validated."""
    if not isinstance(info.context, Rules):
        raise TypeError("front matter is validated with the site's Rules as context")
    return info.context


def line_of_text(value: object, info: ValidationInfo) -> str:
    """Return text on one line, its white space collapsed."""
    if not isinstance(value, str):
        kind = "a list" if isinstance(value, list) else "a mapping"
        raise Mistake(f'"{info.field_name}" is {kind}', "write one line of text")
    return " ".join(value.split())


def stated(value: object, info: ValidationInfo, example: str) -> str:
    """Return text on one line that is not empty."""
    text = line_of_text(value, info)
    if not text:
        raise Mistake(f'"{info.field_name}" is empty', f"write {example}, or remove the line")
    return text


def title(value: object, info: ValidationInfo) -> str:
    """Return the heading."""
    text = line_of_text(value, info)
    if not text:
        raise Mistake("the title is empty", "write the post's heading after title:")
    return text


def moment(value: object, info: ValidationInfo) -> datetime | None:
    """Return a date; None where it is left empty."""
    text = line_of_text(value, info)
    return parse_date(text, rules_of(info).timezone) if text else None


def last_moment(value: object, info: ValidationInfo) -> datetime | None:
    """Return the end of a period; of a bare date, the last second of that day."""
    text = line_of_text(value, info)
    at = moment(value, info)
    if at is not None and re.fullmatch(r"[0-9-]+", text):
        return datetime.combine(at.date(), END_OF_DAY, tzinfo=rules_of(info).timezone)
    return at


def uid(value: object, info: ValidationInfo) -> str:
    """Return an id as it was given."""
    text = line_of_text(value, info)
    if text and not _UID.fullmatch(text):
        raise Mistake(
            f"{quoted(text)} is no uid",
            "use at most 128 letters, digits and . _ ~ - beginning with a letter or a digit",
        )
    return text


def slug(value: object, info: ValidationInfo) -> str:
    """Return a slug as it was given, without slashes around it."""
    text = line_of_text(value, info).strip("/")
    if text and not is_slug(text):
        proposal = "/".join(filter(None, map(slugify, text.split("/"))))
        advice = f'write "{proposal}"' if proposal else "use a-z, 0-9 and -"
        raise Mistake(f"{quoted(text)} is no slug", advice)
    return text


def lang(value: object, info: ValidationInfo) -> str:
    """Return the code of one of the site's languages."""
    rules = rules_of(info)
    text = stated(value, info, f'"{rules.default_lang}"')
    code = text.lower()
    if code not in rules.languages and re.split("[-_]", code)[0] in rules.languages:
        raise Mistake(f"unknown language {quoted(text)}", f'write "{re.split("[-_]", code)[0]}"')
    return one_of(text, "language", rules.languages)


def status(value: object, info: ValidationInfo) -> str:
    """Return the writer's word on whether the post is out."""
    return one_of(stated(value, info, '"draft" or "published"'), "status", STATUSES)


def items(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """Return a list; text is split at semicolons if it has any, else at commas."""
    if isinstance(value, dict):
        raise Mistake(f'"{info.field_name}" is a mapping', "write a list like [one, two]")
    if isinstance(value, str):
        parts = value.split(";" if ";" in value else ",")
    else:
        parts = [_item(part, info, at) for at, part in enumerate(_list(value))]
    cleaned = (" ".join(part.split()) for part in parts)
    return tuple(dict.fromkeys(part for part in cleaned if part))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _item(part: object, info: ValidationInfo, at: int) -> str:
    if not isinstance(part, str):
        raise Mistake(
            f'an item of "{info.field_name}" is no text', "write a list like [one, two]", (str(at),)
        )
    return part


def flag(value: object, info: ValidationInfo) -> bool:
    """Return whether something is so."""
    text = stated(value, info, "true or false").lower()
    if text not in YES | NO:
        raise Mistake(f'"{info.field_name}" is {quoted(text)}', "write true or false")
    return text in YES


def menu(value: object, info: ValidationInfo) -> int | str | None:
    """Return a page's place in the navigation, ``"no"`` for none, None where nothing is said."""
    text = line_of_text(value, info).lower()
    if not text:
        return None
    if text in NO:
        return "no"
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise Mistake(f'"menu" is {quoted(text)}', "write a number such as 10, or no")
    return int(text)


def image(value: object, info: ValidationInfo) -> str:
    """Return the path of a picture, with forward slashes, as it was given."""
    text = line_of_text(value, info)
    if _SCHEME.match(text):
        raise Mistake(
            f"the image {quoted(text)} lies on another site",
            "put a copy into images/ and write its path, such as images/name.jpg",
        )
    if "\\" in text:
        raise Mistake(
            f"the image {quoted(text)} has backslashes", f"write {text.replace(chr(92), '/')}"
        )
    return text


def aliases(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """Return old addresses as paths below SITEURL, without a leading slash."""
    found = []
    for at, item in enumerate(items(value, info)):
        path = item.removeprefix("/")
        bad = ""
        if _SCHEME.match(item):
            bad = "is a whole address"
        elif "?" in path or "#" in path:
            bad = "has a query or a fragment"
        elif not path or path in ("index.html",):
            bad = "is the home page"
        elif ".." in path.split("/") or "." in path.split("/") or "//" in path or "\\" in path:
            bad = "is no plain path"
        if bad:
            place = (str(at),) if isinstance(value, list) else ()
            raise Mistake(
                f"the alias {quoted(item)} {bad}", "write a path such as /old/address/", place
            )
        found.append(path)
    return tuple(dict.fromkeys(found))
