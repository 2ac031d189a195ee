"""Failures: an exception from a site's own template or plugin, told as one problem with its place.

Jinja gives the frames of a traceback the template's own file and line:
https://jinja.palletsprojects.com/en/stable/api/#exceptions
"""

from __future__ import annotations

import sysconfig
import traceback
from importlib.util import find_spec
from pathlib import Path

from utrop.problem import Problem

_OURS = Path(__file__).resolve().parent
_BUILDERS = ("pelican", "jinja2", "blinker", "markupsafe", "markdown")
_CORRECT = "correct it there, or leave it out"


def told(error: BaseException, *, before: str = "") -> Problem | None:
    """Return what went wrong and where in the site's own code; None where it is not at fault.

    ``before`` is what was being done, in words.
    """
    place = _place(error)
    if place is None:
        return None
    path, line = place
    reason = (error.msg if isinstance(error, SyntaxError) else str(error)).strip().rstrip(".")
    # Jinja's own errors say in a sentence what is wrong; a KeyError says no more than a key.
    kind = "" if _is_jinja(error) else type(error).__name__
    words = [word for word in (before.split("\n")[0], kind, reason) if word]
    if _is_missing_template(error):
        words = [f"there is no template {error}"]
    return Problem(path=path, line=line, what=": ".join(words), instead=_CORRECT)


def _place(error: BaseException) -> tuple[Path, int | None] | None:
    written = getattr(error, "filename", None), getattr(error, "lineno", None)
    if isinstance(written[0], str) and isinstance(written[1], int):
        # A SyntaxError, Python's or Jinja's: its place is no frame, since nothing ran.
        return Path(written[0]), written[1]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_file() and not _is_machinery(path.resolve()):
            return path, frame.lineno
    return None


def _is_machinery(path: Path) -> bool:
    """Whether a file is the standard library's, ours, or one of those that only carry us."""
    if path.suffix != ".py":
        return False
    if path.is_relative_to(_OURS):
        return True
    for name in _BUILDERS:
        spec = find_spec(name)
        folder = Path(spec.origin).parent if spec is not None and spec.origin else None
        if folder is not None and path.is_relative_to(folder):
            return not path.is_relative_to(folder / "plugins") or path.parent.name == "plugins"
    library = Path(sysconfig.get_path("stdlib")).resolve()
    return path.is_relative_to(library) and "site-packages" not in path.parts


def _is_jinja(error: BaseException) -> bool:
    return type(error).__module__.startswith("jinja2")


def _is_missing_template(error: BaseException) -> bool:
    return _is_jinja(error) and isinstance(error, LookupError | OSError)
