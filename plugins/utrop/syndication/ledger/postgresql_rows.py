"""Rows of the PostgreSQL ledger as deliveries and events, and texts as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from utrop.syndication.delivery import Delivery, Origin, Receipt, State
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.chain import digest_of
from utrop.syndication.ledger.protocol import Event


def delivery_of(row: dict[str, Any]) -> Delivery:
    """Return a row, of version 1 or 2, as a delivery; ``ValueError`` where it holds none."""
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
        origin=Origin(
            commit=row.get("commit_id", ""),
            approver=row.get("approver", ""),
            image_sha256=row.get("image_sha256", ""),
        ),
    )


def events_of(rows: Iterable[dict[str, Any]]) -> list[Event]:
    """Return rows, in their order, as events.

    Those of version 1 are numbered and chained as they will be once the ledger is brought up to
    date, for to look at a ledger is not to change it.
    """
    events: list[Event] = []
    for row in rows:
        event = dict(row) if "hash" in row else _chained(row, events[-1] if events else None)
        event["commit"] = event.pop("commit_id")
        event["at"] = event["at"].astimezone(UTC)
        event["former"] = State(event["former"]) if event["former"] else None
        event["state"] = State(event["state"])
        events.append(Event(**event))
    return events


def _chained(row: dict[str, Any], before: Event | None) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name != "id"}
    values |= dict.fromkeys(("image", "image_alt", "image_sha256", "commit_id", "approver"), "")
    previous = before.hash if before else ""
    return values | {
        "number": before.number + 1 if before else 1,
        "previous": previous,
        # In the order of chain.FIELDS, as the columns stand.
        "hash": digest_of(previous, *values.values()),
    }
