"""The ledger in a PostgreSQL database, for any number of announcers on any number of machines.

Each change commits by itself, and is a compare-and-set: see ``postgresql_statements``. The database
lets one writer in at a time, so that the record is one chain; each takes some milliseconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

from utrop.syndication.delivery import Delivery, Message, Origin, Receipt, State
from utrop.syndication.ledger import postgresql_statements as statements
from utrop.syndication.ledger.frozen import freeze
from utrop.syndication.ledger.postgresql_address import Address, address_of
from utrop.syndication.ledger.postgresql_database import (
    Connection,
    connect,
    connect_to_read,
    has_ledger,
    translated,
)
from utrop.syndication.ledger.postgresql_rows import delivery_of, events_of
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

    def deliveries(self, network: str = "") -> list[Delivery]:
        """Return every delivery, or one network's."""
        rows = self._ask(
            "SELECT * FROM utrop.deliveries WHERE %(network)s IN ('', network)"
            " ORDER BY network, account, guid",
            {"network": network},
        )
        return [self._delivery(row) for row in rows]

    def events(self) -> list[Event]:
        """Return every transition."""
        # By the first column, which version 1 named otherwise.
        rows = self._ask("SELECT * FROM utrop.events ORDER BY 1")
        with translated(self._address, self._connection):
            return events_of(rows)

    def find(self, guid: str, network: str, account: str) -> Delivery | None:
        """Return one delivery."""
        key = {"guid": guid, "network": network, "account": account}
        rows = self._ask(statements.FIND, key)
        return self._delivery(rows[0]) if rows else None

    def recover(self, *, at: datetime) -> list[Delivery]:
        """Make uncertain what is our own in sending, and that of which the lease has ended.

        An announcer whose session is gone may yet be at work, cut off from the server: unlike on
        one machine, its lease alone says when it is given up.
        """
        rows = self._write("recover", statements.RECOVER, {"at": at, "owner": self._owner})
        left = [self._delivery(row) for row in rows]
        return sorted(left, key=lambda one: (one.network, one.account, one.guid))

    def expect(self, expected: Iterable[Expected], *, at: datetime) -> None:
        """Add pending deliveries, in one statement."""
        self._write("expect", statements.EXPECT, statements.owed(expected, at))

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
        return self._hold(delivery, at=at, until=until, message=freeze(message), origin=origin)

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
        return self._change(
            "amend",
            delivery,
            State.DELIVERED,
            at=at,
            note=note,
            receipt=receipt or delivery.receipt,
            message=message,
            origin=origin,
        )

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
        """Record what happened elsewhere, in one transaction: nobody sends what was done by hand.

        The first statement lets no other writer in until all is done.
        """
        settled = None
        self._reached("before record is written")
        with translated(self._address, self._connection), self._connection.transaction():
            self._ask(statements.EXPECT, statements.owed([expected], at))
            found = self.find(expected.guid, expected.network, expected.account)
            if found is not None and found.state is not State.SENDING:
                values = statements.changed(
                    found, state, at=at, note=note, receipt=receipt, message=message, origin=origin
                )
                rows = self._ask(statements.CHANGE, values)
                settled = self._delivery(rows[0]) if rows else None
        self._reached("after record is written")
        return settled

    def _hold(
        self,
        delivery: Delivery,
        *,
        at: datetime,
        until: datetime,
        message: str | None,
        origin: Origin | None = None,
    ) -> Claim | None:
        rows = self._write(
            "claim",
            statements.HOLD,
            statements.identity(delivery)
            | statements.provenance(origin)
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
        self, what: str, delivery: Delivery, state: State, **values: Any
    ) -> Delivery | None:
        rows = self._write(what, statements.CHANGE, statements.changed(delivery, state, **values))
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
            return delivery_of(row)
