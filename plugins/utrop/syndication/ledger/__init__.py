"""The ledgers: one module each, named as the scheme of the URL that opens it.

Such a module offers ``exists(url, root)``, ``open_ledger(url, root, ...)`` and
``read_ledger(url, root)``, which this package's functions of the same names hand over to.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from utrop.problem import configuration_error

if TYPE_CHECKING:
    from utrop.syndication.ledger.protocol import Ledger

_SCHEMES = ("postgresql", "sqlite")


def exists(url: str, root: Path) -> bool:
    """Whether there is a ledger already. Creates nothing."""
    found: bool = _module(url).exists(url, root)
    return found


def open_ledger(url: str, root: Path) -> Ledger:
    """Open a ledger for announcing, and make it where there is none.

    ``root`` is the site's folder, to which a relative path belongs. Raises ``ProblemsFound`` with
    exit status 2 where it is locked, corrupt, foreign, newer or unwritable; it is never
    overwritten or deleted.
    """
    opened: Ledger = _module(url).open_ledger(url, root)
    return opened


def read_ledger(url: str, root: Path) -> Ledger:
    """Open a ledger to look at; where there is none, an empty one that leaves no trace."""
    opened: Ledger = _module(url).read_ledger(url, root)
    return opened


def schemes() -> tuple[str, ...]:
    """Return the URL schemes there is a module for."""
    return _SCHEMES


def _module(url: str) -> ModuleType:
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in schemes():
        known = " or ".join(f"{one}://…" for one in schemes())
        raise configuration_error(
            f"LEDGER: there is no ledger for the address {_without_password(url)!r}",
            f"write {known}, such as sqlite:///ledger.sqlite3",
        )
    return import_module(f"{__name__}.{scheme}")


def _without_password(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    # Up to the last @: a password may itself hold a slash.
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
