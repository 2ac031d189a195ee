"""A new site without the demo: two posts that teach, settings, a Makefile, a workflow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from utrop.authoring.new import clean_title, fresh_uid, written_date
from utrop.problem import Problem, ProblemsFound, configuration_error

_TIMEZONE = ZoneInfo("Europe/Stockholm")
"""As in the template of pelicanconf.py, in which the posts' dates are read."""
_PLACEHOLDER = re.compile("@@([A-Z_]+)@@")
_COMMON = {
    ".github/workflows/publish.yml": "publish.yml",
    ".gitignore": "gitignore",
    "Makefile": "Makefile",
    "pelicanconf.py": "pelicanconf.py",
    "publishconf.py": "publishconf.py",
    "requirements.txt": "requirements.txt",
}
_PAGES = {"sv": ("om", "kontakt"), "en": ("about", "contact")}
_POSTS = {
    "sv": ("sa-skriver-du-ett-inlagg", "sa-publicerar-och-sprider-du"),
    "en": ("how-to-write-a-post", "how-to-publish-and-announce"),
}
_CATEGORY = {"sv": "Nyheter", "en": "News"}
LANGUAGES = tuple(_POSTS)
"""The languages in which a new site can be made."""


def init_site(
    directory: Path,
    *,
    name: str,
    siteurl: str,
    lang: str,
    now: datetime,
    utrop_command: str,
    version: str,
    uids: Callable[[], str] = fresh_uid,
) -> list[Path]:
    """Make a site in a folder and return the files written.

    ``now`` (aware) dates the two posts and gives the year of their ids. ``utrop_command`` is the
    path of the program that runs, which the Makefile falls back to on this machine only. Raises
    ``ProblemsFound``, before anything is written, where a file of the site exists already.
    """
    host = urlsplit(siteurl).hostname
    if not re.match("https?://", siteurl) or not host:
        raise configuration_error(
            f"{siteurl!r} is no web address", "write one like https://blogg.exempel.se"
        )
    texts = _texts(
        name=clean_title(name),
        siteurl=siteurl.rstrip("/"),
        host=host,
        lang=lang,
        now=now.astimezone(_TIMEZONE),
        version=version,
        uids=uids,
    )
    texts[".utrop/command"] = f"{utrop_command}\n"
    _refuse_what_exists(directory, texts)
    written = _write(directory, texts)
    # Left empty: Pelican would publish a hidden file that only keeps the folder in git.
    (directory / "content" / "images").mkdir(exist_ok=True)
    return written


def _texts(
    *,
    name: str,
    siteurl: str,
    host: str,
    lang: str,
    now: datetime,
    version: str,
    uids: Callable[[], str],
) -> dict[str, str]:
    """Return every file from a template: its path below the site's folder, and its text."""
    values = {
        # A JSON text without escapes beyond the usual ones is a Python literal too.
        "SITENAME": json.dumps(name, ensure_ascii=False),
        "SITENAME_TEXT": name,
        "SITEURL": json.dumps(siteurl, ensure_ascii=False),
        "LANG": json.dumps(lang),
        "CATEGORY": json.dumps(_CATEGORY[lang]),
        "FEED_AUTHORITY": json.dumps(host),
        "YEAR": str(now.year),
        "VERSION": version,
    }
    texts = {path: _filled(template, values) for path, template in _COMMON.items()}
    texts["README.md"] = _filled(f"{lang}/README.md", values)
    for page in _PAGES[lang]:
        texts[f"content/pages/{page}.md"] = _filled(f"{lang}/{page}.md", values)
    # The one on writing is to be read first: lists show the newest post first.
    dates = [now - timedelta(minutes=1), now - timedelta(minutes=2)]
    names = [f"{date:%Y-%m-%d}-{slug}.md" for date, slug in zip(dates, _POSTS[lang], strict=True)]
    for number, template in enumerate(("writing", "publishing")):
        values |= {
            "DATE": written_date(dates[number]),
            "UID": uids(),
            "OTHER": names[1 - number],
        }
        texts[f"content/posts/{names[number]}"] = _filled(f"{lang}/{template}.md", values)
    return texts


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template's text with each placeholder filled in; one it does not know is a bug."""
    place = files("utrop.authoring").joinpath("templates", "site", f"{template}.template")
    return _PLACEHOLDER.sub(lambda found: values[found[1]], place.read_text("utf-8"))


def _refuse_what_exists(directory: Path, texts: Mapping[str, str]) -> None:
    there = {directory / name for name in texts if _is_there(directory / name)}
    folders = {folder for name in texts for folder in (directory / name).parents}
    there |= {folder for folder in folders if _is_there(folder) and not folder.is_dir()}
    problems = [
        Problem(
            path=path,
            what="exists already",
            instead="choose another folder, or move the file away",
        )
        for path in sorted(there)
    ]
    if problems:
        raise ProblemsFound(problems)


def _is_there(path: Path) -> bool:
    # A link that leads nowhere is there too.
    return path.exists() or path.is_symlink()


def _write(directory: Path, texts: Mapping[str, str]) -> list[Path]:
    written = []
    for name, text in sorted(texts.items()):
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise ProblemsFound(
                [
                    Problem(
                        path=path,
                        what=f"cannot be written: {error.strerror or error}",
                        instead="correct the folder's permissions, or make room",
                    )
                ]
            ) from error
        written.append(path)
    return written
