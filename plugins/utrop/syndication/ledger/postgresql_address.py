"""The PostgreSQL ledger's address: read, shown, and never with a password.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from utrop.problem import ProblemsFound, configuration_error

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
except ImportError as error:
    raise configuration_error(
        "LEDGER: a ledger in PostgreSQL needs psycopg, which is not installed here",
        'run pip install "utrop[postgresql]"',
    ) from error

_OPTIONS: Final = {
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "gssencmode"),
    *("passfile", "target_session_attrs"),
}
"""What may stand behind the address's question mark, beside the address's own parts."""
_EXAMPLE: Final = "postgresql://utrop@db.example.org:5432/blogg"


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


def _holds_password() -> ProblemsFound:
    return configuration_error(
        "LEDGER: the address holds a password, and addresses end in logs and repositories",
        f"write {_EXAMPLE}, and give the password as PGPASSWORD or in ~/.pgpass",
    )


def _no_address(what: str) -> ProblemsFound:
    return configuration_error(f"LEDGER: postgresql:// {what}", f"write it as {_EXAMPLE}")
