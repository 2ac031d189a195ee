"""A ledger shared by the threads of one announcer: each of its methods is one turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import Any, cast

from utrop.syndication.ledger.protocol import Ledger


def taking_turns(ledger: Ledger) -> Ledger:
    """Return the ledger with its methods under one lock.

    A turn lasts for a transaction, some milliseconds; nothing is asked of a network in one.
    """
    return cast("Ledger", _TakingTurns(ledger))


class _TakingTurns:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._lock = ledger, RLock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._ledger, name)

        @wraps(method)
        def in_turn(*arguments: Any, **more: Any) -> Any:
            with self._lock:
                return method(*arguments, **more)

        return in_turn
