-- The ledger, version 2, in the schema "utrop", which the caller has made. Keys sort by code point
-- in every database, whatever its locale. IF NOT EXISTS: a ledger of version 1 has the tables
-- already, brought into this shape before (see postgresql_version_1.py).

CREATE TABLE IF NOT EXISTS utrop.ledger (
    application text PRIMARY KEY,
    version     integer NOT NULL
);

CREATE TABLE IF NOT EXISTS utrop.deliveries (
    guid            text COLLATE "C" NOT NULL,
    network         text COLLATE "C" NOT NULL,
    account         text COLLATE "C" NOT NULL,
    state           text NOT NULL CHECK (state IN (
                        'pending', 'sending', 'delivered', 'uncertain',
                        'failed', 'skipped', 'withdrawn')),
    idempotency_key text NOT NULL,
    message         text,               -- frozen JSON, from the first attempt on
    attempts        integer NOT NULL DEFAULT 0,
    updated         timestamptz NOT NULL,
    receipt_id      text,
    receipt_url     text,
    note            text NOT NULL DEFAULT '',
    retry_at        timestamptz,
    revision        integer NOT NULL DEFAULT 0,
    owner           text,               -- who sends it now
    lease_until     timestamptz,        -- by the announcers' clocks, never by the server's
    commit_id       text NOT NULL DEFAULT '',
    approver        text NOT NULL DEFAULT '',
    image_sha256    text NOT NULL DEFAULT '',
    PRIMARY KEY (guid, network, account),
    CHECK ((state = 'sending') = (owner IS NOT NULL)),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK (state <> 'sending' OR message IS NOT NULL),
    CHECK (state <> 'delivered' OR receipt_id IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS utrop.events (
    number       bigint PRIMARY KEY,    -- no sequence: one leaves gaps where a change is undone
    at           timestamptz NOT NULL,
    guid         text NOT NULL,
    network      text NOT NULL,
    account      text NOT NULL,
    former       text,
    state        text NOT NULL,
    attempt      integer NOT NULL,
    text         text NOT NULL,
    url          text NOT NULL,
    note         text NOT NULL,
    image        text NOT NULL,
    image_alt    text NOT NULL,
    image_sha256 text NOT NULL,
    commit_id    text NOT NULL,
    approver     text NOT NULL,
    previous     text NOT NULL,
    hash         text NOT NULL
);

-- Writers take turns: whoever adds to the chain has read its end, which nobody else moves until
-- the change is committed. One lock, taken before any row is locked, so that none waits in a ring.
-- It is an advisory lock (0x55747270, "Utrp"), for which a role needs no right.
CREATE FUNCTION utrop.take_turns() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1433694832);
    RETURN NULL;
END $$;

CREATE FUNCTION utrop.never() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or removed', TG_TABLE_NAME;
END $$;

-- The transition is recorded by the database itself, in the same transaction: none is forgotten.
CREATE FUNCTION utrop.record() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    message json := COALESCE(NEW.message, OLD.message)::json;
BEGIN
    INSERT INTO utrop.events
           (at, guid, network, account, former, state, attempt, text, url, note,
            image, image_alt, image_sha256, commit_id, approver)
    VALUES (NEW.updated, NEW.guid, NEW.network, NEW.account, OLD.state, NEW.state, NEW.attempts,
            COALESCE(message ->> 'text', ''), COALESCE(NEW.receipt_url, ''), NEW.note,
            COALESCE(message -> 'image' ->> 'url', ''), COALESCE(message -> 'image' ->> 'alt', ''),
            NEW.image_sha256, NEW.commit_id, NEW.approver);
    RETURN NULL;
END $$;

-- See chain.py. Whatever number and hashes an inserted row brings, these are its own.
CREATE FUNCTION utrop.chain() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT number, hash INTO NEW.number, NEW.previous
      FROM utrop.events ORDER BY number DESC LIMIT 1;
    NEW.number := COALESCE(NEW.number, 0) + 1;
    NEW.previous := COALESCE(NEW.previous, '');
    SELECT encode(sha256(convert_to(
               string_agg(length(value) || ':' || value, '' ORDER BY place), 'UTF8')), 'hex')
      INTO NEW.hash
      FROM unnest(ARRAY[
               NEW.previous,
               to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
               NEW.guid, NEW.network, NEW.account, COALESCE(NEW.former, ''), NEW.state,
               NEW.attempt::text, NEW.text, NEW.url, NEW.note, NEW.image, NEW.image_alt,
               NEW.image_sha256, NEW.commit_id, NEW.approver
           ]) WITH ORDINALITY AS part (value, place);
    RETURN NEW;
END $$;

CREATE TRIGGER deliveries_take_turns BEFORE INSERT OR UPDATE ON utrop.deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION utrop.take_turns();

CREATE TRIGGER deliveries_are_never_removed BEFORE DELETE OR TRUNCATE ON utrop.deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION utrop.never();

CREATE TRIGGER deliveries_are_recorded AFTER INSERT OR UPDATE ON utrop.deliveries
    FOR EACH ROW EXECUTE FUNCTION utrop.record();

CREATE TRIGGER events_take_turns BEFORE INSERT ON utrop.events
    FOR EACH STATEMENT EXECUTE FUNCTION utrop.take_turns();

CREATE TRIGGER events_are_chained BEFORE INSERT ON utrop.events
    FOR EACH ROW EXECUTE FUNCTION utrop.chain();

CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON utrop.events
    FOR EACH STATEMENT EXECUTE FUNCTION utrop.never();

INSERT INTO utrop.ledger VALUES ('utrop ledger', 2)
    ON CONFLICT (application) DO UPDATE SET version = excluded.version;
