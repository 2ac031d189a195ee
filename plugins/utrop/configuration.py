"""Configuration: one site's settings, read from its settings file and the environment."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pelican.settings import DEFAULT_CONFIG

from utrop import languages, parts
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.secret_store import SecretStore, SiteEnvironment
from utrop.settings import KNOWN, SettingError, nearest, typed

_PELICANS_UNLISTED = {
    # Pelican reads or documents these without giving them a default.
    "AUTHOR",
    "LINKS",
    "SOCIAL",
    "MENUITEMS",
    "SLUG_SUBSTITUTIONS",
}
NOT_SETTINGS = ("NOW", "DEBUG", "SECRETS")
"""UTROP_NOW sets the clock of a run, UTROP_DEBUG shows tracebacks, UTROP_SECRETS names the file of
secrets."""
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
    """Of the process; a look-up also finds what ``utrop connect`` stored for its networks."""

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
            f"there is no {path.name} in {root.resolve()}",
            "go to the site's folder, or make a new site with `utrop init DIR`",
        )
    settings = _execute(path)
    problems = _unknown(settings, path)
    if "PATH" in settings and "CONTENT" not in settings:
        # Pelican's own name for the content folder.
        settings["CONTENT"] = settings["PATH"]
    places = _Places(path, _override(settings, environ, problems))
    if production:
        problems += _required(settings, places)
    root = root.resolve()
    parts.complete(settings, root)
    _check(settings, root, places, problems)
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
    writes_no_bytecode, prefix = sys.dont_write_bytecode, sys.pycache_prefix
    # Python takes a settings file for unchanged if its second and its size are: its bytecode is
    # neither written nor looked for.
    sys.dont_write_bytecode, sys.pycache_prefix = True, str(path.parent / ".utrop" / "no-bytecode")
    try:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:  # pragma: no cover - a .py file has a loader
            raise configuration_error("cannot be read as Python", path=path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        advice = "install it or correct its name"
        if error.name == Path(DEVELOPMENT).stem:
            advice = f"put {DEVELOPMENT} beside {path.name}"
        raise _failed(path, error, f"no module named {error.name!r}", advice) from error
    except SyntaxError as error:
        where = Path(error.filename) if error.filename else path
        raise ProblemsFound(
            [Problem(path=where, line=error.lineno, what=f"is not valid Python: {error.msg}")],
            exit_status=2,
        ) from error
    except ProblemsFound:
        raise
    except (Exception, SystemExit) as error:  # a settings file may raise anything
        raise _failed(path, error, f"{type(error).__name__}: {error}", "correct it") from error
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode, sys.pycache_prefix = writes_no_bytecode, prefix
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
            for number, text in enumerate(candidate.read_text("utf-8", "replace").splitlines(), 1):
                if text.split("=")[0].strip() == name:
                    return candidate, number
    return path, None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each setting was written: in which line, or in which variable."""

    path: Path
    variables: Mapping[str, str]

    def problem(self, name: str, what: str, instead: str = "") -> Problem:
        """Return a mistake in a setting with its place."""
        if name in self.variables:
            return Problem(what=f"{self.variables[name]}: {what}", instead=instead)
        where, line = _line_of(name, self.path)
        return Problem(path=where, line=line, what=f"{name}: {what}", instead=instead)


def _override(
    settings: dict[str, Any], environ: Mapping[str, str], problems: list[Problem]
) -> dict[str, str]:
    """Apply ``UTROP_<SETTING>`` and ``<NETWORK>_URL``, ``_SINCE``, ``_LANG`` from outside.

    Returns which variable gave which setting.
    """
    variables = {}
    for variable, value in sorted(environ.items()):
        name = variable.removeprefix("UTROP_")
        if name == variable:
            # A workflow hands an unset variable on as an empty one.
            if value and name in KNOWN and KNOWN[name].plain_variable:
                settings[name], variables[name] = value, variable
            continue
        if name in NOT_SETTINGS:
            continue
        if not is_known(name):
            problems.append(
                Problem(what=f"unknown setting {variable}", instead=_suggestion(name, "UTROP_"))
            )
            continue
        variables[name] = variable
        try:
            settings[name] = typed(name, value, settings.get(name, DEFAULT_CONFIG.get(name)))
        except SettingError as error:
            problems.append(Problem(what=f"{variable}: {error}"))
    return variables


