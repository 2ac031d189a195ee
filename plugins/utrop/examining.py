"""Examining: whether all that announcing depends on is in order, asked at once (`utrop doctor`)."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import click

from utrop import accounts, configuration, connecting
from utrop.configuration import Site
from utrop.findings import Finding, Level, judge, judge_clock
from utrop.problem import ProblemsFound
from utrop.renewing import is_renewable
from utrop.secret_store import SecretStore
from utrop.syndication import channels, ledger, networks
from utrop.syndication.errors import NetworkError, RateLimited
from utrop.syndication.ledger import chain
from utrop.syndication.networks._http import ask, shown
from utrop.terminal import Terminal

PATIENCE: Final = 30.0
"""Seconds for everything: who has not answered by then is told as hanging."""
_COLOURS: Final = {
    Level.OK: "green",
    Level.NOTE: "blue",
    Level.WARNING: "yellow",
    Level.ERROR: "red",
}
Examination = Callable[[], Finding]


def examine(
    site: Site, *, now: datetime, strict: bool, terminal: Terminal, patience: float = PATIENCE
) -> int:
    """Tell how everything is, each as soon as it is known, and return the exit status.

    That is 1 where something must be done: an error, or with ``strict`` a warning.
    """
    clock = _running(now)
    tasks: list[tuple[str, str, Examination]] = [
        ("secrets", "Secrets", lambda: _secrets(site)),
        ("ledger", "Ledger", lambda: _ledger(site)),
        ("site", "Site", lambda: _live(site)),
    ]
    if site.settings.get("ACCOUNTS"):
        tasks.append(("accounts", "Accounts", lambda: _accounts(site)))
    tasks += [
        (name, _title(name), partial(_network, name, site, clock))
        for name in dict.fromkeys(site.networks)
        if name not in networks.names() or not networks.is_local(name)
    ]
    found = []
    for finding in _at_once(tasks, patience):
        _tell(finding, terminal)
        found.append(finding)
    told = judge_clock(found)
    if told is not None:
        _tell(told, terminal)
        found.append(told)
    return _sum_up(found, strict=strict, terminal=terminal)


def _running(now: datetime) -> Callable[[], datetime]:
    """Return a clock that goes on from the moment of the run."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)


def _at_once(tasks: Sequence[tuple[str, str, Examination]], patience: float) -> Iterator[Finding]:
    """Yield each finding when it is there; what hangs comes last, and is left behind."""
    done: queue.SimpleQueue[Finding] = queue.SimpleQueue()
    waiting = {name: title for name, title, _ in tasks}
    for name, title, examination in tasks:
        # Nobody waits for these at the end of the process, whatever a server does to them.
        run = threading.Thread(target=_run, args=(name, title, examination, done), daemon=True)
        run.start()
    until = time.monotonic() + patience
    while waiting:
        try:
            finding = done.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        del waiting[finding.name]
        yield finding
    for name, title in waiting.items():
        words = f"did not answer within {patience:.0f} s"
        yield Finding(name=name, title=title, summary=words, level=Level.ERROR)


def _run(name: str, title: str, examination: Examination, done: queue.SimpleQueue[Finding]) -> None:
    finding = Finding(name=name, title=title, level=Level.ERROR)
    try:
        finding = examination()
    except ProblemsFound as found:
        finding.summary, *finding.details = [str(problem) for problem in found.problems]
    except RateLimited as error:
        finding.summary, finding.level = str(error), Level.WARNING
    except NetworkError as error:
        finding.summary = str(error)
    except Exception as error:  # noqa: BLE001 - a fault in one module must not hide the others
        # Only its name: its text may hold what no log should.
        finding.summary = f"unexpected {type(error).__name__}"
    done.put(finding)


def _secrets(site: Site) -> Finding:
    store = SecretStore(site.siteurl, site.root, site.environ)
    kept = store.values()
    finding = Finding(name="secrets", title="Secrets")
    if not kept:
        finding.summary = "from the environment; nothing is stored"
        return finding
    finding.summary = f"{len(kept)} values in {store.path}, which only you can read"
    known = {one for name in networks.names() for one in networks.environment(name)}
    for name in sorted(kept.keys() - known):
        finding.add(Level.WARNING, f"no network knows {name[:60]}, which stands there")
    return finding


