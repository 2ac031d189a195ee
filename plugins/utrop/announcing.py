"""Announcing: the announcer put to work for a site, and its report in words."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from utrop import __version__, configuration
from utrop.configuration import Site
from utrop.deployment.target import Target
from utrop.deployment.targets.file import FileTarget
from utrop.holding import held_documents, tell_held
from utrop.post import Post
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.refusing import refuse_example_addresses
from utrop.releasing import target_of
from utrop.syndication import announcer, channels, ledger, networks, preview_page
from utrop.syndication import baseline as baselines
from utrop.syndication import status as statuses
from utrop.syndication.channels import Channel
from utrop.syndication.composer import check
from utrop.syndication.delivery import State
from utrop.syndication.ledger.protocol import Ledger
from utrop.syndication.live import PageLook
from utrop.syndication.manifest import Manifest, announcement_of, from_bytes
from utrop.syndication.networks.preview.page import WHERE_NONE
from utrop.syndication.report import Outcome, Report
from utrop.syndication.selection import Reason, left_out
from utrop.terminal import Terminal

_LISTED = 10
"""How many announcements a summary names one by one."""


class Announcer:
    """One run of announcing: opened before anything is built, used once the site is released."""

    def __init__(self, site: Site, now: datetime, target: Target, terminal: Terminal) -> None:
        """Take the moment of the run; what is sent later counts on from it."""
        self.site, self.now, self.target, self.terminal = site, now, target, terminal
        self._started = time.monotonic()
        self._http = httpx.Client(headers={"User-Agent": f"Utrop/{__version__} (+{site.siteurl})"})
        self._channels: list[Channel] = []
        self._ledger: Ledger | None = None

    def __enter__(self) -> Announcer:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        if self._ledger is not None:
            self._ledger.close()

    def prepare(self, *, earlier_release: bool, dry_run: bool = False) -> None:
        """Find every mistake that can be found before anything is built or sent.

        Raises ``ProblemsFound`` with exit status 2.
        """
        self._channels = channels.configure(
            self.site.networks,
            self.site.settings,
            self.site.environ,
            http=self._http,
            settings_file=self.site.settings_file,
        )
        channels.lost_ledger_guard(
            self._channels,
            earlier_release=earlier_release,
            ledger_existed=ledger.exists(self.site.ledger, self.site.root),
        )
        opened = ledger.read_ledger if dry_run else ledger.open_ledger
        self._ledger = opened(self.site.ledger, self.site.root)

    def begin_record(self) -> None:
        """Make the ledger of a site that is released for the first time, and announced later.

        Without it the next publish would take the ledger for lost.
        """
        ledger.open_ledger(self.site.ledger, self.site.root).close()

    def run(self, manifest: Manifest, released: Path, *, dry_run: bool = False) -> int:
        """Announce what is owed, write the preview page, tell all, and return the exit status."""
        if self._ledger is None:
            raise RuntimeError("prepare() comes first")
        channels.guard(
            manifest.announcements,
            self._channels,
            siteurl=self.site.siteurl,
            example=configuration.is_example(self.site.siteurl),
        )
        with self.terminal.doing("Announcing"):
            report = announcer.announce(
                manifest.announcements,
                self._channels,
                self._ledger,
                look=PageLook(
                    self._http, site=manifest.site, released=released, monotonic=time.monotonic
                ),
                clock=self._clock,
                dry_run=dry_run,
                # Even the first time: where the release and the ledger are both gone, as on
                # another machine, the network alone remembers.
                look_first=True,
                site=manifest.site,
                wait=lambda duration: time.sleep(duration.total_seconds()),
            )
        if dry_run:
            self._rehearsed(report)
            return 0
        tell_report(report, self.terminal)
        page = self._write_preview(manifest, self._ledger)
        self.terminal.tell("Preview", f"{_shown(page)} shows every announcement")
        return report.exit_status

    def _clock(self) -> datetime:
        return self.now.astimezone(UTC) + timedelta(seconds=time.monotonic() - self._started)

    def _write_preview(self, manifest: Manifest, opened: Ledger) -> Path:
        folder = (
            self.target.folder if isinstance(self.target, FileTarget) else self.site.root / "public"
        )
        page = folder / "announcements.html"
        preview_page.write_page(
            page,
            manifest,
            networks=self.site.networks,
            settings=self.site.settings,
            deliveries=opened.deliveries(),
        )
        return page

    def _rehearsed(self, report: Report) -> None:
        for outcome in report.outcomes:
            self.terminal.tell(outcome.network, outcome.title)
            text = outcome.message.text if outcome.message else outcome.note
            for line in text.splitlines():
                self.terminal.say(f"{'':10} │ {line}")
        for trouble in report.troubles:
            self.terminal.tell(trouble.network, trouble.what)
        owed = len(report.outcomes)
        self.terminal.say(f"{owed or 'Nothing'} would be sent; nothing was sent or recorded.")


def announce(site: Site, *, now: datetime, dry_run: bool, terminal: Terminal) -> int:
    """Announce what the current release owes, without building; return the exit status."""
    target = target_of(site)
    refuse_example_addresses(site, remote=False, networks=site.networks)
    data = target.manifest()
    if data is None:
        raise configuration_error("nothing is released yet", "run `make publish`")
    manifest = from_bytes(data)
    released = target.folder / "current" if isinstance(target, FileTarget) else site.output
    with Announcer(site, now, target, terminal) as run:
        run.prepare(earlier_release=True, dry_run=dry_run)
        return run.run(manifest, released, dry_run=dry_run)


def baseline(site: Site, *, now: datetime, since: str, again: bool, terminal: Terminal) -> None:
    """Write from when on the networks announce, for those that have no such moment yet."""
    # The next whole second: what is published at this very moment is published already.
    default = (now + timedelta(seconds=1)).replace(microsecond=0)
    moment = _moment(since) if since else default.astimezone(site.timezone)
    named = [name for name in site.networks if name in networks.names()]
    real = [name for name in named if not networks.is_local(name)]
    if not real:
        raise configuration_error(
            "NETWORKS names no network that leaves this machine", "the preview needs no baseline"
        )
    wanted = [name for name in real if again or not site.settings.get(f"{name.upper()}_SINCE")]
    if not wanted:
        terminal.tell("Baseline", "every network has one; --again moves it to now")
        return
    lines = baselines.begin(
        site.settings_file,
        wanted,
        moment,
        ledger_url=site.ledger,
        root=site.root,
        again=again,
    )
    terminal.tell("Written", f"{site.settings_file.name}: {lines[0]}", *lines[1:])
    terminal.tell("Next", "make publish announces what is published from then on")


def status(site: Site, *, now: datetime, as_json: bool, terminal: Terminal) -> int:
    """Tell what waits and every delivery; return the exit status."""
    opened = ledger.read_ledger(site.ledger, site.root)
    try:
        deliveries = opened.deliveries()
    finally:
        opened.close()
    titles, manifest = _published(site)
    if as_json:
        terminal.hand_over(statuses.as_json(statuses.rows(deliveries, titles)))
        return 0
    result = 0
    try:
        tell_held(held_documents(site, now), site, terminal)
    except ProblemsFound as found:
        terminal.show(found.problems)
        result = 1
    if manifest is not None:
        _tell_left_out(site, manifest, terminal)
    lines = statuses.in_words(deliveries, titles, site.timezone)
    for line in lines:
        terminal.say(line)
    if not lines:
        terminal.say("Nothing has been announced yet.")
    return result


def words_too_long(posts: Iterable[Post], site: Site) -> list[Problem]:
    """Return a warning for each post whose own words fit no announcement on a network used."""
    used = [name for name in site.networks if name in networks.names()]
    real = [name for name in used if not networks.is_local(name)]
    limits = {name: networks.limits(name) for name in real or WHERE_NONE}
    return [
        replace(problem, path=site.content / post.source, severity="warning")
        for post in posts
        if post.announce.texts and post.status == "published"
        for problem in check(announcement_of(post), limits)
    ]


def tell_report(report: Report, terminal: Terminal) -> None:
    """Say what was announced where, what waits and why, and what failed."""
    delivered = report.of(State.DELIVERED)
    if not delivered:
        terminal.tell("Announced", "nothing new")
    else:
        terminal.tell("Announced", _sums(delivered))
        real = [one for one in delivered if one.receipt and not networks.is_local(one.network)]
        for one in real[:_LISTED]:
            terminal.say(f"{'':10} {one.network}: {one.title} → {one.receipt and one.receipt.url}")
        if len(real) > _LISTED:
            terminal.say(f"{'':10} and {len(real) - _LISTED} more; utrop status lists them")
    for trouble in report.troubles:
        terminal.tell("Rests", f"{trouble.network}: {trouble.what}")
    for label, states in (
        ("Waiting", (State.PENDING, State.SENDING)),
        ("Uncertain", (State.UNCERTAIN,)),
        ("Failed", (State.FAILED,)),
    ):
        found = report.of(*states)
        for one in found[:_LISTED]:
            terminal.tell(label, f"{one.network}: {one.title}: {one.note or 'its turn comes'}")
        if len(found) > _LISTED:
            terminal.say(f"{'':10} and {len(found) - _LISTED} more; utrop status lists them")
    if report.of(State.PENDING):
        terminal.tell("Next", "run make publish again, or utrop announce, to announce what waits")


def _sums(outcomes: Iterable[Outcome]) -> str:
    counted: dict[str, int] = {}
    for one in outcomes:
        counted[one.network] = counted.get(one.network, 0) + 1
    return ", ".join(
        f"{number} in the preview" if networks.is_local(name) else f"{number} on {name}"
        for name, number in counted.items()
    )


def _published(site: Site) -> tuple[dict[str, str], Manifest | None]:
    """Return the titles of the current release by guid, where it can be read on this machine."""
    target = target_of(site)
    data = None if target.is_remote else target.manifest()
    if data is None:
        return {}, None
    try:
        manifest = from_bytes(data)
    except ProblemsFound:
        return {}, None
    return {one.guid: one.title for one in manifest.announcements}, manifest


def _tell_left_out(site: Site, manifest: Manifest, terminal: Terminal) -> None:
    for name in site.networks:
        if name not in networks.names() or networks.is_by_hand(name, site.environ):
            continue
        try:
            audience = channels.audience_of(name, site.settings)
        except ProblemsFound as found:
            terminal.show(found.problems)
            continue
        reasons = [left_out(one, audience) for one in manifest.announcements]
        for reason in Reason:
            number = reasons.count(reason)
            if number:
                posts = "1 post" if number == 1 else f"{number} posts"
                terminal.say(f"{name}: {posts} left out: {reason}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise configuration_error(
            f"--since: {text!r} is no time with an offset", "write 2026-11-23T09:00:00+01:00"
        )
    return moment


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