def _required(settings: Mapping[str, Any], places: _Places) -> list[Problem]:
    return [
        places.problem(name, "is not set", f"write {name} = {example!r}")
        for name, example in (
            ("SITEURL", "https://upphandling.exempel.se"),
            ("FEED_AUTHORITY", "exempel.se"),
            ("FEED_AUTHORITY_YEAR", 2026),
            ("SITENAME", "Inköpsbloggen"),
        )
        if not settings.get(name)
    ]


def _check(settings: dict[str, Any], root: Path, places: _Places, problems: list[Problem]) -> None:
    """Type every setting of ours, and add every mistake to ``problems``."""
    wrong = set()
    for name, setting in KNOWN.items():
        if setting.required and settings.get(name) in ("", 0, None):
            # Told as not set where publishing needs it; Pelican's custom is SITEURL = "" else.
            settings[name] = setting.default
            continue
        settings.setdefault(name, setting.default)
        try:
            settings[name] = setting.check(settings[name])
        except SettingError as error:
            wrong.add(name)
            problems.append(places.problem(name, str(error)))
    try:
        ZoneInfo(str(settings["TIMEZONE"]))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(
            places.problem(
                "TIMEZONE",
                f"{settings['TIMEZONE']!r} is no time zone",
                "write one like 'Europe/Stockholm'",
            )
        )
    for name in [one for one in ("DEFAULT_LANG", "LANGUAGES") if one not in wrong]:
        codes = settings[name] if isinstance(settings[name], list) else [settings[name]]
        for code in codes:
            try:
                languages.language(code)
            except ValueError as error:
                problems.append(places.problem(name, str(error), "write 'sv'"))
    problems += [places.problem(*found) for found in parts.missing(settings)]
    if "CONTENT" not in wrong and not (root / settings["CONTENT"]).is_dir():
        content = (root / settings["CONTENT"]).resolve()
        problems.append(
            places.problem(
                "CONTENT",
                f"the content folder {content} does not exist",
                "make it, or set CONTENT to another folder",
            )
        )


def _site(root: Path, path: Path, settings: dict[str, Any], environ: Mapping[str, str]) -> Site:
    siteurl = str(settings["SITEURL"]).rstrip("/")
    settings["SITEURL"] = siteurl
    default = settings["DEFAULT_LANG"]
    others = [code for code in settings["LANGUAGES"] if code != default]
    settings["LANGUAGES"] = list(dict.fromkeys([default, *others]))
    return Site(
        root=root,
        settings_file=path.resolve(),
        content=(root / settings["CONTENT"]).resolve(),
        output=(root / settings["OUTPUT_PATH"]).resolve(),
        siteurl=siteurl,
        name=settings["SITENAME"],
        timezone=ZoneInfo(settings["TIMEZONE"]),
        default_lang=default,
        languages=tuple(settings["LANGUAGES"]),
        feed_authority=settings["FEED_AUTHORITY"],
        deploy=settings["DEPLOY"],
        ledger=settings["LEDGER"],
        networks=tuple(settings["NETWORKS"]),
        keep_releases=settings["KEEP_RELEASES"],
        settings=MappingProxyType(settings),
        environ=SiteEnvironment(
            environ,
            SecretStore(siteurl, root, environ),
            lambda: _stored_variables(settings),
        ),
    )


def _stored_variables(settings: Mapping[str, Any]) -> set[str]:
    """Return which variables may come from the store: those that the settings do not have."""
    # Not before one is looked up: the modules of the networks take their time to load.
    from utrop.syndication import networks

    known = set(settings["NETWORKS"]) & set(networks.names())
    return {
        variable
        for name in known
        for variable in networks.environment(name)
        if not settings.get(variable)
    }


def process_environment() -> Mapping[str, str]:
    """Return the environment of this process: the one place that reads it."""
    return dict(os.environ)
