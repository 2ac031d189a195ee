"""The ledger in a PostgreSQL database, for any number of announcers on any number of machines.

Each change is one statement that commits by itself: a compare-and-set, for an UPDATE that waited
for another's looks at its conditions anew.
https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, LiteralString

from utrop.syndication.delivery import Delivery, Message, Receipt, State
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.postgresql_database import (
    Address,
    Connection,
    address_of,
    connect,
    connect_to_read,
    has_ledger,
    translated,
)
from utrop.syndication.ledger.protocol import Claim, Event, Expected, Ledger
from utrop.syndication.ledger.sqlite import SqliteLedger
from utrop.syndication.ledger.sqlite_file import connect_to_read as connect_to_nothing

_CLAIMABLE = (State.PENDING, State.UNCERTAIN)
Reached = Callable[[str], None]
"""Called with the name of a point just passed: where tests end the process (see ``announcer``)."""


def exists(url: str, _root: Path) -> bool:
    """Whether the database holds a ledger."""
    return has_ledger(address_of(url))


def open_ledger(url: str, _root: Path) -> Ledger:
    """Open the database, and make the tables where there are none."""
    address = address_of(url)
    return PostgresqlLedger(connect(address), address)


def read_ledger(url: str, root: Path) -> Ledger:
    """Open the database to look at, or an empty ledger in memory where it holds none."""
    address = address_of(url)
    connection = connect_to_read(address)
    if connection is None:
        return SqliteLedger(connect_to_nothing(None), root)
    return PostgresqlLedger(connection, address)


class PostgresqlLedger:
    """A ledger of which the announcer sees only ``protocol.Ledger``."""

    def __init__(
        self,
        connection: Connection,
        address: Address,
        *,
        reached: Reached = lambda _point: None,
    ) -> None:
        self._connection = connection
        self._address = address
        self._owner = uuid.uuid4().hex
        self._reached = reached

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def deliveries(self) -> list[Delivery]:
        """Return every delivery."""
        rows = self._ask("SELECT * FROM utrop.deliveries ORDER BY network, account, guid")
        return [self._delivery(row) for row in rows]

    def events(self) -> list[Event]:
        """Return every transition."""
        rows = self._ask("SELECT * FROM utrop.events ORDER BY id")
        with translated(self._address, self._connection):
            return [
                Event(
                    at=row["at"].astimezone(UTC),
                    guid=row["guid"],
                    network=row["network"],
                    account=row["account"],
                    former=State(row["former"]) if row["former"] else None,
                    state=State(row["state"]),
                    attempt=row["attempt"],
                    text=row["text"],
                    url=row["url"],
                    note=row["note"],
                )
                for row in rows
            ]

    def find(self, guid: str, network: str, account: str) -> Delivery | None:
        """Return one delivery."""
        key = {"guid": guid, "network": network, "account": account}
        rows = self._ask(_FIND, key)
        return self._delivery(rows[0]) if rows else None

    def recover(self, *, at: datetime) -> list[Delivery]:
        """Make uncertain what is our own in sending, and that of which the lease has ended.

        An announcer whose session is gone may yet be at work, cut off from the server: unlike on
        one machine, its lease alone says when it is given up.
        """
        rows = self._write("recover", _RECOVER, {"at": at, "owner": self._owner})
        left = [self._delivery(row) for row in rows]
        return sorted(left, key=lambda one: (one.network, one.account, one.guid))

    def expect(self, expected: Iterable[Expected], *, at: datetime) -> None:
        """Add pending deliveries, in one statement."""
        rows = sorted((one.network, one.account, one.guid, one.idempotency_key) for one in expected)
        self._write(
            "expect",
            _EXPECT,
            {
                "at": at,
                "networks": [row[0] for row in rows],
                "accounts": [row[1] for row in rows],
                "guids": [row[2] for row in rows],
                "keys": [row[3] for row in rows],
            },
        )

    def claim(
        self, delivery: Delivery, message: Message, *, at: datetime, until: datetime
    ) -> Claim | None:
        """Take a delivery to sending."""
        if delivery.state not in _CLAIMABLE:
            return None
        return self._hold(delivery, at=at, until=until, message=frozen.freeze(message))

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
        return self._change(
            "settle",
            claim.delivery,
            state,
            at=at,
            note=note,
            receipt=receipt,
            retry_at=retry_at,
            thaw=thaw,
            owner=claim.owner,
        )

    def shelve(
        self, delivery: Delivery, state: State, *, at: datetime, note: str, thaw: bool = False
    ) -> Delivery | None:
        """Change a delivery that nobody sends; the same state and note change nothing."""
        if (delivery.state, delivery.note) == (state, note):
            return delivery
        if delivery.state is State.SENDING:
            return None
        return self._change(
            "shelve",
            delivery,
            state,
            at=at,
            note=note,
            thaw=thaw,
            receipt=delivery.receipt,
            retry_at=delivery.retry_at,
        )

    def _hold(
        self, delivery: Delivery, *, at: datetime, until: datetime, message: str | None
    ) -> Claim | None:
        rows = self._write(
            "claim",
            _HOLD,
            _identity(delivery)
            | {
                "message": message,
                # A claim with a message frozen before begins with a look; the repeat comes with
                # renewing.
                "attempt": int(delivery.message is None or message is None),
                "at": at,
                "by": self._owner,
                "until": until,
                "owner": self._owner if delivery.state is State.SENDING else None,
            },
        )
        return Claim(delivery=self._delivery(rows[0]), owner=self._owner) if rows else None

    def _change(
        self,
        what: str,
        delivery: Delivery,
        state: State,
        *,
        at: datetime,
        note: str,
        receipt: Receipt | None,
        retry_at: datetime | None,
        thaw: bool,
        owner: str | None = None,
    ) -> Delivery | None:
        rows = self._write(
            what,
            _CHANGE,
            _identity(delivery)
            | {
                "state": state.value,
                "at": at,
                # Text in PostgreSQL has no NUL, whatever a server answered.
                "note": note.replace("\0", ""),
                "receipt_id": receipt.id.replace("\0", "") if receipt else None,
                "receipt_url": receipt.url.replace("\0", "") if receipt else None,
                "retry_at": retry_at,
                "thaw": thaw,
                "owner": owner,
            },
        )
        return self._delivery(rows[0]) if rows else None

    def _write(
        self, what: str, statement: LiteralString, values: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Run one statement, which is on the server's disk once this returns."""
        self._reached(f"before {what} is written")
        rows = self._ask(statement, values)
        self._reached(f"after {what} is written")
        return rows

    def _ask(
        self, statement: LiteralString, values: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        with translated(self._address, self._connection):
            return self._connection.execute(statement, values).fetchall()

    def _delivery(self, row: dict[str, Any]) -> Delivery:
        with translated(self._address, self._connection):
            return Delivery(
                guid=row["guid"],
                network=row["network"],
                account=row["account"],
                state=State(row["state"]),
                idempotency_key=row["idempotency_key"],
                message=frozen.thaw(row["message"]) if row["message"] else None,
                attempts=row["attempts"],
                updated=row["updated"].astimezone(UTC),
                receipt=Receipt(id=row["receipt_id"], url=row["receipt_url"] or "")
                if row["receipt_id"] is not None
                else None,
                note=row["note"],
                retry_at=row["retry_at"].astimezone(UTC) if row["retry_at"] else None,
                revision=row["revision"],
            )


def _identity(delivery: Delivery) -> dict[str, Any]:
    return {
        "guid": delivery.guid,
        "network": delivery.network,
        "account": delivery.account,
        "former": delivery.state.value,
        "revision": delivery.revision,
    }


_FIND: Final = """
SELECT * FROM utrop.deliveries
 WHERE guid = %(guid)s AND network = %(network)s AND account = %(account)s
"""

# Sorted by the caller, and locked in one order below, so that two of them never deadlock.
_EXPECT: Final = """
INSERT INTO utrop.deliveries (network, account, guid, idempotency_key, state, updated)
SELECT network, account, guid, key, 'pending', %(at)s
  FROM unnest(%(networks)s::text[], %(accounts)s::text[], %(guids)s::text[], %(keys)s::text[])
       WITH ORDINALITY AS expected (network, account, guid, key, place)
 ORDER BY place
    ON CONFLICT DO NOTHING
RETURNING guid
"""

_RECOVER: Final = """
UPDATE utrop.deliveries d
   SET state = 'uncertain', updated = %(at)s, note = 'the announcer ended while it was sending',
       receipt_id = NULL, receipt_url = NULL, retry_at = NULL, owner = NULL, lease_until = NULL,
       revision = d.revision + 1
  FROM (SELECT guid, network, account FROM utrop.deliveries
         WHERE state = 'sending' AND (owner = %(owner)s OR lease_until < %(at)s)
         ORDER BY network, account, guid FOR UPDATE) AS left_over
 WHERE (d.guid, d.network, d.account)
     = (left_over.guid, left_over.network, left_over.account)
RETURNING d.*
"""

_HOLD: Final = """
UPDATE utrop.deliveries
   SET state = 'sending', message = COALESCE(%(message)s::text, message),
       attempts = attempts + %(attempt)s, revision = revision + 1, updated = %(at)s,
       owner = %(by)s, lease_until = %(until)s, note = '', retry_at = NULL
 WHERE guid = %(guid)s AND network = %(network)s AND account = %(account)s
   AND state = %(former)s AND revision = %(revision)s
   AND owner IS NOT DISTINCT FROM %(owner)s::text
RETURNING *
"""

_CHANGE: Final = """
UPDATE utrop.deliveries
   SET state = %(state)s, updated = %(at)s, note = %(note)s, receipt_id = %(receipt_id)s,
       receipt_url = %(receipt_url)s, retry_at = %(retry_at)s, owner = NULL, lease_until = NULL,
       revision = revision + 1, message = CASE WHEN %(thaw)s THEN NULL ELSE message END
 WHERE guid = %(guid)s AND network = %(network)s AND account = %(account)s
   AND state = %(former)s AND revision = %(revision)s
   AND (%(owner)s::text IS NULL OR owner = %(owner)s)
RETURNING *
"""
