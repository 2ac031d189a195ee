"""Connecting: a person gives a network's account to a site, and it is tried before it is stored."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click
import httpx

from utrop import __version__, connecting_steps
from utrop.configuration import Site
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.secret_store import IN_KEYRING, SecretStore
from utrop.settings import nearest
from utrop.syndication import networks
from utrop.syndication.channels import values_of
from utrop.syndication.credential import Credential
from utrop.syndication.delivering import unexpected
from utrop.syndication.errors import NetworkError
from utrop.syndication.networks._http import shown
from utrop.terminal import Terminal

_DAY: Final = timedelta(days=1)


class Refused(Exception):  # noqa: N818 - said of the credentials, not of the program
    """The network does not take the credentials, or cannot be asked; its words are for people."""


def connect(
    site: Site,
    name: str,
    *,
    process: Mapping[str, str],
    now: datetime,
    from_env: bool,
    unchecked: bool,
    file_only: bool,
    terminal: Terminal,
) -> int:
    """Ask for what a network needs, try it, store it, and tell what comes next.

    ``process`` is the environment of the process. Returns the exit status: 1 where the network
    does not take it, and then nothing is stored unless ``unchecked``. Raises ``ProblemsFound``
    with exit status 2 where a value is missing or malformed; nothing is stored then either.
    """
    known(name)
    store = SecretStore(site.siteurl, site.root, process)
    stored = store.values()
    _introduce(name, terminal)
    given = _Given(name, site.settings, process, stored, store)
    answers = given.ask(from_env=from_env, terminal=terminal)
    values = values_of(name, site.settings, {**given.unasked, **answers})
    title = networks.title(name)
    credential = None
    try:
        credential = _tried(name, values, site, now, terminal)
    except Refused as error:
        if not unchecked:
            terminal.show([Problem(what=f"{title}: {error}; nothing was stored")])
            return 1
        what = f"{title}: {error}; stored all the same"
        terminal.show([Problem(what=what, severity="warning")])
    refusal = store.keep(answers, secrets_of(name), file_only=file_only)
    if credential is not None:
        _tell(name, credential, now, terminal)
    _tell_place(store, answers, name, refusal, terminal)
    _tell_shadowed(answers, process, terminal)
    _tell_next(name, site, terminal)
    return 0


def credential_of(name: str, values: Mapping[str, str], http: httpx.Client) -> Credential:
    """Ask a network about the credentials, with values as ``channels.values_of`` gathers them.

    Raises an error of ``syndication.errors``, or ``ProblemsFound`` where a value is malformed.
    """
    module = networks.load(name)
    if hasattr(module, "describe"):
        found: Credential = module.describe(values, http)
        return found
    return Credential(account=module.connect(values, http).account)


def client(site: Site) -> httpx.Client:
    """Return a client that says whose requests these are."""
    return httpx.Client(headers={"User-Agent": f"Utrop/{__version__} (+{site.siteurl})"})


def secrets_of(name: str) -> frozenset[str]:
    """Return which variables of a network are secrets."""
    return frozenset(getattr(networks.load(name), "SECRETS", ()))


def is_optional(name: str, variable: str) -> bool:
    """Whether a network does without a variable, or has a default for it."""
    module = networks.load(name)
    has_default = hasattr(module, "DEFAULT_URL") and variable.endswith("_URL")
    return has_default or variable in getattr(module, "OPTIONAL", ())


def days_left(expires: datetime, now: datetime) -> int:
    """Return how many whole days there are until a token ends; below 0: it has ended."""
    return (expires - now) // _DAY


class _Given:
    """What a network needs, and what of it is there before anybody is asked."""

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        process: Mapping[str, str],
        stored: Mapping[str, str],
        store: SecretStore,
    ) -> None:
        self.name, self.settings, self.process = name, settings, process
        self.stored, self.store = stored, store
        self.unasked: dict[str, str] = {}
        """What a check needs besides the answers; it is not stored."""

    def ask(self, *, from_env: bool, terminal: Terminal) -> dict[str, str]:
        """Return the values to try and to store, by variable."""
        answers: dict[str, str] = {}
        secrets = secrets_of(self.name)
        for variable, meaning in networks.environment(self.name).items():
            there = self.process.get(variable, "").strip()
            if from_env and there:
                terminal.say(f"{variable}: taken from the environment")
                answers[variable] = there
            elif self.settings.get(variable) and not there:
                # Settings come before the store; one place for an address is enough.
                terminal.say(f"{variable}: {self.settings[variable]}, from the settings")
            elif is_optional(self.name, variable) and variable.endswith("_URL") and not there:
                # The public address that its module knows; only tests have another.
                if variable in self.stored:
                    self.unasked[variable] = self.stored[variable]
            else:
                former = self.stored.get(variable, "") or there
                secret = variable in secrets
                answers[variable] = self._answer(variable, meaning, former, secret)
        return answers

    def _answer(self, variable: str, meaning: str, former: str, secret: bool) -> str:
        words = meaning if secret or not former else f"{meaning} [{former}]"
        if former:
            words += " (Enter keeps the one there is)"
        elif is_optional(self.name, variable) and "left out" not in meaning:
            words += " (may be left out)"
        answer = _asked(variable, words, secret)
        if answer or not former:
            return answer
        return self.store.resolve(variable, former)


def known(name: str) -> None:
    """Raise ``ProblemsFound`` with exit status 2 where there is no such network to connect."""
    if name not in networks.names():
        near = nearest(name, list(networks.names()))
        advice = f"did you mean {near!r}?" if near else "`utrop networks` lists them"
        raise configuration_error(f"there is no network {name!r}", advice)
    if networks.is_local(name):
        raise configuration_error(
            f"{name} needs no account: nothing of it leaves this machine",
            "`utrop networks` lists those that do",
        )


def _introduce(name: str, terminal: Terminal) -> None:
    terminal.say(click.style(networks.title(name), bold=True))
    for number, step in enumerate(connecting_steps.steps(name), 1):
        first, *more = click.wrap_text(step, width=78).splitlines()
        terminal.say(f"{number}. {first}")
        for line in more:
            terminal.say(f"   {line}")
    terminal.say(f"All of it, step by step: docs/networks/{name}.md")
    terminal.say()


def _asked(variable: str, meaning: str, secret: bool) -> str:
    """Ask at the terminal, or read the next line of whatever standard input is."""
    if sys.stdin.isatty():
        click.echo(click.wrap_text(meaning, width=80))
        answer: str = click.prompt(variable, default="", show_default=False, hide_input=secret)
        return answer.strip()
    click.echo(f"{variable}: {meaning}")
    return sys.stdin.readline().strip()


def _tried(
    name: str, values: Mapping[str, str], site: Site, now: datetime, terminal: Terminal
) -> Credential:
    """Return what the network says; ``Refused`` where the account cannot announce with it."""
    secrets = [values[one] for one in secrets_of(name) if values.get(one)]
    try:
        with client(site) as http, terminal.doing(f"Asking {networks.title(name)}"):
            credential = credential_of(name, values, http)
    except NetworkError as error:
        raise Refused(shown(error, secrets)) from None
    except ProblemsFound:
        raise
    except Exception as error:  # noqa: BLE001 - a faulty module must not show a traceback with a token
        raise Refused(unexpected(error)) from None
    if credential.missing:
        raise Refused(f"the token lacks {', '.join(credential.missing)}; make one that has it")
    if credential.expires and credential.expires <= now:
        raise Refused(f"the token ended on {credential.expires:%Y-%m-%d}; make a new one")
    return credential


def _tell(name: str, credential: Credential, now: datetime, terminal: Terminal) -> None:
    terminal.tell("Account", f"{credential.account} on {networks.title(name)}")
    if credential.scopes:
        terminal.tell("May", ", ".join(credential.scopes))
    if credential.expires:
        left = days_left(credential.expires, now)
        terminal.tell("Ends", f"{credential.expires:%Y-%m-%d}, in {left} days: connect again then")
    else:
        terminal.tell("Ends", "not by itself, as far as the network says")
    for warning in credential.warnings:
        terminal.tell("Note", warning)


def _tell_place(
    store: SecretStore, answers: Mapping[str, str], name: str, refusal: str, terminal: Terminal
) -> None:
    kept = store.values()
    hidden = [one for one in answers if kept.get(one) == IN_KEYRING]
    if hidden:
        terminal.tell("Stored", f"{', '.join(hidden)} in the keyring, as {store.service!r}")
    plain = [one for one in answers if one in kept and one not in hidden]
    if plain:
        terminal.tell("Stored", f"{', '.join(plain)} in {_home(store.path)}")
    if refusal and secrets_of(name).intersection(plain):
        terminal.say(f"{'':10} not in the keyring: {refusal}; only you can read the file")


def _tell_shadowed(
    answers: Mapping[str, str], process: Mapping[str, str], terminal: Terminal
) -> None:
    for variable, value in answers.items():
        if process.get(variable) and process[variable].strip() != value:
            what = f"{variable} is set in the environment to something else, and that wins"
            terminal.show([Problem(what=what, instead="unset it", severity="warning")])


def _tell_next(name: str, site: Site, terminal: Terminal) -> None:
    steps = []
    if name not in site.networks:
        others = [one for one in site.networks if not networks.is_local(one)]
        written = ", ".join(f'"{one}"' for one in [*others, name])
        steps.append(f"write NETWORKS = [{written}] in {site.settings_file.name}")
    if not site.settings.get(f"{name.upper()}_SINCE"):
        steps.append("run `utrop baseline`: from when on posts are announced there")
    steps.append("run `utrop announce --dry-run` to see what would be sent")
    terminal.tell("Next", steps[0], *steps[1:])


def _home(path: Path | None) -> str:
    try:
        return f"~/{path.relative_to(Path.home())}" if path else ""
    except (ValueError, RuntimeError):
        return str(path)
