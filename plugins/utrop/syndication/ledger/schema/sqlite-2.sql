-- The ledger, version 2. Times are ISO 8601 in UTC. utrop_chain is ours, see chain.py: a program
-- that lacks it can read the ledger and write nothing into it.

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
    commit_id       TEXT NOT NULL DEFAULT '',
    approver        TEXT NOT NULL DEFAULT '',
    image_sha256    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (guid, network, account),
    CHECK ((state = 'sending') = (owner IS NOT NULL)),
    CHECK (state <> 'sending' OR message IS NOT NULL),
    CHECK (state <> 'delivered' OR receipt_id IS NOT NULL)
) STRICT;

CREATE TABLE IF NOT EXISTS events (
    number       INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    guid         TEXT NOT NULL,
    network      TEXT NOT NULL,
    account      TEXT NOT NULL,
    former       TEXT,
    state        TEXT NOT NULL,
    attempt      INTEGER NOT NULL,
    text         TEXT NOT NULL,
    url          TEXT NOT NULL,
    note         TEXT NOT NULL,
    image        TEXT NOT NULL,
    image_alt    TEXT NOT NULL,
    image_sha256 TEXT NOT NULL,
    commit_id    TEXT NOT NULL,
    approver     TEXT NOT NULL,
    previous     TEXT NOT NULL,
    hash         TEXT NOT NULL
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
    INSERT INTO events
    SELECT number, at, guid, network, account, former, state, attempt, text, url, note, image,
           image_alt, image_sha256, commit_id, approver, previous,
           utrop_chain(previous, at, guid, network, account, former, state, attempt, text, url,
                       note, image, image_alt, image_sha256, commit_id, approver)
      FROM (SELECT COALESCE((SELECT MAX(number) FROM events), 0) + 1 AS number, NEW.updated AS at,
                   NEW.guid AS guid, NEW.network AS network, NEW.account AS account,
                   NULL AS former, NEW.state AS state, NEW.attempts AS attempt,
                   COALESCE(json_extract(NEW.message, '$.text'), '') AS text,
                   COALESCE(NEW.receipt_url, '') AS url, NEW.note AS note,
                   COALESCE(json_extract(NEW.message, '$.image.url'), '') AS image,
                   COALESCE(json_extract(NEW.message, '$.image.alt'), '') AS image_alt,
                   NEW.image_sha256 AS image_sha256, NEW.commit_id AS commit_id,
                   NEW.approver AS approver,
                   COALESCE((SELECT hash FROM events ORDER BY number DESC LIMIT 1), '')
                       AS previous);
END;

CREATE TRIGGER IF NOT EXISTS deliveries_change AFTER UPDATE ON deliveries
BEGIN
    INSERT INTO events
    SELECT number, at, guid, network, account, former, state, attempt, text, url, note, image,
           image_alt, image_sha256, commit_id, approver, previous,
           utrop_chain(previous, at, guid, network, account, former, state, attempt, text, url,
                       note, image, image_alt, image_sha256, commit_id, approver)
      FROM (SELECT COALESCE((SELECT MAX(number) FROM events), 0) + 1 AS number, NEW.updated AS at,
                   NEW.guid AS guid, NEW.network AS network, NEW.account AS account,
                   OLD.state AS former, NEW.state AS state, NEW.attempts AS attempt,
                   COALESCE(json_extract(COALESCE(NEW.message, OLD.message), '$.text'), '') AS text,
                   COALESCE(NEW.receipt_url, '') AS url, NEW.note AS note,
                   COALESCE(json_extract(COALESCE(NEW.message, OLD.message), '$.image.url'), '') AS image,
                   COALESCE(json_extract(COALESCE(NEW.message, OLD.message), '$.image.alt'), '') AS image_alt,
                   NEW.image_sha256 AS image_sha256, NEW.commit_id AS commit_id,
                   NEW.approver AS approver,
                   COALESCE((SELECT hash FROM events ORDER BY number DESC LIMIT 1), '')
                       AS previous);
END;
