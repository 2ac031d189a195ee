"""Configuration: one site's settings, read from its settings file and the environment."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pelican.settings import DEFAULT_CONFIG

from utrop import languages
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.settings import KNOWN, SettingError, nearest, typed

_PELICANS_UNLISTED = {
    # Pelican reads or documents these without giving them a default.
    "AUTHOR",
    "LINKS",
    "SOCIAL",
    "MENUITEMS",
    "SLUG_SUBSTITUTIONS",
}
NOT_SETTINGS = ("NOW", "DEBUG")
"""UTROP_NOW sets the clock of a run, UTROP_DEBUG shows tracebacks."""
DEVELOPMENT = "pelicanconf.py"
PRODUCTION = "publishconf.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site's settings, checked. Paths are absolute; ``settings`` holds every one of them."""

    root: Path
    settings_file: Path
    content: Path
    output: Path
    siteurl: str
    """Without a trailing slash."""
    name: str
    timezone: ZoneInfo
    default_lang: str
    languages: tuple[str, ...]
    feed_authority: str
    deploy: str
    ledger: str
    networks: tuple[str, ...]
    keep_releases: int
    settings: Mapping[str, Any]
    environ: Mapping[str, str]

    @property
    def base_path(self) -> str:
        """The path of SITEURL, with a slash at both ends: ``/`` or ``/blogg/``."""
        return urlsplit(self.siteurl).path.rstrip("/") + "/"


def load(root: Path, environ: Mapping[str, str], *, production: bool) -> Site:
    """Read and check a site's settings.

    Raises ``ProblemsFound`` with exit status 2 and every mistake at once.
    """
    path = root / (PRODUCTION if production else DEVELOPMENT)
    if not path.is_file():
        raise configuration_error(
            f"there is no {path.name} in {root}",
            "go to the site's folder, or make a new site with `utrop init DIR`",
        )
    read = _execute(path)
    problems = _unknown(read, path)
    settings = dict(read)
    if "PATH" in settings and "CONTENT" not in settings:
        # Pelican's own name for the content folder.
        settings["CONTENT"] = settings["PATH"]
    problems += _override(settings, environ)
    if production:
        problems += _required(settings, path)
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return _site(root, path, settings, environ)


def is_example(address: str) -> bool:
    """Whether an address or host name is one of those reserved for examples (RFC 2606, 6761)."""
    host = (urlsplit(address).hostname or "") if "//" in address else address.split("/")[0]
    host = host.lower().rstrip(".")
    return any(
        host == name or host.endswith("." + name)
        for name in ("example", "example.org", "example.com", "example.net", "invalid")
    )


def is_loopback(address: str) -> bool:
    """Whether an address lies on this machine."""
    host = (urlsplit(address).hostname or "").lower()
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _execute(path: Path) -> dict[str, Any]:
    """Run a settings file the way Python does, with its folder on the path."""
    folder = str(path.parent)
    for name in (Path(DEVELOPMENT).stem, Path(PRODUCTION).stem):
        # Another site's file of the same name may have been read before in this process.
        sys.modules.pop(name, None)
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:  # pragma: no cover - a .py file has a loader
            raise configuration_error("cannot be read as Python", path=path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise _failed(
            path, error, f"no module named {error.name!r}", "install it or correct its name"
        ) from error
    except SyntaxError as error:
        where = Path(error.filename) if error.filename else path
        raise ProblemsFound(
            [Problem(path=where, line=error.lineno, what=f"is not valid Python: {error.msg}")],
            exit_status=2,
        ) from error
    except ProblemsFound:
        raise
    except Exception as error:
        raise _failed(path, error, f"{type(error).__name__}: {error}", "correct it") from error
    finally:
        sys.path.remove(folder)
    return {name: getattr(module, name) for name in dir(module) if name.isupper()}


def _failed(path: Path, error: BaseException, what: str, instead: str) -> ProblemsFound:
    """Name the line of the settings file in which an exception arose."""
    line, where = None, path
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).name in (DEVELOPMENT, PRODUCTION):
            where, line = Path(frame.filename), frame.lineno
    return ProblemsFound(
        [Problem(path=where, line=line, what=what, instead=instead)], exit_status=2
    )


def is_known(name: str) -> bool:
    """Whether a setting is ours or Pelican's."""
    return name in KNOWN or name in DEFAULT_CONFIG or name in _PELICANS_UNLISTED


def _suggestion(name: str, prefix: str = "") -> str:
    if name.endswith(("_TOKEN", "_PASSWORD", "_SECRET", "_KEY")):
        return "remove it: secrets come from the environment, never from settings"
    near = nearest(name, [*KNOWN, *DEFAULT_CONFIG])
    if near:
        return f"write {prefix}{near}"
    return "remove it, or name it in OWN_SETTINGS if your own templates use it"


def _unknown(settings: Mapping[str, Any], path: Path) -> list[Problem]:
    own = set(settings.get("OWN_SETTINGS", ()))
    problems = []
    for name in settings:
        if name in own or is_known(name):
            continue
        where, line = _line_of(name, path)
        problems.append(
            Problem(
                path=where, line=line, what=f"unknown setting {name}", instead=_suggestion(name)
            )
        )
    return problems


