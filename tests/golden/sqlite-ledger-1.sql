-- The ledger, version 1. Times are ISO 8601 in UTC.

CREATE TABLE IF NOT EXISTS deliveries (
    guid            TEXT NOT NULL,
    network         TEXT NOT NULL,
    account         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN (
                        'pending', 'sending', 'delivered', 'uncertain',
                        'failed', 'skipped', 'withdrawn')),
    idempotency_key TEXT NOT NULL,
    message         TEXT,               -- frozen JSON, from the first attempt on
    attempts        INTEGER NOT NULL DEFAULT 0,
    updated         TEXT NOT NULL,
    receipt_id      TEXT,
    receipt_url     TEXT,
    note            TEXT NOT NULL DEFAULT '',
    retry_at        TEXT,
    revision        INTEGER NOT NULL DEFAULT 0,
    owner           TEXT,               -- who sends it now
    lease_until     TEXT,
    PRIMARY KEY (guid, network, account),
    CHECK ((state = 'sending') = (owner IS NOT NULL)),
    CHECK (state <> 'sending' OR message IS NOT NULL),
    CHECK (state <> 'delivered' OR receipt_id IS NOT NULL)
) STRICT;

CREATE TABLE IF NOT EXISTS events (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    guid     TEXT NOT NULL,
    network  TEXT NOT NULL,
    account  TEXT NOT NULL,
    former   TEXT,
    state    TEXT NOT NULL,
    attempt  INTEGER NOT NULL,
    text     TEXT NOT NULL,
    url      TEXT NOT NULL,
    note     TEXT NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;

CREATE TRIGGER IF NOT EXISTS events_are_never_removed BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never removed');
END;

CREATE TRIGGER IF NOT EXISTS deliveries_are_never_removed BEFORE DELETE ON deliveries
BEGIN
    SELECT RAISE(ABORT, 'deliveries are never removed');
END;

-- The transition is recorded by the database itself, in the same transaction: none is forgotten.
CREATE TRIGGER IF NOT EXISTS deliveries_begin AFTER INSERT ON deliveries
BEGIN
    INSERT INTO events (at, guid, network, account, former, state, attempt, text, url, note)
    VALUES (NEW.updated, NEW.guid, NEW.network, NEW.account, NULL, NEW.state, NEW.attempts,
            COALESCE(json_extract(NEW.message, '$.text'), ''),
            COALESCE(NEW.receipt_url, ''), NEW.note);
END;

CREATE TRIGGER IF NOT EXISTS deliveries_change AFTER UPDATE ON deliveries
BEGIN
    INSERT INTO events (at, guid, network, account, former, state, attempt, text, url, note)
    VALUES (NEW.updated, NEW.guid, NEW.network, NEW.account, OLD.state, NEW.state, NEW.attempts,
            COALESCE(json_extract(COALESCE(NEW.message, OLD.message), '$.text'), ''),
            COALESCE(NEW.receipt_url, ''), NEW.note);
END;
