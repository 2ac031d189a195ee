"""The database below the PostgreSQL ledger: its address, its schema, and what it refuses, in words.

Passwords come from PGPASSWORD or the password file, which libpq reads by itself.
https://www.postgresql.org/docs/current/libpq-connect.html
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from itertools import zip_longest
from typing import Any, Final

from utrop.problem import Problem, ProblemsFound, configuration_error

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.rows import dict_row
except ImportError as error:
    raise configuration_error(
        "LEDGER: a ledger in PostgreSQL needs psycopg, which is not installed here",
        'run pip install "utrop[postgresql]"',
    ) from error

APPLICATION: Final = "utrop ledger"
"""Marks the schema as ours."""
VERSION: Final = 1
_TABLES: Final = {"ledger", "deliveries", "events"}
_TRIGGERS: Final = {
    "events_are_never_changed",
    "deliveries_are_never_removed",
    "deliveries_are_recorded",
}
_PATIENCE: Final = 10
"""Seconds to wait for the server, or for another announcer's statement; ours take milliseconds."""
_LOCK: Final = 0x55747270
"""``Utrp``: the advisory lock under which the tables are made."""
_OPTIONS: Final = {
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "gssencmode"),
    *("passfile", "target_session_attrs"),
}
"""What may stand behind the address's question mark, beside the address's own parts."""
_EXAMPLE: Final = "postgresql://utrop@db.example.org:5432/blogg"

Connection = psycopg.Connection[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the ledger is; it holds no secret."""

    parts: dict[str, Any]
    """libpq's parameters."""

    def __str__(self) -> str:
        hosts = [f"[{one}]" if ":" in one else one for one in self.parts["host"].split(",")]
        ports = str(self.parts.get("port") or "").split(",")
        shown = [
            f"{host}:{port}" if port else host
            for host, port in zip_longest(hosts, ports[: len(hosts)])
        ]
        return f"postgresql://{','.join(shown)}/{self.parts['dbname']}"


def address_of(url: str) -> Address:
    """Return what ``postgresql://user@host:port/database`` says; the URL is never repeated."""
    # Whatever stands between a colon and the last @ may be a password, however it is written.
    if ":" in url.partition("://")[2].rpartition("@")[0]:
        raise _holds_password()
    try:
        parts = conninfo_to_dict(url)
    except (psycopg.Error, UnicodeError) as error:
        raise _no_address("cannot be read as an address") from error
    if {"password", "sslpassword"} & parts.keys():
        raise _holds_password()
    if unknown := sorted(parts.keys() - _OPTIONS - {"user", "host", "port", "dbname"}):
        raise _no_address(f"has an option that is not taken here: {', '.join(unknown)}")
    for name, word in (("host", "server"), ("dbname", "database")):
        if not parts.get(name):
            raise _no_address(f"names no {word}")
    ports = [port for port in str(parts.get("port") or "").split(",") if port]
    if not all(re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536 for port in ports):
        raise _no_address("has a port that is no number from 1 to 65535")
    return Address(parts=dict(parts))


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
            if not _check(connection, address):
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
            there = _check(connection, address)
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


def _check(connection: Connection, address: Address) -> bool:
    """Return whether the ledger is there; refuse what is not ours or not sound."""
    found = connection.execute(
        "SELECT relname FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace n"
        " ON n.oid = relnamespace WHERE nspname = 'utrop' AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    ).fetchall()
    tables = {row["relname"] for row in found}
    if not tables:
        return False
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
    if (version := marks[0]["version"]) > VERSION:
        raise configuration_error(
            f"{address}: is a ledger of version {version}, and this utrop knows version {VERSION}",
            "install the newer utrop that wrote it",
        )
    rules = connection.execute(
        "SELECT tgname FROM pg_catalog.pg_trigger JOIN pg_catalog.pg_class c ON c.oid = tgrelid"
        " JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace"
        " WHERE nspname = 'utrop' AND tgenabled <> 'D'"
    ).fetchall()
    lacks = sorted((_TABLES - tables) | (_TRIGGERS - {row["tgname"] for row in rules}))
    if lacks:
        raise _damaged(address, f"it lacks {', '.join(lacks)}")
    return True


def _create(connection: Connection, address: Address) -> None:
    schema = resources.files(__package__) / "schema" / f"postgresql-{VERSION}.sql"
    if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
        raise configuration_error(
            f"{address}: the database stores text as {encoding}, which lacks characters",
            "make one with: createdb --encoding=UTF8 --template=template0 NAME",
        )
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if _check(connection, address):
            return  # another announcer made them meanwhile
        if not connection.execute(
            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'utrop'"
        ).fetchall():
            # Not IF NOT EXISTS, which needs the right to make it even where it is there.
            connection.execute("CREATE SCHEMA utrop")
        connection.execute(schema.read_text("utf-8").encode())


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


def _holds_password() -> ProblemsFound:
    return configuration_error(
        "LEDGER: the address holds a password, and addresses end in logs and repositories",
        f"write {_EXAMPLE}, and give the password as PGPASSWORD or in ~/.pgpass",
    )


def _no_address(what: str) -> ProblemsFound:
    return configuration_error(f"LEDGER: postgresql:// {what}", f"write it as {_EXAMPLE}")


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
