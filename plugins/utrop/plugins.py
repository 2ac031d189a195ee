"""The plugins that make a site, as module objects: Pelican imports nothing by name.

An import error then stops the build, from any directory, with one identity per module.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

_ORDER = ("authoring", "listings", "redirects", "feeds", "notices", "syndication")
"""Authoring first: it reads what the others write of."""


def all() -> list[ModuleType]:  # noqa: A001 - reads as `plugins.all()`
    """Return every plugin of Utrop, in the order in which they are to be registered."""
    return [import_module(f"utrop.{capability}.plugin") for capability in _ORDER]


def theme() -> str:
    """Return the folder of the theme: in the wheel beside this file, in a checkout at its root."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "theme", here.parents[1] / "theme"):
        if (candidate / "templates").is_dir():
            return str(candidate)
    raise FileNotFoundError("the theme is missing from this installation of utrop")
