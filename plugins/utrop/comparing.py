"""Comparing the ledger with the networks: `verify` tells differences, `recover` rebuilds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import httpx

from utrop import __version__
from utrop.configuration import Site
from utrop.problem import configuration_error
from utrop.releasing import target_of
from utrop.syndication import channels, ledger, networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.by_hand import BY_HAND
from utrop.syndication.channel_run import idempotency_key
from utrop.syndication.channels import Channel
from utrop.syndication.composer import compose
from utrop.syndication.delivering import CLOCK_SKEW, unexpected
from utrop.syndication.delivery import (
    Delivery,
    Message,
    Network,
    Readable,
    Receipt,
    Searchable,
    Standing,
    State,
)
from utrop.syndication.errors import Gone, NetworkError, Rejected
from utrop.syndication.ledger.protocol import Expected, Ledger
from utrop.syndication.manifest import from_bytes
from utrop.syndication.reminding import with_reminders
from utrop.syndication.selection import left_out, oldest_first
from utrop.terminal import Terminal

ABSENT: Final = "it was not there when the ledger was rebuilt"
BLIND: Final = "it may have been announced before the ledger was rebuilt"
READ_BACK: Final = "found there when the ledger was rebuilt"
_LISTED: Final = 20


@contextmanager
def accounts(site: Site) -> Iterator[list[Channel]]:
    """Yield the site's channels; raises ``ProblemsFound`` with every mistake in the settings."""
    with httpx.Client(headers={"User-Agent": f"Utrop/{__version__} (+{site.siteurl})"}) as http:
        yield channels.configure(
            site.networks,
            site.settings,
            site.environ,
            http=http,
            settings_file=site.settings_file,
        )


def verify(site: Site, *, terminal: Terminal) -> int:
    """Tell how what is announced stands on the networks; change nothing.

    Returns the exit status: 1 where there is a difference or a network cannot be asked.
    """
    opened = ledger.read_ledger(site.ledger, site.root)
    try:
        rows = [
            row
            for row in opened.deliveries()
            if row.state is State.DELIVERED and not networks.is_local(row.network)
        ]
    finally:
        opened.close()
    result = 0
    with accounts(site) as found:
        by_name = {one.name: one for one in found if one.real and not one.by_hand}
        for name in dict.fromkeys(row.network for row in rows):
            of_network = [row for row in rows if row.network == name]
            if name in by_name:
                result |= _compare(by_name[name].network, of_network, name, terminal)
            else:
                _tell_unasked(name, len(of_network), terminal)
    if not rows:
        terminal.say("Nothing is recorded as announced on a network: nothing to compare.")
    return result


def _tell_unasked(name: str, number: int, terminal: Terminal) -> None:
    why = "posted by hand, or NETWORKS does not name it"
    terminal.tell(networks.title(name), f"{number} not compared: {why}")


def _compare(network: Network, rows: list[Delivery], name: str, terminal: Terminal) -> int:
    title, result = networks.title(name), 0
    counted: Counter[str] = Counter()
    for row in rows:
        try:
            standing = _standing(network, row)
        except NetworkError as error:
            terminal.tell(title, f"cannot be asked: {error}")
            return 1
        except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
            terminal.tell(title, f"cannot be asked: {unexpected(error)}")
            return 1
        counted[str(standing) if standing else "unreadable"] += 1
        if standing in (Standing.GONE, Standing.EDITED):
            result = 1
            said = {Standing.GONE: "is not there any more", Standing.EDITED: "was edited there"}
            what = row.message.card_title if row.message else row.guid
            where = row.receipt.url if row.receipt else ""
            terminal.tell(title, f"“{what}” {said[standing]} ({where})")
    words = [
        f"{counted[key]} {text}"
        for key, text in (
            ("there", "as announced"),
            ("edited", "edited there"),
            ("gone", "taken away"),
            ("unreadable", "that cannot be read back"),
        )
        if counted[key]
    ]
    terminal.tell(title, ", ".join(words))
    return result


def _standing(network: Network, row: Delivery) -> Standing | None:
    """Return how a delivery stands; None where the network does not tell."""
    if row.receipt is None or row.message is None or row.account == BY_HAND:
        return None
    if isinstance(network, Readable):
        try:
            return network.standing(row.receipt, row.message)
        except Gone:
            return Standing.GONE
    if isinstance(network, Searchable):
        found = network.find(
            row.message,
            idempotency_key=row.idempotency_key,
            since=row.message.created_at - CLOCK_SKEW,
        )
        return Standing.THERE if found else Standing.GONE
    return None


