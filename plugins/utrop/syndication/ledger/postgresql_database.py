"""The database below the PostgreSQL ledger: its schema, and what it refuses, in words.

Passwords come from PGPASSWORD or the password file, which libpq reads by itself.
https://www.postgresql.org/docs/current/libpq-connect.html
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.syndication.ledger.postgresql_address import Address
from utrop.syndication.ledger.postgresql_version_1 import bring_up_to_date

APPLICATION: Final = "utrop ledger"
"""Marks the schema as ours."""
VERSION: Final = 2
_TABLES: Final = {"ledger", "deliveries", "events"}
_TRIGGERS: Final = {
    "events_are_never_changed",
    "deliveries_are_never_removed",
    "deliveries_are_recorded",
}
"""Of every version."""
_TRIGGERS_2: Final = {"events_are_chained", "events_take_turns", "deliveries_take_turns"}
_OLDEST_SERVER: Final = 11
"""The first that has sha256()."""
_PATIENCE: Final = 10
"""Seconds to wait for the server, or for another announcer's statement; ours take milliseconds."""
_LOCK: Final = 0x55747270
"""``Utrp``: the advisory lock under which the tables are made, and every change too."""
Connection = psycopg.Connection[dict[str, Any]]


def has_ledger(address: Address) -> bool:
    """Whether the ledger's tables are there. Creates nothing."""
    connection = connect_to_read(address)
    if connection is not None:
        connection.close()
    return connection is not None


