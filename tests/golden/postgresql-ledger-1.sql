-- The ledger, version 1, in the schema "utrop", which the caller has made. Keys sort by code point
-- in every database, whatever its locale.

CREATE TABLE utrop.ledger (
    application text PRIMARY KEY,
    version     integer NOT NULL
);

CREATE TABLE utrop.deliveries (
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
    PRIMARY KEY (guid, network, account),
    CHECK ((state = 'sending') = (owner IS NOT NULL)),
    CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CHECK (state <> 'sending' OR message IS NOT NULL),
    CHECK (state <> 'delivered' OR receipt_id IS NOT NULL)
);

CREATE TABLE utrop.events (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    guid     text NOT NULL,
    network  text NOT NULL,
    account  text NOT NULL,
    former   text,
    state    text NOT NULL,
    attempt  integer NOT NULL,
    text     text NOT NULL,
    url      text NOT NULL,
    note     text NOT NULL
);

CREATE FUNCTION utrop.never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% are never changed or removed', TG_TABLE_NAME;
END $$;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON utrop.events
    FOR EACH STATEMENT EXECUTE FUNCTION utrop.never();

CREATE TRIGGER deliveries_are_never_removed BEFORE DELETE OR TRUNCATE ON utrop.deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION utrop.never();

-- The transition is recorded by the database itself, in the same transaction: none is forgotten.
CREATE FUNCTION utrop.record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO utrop.events
           (at, guid, network, account, former, state, attempt, text, url, note)
    VALUES (NEW.updated, NEW.guid, NEW.network, NEW.account, OLD.state, NEW.state, NEW.attempts,
            COALESCE(COALESCE(NEW.message, OLD.message)::json ->> 'text', ''),
            COALESCE(NEW.receipt_url, ''), NEW.note);
    RETURN NULL;
END $$;

CREATE TRIGGER deliveries_are_recorded AFTER INSERT OR UPDATE ON utrop.deliveries
    FOR EACH ROW EXECUTE FUNCTION utrop.record();

INSERT INTO utrop.ledger VALUES ('utrop ledger', 1);
