"""What the PostgreSQL ledger says to its database, and the values that stand in by name.

Each statement is a compare-and-set: an UPDATE that waited for another's looks at its conditions
anew. https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from utrop.syndication.delivery import Delivery, Message, Origin, Receipt, State
from utrop.syndication.ledger.frozen import freeze, storable
from utrop.syndication.ledger.protocol import Expected

FIND: Final = """
SELECT * FROM utrop.deliveries
 WHERE guid = %(guid)s AND network = %(network)s AND account = %(account)s
"""

# In the order given, which is theirs in the record.
EXPECT: Final = """
INSERT INTO utrop.deliveries (network, account, guid, idempotency_key, state, updated)
SELECT network, account, guid, key, 'pending', %(at)s
  FROM unnest(%(networks)s::text[], %(accounts)s::text[], %(guids)s::text[], %(keys)s::text[])
       WITH ORDINALITY AS expected (network, account, guid, key, place)
 ORDER BY place
    ON CONFLICT DO NOTHING
RETURNING guid
"""

RECOVER: Final = """
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

HOLD: Final = """
UPDATE utrop.deliveries
   SET state = 'sending', message = COALESCE(%(message)s::text, message),
       attempts = attempts + %(attempt)s, revision = revision + 1, updated = %(at)s,
       owner = %(by)s, lease_until = %(until)s, note = '', retry_at = NULL,
       commit_id = COALESCE(%(commit)s, commit_id), approver = COALESCE(%(approver)s, approver),
       image_sha256 = COALESCE(%(image_sha256)s, image_sha256)
 WHERE guid = %(guid)s AND network = %(network)s AND account = %(account)s
   AND state = %(former)s AND revision = %(revision)s
   AND owner IS NOT DISTINCT FROM %(owner)s::text
RETURNING *
"""

CHANGE: Final = """
UPDATE utrop.deliveries
   SET state = %(state)s, updated = %(at)s, note = %(note)s, receipt_id = %(receipt_id)s,
       receipt_url = %(receipt_url)s, retry_at = %(retry_at)s, owner = NULL, lease_until = NULL,
       revision = revision + 1,
       message = CASE WHEN %(thaw)s THEN NULL ELSE COALESCE(%(message)s, message) END,
       commit_id = COALESCE(%(commit)s, commit_id), approver = COALESCE(%(approver)s, approver),
       image_sha256 = COALESCE(%(image_sha256)s, image_sha256)
 WHERE guid = %(guid)s AND network = %(network)s AND account = %(account)s
   AND state = %(former)s AND revision = %(revision)s
   AND (%(owner)s::text IS NULL OR owner = %(owner)s)
RETURNING *
"""


def owed(expected: Iterable[Expected], at: datetime) -> dict[str, Any]:
    """Return the values of ``EXPECT``."""
    rows = list(expected)
    return {
        "at": at,
        "networks": [one.network for one in rows],
        "accounts": [one.account for one in rows],
        "guids": [one.guid for one in rows],
        "keys": [one.idempotency_key for one in rows],
    }


def identity(delivery: Delivery) -> dict[str, Any]:
    """Return the values that tell which row is meant, as it was read."""
    return {
        "guid": delivery.guid,
        "network": delivery.network,
        "account": delivery.account,
        "former": delivery.state.value,
        "revision": delivery.revision,
    }


def provenance(origin: Origin | None) -> dict[str, Any]:
    """Return the values that tell where a message comes from; None keeps what is there."""
    if origin is None:
        return {"commit": None, "approver": None, "image_sha256": None}
    return {
        "commit": storable(origin.commit),
        "approver": storable(origin.approver),
        "image_sha256": storable(origin.image_sha256),
    }


def changed(
    delivery: Delivery,
    state: State,
    *,
    at: datetime,
    note: str,
    receipt: Receipt | None,
    retry_at: datetime | None = None,
    thaw: bool = False,
    owner: str | None = None,
    message: Message | None = None,
    origin: Origin | None = None,
) -> dict[str, Any]:
    """Return the values of ``CHANGE``."""
    return (
        identity(delivery)
        | provenance(origin)
        | {
            "state": state.value,
            "at": at,
            "note": storable(note),
            "receipt_id": storable(receipt.id) if receipt else None,
            "receipt_url": storable(receipt.url) if receipt else None,
            "retry_at": retry_at,
            "thaw": thaw,
            "owner": owner,
            "message": freeze(message) if message else None,
        }
    )
