"""A PostgreSQL ledger of version 1, brought into the shape of version 2.

Version 1 had no chain, numbered its events with gaps, and knew neither picture, commit nor
approver. Its tables stay, with the rights that were granted on them; nothing is left out.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg

_SET_ASIDE: Final = """
LOCK TABLE utrop.deliveries, utrop.events IN ACCESS EXCLUSIVE MODE;

DROP TRIGGER deliveries_are_recorded ON utrop.deliveries;
DROP TRIGGER deliveries_are_never_removed ON utrop.deliveries;
DROP TRIGGER events_are_never_changed ON utrop.events;
DROP FUNCTION utrop.record();
DROP FUNCTION utrop.never();

ALTER TABLE utrop.deliveries
    ADD COLUMN commit_id text NOT NULL DEFAULT '',
    ADD COLUMN approver text NOT NULL DEFAULT '',
    ADD COLUMN image_sha256 text NOT NULL DEFAULT '';

ALTER TABLE utrop.events ALTER COLUMN id DROP IDENTITY;
ALTER TABLE utrop.events RENAME COLUMN id TO number;
ALTER TABLE utrop.events
    ADD COLUMN image text NOT NULL DEFAULT '',
    ADD COLUMN image_alt text NOT NULL DEFAULT '',
    ADD COLUMN image_sha256 text NOT NULL DEFAULT '',
    ADD COLUMN commit_id text NOT NULL DEFAULT '',
    ADD COLUMN approver text NOT NULL DEFAULT '',
    ADD COLUMN previous text NOT NULL DEFAULT '',
    ADD COLUMN hash text NOT NULL DEFAULT '';
ALTER TABLE utrop.events
    ALTER COLUMN image DROP DEFAULT,
    ALTER COLUMN image_alt DROP DEFAULT,
    ALTER COLUMN image_sha256 DROP DEFAULT,
    ALTER COLUMN commit_id DROP DEFAULT,
    ALTER COLUMN approver DROP DEFAULT,
    ALTER COLUMN previous DROP DEFAULT,
    ALTER COLUMN hash DROP DEFAULT;
"""

# The new rows are chained by the same trigger as every later one, then the old ones go.
_CHAIN: Final = """
ALTER TABLE utrop.events DISABLE TRIGGER events_are_never_changed;
CREATE TABLE utrop.events_1 AS TABLE utrop.events;
TRUNCATE utrop.events;
INSERT INTO utrop.events
       (at, guid, network, account, former, state, attempt, text, url, note,
        image, image_alt, image_sha256, commit_id, approver)
SELECT at, guid, network, account, former, state, attempt, text, url, note,
       image, image_alt, image_sha256, commit_id, approver
  FROM utrop.events_1 ORDER BY number;
DROP TABLE utrop.events_1;
ALTER TABLE utrop.events ENABLE TRIGGER events_are_never_changed;
"""


def bring_up_to_date(connection: psycopg.Connection[dict[str, Any]], schema: str) -> None:
    """Turn version 1 into version 2, whose ``schema`` is given, in the caller's transaction.

    Waits for announcers that are at work; raises ``psycopg.Error`` for a role that is no owner.
    """
    connection.execute("SET LOCAL statement_timeout = 0")  # a long record takes its time
    connection.execute(_SET_ASIDE)
    connection.execute(schema.encode())
    connection.execute(_CHAIN)
