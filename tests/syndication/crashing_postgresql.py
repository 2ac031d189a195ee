"""Kills announcers that share a PostgreSQL ledger, each at another point; prints what came of it.

``python -m tests.syndication.crashing_postgresql FOLDER URL [control]``. As ``crashing``, but every
case has a database of its own, and the next announcer comes once the dead one's lease has ended.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.syndication.announcing import Clock, Looking, channel
from tests.syndication.crashing import (
    POSTS,
    RUNS,
    BlindSearch,
    FileNetwork,
    Reached,
    in_a_process,
    killing_at,
)
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import State
from utrop.syndication.ledger.postgresql import PostgresqlLedger
from utrop.syndication.ledger.postgresql_address import address_of
from utrop.syndication.ledger.postgresql_database import connect


class ForgettingLedger(PostgresqlLedger):
    """A control: what was being sent counts as never sent, as without an intent."""

    def recover(self, *, at: datetime) -> list[Any]:
        left = super().recover(at=at)
        for row in left:
            self.shelve(row, State.PENDING, at=at, note="", thaw=True)
        return left


CONTROLS: dict[str, tuple[type[PostgresqlLedger], type[FileNetwork]]] = {
    "no-intent": (ForgettingLedger, FileNetwork),
    "no-search": (PostgresqlLedger, BlindSearch),
}


def run_once(
    folder: Path, url: str, reached: Reached, *, number: int = 0, control: str = ""
) -> int:
    """Announce once, as the n-th to do so, an hour after the one before; return the status."""
    make_ledger, make_network = CONTROLS.get(control, (PostgresqlLedger, FileNetwork))
    address = address_of(url)
    ledger = make_ledger(connect(address), address, reached=reached)
    clock = Clock()
    clock.moment += timedelta(hours=number)
    try:
        network = make_network(folder, reached)
        report = announce(
            POSTS, [channel(network)], ledger, look=Looking(), clock=clock, reached=reached
        )
        return report.exit_status
    finally:
        ledger.close()


def case(folder: Path, url: str, number: int, point: str, control: str) -> dict[str, Any]:
    """Kill one run at a point, run until idle, and return what the network shows."""
    folder.mkdir()
    killed = (
        in_a_process(lambda: run_once(folder, url, killing_at(number), control=control)) is None
    )
    statuses: list[int | None] = []
    while len(statuses) < RUNS and statuses[-1:] != [0]:
        later = len(statuses) + 1
        statuses.append(
            in_a_process(
                lambda later=later: run_once(
                    folder, url, lambda _point: None, number=later, control=control
                )
            )
        )
    shown = [guid for guid, *_ in FileNetwork(folder, lambda _point: None).shown()]
    return {
        "point": f"{number}: {point}",
        "killed": killed,
        "statuses": statuses,
        "lost": [one.guid for one in POSTS if one.guid not in shown],
        "doubled": sorted({guid for guid in shown if shown.count(guid) > 1}),
    }


def main(folder: Path, url: str, control: str) -> None:
    """Run every case, in the schema that the case before is taken from, and print a JSON list."""
    points: list[str] = []
    (folder / "points").mkdir()
    run_once(folder / "points", url, points.append)
    cases = []
    for number, point in enumerate(points):
        in_a_process(lambda: _begin_anew(url))
        cases.append(case(folder / str(number), url, number, point, control))
    json.dump(cases, sys.stdout)


def _begin_anew(url: str) -> int:
    # In a process of its own: a forked one would share this one's connection.
    with connect(address_of(url)) as connection:
        connection.execute("DROP SCHEMA utrop CASCADE")
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "")
