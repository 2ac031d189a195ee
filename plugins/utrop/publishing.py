"""Publishing: the whole in one order. Build aside, check, release, see it live, announce.

Any failure leaves the old site whole and says so; a failed announcement never undoes a release.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx

from utrop import announcing, building, public_remote
from utrop.building import Built
from utrop.configuration import Site
from utrop.deployment.release import MANIFEST, Outcome, release_id
from utrop.deployment.target import Target
from utrop.deployment.tree import digest
from utrop.holding import tell_embargoed, tell_held
from utrop.problem import Problem, ProblemsFound
from utrop.refusing import (
    refuse_demo_posts,
    refuse_example_addresses,
    refuse_new_identities,
    refuse_to_lose_every_post,
)
from utrop.releasing import former_deadlines, former_paths, target_of
from utrop.syndication import ledger
from utrop.syndication.manifest import from_bytes
from utrop.terminal import Terminal, shown
from utrop.turns import own_turn

UNPUBLISHED = Path(".utrop") / "devserver"
"""Where the development server's builds lie, below the site's folder."""


def build_only(site: Site, *, now: datetime, unpublished: bool, terminal: Terminal) -> None:
    """Build and check into the output folder; deploy and announce nothing.

    With what is unpublished it goes to a folder of its own, lest a draft lie in ``output/`` when
    somebody copies that to a server.
    """
    if unpublished:
        site = replace(site, output=site.root / UNPUBLISHED)
    target = target_of(site)
    # A remote target is not asked: a build needs no network.
    manifest = None if target.is_remote else target.manifest()
    _build(
        site,
        now=now,
        unpublished=unpublished,
        former=manifest,
        terminal=terminal,
    )
    if unpublished:
        return
    terminal.tell("Output", f"{shown(site.output)}/ (nothing was deployed or announced)")
    terminal.tell("Next", "make devserver to look at it, make publish to release it")


def publish(
    site: Site, *, now: datetime, announce: bool, allow_empty: bool, terminal: Terminal
) -> int:
    """Do the whole and return the exit status.

    Every mistake that can be found before anything is built or sent is found first.
    """
    return _Publish(site, now, announce, allow_empty, terminal).run()


class _Publish:
    """One publish, step by step."""

    def __init__(
        self, site: Site, now: datetime, announce: bool, allow_empty: bool, terminal: Terminal
    ) -> None:
        self.site, self.now, self.terminal = site, now, terminal
        self.announce, self.allow_empty = announce, allow_empty

    def run(self) -> int:
        target = target_of(self.site)
        networks = self.site.networks if self.announce else ()
        with announcing.Announcer(self.site, self.now, target, self.terminal) as announcer:
            with own_turn(self.site.root, self.terminal):
                earlier = self._look(target, announcer, networks)
                built = self._build_and_release(target, earlier, networks)
                manifest = from_bytes((built.output / MANIFEST).read_bytes())
            if not self.announce:
                self.terminal.tell("Announced", "nothing, as you asked (ANNOUNCE=0)")
                return 0
            status = announcer.run(manifest, built.output)
        if not target.is_remote:
            self.terminal.tell("Next", "make serve shows the site at http://localhost:8000/")
        return status

    def _look(
        self, target: Target, announcer: announcing.Announcer, networks: tuple[str, ...]
    ) -> bytes | None:
        """Find every mistake in the settings, all at once; return the live release's manifest."""
        problems: list[Problem] = []
        earlier: bytes | None = None

        def look() -> None:
            nonlocal earlier
            target.check()
            earlier = target.manifest()

        def prepare() -> None:
            if self.announce:
                announcer.prepare(earlier_release=earlier is not None)
            elif earlier is None:
                announcer.begin_record()

        refuse = partial(
            refuse_example_addresses, self.site, remote=target.is_remote, networks=networks
        )
        find_ledger = partial(ledger.exists, self.site.ledger, self.site.root)
        with self.terminal.doing("Looking at what is there"):
            steps: tuple[Callable[[], object], ...] = (refuse, look, find_ledger, prepare)
            for step in steps:
                try:
                    step()
                except ProblemsFound as found:
                    problems += found.problems
                    if target.is_remote and step is refuse:
                        break  # nothing is asked of a server that nothing may be sent to
        if problems:
            # Two steps may meet the same mistake.
            raise ProblemsFound(dict.fromkeys(problems), exit_status=2)
        return earlier

    def _build_and_release(
        self, target: Target, earlier: bytes | None, networks: tuple[str, ...]
    ) -> Built:
        built = _build(
            self.site,
            now=self.now,
            unpublished=False,
            former=earlier,
            terminal=self.terminal,
        )
        if not self.allow_empty:
            refuse_to_lose_every_post(built.posts, former_paths(earlier), self.site.content)
        refuse_new_identities(built.posts, former_paths(earlier))
        refuse_demo_posts(built.posts, remote=target.is_remote, networks=networks)
        outcome = self._release(target)
        self._tell_release(target, outcome)
        return built

    def _release(self, target: Target) -> Outcome:
        name = release_id(self.now, digest(self.site.output))
        with self.terminal.doing(f"Releasing to {self.site.deploy}"):
            return target.release(self.site.output, release_id=name)

    def _tell_release(self, target: Target, outcome: Outcome) -> None:
        where = target.where
        self.terminal.show(outcome.warnings)
        if outcome.changed:
            self.terminal.tell("Released", f"{where} ({outcome.files_sent} files new or changed)")
        else:
            self.terminal.tell("Released", f"{where} (unchanged since the last publish)")


def _build(
    site: Site,
    *,
    now: datetime,
    unpublished: bool,
    former: bytes | None,
    terminal: Terminal,
) -> Built:
    """Build and check; ``former`` is the live release's manifest."""
    started = time.monotonic()
    with terminal.doing("Building and checking"):
        built = building.build(
            site,
            now=now,
            unpublished=unpublished,
            former_paths=former_paths(former),
            former_deadlines=former_deadlines(former),
        )
    taken = time.monotonic() - started
    tell_embargoed(built.held, site, terminal)
    terminal.show(
        [
            *_exposed(built),
            *built.warnings,
            *announcing.words_too_long(built.posts, site, built.announce_lines),
        ]
    )
    listed = [post for post in built.posts if post.status == "published"]
    per_language = ", ".join(
        f"{sum(post.lang == lang for post in listed)} {lang}"
        for lang in site.languages
        if any(post.lang == lang for post in listed)
    )
    terminal.tell(
        "Built",
        f"{_count(len(listed), 'post')} ({per_language or 'none'}),"
        f" {_count(built.web_pages, 'page')}, {_count(built.feeds, 'feed')} in {taken:.1f} s",
    )
    tell_held(built.held, site, terminal)
    return built


def _exposed(built: Built) -> list[Problem]:
    """Warn of what the law holds back and a public git remote shows; the demo holds no secret."""
    files = [
        path
        for one in built.held
        if one.state == "embargoed" and not one.front_matter.demo
        for path in (one.path, one.notice_path)
        if path is not None
    ]
    if not files:
        return []
    with httpx.Client(timeout=public_remote.TIMEOUT) as http:
        return public_remote.exposed(files, http)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
