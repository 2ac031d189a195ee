"""The file below the SQLite ledger: opened with care, never overwritten, and its announcers' lock.

https://www.sqlite.org/pragma.html
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Final

from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.syndication.ledger.chain import FIELDS, digest_of

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: the leases alone must do there
    fcntl = None  # type: ignore[assignment] # the module is there or it is not

APPLICATION_ID: Final = 0x55747270
"""``Utrp``: marks the file as ours."""
VERSION: Final = 2
_PATIENCE: Final = 10.0
"""Seconds to wait for another process's transaction; ours take milliseconds."""


def path_of(url: str, root: Path) -> Path:
    """Return the file of ``sqlite:///relative`` or ``sqlite:////absolute``."""
    scheme, _, rest = url.partition("://")
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/" or ":memory:" in rest:
        raise configuration_error(
            f"LEDGER: {url!r} names no file",
            "write sqlite:///ledger.sqlite3 for a file in the site's folder, or"
            " sqlite:////srv/blogg/ledger.sqlite3 for one elsewhere",
        )
    return root / rest[1:]


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for announcing, after looking whether it can be trusted and written."""
    _look_at_place(path)
    with translated(path, exit_status=2):
        connection = _connection(path, "rwc")
        try:
            _check(connection, path)
            _create(connection)
            _try_writing(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def connect_to_read(path: Path | None) -> sqlite3.Connection:
    """Open the file to look at, or an empty ledger in memory."""
    if path is None:
        connection = _in_memory()
        _create(connection)
        return connection
    _look_at_place(path)
    with translated(path, exit_status=2):
        # Read and write: what a killed announcer left half-written is rolled back by a reader too.
        connection = _connection(path, "rw" if os.access(path, os.W_OK) else "ro")
        try:
            _check(connection, path)
            if _pragma(connection, "user_version") not in (0, VERSION):
                # To look is not to change: the copy is brought up to date, not the file.
                copy = _in_memory()
                connection.backup(copy)
                connection.close()
                connection = copy
                _create(connection)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def translated(path: Path, *, exit_status: int = 1) -> Iterator[None]:
    """Say in words what SQLite could not do. Status 2 is for what is found before sending."""
    try:
        yield
    except sqlite3.Error as error:
        raise ProblemsFound([_problem(path, error)], exit_status=exit_status) from error
    except ValueError as error:
        raise _corrupt(path, str(error)) from error


class Presence:
    """The lock that tells announcers on one machine of each other; the kernel frees it at death.

    Where the file system has no locks nobody is known to be alone, and leases alone decide.
    """

    def __init__(self, ledger: Path) -> None:
        self._file: int | None = None
        if fcntl is not None:
            with suppress(OSError):
                self._file = os.open(
                    ledger.with_name(ledger.name + "-lock"), os.O_RDWR | os.O_CREAT, 0o644
                )

    def alone(self) -> bool:
        """Take the lock for ourselves; return whether nobody else held it.

        Hold it only for as long as recovering takes, then ``share`` it.
        """
        if self._file is None:
            return False
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def share(self) -> None:
        """Hold the lock together with the other announcers."""
        if self._file is not None:
            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go of the lock. The file stays: removing it would split those who wait for it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _connection(path: Path, mode: str) -> sqlite3.Connection:
    return _chained(
        sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=_PATIENCE,
            isolation_level=None,
            # Each network has a thread of its own; ``syndication.ledger.shared`` takes turns.
            check_same_thread=False,
        )
    )


def _in_memory() -> sqlite3.Connection:
    return _chained(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def _chained(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.create_function("utrop_chain", len(FIELDS), digest_of, deterministic=True)
    return connection


def _look_at_place(path: Path) -> None:
    if path.is_dir():
        raise configuration_error("is a folder, not a ledger", "set LEDGER to a file", path)
    if not path.parent.is_dir():
        raise configuration_error(
            f"the folder {path.parent} does not exist",
            "make it, or correct LEDGER (an absolute path takes four slashes: sqlite:////srv/…)",
            path,
        )
    with suppress(OSError), path.open("rb") as file:
        start = file.read(16)
        if start and start != b"SQLite format 3\0":
            raise configuration_error(
                "is no ledger: it is not an SQLite file", "set LEDGER to another file", path
            )


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application = _pragma(connection, "application_id")
    version = _pragma(connection, "user_version")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION_ID and (application or version or tables):
        raise configuration_error(
            "is an SQLite file of another program, not a ledger", "set LEDGER to another file", path
        )
    if version > VERSION:
        raise configuration_error(
            f"is a ledger of version {version}, and this utrop knows version {VERSION}",
            "install the newer utrop that wrote it",
            path,
        )
    (sound,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if sound != "ok":
        raise _corrupt(path, str(sound).splitlines()[-1])


def _create(connection: sqlite3.Connection) -> None:
    # EXTRA also syncs the folder after the journal is gone: a commit outlives a power cut.
    connection.execute("PRAGMA journal_mode = DELETE").close()
    connection.execute("PRAGMA synchronous = EXTRA")
    if _pragma(connection, "user_version") == VERSION:
        return
    schema = (resources.files(__package__) / "schema" / f"sqlite-{VERSION}.sql").read_text("utf-8")
    try:
        connection.execute("BEGIN IMMEDIATE")
        # Another announcer may have been faster.
        version = _pragma(connection, "user_version")
        if version == 1:
            _set_version_1_aside(connection)
        for statement in _statements(schema if version < VERSION else ""):
            connection.execute(statement)
        if version == 1:
            _chain_version_1(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """Yield a script's statements; ``executescript`` would end the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _set_version_1_aside(connection: sqlite3.Connection) -> None:
    """Version 1 had no chain, and knew neither commit nor approver."""
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    for column in ("commit_id", "approver", "image_sha256"):
        connection.execute(f"ALTER TABLE deliveries ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE events RENAME TO events_1")


