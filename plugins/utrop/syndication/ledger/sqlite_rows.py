"""Rows of the SQLite ledger as deliveries and events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from utrop.syndication.delivery import Delivery, Origin, Receipt, State
from utrop.syndication.ledger import frozen
from utrop.syndication.ledger.protocol import Event


def delivery_of(row: Any) -> Delivery:
    """Return a row as a delivery; ``ValueError`` where it holds none."""
    return Delivery(
        guid=row["guid"],
        network=row["network"],
        account=row["account"],
        state=State(row["state"]),
        idempotency_key=row["idempotency_key"],
        message=frozen.thaw(row["message"]) if row["message"] else None,
        attempts=row["attempts"],
        updated=datetime.fromisoformat(row["updated"]),
        receipt=Receipt(id=row["receipt_id"], url=row["receipt_url"] or "")
        if row["receipt_id"] is not None
        else None,
        note=row["note"],
        retry_at=datetime.fromisoformat(row["retry_at"]) if row["retry_at"] else None,
        revision=row["revision"],
        origin=Origin(
            commit=row["commit_id"],
            approver=row["approver"],
            image_sha256=row["image_sha256"],
        ),
    )


def event_of(row: Any) -> Event:
    """Return a row as an event."""
    return Event(
        number=row["number"],
        at=datetime.fromisoformat(row["at"]),
        guid=row["guid"],
        network=row["network"],
        account=row["account"],
        former=State(row["former"]) if row["former"] else None,
        state=State(row["state"]),
        attempt=row["attempt"],
        text=row["text"],
        url=row["url"],
        note=row["note"],
        image=row["image"],
        image_alt=row["image_alt"],
        image_sha256=row["image_sha256"],
        commit=row["commit_id"],
        approver=row["approver"],
        previous=row["previous"],
        hash=row["hash"],
    )
