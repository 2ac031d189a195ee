"""The networks in an overview: what each promises, costs and needs, and what of it is set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import click
import httpx

from utrop import configuration
from utrop.configuration import PRODUCTION, Site
from utrop.connecting import is_optional, secrets_of
from utrop.problem import ProblemsFound
from utrop.secret_store import IN_KEYRING, SecretStore
from utrop.syndication import networks
from utrop.syndication.channels import values_of
from utrop.syndication.delivery import Message
from utrop.terminal import Terminal

_SAMPLE: Final = Message(
    guid="tag:example.org,2026:sample",
    text="A notice https://www.example.org/notice/",
    url="https://www.example.org/notice/",
    lang="en",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
"""An announcement as they are: a text with one address."""
_WIDTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One value that a network needs. The value itself is nowhere in here."""

    name: str
    meaning: str
    secret: bool
    optional: bool
    source: str
    """Where it is set: environment, settings, file or keyring; empty: it is not set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One network as scripts read it; the names of the fields are stable."""

    name: str
    title: str
    guarantee: str
    configured: bool
    """Whether NETWORKS names it."""
    by_hand: bool
    local: bool
    price_usd: str | None
    """Of one announcement with a link; None: it costs nothing."""
    variables: tuple[Variable, ...]
    page: str


def tell(root: Path, process: Mapping[str, str], *, as_json: bool, terminal: Terminal) -> None:
    """List every network there is a module for; outside a site, without its settings."""
    is_site = (root / PRODUCTION).is_file()
    site = configuration.load(root, process, production=True) if is_site else None
    found = overviews(site, process)
    if as_json:
        rows = [asdict(one) for one in found]
        terminal.hand_over(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in sorted(found, key=lambda one: not one.configured):
        _tell_one(one, terminal)
    terminal.say("`utrop connect NETWORK` asks for what is not set, tries it and stores it.")


def overviews(site: Site | None, process: Mapping[str, str]) -> list[Overview]:
    """Return every network; the keyring is asked for none of them."""
    stored: dict[str, str] = {}
    if site is not None:
        stored = SecretStore(site.siteurl, site.root, process).values()
    return [_overview(name, site, process, stored) for name in networks.names()]


def _overview(
    name: str, site: Site | None, process: Mapping[str, str], stored: Mapping[str, str]
) -> Overview:
    variables = tuple(
        Variable(
            name=variable,
            meaning=meaning,
            secret=variable in secrets_of(name),
            optional=is_optional(name, variable),
            source=_source(variable, site, process, stored),
        )
        for variable, meaning in networks.environment(name).items()
    )
    sources = {one.name: one.source for one in variables}
    price = networks.price(name, _SAMPLE)
    local = networks.is_local(name)
    return Overview(
        name=name,
        title=networks.title(name),
        guarantee="" if local else _guarantee(name, site, {**stored, **process}),
        configured=site is not None and name in site.networks,
        by_hand=not local and networks.is_by_hand(name, sources),
        local=local,
        price_usd=f"{price.normalize():f}" if price > Decimal(0) else None,
        variables=variables,
        page=f"docs/networks/{name}.md",
    )


def _source(
    variable: str, site: Site | None, process: Mapping[str, str], stored: Mapping[str, str]
) -> str:
    if process.get(variable, "").strip():
        return "environment"
    if site is not None and site.settings.get(variable):
        return "settings"
    value = stored.get(variable)
    return "" if not value else "keyring" if value == IN_KEYRING else "file"


def _guarantee(name: str, site: Site | None, environ: Mapping[str, str]) -> str:
    """Return what the account promises, where enough is set to know it; else the network."""
    settings = {} if site is None else site.settings
    values = values_of(name, settings, environ)
    if not networks.is_by_hand(name, values):
        try:
            # Nothing is sent by this. A secret in the keyring is not needed to know the account.
            with httpx.Client() as http:
                return networks.guarantee(name, networks.load(name).connect(values, http))
        except ProblemsFound:
            pass
    return networks.guarantee(name)


def _tell_one(one: Overview, terminal: Terminal) -> None:
    words = ["in NETWORKS" if one.configured else "not in NETWORKS"]
    if one.local:
        words.append("shows on this machine what would be announced")
    else:
        words += ["by hand" if one.by_hand else "automatic", one.guarantee]
    if one.price_usd:
        words.append(f"{one.price_usd} US dollars an announcement")
    terminal.tell(one.title, ", ".join(words))
    width = max((len(variable.name) for variable in one.variables), default=0)
    for variable in one.variables:
        _tell_variable(variable, width, terminal)
    if not one.local:
        terminal.say(f"{'':10} {one.page}")
    terminal.say()


def _tell_variable(variable: Variable, width: int, terminal: Terminal) -> None:
    state = f"set ({variable.source})" if variable.source else "not set"
    if variable.optional and not variable.source:
        state = "may be left out"
    colour = None if variable.source or variable.optional else "yellow"
    shown = click.style(state.ljust(17), fg=colour)
    indent = " " * (11 + width + 19)
    meaning = click.wrap_text(
        variable.meaning, width=_WIDTH, initial_indent=indent, subsequent_indent=indent
    )
    terminal.say(f"{'':10} {variable.name.ljust(width)} {shown} {meaning.lstrip()}")
