"""Filling an empty PostgreSQL ledger with another's contents.

The database numbers and chains the events itself, as it does any, and arrives at the same hashes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from utrop.problem import configuration_error
from utrop.syndication.delivery import Delivery
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.moving import Contents, refuse_different, refuse_filled
from utrop.syndication.ledger.postgresql_address import address_of
from utrop.syndication.ledger.postgresql_database import Connection, connect, translated
from utrop.syndication.ledger.postgresql_rows import delivery_of, events_of
from utrop.syndication.ledger.protocol import Event


def fill(url: str, _root: Path, contents: Contents, *, before_commit: Callable[[], None]) -> None:
    """See ``moving.fill``."""
    address = address_of(url)
    deliveries = [_delivery(one) for one in contents.deliveries]
    events = [_event(one) for one in contents.events]
    for row in (*deliveries, *events):
        _refuse_unstorable(row)
    with (
        connect(address) as connection,
        translated(address, connection),
        connection.transaction(),
    ):
        _fill(connection, deliveries, events)
        refuse_different(contents, _contents(connection))
        before_commit()


def _fill(
    connection: Connection, deliveries: list[dict[str, Any]], events: list[dict[str, Any]]
) -> None:
    # Closes the ledger to others until the end; only its owner may.
    connection.execute("ALTER TABLE utrop.deliveries DISABLE TRIGGER deliveries_are_recorded")
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM utrop.deliveries) AS deliveries,"
        " (SELECT count(*) FROM utrop.events) AS events"
    ).fetchall()
    refuse_filled(counts[0].values())
    with connection.cursor() as cursor:
        cursor.executemany(_DELIVERY, deliveries)
        cursor.executemany(_EVENT, events)
    connection.execute("ALTER TABLE utrop.deliveries ENABLE TRIGGER deliveries_are_recorded")


def _contents(connection: Connection) -> Contents:
    deliveries = connection.execute(
        "SELECT * FROM utrop.deliveries ORDER BY network, account, guid"
    ).fetchall()
    events = connection.execute("SELECT * FROM utrop.events ORDER BY number").fetchall()
    return Contents(deliveries=[*map(delivery_of, deliveries)], events=events_of(events))


def _refuse_unstorable(row: dict[str, Any]) -> None:
    for name, value in row.items():
        if isinstance(value, str) and frozen.storable(value) != value:
            raise configuration_error(
                f"PostgreSQL cannot hold the {name} of an announcement of {row['guid']} on"
                f" {row['network']}: there is a character without meaning in it (NUL)",
                "stay with this ledger",
            )


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "guid": one.guid,
        "network": one.network,
        "account": one.account,
        "state": one.state.value,
        "key": one.idempotency_key,
        "message": frozen.freeze(one.message) if one.message else None,
        "attempts": one.attempts,
        "updated": one.updated,
        "receipt_id": one.receipt.id if one.receipt else None,
        "receipt_url": one.receipt.url if one.receipt else None,
        "note": one.note,
        "retry_at": one.retry_at,
        "revision": one.revision,
        "commit": one.origin.commit,
        "approver": one.origin.approver,
        "image_sha256": one.origin.image_sha256,
    }


def _event(one: Event) -> dict[str, Any]:
    return {
        "at": one.at,
        "guid": one.guid,
        "network": one.network,
        "account": one.account,
        "former": one.former.value if one.former else None,
        "state": one.state.value,
        "attempt": one.attempt,
        "text": one.text,
        "url": one.url,
        "note": one.note,
        "image": one.image,
        "image_alt": one.image_alt,
        "image_sha256": one.image_sha256,
        "commit": one.commit,
        "approver": one.approver,
    }


_DELIVERY: Final = """
INSERT INTO utrop.deliveries
       (guid, network, account, state, idempotency_key, message, attempts, updated, receipt_id,
        receipt_url, note, retry_at, revision, commit_id, approver, image_sha256)
VALUES (%(guid)s, %(network)s, %(account)s, %(state)s, %(key)s, %(message)s, %(attempts)s,
        %(updated)s, %(receipt_id)s, %(receipt_url)s, %(note)s, %(retry_at)s, %(revision)s,
        %(commit)s, %(approver)s, %(image_sha256)s)
"""

_EVENT: Final = """
INSERT INTO utrop.events
       (at, guid, network, account, former, state, attempt, text, url, note,
        image, image_alt, image_sha256, commit_id, approver)
VALUES (%(at)s, %(guid)s, %(network)s, %(account)s, %(former)s, %(state)s, %(attempt)s, %(text)s,
        %(url)s, %(note)s, %(image)s, %(image_alt)s, %(image_sha256)s, %(commit)s, %(approver)s)
"""