def _line_of(name: str, path: Path) -> tuple[Path, int | None]:
    for candidate in (path, path.with_name(DEVELOPMENT)):
        if candidate.is_file():
            for number, text in enumerate(candidate.read_text("utf-8").splitlines(), 1):
                if text.split("=")[0].strip() == name:
                    return candidate, number
    return path, None


def _override(settings: dict[str, Any], environ: Mapping[str, str]) -> list[Problem]:
    """Apply ``UTROP_<SETTING>`` and ``<NETWORK>_URL``, ``_SINCE``, ``_LANG`` from outside."""
    problems = []
    for variable, value in sorted(environ.items()):
        name = variable.removeprefix("UTROP_")
        if name == variable:
            if name in KNOWN and KNOWN[name].plain_variable:
                settings[name] = value
            continue
        if name in NOT_SETTINGS:
            continue
        if not is_known(name):
            problems.append(
                Problem(what=f"unknown setting {variable}", instead=_suggestion(name, "UTROP_"))
            )
            continue
        try:
            settings[name] = typed(name, value)
        except SettingError as error:
            problems.append(Problem(what=f"{variable}: {error}"))
    return problems


def _required(settings: Mapping[str, Any], path: Path) -> list[Problem]:
    problems = []
    for name, example in (
        ("SITEURL", "https://upphandling.exempel.se"),
        ("FEED_AUTHORITY", "exempel.se"),
        ("FEED_AUTHORITY_YEAR", "2026"),
        ("SITENAME", "Inköpsbloggen"),
    ):
        if not settings.get(name):
            problems.append(
                Problem(path=path, what=f"{name} is not set", instead=f"write {name} = {example!r}")
            )
    return problems


def _site(root: Path, path: Path, settings: dict[str, Any], environ: Mapping[str, str]) -> Site:
    problems = []
    for name, setting in KNOWN.items():
        settings.setdefault(name, setting.default)
        try:
            settings[name] = setting.check(settings[name])
        except SettingError as error:
            where, line = _line_of(name, path)
            problems.append(Problem(path=where, line=line, what=f"{name}: {error}"))
    try:
        zone = ZoneInfo(str(settings["TIMEZONE"]))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        where, line = _line_of("TIMEZONE", path)
        problems.append(
            Problem(
                path=where,
                line=line,
                what=f"{settings['TIMEZONE']!r} is no time zone",
                instead="write one like 'Europe/Stockholm'",
            )
        )
    several = settings["LANGUAGES"] if isinstance(settings["LANGUAGES"], list) else []
    for code in (settings["DEFAULT_LANG"], *several):
        try:
            languages.language(code)
        except ValueError as error:
            where, line = _line_of("LANGUAGES", path)
            problems.append(Problem(path=where, line=line, what=str(error), instead="write 'sv'"))
    problems += _missing_plugins(settings, path)
    content = (root / settings["CONTENT"]).resolve()
    if not content.is_dir():
        problems.append(
            Problem(what=f"the content folder {content} does not exist", instead="set CONTENT")
        )
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    siteurl = str(settings["SITEURL"]).rstrip("/")
    settings["SITEURL"] = siteurl
    chosen = settings["LANGUAGES"]
    settings["LANGUAGES"] = [
        settings["DEFAULT_LANG"],
        *[code for code in chosen if code != settings["DEFAULT_LANG"]],
    ]
    return Site(
        root=root.resolve(),
        settings_file=path.resolve(),
        content=content,
        output=(root / settings["OUTPUT_PATH"]).resolve(),
        siteurl=siteurl,
        name=settings["SITENAME"],
        timezone=zone,
        default_lang=settings["DEFAULT_LANG"],
        languages=tuple(settings["LANGUAGES"]),
        feed_authority=settings["FEED_AUTHORITY"],
        deploy=settings["DEPLOY"],
        ledger=settings["LEDGER"],
        networks=tuple(settings["NETWORKS"]),
        keep_releases=settings["KEEP_RELEASES"],
        settings=MappingProxyType(settings),
        environ=MappingProxyType(dict(environ)),
    )


def _missing_plugins(settings: Mapping[str, Any], path: Path) -> list[Problem]:
    """Pelican only logs a plugin that it cannot find, and publishes without it."""
    problems = []
    where, line = _line_of("PLUGINS", path)
    for plugin in settings.get("PLUGINS") or ():
        if not isinstance(plugin, str):
            continue
        folders = [str(path.parent / folder) for folder in settings.get("PLUGIN_PATHS") or ()]
        if not any(
            PathFinder.find_spec(name, places) is not None
            for name, places in (
                (plugin.split(".")[0], [*folders, *sys.path]),
                (f"pelican.plugins.{plugin}", _namespace_folders()),
            )
        ):
            problems.append(
                Problem(
                    path=where,
                    line=line,
                    what=f"no plugin named {plugin!r} is installed",
                    instead="install it or correct its name",
                )
            )
    return problems


def _namespace_folders() -> list[str]:
    return [str(Path(folder) / "pelican" / "plugins") for folder in sys.path]


def process_environment() -> Mapping[str, str]:
    """Return the environment of this process: the one place that reads it."""
    return dict(os.environ)
