"""Parts: the theme, templates and plugins that a site names, looked for before anything is built.

Pelican goes on without a plugin or a folder of templates that it cannot find.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from utrop import plugins

_FOLDERS = ("THEME_TEMPLATES_OVERRIDES", "PLUGIN_PATHS")


def complete(settings: dict[str, Any], root: Path) -> None:
    """Name the parts that are not named, and find the others from wherever the command is run."""
    if settings.get("PLUGINS") is None:
        settings["PLUGINS"] = plugins.all()
    if not settings.get("THEME"):
        settings["THEME"] = plugins.theme()
    for name in _FOLDERS:
        if isinstance(settings.get(name), list | tuple):
            settings[name] = [str(root / folder) for folder in settings[name]]
    theme = settings.get("THEME")
    if isinstance(theme, str) and (root / theme).is_dir():
        settings["THEME"] = str(root / theme)


def missing(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the setting, what is missing, and what to do, for every part that is not there."""
    theme = settings.get("THEME")
    if not (isinstance(theme, str) and Path(theme, "templates").is_dir()):
        yield (
            "THEME",
            f"{theme!r} is no theme: it has no folder templates/",
            "correct it, or write THEME = plugins.theme()",
        )
    for name in _FOLDERS:
        folders = settings.get(name) or ()
        if isinstance(folders, str):
            yield name, f"{folders!r} is a text", f"write a list like [{folders!r}]"
            continue
        for folder in folders:
            if not Path(folder).is_dir():
                yield name, f"there is no folder {folder}", "make it, or correct its name"
    named = {plugin if isinstance(plugin, str) else plugin.__name__ for plugin in _named(settings)}
    if lacking := [one.__name__ for one in plugins.all() if one.__name__ not in named]:
        yield (
            "PLUGINS",
            f"utrop's own {', '.join(lacking)} are missing",
            "write PLUGINS = [*plugins.all(), …] below `from utrop import plugins`",
        )
    for plugin in _named(settings):
        if isinstance(plugin, str) and not _is_found(plugin, settings):
            yield (
                "PLUGINS",
                f"no plugin named {plugin!r} is installed",
                "install it, correct its name, or name its folder in PLUGIN_PATHS",
            )


def _named(settings: Mapping[str, Any]) -> Iterable[Any]:
    named: Iterable[Any] = settings.get("PLUGINS") or ()
    return named


def _is_found(plugin: str, settings: Mapping[str, Any]) -> bool:
    folders = [str(folder) for folder in settings.get("PLUGIN_PATHS") or ()]
    namespace = [str(Path(folder) / "pelican" / "plugins") for folder in sys.path]
    return any(
        PathFinder.find_spec(name, places) is not None
        for name, places in (
            (plugin.split(".")[0], [*folders, *sys.path]),
            (f"pelican.plugins.{plugin}", namespace),
        )
    )