def _chain_version_1(connection: sqlite3.Connection) -> None:
    previous = ""
    rows = connection.execute(
        "SELECT at, guid, network, account, former, state, attempt, text, url, note FROM events_1"
        " ORDER BY id"
    ).fetchall()
    for number, row in enumerate(rows, start=1):
        values = (*tuple(row), "", "", "", "", "")
        link = digest_of(previous, *values)
        connection.execute(
            f"INSERT INTO events VALUES (?, {'?, ' * len(values)} ?, ?)",  # noqa: S608 - marks alone
            (number, *values, previous, link),
        )
        previous = link
    connection.execute("DROP TABLE events_1")


def _try_writing(connection: sqlite3.Connection) -> None:
    """Find out before anything is sent whether an intent can be written."""
    connection.execute("BEGIN IMMEDIATE")
    with closing(connection.execute(f"PRAGMA user_version = {VERSION}")):
        connection.execute("ROLLBACK")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value


def _problem(path: Path, error: sqlite3.Error) -> Problem:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    what, instead = _WORDS.get(code, (f"cannot be used: {error}", "see that it can be written"))
    return Problem(path=path, what=f"the ledger {what}", instead=instead)


def _corrupt(path: Path, detail: str) -> ProblemsFound:
    what, instead = _WORDS[sqlite3.SQLITE_CORRUPT]
    return configuration_error(f"the ledger {what} ({detail})", instead, path)


_DAMAGED: Final = (
    "is damaged",
    "restore it from a copy; do not remove it: without it posts may be announced twice",
)
_LOCKED: Final = ("is locked by another process", "wait until that has ended, then run again")
_UNWRITABLE: Final = ("cannot be written", "correct the permissions of the file and its folder")
_WORDS: Final = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_FULL: ("has no room: the disk is full", "make room, then run again"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written by the disk", "look at the disk's health"),
}
