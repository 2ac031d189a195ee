"""A real PostgreSQL server (Debian's ``postgresql``) on loopback, in a temporary data folder.

``postgres`` refuses to run as root: there it runs as another user, in a folder of that user's own.
https://www.postgresql.org/docs/15/app-initdb.html
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

USER = "inkop"
PASSWORD = "hemligt-canary-5f1c"
_numbers = itertools.count(1)


def programs() -> Path | None:
    """Return the folder of the newest server's programs; None where none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts)
    if not found and (one := shutil.which("initdb")):
        found = [Path(one)]
    return found[-1].resolve().parent if found else None


@dataclass
class PostgresServer:
    """A server that can be stopped and started again on the same port."""

    programs: Path
    folder: Path
    port: int
    as_user: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, and return once it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)),
                    *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **self.as_user,
            )
        deadline = time.monotonic() + 120
        while True:
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stop the server: SIGQUIT as a crash does, SIGINT in good order. It can start again."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def connect(
        self, database: str, user: str = USER, **more: Any
    ) -> psycopg.Connection[dict[str, Any]]:
        """Connect as a person who looks around in a database."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname=database,
            user=user,
            password=PASSWORD,
            autocommit=True,
            row_factory=dict_row,
            **more,
        )

    @contextmanager
    def database(self, options: str = "") -> Iterator[Database]:
        """Have a fresh database until the block ends."""
        name = f"blogg{os.getpid()}x{next(_numbers)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} {options}".encode())
        yield Database(server=self, name=name)
        with self.connect("postgres") as connection:
            # After a crash the server looks through every file: the fewer, the sooner it is back.
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database; ``url`` is what LEDGER takes, beside ``PGPASSWORD``."""

    server: PostgresServer
    name: str

    @property
    def url(self) -> str:
        return self.url_of(USER)

    def url_of(self, user: str) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.server.port}/{self.name}"

    def run(self, *statements: str, user: str = USER) -> list[dict[str, Any]]:
        """Run statements as a person would; return what the last one answers, if it does."""
        with self.server.connect(self.name, user) as connection:
            cursor = None
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor is not None and cursor.description else []


@contextmanager
def running() -> Iterator[PostgresServer]:
    """Run a server until the block ends. Call ``programs`` first."""
    where = programs()
    assert where is not None
    # Not pytest's own folder: that is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="utrop-postgresql-"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        other = _unprivileged()
        as_user = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        os.chown(folder, other.pw_uid, other.pw_gid)
    server = PostgresServer(programs=where, folder=folder, port=_free_port(), as_user=as_user)
    try:
        password = folder / "password"
        password.write_text(PASSWORD)
        subprocess.run(
            [
                *(where / "initdb", "-D", folder / "data", "--username", USER),
                *("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"),
                *("--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **as_user,
        )
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise LookupError("this machine has no user to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """The real server, one per test process."""
    if programs() is None:
        reason = "needs PostgreSQL's server (Debian: apt-get install postgresql)"
        if os.environ.get("STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with running() as server:
        yield server


@pytest.fixture
def database(postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A fresh database, with its password in the environment and no other setting of libpq's."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with postgresql.database() as fresh:
        yield fresh
