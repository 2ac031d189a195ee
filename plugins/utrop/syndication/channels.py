"""Channels: the networks that a site announces on, as its settings and environment configure them.

Every mistake in the configuration is found before anything is sent, all at once, exit status 2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.settings import nearest
from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.by_hand import ByHand
from utrop.syndication.delivery import Message, Network
from utrop.syndication.selection import Audience

ALL_LANGUAGES: Final = "all"
AT_LEAST_ONCE: Final = "at-least-once"
"""What ``<NETWORK>_DELIVERY`` says where a doubled announcement is better than a lost one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One account of one network, and what it announces."""

    name: str
    network: Network
    since: datetime | None
    """Nothing published before this moment is announced; None for a local network."""
    lang: str | None
    """The language it announces; None: all."""
    real: bool = True
    """Whether announcements leave this machine."""
    by_hand: bool = False
    """Whether a person posts there."""
    repeats: bool = False
    """Whether what may be there is sent again where it cannot be looked up: at-least-once."""
    monthly_cap: Decimal | None = None
    """US dollars that announcing may cost in a calendar month (UTC); None: no bound."""
    price: Callable[[Message], Decimal] = lambda _message: Decimal(0)
    """What one announcement costs, in US dollars."""

    @property
    def audience(self) -> Audience:
        """What it announces, for ``selection``."""
        return _audience(self.name, self.since, self.lang, real=self.real)


def configure(
    names: Iterable[str],
    settings: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    http: httpx.Client,
    settings_file: Path | None = None,
) -> list[Channel]:
    """Return the channels for the names in NETWORKS, in that order. Nothing is sent.

    Addresses come from settings or environment, secrets from the environment alone. Raises
    ``ProblemsFound`` with exit status 2 and every mistake.
    """
    channels: list[Channel] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for name in names:
        found = _name_problems(name, seen, settings_file)
        seen.add(name)
        if found:
            problems += found
            continue
        try:
            channels.append(_channel(name, settings, environ, http, settings_file))
        except ProblemsFound as error:
            problems += error.problems
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return channels


def audience_of(name: str, settings: Mapping[str, Any]) -> Audience:
    """Return what a network announces by its settings alone, whether or not it has its secrets.

    Raises ``ProblemsFound`` with exit status 2 where the settings are mistaken.
    """
    since, lang, problems = _bounds(name, settings, None)
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return _audience(name, since, lang, real=not networks.is_local(name))


def guard(
    announcements: Iterable[Announcement],
    channels: Iterable[Channel],
    *,
    siteurl: str,
    example: bool,
) -> None:
    """Refuse to announce a demo, or a site with an example address, on real networks.

    ``example`` tells whether ``siteurl`` is a name reserved for examples (RFC 2606). Raises
    ``ProblemsFound`` with exit status 2.
    """
    real = [channel.name for channel in channels if channel.real]
    if not real:
        return
    where = ", ".join(real)
    problems = []
    if example:
        problems.append(
            Problem(
                what=f"SITEURL is the example {siteurl}, and NETWORKS names {where}",
                instead="write your site's own address",
            )
        )
    demo = [announcement for announcement in announcements if announcement.demo]
    if demo:
        problems.append(
            Problem(
                what=f"{len(demo)} demo posts remain, such as “{demo[0].title}”, and NETWORKS"
                f" names {where}",
                instead="remove them, or start a site of your own with `utrop init DIR`",
            )
        )
    if problems:
        raise ProblemsFound(problems, exit_status=2)


def lost_ledger_guard(
    channels: Iterable[Channel], *, earlier_release: bool, ledger_existed: bool
) -> None:
    """Stop where the record of what was announced on real networks seems lost.

    Ask before the ledger is opened, which makes it. Raises ``ProblemsFound``, exit status 2.
    """
    real = [channel.name for channel in channels if channel.real]
    if real and earlier_release and not ledger_existed:
        raise ProblemsFound(
            [
                Problem(
                    what=f"the site was released before, but there is no ledger of what was"
                    f" announced on {', '.join(real)}",
                    instead="restore what LEDGER names from a copy, or run `utrop recover`, which"
                    " rebuilds it from the networks",
                )
            ],
            exit_status=2,
        )


def _audience(name: str, since: datetime | None, lang: str | None, *, real: bool) -> Audience:
    # The preview shows what is announced anywhere, demo posts too.
    return Audience(network=name if real else None, demo=not real, since=since, lang=lang)


def _name_problems(name: str, seen: set[str], path: Path | None) -> list[Problem]:
    known = networks.names()
    if name not in known:
        near = nearest(name, list(known))
        instead = f"did you mean {near!r}?" if near else f"choose from {', '.join(known)}"
        return [Problem(path=path, what=f"NETWORKS: there is no network {name!r}", instead=instead)]
    if name in seen:
        return [Problem(path=path, what=f"NETWORKS names {name!r} twice", instead="name it once")]
    return []


def _channel(
    name: str,
    settings: Mapping[str, Any],
    environ: Mapping[str, str],
    http: httpx.Client,
    path: Path | None,
) -> Channel:
    since, lang, problems = _bounds(name, settings, path)
    network: Network | None = None
    by_hand = networks.is_by_hand(name, environ)
    try:
        if by_hand:
            network = ByHand(networks.limits(name))
        else:
            network = networks.load(name).connect(values_of(name, settings, environ), http)
    except ProblemsFound as error:
        problems += error.problems
    if problems or network is None:
        raise ProblemsFound(problems, exit_status=2)
    cap = settings.get(f"{name.upper()}_MONTHLY_CAP")
    return Channel(
        name=name,
        network=network,
        since=since,
        lang=lang,
        real=not networks.is_local(name),
        by_hand=by_hand,
        repeats=settings.get(f"{name.upper()}_DELIVERY") == AT_LEAST_ONCE,
        monthly_cap=None if cap is None else Decimal(str(cap)),
        price=partial(networks.price, name),
    )


def values_of(name: str, settings: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """Gather what a network needs: its address from the settings, which the environment overrides.

    A secret that stands in a settings file is not taken: it would end in version control.
    """
    needed = networks.environment(name)
    values = {key: environ[key] for key in needed if key in environ}
    address = f"{name.upper()}_URL"
    if settings.get(address) and address in needed:
        values.setdefault(address, str(settings[address]))
    return values


def _bounds(
    name: str, settings: Mapping[str, Any], path: Path | None
) -> tuple[datetime | None, str | None, list[Problem]]:
    if networks.is_local(name):
        return None, None, []
    problems = []
    try:
        since = _since(settings.get(f"{name.upper()}_SINCE"))
    except ValueError as error:
        since = None
        problems.append(Problem(path=path, what=f"{name.upper()}_SINCE {error}", instead=_BASELINE))
    lang = str(settings.get(f"{name.upper()}_LANG") or settings.get("DEFAULT_LANG") or "sv")
    languages = [str(code) for code in settings.get("LANGUAGES") or (lang,)]
    if lang not in (*languages, ALL_LANGUAGES):
        problems.append(
            Problem(
                path=path,
                what=f"{name.upper()}_LANG: the site has no language {lang!r}",
                instead=f"write one of {', '.join(languages)}, or 'all'",
            )
        )
    return since, None if lang == ALL_LANGUAGES else lang, problems


_BASELINE: Final = (
    "run `utrop baseline`, which writes it: nothing published before it is announced there"
)


def _since(value: object) -> datetime:
    if value is None or value == "":
        raise ValueError("is not set")
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"is {value!r}, and that is no time") from error
    if moment.tzinfo is None:
        raise ValueError(f"is {value!r}, without an offset such as +01:00")
    return moment
