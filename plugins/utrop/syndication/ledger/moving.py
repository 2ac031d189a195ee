"""Moving: a ledger's deliveries and events, put into an empty ledger with their chain as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from utrop.problem import configuration_error
from utrop.syndication.delivery import Delivery
from utrop.syndication.ledger.protocol import Event, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """All that a ledger holds, as of one moment."""

    deliveries: Sequence[Delivery]
    """None of them in ``sending``."""
    events: Sequence[Event]


def contents_of(ledger: Ledger) -> Contents:
    """Read a ledger; again, where somebody wrote into it meanwhile."""
    while True:
        events = ledger.events()
        found = Contents(deliveries=ledger.deliveries(), events=events)
        if ledger.events() == events:
            return found


def fill(url: str, root: Path, contents: Contents, *, before_commit: Callable[[], None]) -> None:
    """Put the contents into the ledger at ``url``, in one transaction.

    The ledger is made where there is none. What ``before_commit`` raises undoes it. Raises
    ``ProblemsFound`` where the ledger holds anything, or cannot hold these contents as they are.
    """
    scheme = url.partition("://")[0]
    module = import_module(f"utrop.syndication.ledger.{scheme}_filling")
    module.fill(url, root, contents, before_commit=before_commit)


def refuse_filled(counts: Iterable[int]) -> None:
    """Raise where a ledger holds something."""
    if any(counts):
        raise configuration_error(
            "the ledger to move to holds a record already, and two cannot be made one",
            "name one that does not exist yet",
        )


def refuse_different(contents: Contents, there: Contents) -> None:
    """Raise where what has been written is not what there was."""
    for mine, other in (
        (contents.events, there.events),
        (contents.deliveries, there.deliveries),
    ):
        if list(mine) != list(other):
            raise configuration_error(
                "the other ledger does not hold the record as it is, so nothing was moved",
                "see `utrop ledger verify`, and stay with this ledger",
            )