def recover(site: Site, *, now: datetime, owe_missing: bool, terminal: Terminal) -> int:
    """Rebuild a lost ledger from the networks, so that nothing is announced twice.

    What a network does not show was never announced there, or a person took it away: nobody
    knows. It is not announced, unless ``owe_missing``. Rows that are there are left as they are,
    so that a rebuilding that was cut off goes on. Returns the exit status.
    """
    data = target_of(site).manifest()
    if data is None:
        raise configuration_error(
            "nothing is released, so there is nothing to look for",
            "release the site first, with `make publish ANNOUNCE=0`",
        )
    manifest = from_bytes(data)
    result = 0
    with accounts(site) as found:
        opened = ledger.open_ledger(site.ledger, site.root)
        try:
            for channel in found:
                if channel.real:
                    rebuilding = _Rebuilding(channel, opened, now, owe_missing=owe_missing)
                    result |= rebuilding.run(manifest.announcements, terminal)
        finally:
            opened.close()
    if not any(channel.real for channel in found):
        terminal.say("NETWORKS names no network that leaves this machine: nothing to rebuild.")
    return result


class _Rebuilding:
    """What is read back for one account."""

    def __init__(self, channel: Channel, opened: Ledger, now: datetime, *, owe_missing: bool):
        self.channel, self.opened, self.now = channel, opened, now.astimezone(UTC)
        self.owe_missing = owe_missing
        self.counted: Counter[str] = Counter()
        self.missing: list[str] = []

    def run(self, announcements: tuple[Announcement, ...], terminal: Terminal) -> int:
        title = networks.title(self.channel.name)
        wanted = [
            one
            for one in oldest_first(tuple(with_reminders(announcements, self.now)))
            if left_out(one, self.channel.audience) is None
        ]
        try:
            account = self.channel.network.account
            for one in wanted:
                self._look(one, account)
        except NetworkError as error:
            terminal.tell(title, f"cannot be read back: {error}")
            terminal.tell("Next", "run `utrop recover` again before you publish")
            return 1
        except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
            terminal.tell(title, f"cannot be read back: {unexpected(error)}")
            return 1
        self._tell(title, terminal)
        return 0

    def _look(self, one: Announcement, account: str) -> None:
        if self.opened.find(one.guid, self.channel.name, account) is not None:
            self.counted["known"] += 1
            return
        key = idempotency_key(one.guid, self.channel.name, account)
        expected = Expected(
            guid=one.guid, network=self.channel.name, account=account, idempotency_key=key
        )
        network = self.channel.network
        if not isinstance(network, Searchable):
            self.counted["blind"] += 1
            self.opened.record(expected, State.WITHDRAWN, at=self.now, note=BLIND)
            return
        message = self._composed(one)
        receipt = None
        if message is not None:
            since = one.published - CLOCK_SKEW
            receipt = network.find(message, idempotency_key=key, since=since)
        if message is not None and receipt is not None:
            self.counted["found"] += 1
            self.opened.record(
                expected,
                State.DELIVERED,
                at=self.now,
                note=READ_BACK,
                message=_as_shown(network, receipt, message),
                receipt=receipt,
            )
        elif self.owe_missing:
            self.counted["owed"] += 1
        else:
            self.counted["missing"] += 1
            self.missing.append(one.title)
            self.opened.record(expected, State.WITHDRAWN, at=self.now, note=ABSENT)

    def _composed(self, one: Announcement) -> Message | None:
        try:
            limits = self.channel.network.limits
            return compose(one, self.channel.name, limits, created_at=one.published)
        except Rejected:
            return None

    def _tell(self, title: str, terminal: Terminal) -> None:
        words = [
            f"{self.counted[key]} {text}"
            for key, text in (
                ("found", "found and recorded"),
                ("known", "in the ledger already"),
                ("missing", "not there, and not announced again"),
                ("owed", "not there, and announced by the next publish"),
                ("blind", "that cannot be read back, and are not announced again"),
            )
            if self.counted[key]
        ]
        terminal.tell(title, ", ".join(words) or "nothing to look for")
        for missing in self.missing[:_LISTED]:
            terminal.say(f"{'':10} not there: {missing}")
        if self.missing:
            terminal.say(f"{'':10} `utrop posted POST {self.channel.name} --absent` announces one")


def _as_shown(network: Network, receipt: Receipt, message: Message) -> Message | None:
    """Return the message where the network shows its words; other words we do not know."""
    if isinstance(network, Readable):
        try:
            if network.standing(receipt, message) is not Standing.THERE:
                return None
        except NetworkError:
            return None
    return message
