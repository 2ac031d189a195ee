"""A new post: a valid draft with a fresh uid, in a file named by date and title."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime
from pathlib import Path

from utrop.authoring.slugs import slugify
from utrop.problem import Problem, ProblemsFound

_LETTERS = "abcdefghjkmnpqrstvwxyz"
_ALPHABET = _LETTERS + "23456789"
"""Without i, l, o, 0 and 1, which people misread."""
UID_LENGTH = 16
"""Sixteen of thirty characters: 78 bits, so no two posts of any site ever share one."""

_PRINTABLE = re.compile(
    "[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What stands for itself in a YAML scalar on one line (YAML 1.2.2, 5.1 and 5.4, less the BOM)."""

_HINTS = {
    "sv": """\
# Ta bort # framför det du använder.
# summary: En eller två meningar. De visas i listor, i flöden och när inlägget sprids.
# category: Nyheter
# tags: [upphandling, innovation]
# image: images/bild.jpg
# image_alt: Vad bilden visar, för den som inte ser den.
# Byt draft mot published när inlägget är klart; ett datum framåt i tiden väntar till dess.
status: draft
""",
    "en": """\
# Remove the # from what you use.
# summary: One or two sentences. They are shown in lists, in feeds and when the post is shared.
# category: News
# tags: [procurement, innovation]
# image: images/picture.jpg
# image_alt: What the picture shows, for those who cannot see it.
# Change draft to published when the post is done; a date ahead of now waits until then.
status: draft
""",
}


def fresh_uid() -> str:
    """Return a new uid: lower-case letters and digits, the first one a letter.

    It begins with a letter so that no reader of YAML takes it for a number.
    """
    return secrets.choice(_LETTERS) + "".join(
        secrets.choice(_ALPHABET) for _ in range(UID_LENGTH - 1)
    )


def uid_from(digest: bytes) -> str:
    """Return the uid that a hash of at least 16 bytes stands for."""
    number = int.from_bytes(digest[:16], "big")
    number, first = divmod(number, len(_LETTERS))
    rest = []
    for _ in range(UID_LENGTH - 1):
        number, digit = divmod(number, len(_ALPHABET))
        rest.append(_ALPHABET[digit])
    return _LETTERS[first] + "".join(rest)


def new_post(
    content: Path,
    title: str,
    *,
    uid: str,
    now: datetime,
    lang: str,
    default_lang: str,
) -> Path:
    """Write a draft below a content folder and return its path; nothing is ever overwritten.

    ``now`` is the present in the site's time zone (aware). Raises ``ProblemsFound`` where the
    title is empty or no text, or where the folder cannot be written.
    """
    clean = clean_title(title)
    folder = content / "posts" if (content / "posts").is_dir() else content
    slug = slugify(clean) or {"sv": "inlagg"}.get(lang, "post")
    taken = {_slug_of(path) for path in folder.glob("*.md")}
    number = 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            chosen = slug if number == 1 else f"{slug}-{number}"
            path = folder / f"{now:%Y-%m-%d}-{chosen}.md"
            if chosen not in taken and not path.exists():
                text = _draft(
                    clean,
                    uid=uid,
                    now=now,
                    lang=lang if lang != default_lang else "",
                    slug=chosen if number > 1 else "",
                    hints=_HINTS.get(lang, _HINTS["en"]),
                )
                with path.open("x", encoding="utf-8", newline="\n") as file:
                    file.write(text)
                return path
            number += 1
    except OSError as error:
        raise ProblemsFound(
            [
                Problem(
                    path=folder,
                    what=f"cannot be written: {error.strerror or error}",
                    instead="correct its permissions, or make room",
                )
            ]
        ) from error


def clean_title(title: str) -> str:
    """Return a title on one line, without space around it.

    Raises ``ProblemsFound`` where nothing is left, or where it holds what is no text.
    """
    clean = " ".join(title.split())
    if not clean:
        raise ProblemsFound(
            [Problem(what="the title is empty", instead='write `utrop new "The title"`')]
        )
    bad = next((char for char in clean if unicodedata.category(char) in ("Cc", "Cs")), "")
    if bad:
        raise ProblemsFound(
            [
                Problem(
                    what=f"the title holds U+{ord(bad):04X}, which is no text",
                    instead="write it in letters, in UTF-8",
                )
            ]
        )
    return clean


def quoted(text: str) -> str:
    """Return a text as a double-quoted YAML scalar on one line, which reads back the same."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if _PRINTABLE.fullmatch(char):
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def written_date(moment: datetime) -> str:
    """Return a time to the minute as writers write it, in the zone that it carries.

    Only in the hour that the end of summer time repeats does it carry its offset.
    """
    ambiguous = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    if ambiguous:
        return moment.isoformat(sep=" ", timespec="minutes")
    return f"{moment:%Y-%m-%d %H:%M}"


def _draft(title: str, *, uid: str, now: datetime, lang: str, slug: str, hints: str) -> str:
    lines = [
        "---",
        f"title: {quoted(title)}",
        f"date: {written_date(now)}",
        f"uid: {uid}",
    ]
    if slug:
        lines.append(f"slug: {slug}")
    if lang:
        lines.append(f"lang: {lang}")
    return "\n".join(lines) + f"\n{hints}---\n\n"


def _slug_of(path: Path) -> str:
    return re.sub(r"^\d{4}-\d{2}-\d{2}-", "", path.stem)