def connect(address: Address) -> Connection:
    """Open the database for announcing, and make the tables where there are none."""
    connection = _connection(address)
    try:
        with translated(address, connection, exit_status=2):
            if _check(connection, address) < VERSION:
                _create(connection, address)
            _try_writing(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(address: Address) -> Connection | None:
    """Open the database to look at; None where it holds no ledger."""
    connection = _connection(address)
    there = False
    try:
        with translated(address, connection, exit_status=2):
            connection.execute("SET default_transaction_read_only = on")
            there = _check(connection, address) > 0
    finally:
        if not there:
            connection.close()
    return connection if there else None


@contextmanager
def translated(address: Address, connection: Connection, *, exit_status: int = 1) -> Iterator[None]:
    """Say in words what the server could not do. Status 2 is for what is found before sending."""
    try:
        yield
    except psycopg.Error as error:
        problem = _problem(address, error, connection.pgconn)
        raise ProblemsFound([problem], exit_status=exit_status) from None
    except ValueError as error:
        raise _damaged(address, str(error)) from error


def _connection(address: Address) -> Connection:
    try:
        connection = psycopg.connect(
            **address.parts,
            autocommit=True,
            row_factory=dict_row,
            # Nothing is kept at the server that another session behind a pooler would miss.
            prepare_threshold=None,
            client_encoding="utf8",
            application_name="utrop",
            connect_timeout=_PATIENCE,
            # A server that is cut off is noticed within half a minute, not after hours.
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=30_000,
        )
    except (psycopg.Error, UnicodeError) as error:
        # Not its cause: libpq's words may hold what is kept out of ours.
        problem = _problem(address, error, getattr(error, "pgconn", None))
        raise ProblemsFound([problem], exit_status=2) from None
    try:
        with translated(address, connection, exit_status=2):
            _settle_session(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _settle_session(connection: Connection) -> None:
    """Make certain of what the ledger relies on, whatever the server's or role's defaults are."""
    connection.execute(
        "SELECT set_config('synchronous_commit',"
        " CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply'"
        " ELSE 'on' END, false),"
        " set_config('default_transaction_isolation', 'read committed', false),"
        " set_config('TimeZone', 'UTC', false),"
        " set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false)",
        (f"{_PATIENCE}s", f"{3 * _PATIENCE}s"),
    )


def _check(connection: Connection, address: Address) -> int:
    """Return the ledger's version, 0 for none; refuse what is not ours or not sound."""
    found = connection.execute(
        "SELECT relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace n"
        " ON n.oid = relnamespace WHERE nspname = 'utrop' AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    ).fetchall()
    tables = {row["relname"] for row in found}
    if not tables:
        return 0
    foreign = configuration_error(
        f"{address}: the schema utrop holds another program's tables, not a ledger",
        "set LEDGER to another database",
    )
    if "ledger" not in tables:
        raise foreign
    try:
        marks = connection.execute("SELECT application, version FROM utrop.ledger").fetchall()
    except psycopg.errors.UndefinedColumn:
        raise foreign from None
    if len(marks) != 1 or marks[0]["application"] != APPLICATION:
        raise foreign
    version: int = marks[0]["version"]
    if version > VERSION:
        raise configuration_error(
            f"{address}: is a ledger of version {version}, and this utrop knows version {VERSION}",
            "install the newer utrop that wrote it",
        )
    rules = connection.execute(
        "SELECT tgname FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_class c ON c.oid = tgrelid"
        " JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'utrop' AND tgenabled <> 'D'"
    ).fetchall()
    needed = _TRIGGERS | (_TRIGGERS_2 if version > 1 else set())
    lacks = sorted((_TABLES - tables) | (needed - {row["tgname"] for row in rules}))
    if lacks:
        raise _damaged(address, f"it lacks {', '.join(lacks)}")
    return version


def _create(connection: Connection, address: Address) -> None:
    """Make the tables, or bring those of version 1 up to date, in one transaction."""
    _refuse_unfit(connection, address)
    schema = (resources.files(__package__) / "schema" / f"postgresql-{VERSION}.sql").read_text(
        "utf-8"
    )
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        version = _check(connection, address)
        if version == VERSION:
            return  # another announcer made them meanwhile
        if version:
            try:
                bring_up_to_date(connection, schema)
            except psycopg.errors.InsufficientPrivilege:
                raise configuration_error(
                    f"{address}: is a ledger of version {version}, which only the role that owns"
                    f" its tables can bring to version {VERSION}",
                    "run `utrop announce` once as that role",
                ) from None
            return
        if not connection.execute(
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'utrop'"
        ).fetchall():
            # Not IF NOT EXISTS, which needs the right to make it even where it is there.
            connection.execute("CREATE SCHEMA utrop")
        connection.execute(schema.encode())


def _refuse_unfit(connection: Connection, address: Address) -> None:
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise configuration_error(
            f"{address}: the database stores text as {encoding}, which lacks characters",
            "make one with: createdb --encoding=UTF8 --template=template0 NAME",
        )
    if (server := connection.info.server_version // 10_000) < _OLDEST_SERVER:
        raise configuration_error(
            f"{address}: the server is PostgreSQL {server}, which is too old for the ledger",
            f"set LEDGER to a server of PostgreSQL {_OLDEST_SERVER} or newer",
        )


def _try_writing(connection: Connection) -> None:
    """Find out before anything is sent whether an intent can be written."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "INSERT INTO utrop.deliveries (guid, network, account, state, idempotency_key, updated)"
            " VALUES (%s, '', '', 'pending', '', now())",
            (uuid.uuid4().hex,),
        )
        connection.execute("UPDATE utrop.deliveries SET note = '' WHERE guid = ''")


def _problem(address: Address, error: Exception, pgconn: Any) -> Problem:
    detail, code = _said(error, pgconn), getattr(error, "sqlstate", None)
    for sign, (what, instead) in _WORDS.items():
        if sign == code or (not code and sign in detail):
            return Problem(what=f"{address}: the ledger {what} ({detail})", instead=instead)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | UnicodeError):
        what, instead = "cannot be reached", "see that the server runs, then run again"
    else:
        what, instead = "cannot be used", "see that it is as this utrop made it"
    return Problem(what=f"{address}: the ledger {what} ({detail})", instead=instead)


def _said(error: Exception, pgconn: Any) -> str:
    """Return the server's or libpq's words: one line, short, and without the password."""
    diagnosis = getattr(error, "diag", None)
    text = (diagnosis.message_primary if diagnosis else None) or str(error)
    try:
        password = (pgconn.password or b"").decode("utf-8", "replace") if pgconn else ""
    except psycopg.Error:  # it is closed: nothing more is known of it
        password = ""
    if password:
        text = text.replace(password, "…")
    lines = [line.strip() for line in text.splitlines() if line.strip()] or [type(error).__name__]
    line = next((line for line in lines if "FATAL:" in line), lines[0])
    line = line.rpartition("FATAL:")[2].removeprefix("connection failed: ").strip()
    return "".join(sign if sign.isprintable() else " " for sign in line)[:300]


def _damaged(address: Address, detail: str) -> ProblemsFound:
    return configuration_error(
        f"{address}: the ledger is damaged ({detail})",
        "restore it from a copy; do not remove it: without it posts may be announced twice",
    )


_LOCKED: Final = ("is locked by another session", "wait until that has ended, then run again")
_RIGHTS: Final = (
    "is closed to this role",
    "grant it the rights that docs/announcing.md lists, or own the database",
)
_PASSWORD: Final = (
    "does not let us in",
    "give the role's password as PGPASSWORD or in ~/.pgpass, and see that pg_hba.conf lets it in",
)
_WORDS: Final = {
    "42501": _RIGHTS,
    "permission denied": _RIGHTS,
    "25006": (
        "takes no changes: the server is a standby or read-only",
        "set LEDGER to the primary",
    ),
    "55P03": _LOCKED,
    "57014": _LOCKED,
    "53100": ("has no room: the server's disk is full", "make room, then run again"),
    "no password supplied": _PASSWORD,
    "authentication failed": _PASSWORD,
    "no pg_hba.conf entry": _PASSWORD,
    "does not exist": ("is not there", "make the role and the database: createuser, createdb"),
    "too many clients": ("has no connection left", "run again later"),
}
"""What is wrong and what to do, by SQLSTATE; by libpq's words where connecting fails."""
