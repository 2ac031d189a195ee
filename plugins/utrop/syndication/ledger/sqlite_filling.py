"""Filling an empty SQLite ledger with another's contents."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from utrop.syndication.delivery import Delivery
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.moving import Contents, refuse_different, refuse_filled
from utrop.syndication.ledger.protocol import Event
from utrop.syndication.ledger.sqlite_file import connect, path_of, translated
from utrop.syndication.ledger.sqlite_rows import delivery_of, event_of

_RECORDING = "deliveries_begin"
"""The trigger that records a new delivery, of which the event is there already."""


def fill(url: str, root: Path, contents: Contents, *, before_commit: Callable[[], None]) -> None:
    """See ``moving.fill``."""
    path = path_of(url, root)
    with closing(connect(path)) as connection, translated(path):
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN IMMEDIATE")
        try:
            _fill(connection, contents)
            before_commit()
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise


def _fill(connection: sqlite3.Connection, contents: Contents) -> None:
    tables = ("deliveries", "events")
    for table in tables:
        refuse_filled(connection.execute(f"SELECT count(*) FROM {table}").fetchone())  # noqa: S608 - our own names
    (trigger,) = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name = ?", (_RECORDING,)
    ).fetchone()
    connection.execute(f"DROP TRIGGER {_RECORDING}")
    for table, rows in zip(
        tables, (map(_delivery, contents.deliveries), map(_event, contents.events)), strict=True
    ):
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
                list(row.values()),
            )
    connection.execute(trigger)
    deliveries = connection.execute("SELECT * FROM deliveries ORDER BY network, account, guid")
    events = connection.execute("SELECT * FROM events ORDER BY number")
    there = Contents(deliveries=[*map(delivery_of, deliveries)], events=[*map(event_of, events)])
    refuse_different(contents, there)


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "guid": one.guid,
        "network": one.network,
        "account": one.account,
        "state": one.state.value,
        "idempotency_key": one.idempotency_key,
        "message": frozen.freeze(one.message) if one.message else None,
        "attempts": one.attempts,
        "updated": _utc(one.updated),
        "receipt_id": one.receipt.id if one.receipt else None,
        "receipt_url": one.receipt.url if one.receipt else None,
        "note": one.note,
        "retry_at": _utc(one.retry_at) if one.retry_at else None,
        "revision": one.revision,
        "commit_id": one.origin.commit,
        "approver": one.origin.approver,
        "image_sha256": one.origin.image_sha256,
    }


def _event(one: Event) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": _utc(one.at),
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
        "commit_id": one.commit,
        "approver": one.approver,
        "previous": one.previous,
        "hash": one.hash,
    }


def _utc(moment: datetime) -> str:
    # As the ledger writes it: of fixed width, so that the texts compare as the moments do.
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