def _accounts(site: Site) -> Finding:
    listed = site.settings["ACCOUNTS"]
    finding = Finding(name="accounts", title="Accounts")
    finding.summary = f"the page of accounts lists {len(listed)}"
    known = [name for name in site.networks if name in networks.names()]
    announced = {name: networks.title(name) for name in known if not networks.is_local(name)}
    for name in accounts.without_entry(announced, listed):
        words = f"posts are announced on {announced[name]}, which ACCOUNTS does not list; add it"
        finding.add(Level.WARNING, words)
    return finding


def _ledger(site: Site) -> Finding:
    finding = Finding(name="ledger", title="Ledger")
    if not ledger.exists(site.ledger, site.root):
        finding.summary = "none yet; the first publish makes it"
        return finding
    opened = ledger.read_ledger(site.ledger, site.root)
    try:
        events = opened.events()
        broken = chain.broken(events)
    finally:
        opened.close()
    finding.summary = f"{len(events)} events, whole"
    if broken is not None:
        finding.summary = f"event {broken.number} is not as it was written"
        finding.add(Level.ERROR, "see `utrop ledger verify`; restore the ledger from a copy")
    return finding


def _live(site: Site) -> Finding:
    finding = Finding(name="site", title="Site")
    real = [name for name in site.networks if name != "preview"]
    if configuration.is_example(site.siteurl):
        finding.summary = f"SITEURL is still the example {site.siteurl}"
        finding.level = Level.ERROR if real else Level.NOTE
        return finding
    with connecting.client(site) as http:
        answer = ask(http, "GET", f"{site.siteurl}/", server=site.siteurl)
    finding.summary = f"{site.siteurl} answers"
    if answer.status != 200:
        finding.summary = f"{site.siteurl} answers {answer.status}"
        where = shown(answer.headers.get("Location", ""))
        advice = (
            f"it leads to {where}; is that SITEURL?" if where else "posts wait until it is live"
        )
        finding.add(Level.ERROR, advice)
    return finding


def _network(name: str, site: Site, clock: Callable[[], datetime]) -> Finding:
    finding = Finding(name=name, title=_title(name))
    with connecting.client(site) as http:
        # First what the settings say; this finds every mistake that a publish would.
        channel = channels.configure(
            [name], site.settings, site.environ, http=http, settings_file=site.settings_file
        )[0]
        if channel.by_hand:
            finding.summary = "by hand; " + _by_hand(name, site)
            return finding
        values = channels.values_of(name, site.settings, site.environ)
        secrets = [values[one] for one in connecting.secrets_of(name) if values.get(one)]
        try:
            credential = connecting.credential_of(name, values, http)
        except NetworkError as error:
            finding.summary, finding.level = shown(error, secrets), Level.ERROR
            if isinstance(error, RateLimited):
                finding.level = Level.WARNING
            return finding
    if credential.server_time is not None:
        finding.skew = clock() - credential.server_time
    judge(finding, credential, clock(), renewable=is_renewable(name))
    return finding


def _by_hand(name: str, site: Site) -> str:
    needed = getattr(networks.load(name), "BY_HAND_WITHOUT", ())
    absent = [one for one in needed if not site.environ.get(one, "").strip()]
    if not absent:
        return "the preview has the texts"
    return f"{', '.join(absent)} not set: `utrop connect {name}` automates it"


def _title(name: str) -> str:
    return networks.title(name) if name in networks.names() else name


def _tell(finding: Finding, terminal: Terminal) -> None:
    word = click.style(finding.level.name.lower().ljust(8), fg=_COLOURS[finding.level])
    terminal.tell(
        finding.title, f"{word} {finding.summary}", *(f"{'':8} {one}" for one in finding.details)
    )


def _sum_up(found: Sequence[Finding], *, strict: bool, terminal: Terminal) -> int:
    errors = sum(one.level is Level.ERROR for one in found)
    warnings = sum(one.level is Level.WARNING for one in found)
    terminal.say()
    if not errors and not warnings:
        terminal.say("Everything is in order.")
        return 0
    now = f"{errors} {'needs' if errors == 1 else 'need'} attention now"
    soon = f"{warnings} {'needs' if warnings == 1 else 'need'} attention soon"
    counted = [words for number, words in ((errors, now), (warnings, soon)) if number]
    terminal.say(f"{', '.join(counted)}.")
    return 1 if errors or strict else 0
