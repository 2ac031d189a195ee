"""Announcing: the announcer put to work for a site, and its report in words."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from utrop import __version__, clock, configuration
from utrop.configuration import Site
from utrop.deployment.target import Target
from utrop.deployment.targets.file import FileTarget
from utrop.post import Post
from utrop.problem import Problem, configuration_error
from utrop.provenance import Provenance
from utrop.refusing import refuse_example_addresses
from utrop.releasing import released_folder, target_of
from utrop.reporting import OWED, tell_by_hand, tell_report
from utrop.syndication import announcer, channels, ledger, networks, preview_page
from utrop.syndication import baseline as baselines
from utrop.syndication.channels import Channel
from utrop.syndication.composer import check
from utrop.syndication.delivery import Message
from utrop.syndication.ledger.protocol import Ledger
from utrop.syndication.live import PageLook
from utrop.syndication.manifest import Manifest, announcement_of, from_bytes
from utrop.syndication.naming import short_name
from utrop.syndication.networks.preview.by_hand import write_by_hand
from utrop.syndication.networks.preview.page import WHERE_NONE
from utrop.syndication.report import Report
from utrop.terminal import Terminal, shown

_LISTED = 10
"""How many announcements a summary names one by one."""

BY_HAND_PAGE = "by-hand.html"
"""Beside the releases, never inside one."""


class Announcer:
    """One run of announcing: opened before anything is built, used once the site is released."""

    def __init__(self, site: Site, now: datetime, target: Target, terminal: Terminal) -> None:
        """Take the moment of the run; what is sent later counts on from it."""
        self.site, self.now, self.target, self.terminal = site, now, target, terminal
        self._started = clock.elapsed()
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
                withdrawn=manifest.withdrawn,
                origin_of=Provenance(self.site, released, self.now),
            )
        if dry_run:
            self._rehearsed(report)
            return 0
        tell_report(report, self.terminal)
        self._hand_over(report, manifest, released)
        page = self._write_preview(manifest, self._ledger)
        self.terminal.tell("Preview", f"{shown(page)} shows every announcement")
        return report.exit_status

    def _hand_over(self, report: Report, manifest: Manifest, released: Path) -> None:
        """Write the page for what a person is to post, and say so; an old page is emptied."""
        page = self._beside() / BY_HAND_PAGE
        items = [
            (one.network, one.message, one.title, _bytes_of(one.message, manifest.site, released))
            for one in report.by_hand
            if one.message is not None
        ]
        if items or page.exists():
            write_by_hand(page, items, site_name=self.site.name, lang=self.site.default_lang)
        names = {one.guid: short_name(one.guid) for one in report.by_hand}
        tell_by_hand(report.by_hand, shown(page), names, self.terminal)

    def _beside(self) -> Path:
        """Return the folder beside the releases, where pages for those who publish lie."""
        if isinstance(self.target, FileTarget):
            return self.target.folder
        return self.site.root / "public"

    def _clock(self) -> datetime:
        return self.now.astimezone(UTC) + timedelta(seconds=clock.elapsed() - self._started)

    def _write_preview(self, manifest: Manifest, opened: Ledger) -> Path:
        page = self._beside() / "announcements.html"
        preview_page.write_page(
            page,
            manifest,
            networks=self.site.networks,
            settings=self.site.settings,
            deliveries=opened.deliveries(),
            environ=self.site.environ,
            now=self._clock(),
        )
        return page

    def _rehearsed(self, report: Report) -> None:
        for outcome in report.outcomes:
            self.terminal.tell(outcome.network, f"{OWED[outcome.act]}{outcome.title}")
            # What is taken back has no words to send.
            sent = outcome.message if outcome.act != "withdraw" else None
            text = sent.text if sent else outcome.note
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
    with Announcer(site, now, target, terminal) as run:
        run.prepare(earlier_release=True, dry_run=dry_run)
        return run.run(manifest, released_folder(site), dry_run=dry_run)


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


def words_too_long(posts: Iterable[Post], site: Site, lines: Mapping[str, int]) -> list[Problem]:
    """Return a warning for each post whose own words fit no announcement on a network used."""
    used = [name for name in site.networks if name in networks.names()]
    real = [name for name in used if not networks.is_local(name)]
    limits = {name: networks.limits(name) for name in real or WHERE_NONE}
    return [
        replace(
            problem,
            path=site.content / post.source,
            line=lines.get(post.source),
            severity="warning",
        )
        for post in posts
        if post.announce.texts and post.status == "published"
        for problem in check(announcement_of(post), limits)
    ]


def _bytes_of(message: Message, site: str, released: Path) -> bytes | None:
    """Return the released picture that goes with a message, None where there is none."""
    image = message.image
    if image is None or not image.url.startswith(f"{site}/"):
        return None
    path = released / unquote(urlsplit(image.url.removeprefix(f"{site}/")).path)
    try:
        return path.read_bytes()
    except OSError:
        return None


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
