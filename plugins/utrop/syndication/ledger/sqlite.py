"""The ledger in one SQLite file, safe with several announcers on one machine.

A rollback journal, not a WAL: what is committed lies in the one file, which may be copied between
runs. https://www.sqlite.org/atomiccommit.html
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from utrop.syndication.delivery import Delivery, Message, Origin, Receipt, State
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.protocol import Claim, Event, Expected, Ledger
from utrop.syndication.ledger.sqlite_file import (
    Presence,
    connect,
    connect_to_read,
    path_of,
    translated,
)
from utrop.syndication.ledger.sqlite_rows import delivery_of, event_of

_CLAIMABLE = (State.PENDING, State.UNCERTAIN)
_EXPECT = (
    "INSERT INTO deliveries (guid, network, account, state, idempotency_key, updated)"
    " VALUES (?, ?, ?, 'pending', ?, ?) ON CONFLICT DO NOTHING"
)

Reached = Callable[[str], None]
"""Called with the name of a point just passed: where tests end the process (see ``announcer``)."""


def exists(url: str, root: Path) -> bool:
    """Whether the file is there and holds something."""
    path = path_of(url, root)
    with suppress(OSError):
        return path.stat().st_size > 0
    return False


def open_ledger(url: str, root: Path) -> Ledger:
    """Open the file, and make it where there is none."""
    path = path_of(url, root)
    return SqliteLedger(connect(path), path)


def read_ledger(url: str, root: Path) -> Ledger:
    """Open the file to look at, or an empty ledger in memory where there is none."""
    path = path_of(url, root)
    return SqliteLedger(connect_to_read(path if exists(url, root) else None), path)


class SqliteLedger:
    """A ledger of which the announcer sees only ``protocol.Ledger``."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, *, reached: Reached = lambda _point: None
    ) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._path = path
        self._owner = uuid.uuid4().hex
        self._presence: Presence | None = None
        self._reached = reached

    def close(self) -> None:
        """Close the file and let go of the lock."""
        self._connection.close()
        if self._presence is not None:
            self._presence.close()

    def deliveries(self, network: str = "") -> list[Delivery]:
        """Return every delivery, or one network's."""
        with translated(self._path):
            rows = self._connection.execute(
                "SELECT * FROM deliveries WHERE ? IN ('', network) ORDER BY network, account, guid",
                (network,),
            ).fetchall()
        return [self._delivery(row) for row in rows]

    def events(self) -> list[Event]:
        """Return every transition."""
        with translated(self._path):
            rows = self._connection.execute("SELECT * FROM events ORDER BY number").fetchall()
        return [event_of(row) for row in rows]

    def find(self, guid: str, network: str, account: str) -> Delivery | None:
        """Return one delivery."""
        with translated(self._path):
            row = self._connection.execute(
                "SELECT * FROM deliveries WHERE guid = ? AND network = ? AND account = ?",
                (guid, network, account),
            ).fetchone()
        return self._delivery(row) if row else None

    def recover(self, *, at: datetime) -> list[Delivery]:
        """Make uncertain what was left in sending.

        Where no other announcer is alive on this machine every such row is an orphan at once;
        else only our own and those whose lease has ended. Call it before any claim.
        """
        alone = self._take_part()
        with self._writing("recover"):
            rows = self._connection.execute(
                "SELECT * FROM deliveries WHERE state = 'sending'"
                " AND (owner = ? OR ? OR lease_until < ?)",
                (self._owner, alone, _utc(at)),
            ).fetchall()
            left = [self._delivery(row) for row in rows]
            for delivery in left:
                self._change(
                    delivery,
                    State.UNCERTAIN,
                    at=at,
                    note="the announcer ended while it was sending",
                )
        if self._presence is not None:
            self._presence.share()
        return [found for one in left if (found := self.find(*_key(one))) is not None]

    def expect(self, expected: Iterable[Expected], *, at: datetime) -> None:
        """Add pending deliveries, in one transaction."""
        rows = [
            (one.guid, one.network, one.account, one.idempotency_key, _utc(at)) for one in expected
        ]
        with self._writing("expect"):
            self._connection.executemany(_EXPECT, rows)

    def claim(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        until: datetime,
        origin: Origin | None = None,
    ) -> Claim | None:
        """Take a delivery to sending."""
        if delivery.state not in _CLAIMABLE:
            return None
        if self._presence is None:
            self._take_part()
            if self._presence is not None:
                self._presence.share()
        text = frozen.freeze(message)
        return self._hold(delivery, at=at, until=until, message=text, origin=origin)

    def renew(self, claim: Claim, *, at: datetime, until: datetime) -> Claim | None:
        """Extend a lease, counting the repeat as an attempt."""
        return self._hold(claim.delivery, at=at, until=until, message=None)

    def settle(
        self,
        claim: Claim,
        state: State,
        *,
        at: datetime,
        note: str = "",
        receipt: Receipt | None = None,
        retry_at: datetime | None = None,
        thaw: bool = False,
    ) -> Delivery | None:
        """End a claim."""
        with self._writing("settle"):
            changed = self._change(
                claim.delivery,
                state,
                at=at,
                note=note,
                receipt=receipt,
                retry_at=retry_at,
                thaw=thaw,
                owner=claim.owner,
            )
        return self.find(*_key(claim.delivery)) if changed else None

    def shelve(
        self, delivery: Delivery, state: State, *, at: datetime, note: str, thaw: bool = False
    ) -> Delivery | None:
        """Change a delivery that nobody sends; the same state and note change nothing."""
        if (delivery.state, delivery.note) == (state, note):
            return delivery
        if delivery.state is State.SENDING:
            return None
        with self._writing("shelve"):
            changed = self._change(
                delivery,
                state,
                at=at,
                note=note,
                thaw=thaw,
                receipt=delivery.receipt,
                retry_at=delivery.retry_at,
            )
        return self.find(*_key(delivery)) if changed else None

    def amend(
        self,
        delivery: Delivery,
        message: Message,
        *,
        at: datetime,
        note: str,
        receipt: Receipt | None = None,
        origin: Origin | None = None,
    ) -> Delivery | None:
        """Give a delivered announcement new words."""
        if delivery.state is not State.DELIVERED:
            return None
        with self._writing("amend"):
            changed = self._change(
                delivery,
                State.DELIVERED,
                at=at,
                note=note,
                receipt=receipt or delivery.receipt,
                message=message,
                origin=origin,
            )
        return self.find(*_key(delivery)) if changed else None

    def record(
        self,
        expected: Expected,
        state: State,
        *,
        at: datetime,
        note: str,
        message: Message | None = None,
        receipt: Receipt | None = None,
        origin: Origin | None = None,
    ) -> Delivery | None:
        """Record what happened elsewhere."""
        key = (expected.guid, expected.network, expected.account)
        changed = False
        # In one transaction: a row that is only expected would be announced.
        with self._writing("record"):
            self._connection.execute(_EXPECT, (*key, expected.idempotency_key, _utc(at)))
            found = self.find(*key)
            if found is not None and found.state is not State.SENDING:
                changed = self._change(
                    found, state, at=at, note=note, receipt=receipt, message=message, origin=origin
                )
        return self.find(*key) if changed else None

    def _hold(
        self,
        delivery: Delivery,
        *,
        at: datetime,
        until: datetime,
        message: str | None,
        origin: Origin | None = None,
    ) -> Claim | None:
        owner = self._owner if delivery.state is State.SENDING else None
        # A claim with a message frozen before begins with a look; the repeat comes with renewing.
        attempt = delivery.message is None or message is None
        with self._writing("claim"):
            cursor = self._connection.execute(
                "UPDATE deliveries SET state = 'sending', message = COALESCE(?, message),"
                " attempts = attempts + ?, revision = revision + 1, updated = ?, owner = ?,"
                " lease_until = ?, note = '', retry_at = NULL,"
                " commit_id = COALESCE(?, commit_id), approver = COALESCE(?, approver),"
                " image_sha256 = COALESCE(?, image_sha256)"
                " WHERE guid = ? AND network = ? AND account = ?"
                " AND state = ? AND revision = ? AND owner IS ?",
                (
                    message,
                    attempt,
                    _utc(at),
                    self._owner,
                    _utc(until),
                    *_origin(origin),
                    *_key(delivery),
                    delivery.state,
                    delivery.revision,
                    owner,
                ),
            )
            held = cursor.rowcount == 1
        found = self.find(*_key(delivery)) if held else None
        return Claim(delivery=found, owner=self._owner) if found else None

    def _change(
        self,
        delivery: Delivery,
        state: State,
        *,
        at: datetime,
        note: str,
        receipt: Receipt | None = None,
        retry_at: datetime | None = None,
        thaw: bool = False,
        owner: str | None = None,
        message: Message | None = None,
        origin: Origin | None = None,
    ) -> bool:
        cursor = self._connection.execute(
            "UPDATE deliveries SET state = ?, updated = ?, note = ?, receipt_id = ?,"
            " receipt_url = ?, retry_at = ?, owner = NULL, lease_until = NULL,"
            " revision = revision + 1,"
            " message = CASE WHEN ? THEN NULL ELSE COALESCE(?, message) END,"
            " commit_id = COALESCE(?, commit_id), approver = COALESCE(?, approver),"
            " image_sha256 = COALESCE(?, image_sha256)"
            " WHERE guid = ? AND network = ? AND account = ?"
            " AND state = ? AND revision = ? AND (? IS NULL OR owner = ?)",
            (
                state,
                _utc(at),
                frozen.storable(note),
                receipt.id if receipt else None,
                receipt.url if receipt else None,
                _utc(retry_at) if retry_at else None,
                thaw,
                frozen.freeze(message) if message else None,
                *_origin(origin),
                *_key(delivery),
                delivery.state,
                delivery.revision,
                owner,
                owner,
            ),
        )
        return cursor.rowcount == 1

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        with translated(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._reached(f"before {what} is written")
                self._connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back already.
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise
            self._reached(f"after {what} is written")

    def _take_part(self) -> bool:
        """Hold the announcers' lock; return whether no other announcer holds it."""
        if self._presence is None:
            self._presence = Presence(self._path)
        return self._presence.alone()

    def _delivery(self, row: Any) -> Delivery:
        with translated(self._path):
            return delivery_of(row)


def _key(delivery: Delivery) -> tuple[str, str, str]:
    return delivery.guid, delivery.network, delivery.account


def _origin(origin: Origin | None) -> tuple[str | None, str | None, str | None]:
    if origin is None:
        return None, None, None
    return origin.commit, origin.approver, origin.image_sha256


def _utc(moment: datetime) -> str:
    # Fixed width, so that the texts compare as the moments do.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
