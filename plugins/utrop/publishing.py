"""Publishing: the whole in one order. Build aside, check, release, see it live, announce.

Any failure leaves the old site whole and says so; a failed announcement never undoes a release.
"""

from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime
from pathlib import Path

from utrop import announcing, building, configuration
from utrop.authoring.document import Document
from utrop.building import Built
from utrop.configuration import Site
from utrop.deployment.release import Outcome, release_id
from utrop.deployment.target import Target, open_target
from utrop.problem import Problem, ProblemsFound
from utrop.terminal import Terminal


def build_only(site: Site, *, now: datetime, unpublished: bool, terminal: Terminal) -> None:
    """Build and check into the output folder; deploy and announce nothing."""
    target = open_target(site.deploy, root=site.root, keep=site.keep_releases, environ=site.environ)
    # A remote target is not asked: a build needs no network.
    manifest = None if target.is_remote else target.manifest()
    built = _build(
        site,
        now=now,
        unpublished=unpublished,
        former=former_paths(manifest, site.siteurl),
        terminal=terminal,
    )
    terminal.tell("Output", f"{_shown(site.output)}/ (nothing was deployed or announced)")
    _tell_next_steps(built, terminal)


def publish(site: Site, *, now: datetime, announcing: bool, terminal: Terminal) -> int:
    """Do the whole and return the exit status.

    Every mistake that can be found before anything is built or sent is found first.
    """
    return _Publish(site, now, announcing, terminal).run()


class _Publish:
    """One publish, step by step."""

    def __init__(self, site: Site, now: datetime, announce: bool, terminal: Terminal) -> None:
        self.site, self.now, self.announce, self.terminal = site, now, announce, terminal

    def run(self) -> int:
        target = open_target(
            self.site.deploy,
            root=self.site.root,
            keep=self.site.keep_releases,
            environ=self.site.environ,
        )
        networks = self.site.networks if self.announce else ()
        refuse_example_addresses(self.site, remote=target.is_remote, networks=networks)
        with self.terminal.doing("Looking at what is there"):
            target.check()
            earlier = target.manifest()
        announcer = announcing.Announcer(self.site, self.now, target, self.terminal)
        if self.announce:
            announcer.prepare(earlier_release=earlier is not None)
        built = _build(
            self.site,
            now=self.now,
            unpublished=False,
            former=former_paths(earlier, self.site.siteurl),
            terminal=self.terminal,
        )
        refuse_demo_posts(built, remote=target.is_remote, networks=networks)
        outcome = self._release(target)
        self._tell_release(target, outcome)
        if not self.announce:
            self.terminal.tell("Announced", "nothing, as you asked (ANNOUNCE=0)")
            return 0
        return announcer.run(built.output)

    def _release(self, target: Target) -> Outcome:
        name = release_id(self.now, _digest(self.site.output))
        with self.terminal.doing(f"Releasing to {self.site.deploy}"):
            return target.release(self.site.output, release_id=name)

    def _tell_release(self, target: Target, outcome: Outcome) -> None:
        where = target.where
        if outcome.changed:
            self.terminal.tell("Released", f"{where} ({outcome.files_sent} files changed)")
        else:
            self.terminal.tell("Released", f"{where} (unchanged since the last publish)")


def former_paths(manifest: bytes | None, siteurl: str) -> dict[str, tuple[str, ...]]:
    """Return, per guid, the paths at which the previous release had each post.

    A post whose slug has changed since then redirects from them. An unreadable manifest of a
    former release only costs these redirects: it is not this build's mistake.
    """
    if manifest is None:
        return {}
    try:
        posts = json.loads(manifest)["posts"]
        former = {}
        for post in posts:
            paths = [*post.get("aliases", ())]
            base = json.loads(manifest)["site"].rstrip("/") + "/"
            if post["url"].startswith(base):
                paths.append(post["url"].removeprefix(base))
            former[post["guid"]] = tuple(paths)
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return former


def refuse_example_addresses(site: Site, *, remote: bool, networks: tuple[str, ...]) -> None:
    """Stop before anything leaves the machine for a site that still has an example address.

    On a loopback SITEURL the example FEED_AUTHORITY passes: nobody keeps an id from there.
    """
    reason = _leaves(remote=remote, networks=networks)
    if not reason:
        return
    problems = []
    if configuration.is_example(site.siteurl):
        problems.append(
            Problem(
                path=site.settings_file,
                what=f"SITEURL is still the example {site.siteurl}, and {reason}",
                instead="write your site's own address",
            )
        )
    if configuration.is_example(site.feed_authority) and not configuration.is_loopback(
        site.siteurl
    ):
        problems.append(
            Problem(
                path=site.settings_file,
                what=f"FEED_AUTHORITY is still the example {site.feed_authority}, and {reason}",
                instead="write a domain of yours; it can never change afterwards",
            )
        )
    if problems:
        raise ProblemsFound(problems, exit_status=2)


def refuse_demo_posts(built: Built, *, remote: bool, networks: tuple[str, ...]) -> None:
    """Stop before the demo's posts are deployed to a server or announced for real."""
    reason = _leaves(remote=remote, networks=networks)
    demo = [post for post in built.posts if post.demo]
    if reason and demo:
        raise ProblemsFound(
            [
                Problem(
                    what=f"{len(demo)} demo posts remain, such as {demo[0].source}, and {reason}",
                    instead="remove them, or start a site of your own with `utrop init DIR`",
                )
            ],
            exit_status=2,
        )


def _leaves(*, remote: bool, networks: tuple[str, ...]) -> str:
    real = [network for network in networks if network != "preview"]
    if real:
        return f"NETWORKS names {', '.join(real)}"
    return "DEPLOY names a server" if remote else ""


def _build(
    site: Site,
    *,
    now: datetime,
    unpublished: bool,
    former: dict[str, tuple[str, ...]],
    terminal: Terminal,
) -> Built:
    started = time.monotonic()
    with terminal.doing("Building and checking"):
        built = building.build(site, now=now, unpublished=unpublished, former_paths=former)
    taken = time.monotonic() - started
    terminal.show(built.warnings)
    listed = [post for post in built.posts if post.status == "published"]
    per_language = ", ".join(
        f"{sum(post.lang == lang for post in listed)} {lang}"
        for lang in site.languages
        if any(post.lang == lang for post in listed)
    )
    terminal.tell(
        "Built",
        f"{_count(len(listed), 'post')} ({per_language or 'none'}), {_count(built.web_pages, 'page')},"
        f" {_count(built.feeds, 'feed')} in {taken:.1f} s",
    )
    tell_held(built.held, site, terminal)
    return built


def tell_held(held: tuple[Document, ...], site: Site, terminal: Terminal) -> None:
    """Name what is not in the public site, so that nothing is silently missing."""
    for document in held:
        if document.state == "scheduled" and document.published is not None:
            due = document.published.astimezone(site.timezone)
            terminal.tell("Scheduled", f"{document.title} ({due:%Y-%m-%d %H:%M})")
    drafts = [document.title for document in held if document.state == "draft"]
    if drafts:
        terminal.tell("Drafts", "; ".join(drafts))


def _tell_next_steps(built: Built, terminal: Terminal) -> None:
    terminal.tell("Next", "make devserver to look at it, make publish to release it")


def _digest(output: Path) -> str:
    """Return a hash over every path and byte of an output folder."""
    digest = hashlib.sha256()
    for path in sorted(output.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(output).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
