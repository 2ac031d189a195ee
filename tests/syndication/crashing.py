"""Runs the announcer in real processes and kills each at another point; prints what came of it.

``python -m tests.syndication.crashing FOLDER [control]``. Cases fork from this warmed process. A
case announces three posts, of which the network loses one answer, and dies at one of the points
that such a run passes; then other processes run until nothing is owed. With a control's name the
announcer lacks one of its safeguards, to show that the cases would notice.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.syndication.announcing import LIMITS, Clock, Looking, announcement, channel
from utrop.syndication.announcer import announce
from utrop.syndication.delivery import Message, Receipt, State
from utrop.syndication.errors import OutcomeUnknown
from utrop.syndication.ledger.sqlite import SqliteLedger
from utrop.syndication.ledger.sqlite_file import connect

POSTS = [announcement(number) for number in (1, 2, 3)]
RUNS = 6
"""Enough to become idle from any point."""
Reached = Callable[[str], None]


class FileNetwork:
    """A network whose posts outlive the process; it shows whatever it is sent."""

    account, limits = "@inkop@social.example.org", LIMITS

    def __init__(self, folder: Path, reached: Reached) -> None:
        self._file, self._lost, self._reached = folder / "shown.jsonl", folder / "lost", reached

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        self._reached("before the request")
        with self._file.open("a") as file:
            shown = [message.guid, message.url, message.created_at.isoformat(), idempotency_key]
            file.write(json.dumps(shown) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._reached("after the request")
        if message.guid == POSTS[1].guid and not self._lost.exists():
            self._lost.touch()
            raise OutcomeUnknown("the answer was lost")
        return Receipt(id=message.guid, url=f"https://social.example.org/{message.guid}")

    def find(self, message: Message, *, idempotency_key: str, since: datetime) -> Receipt | None:
        self._reached("before the search")
        for guid, url, created, _ in self.shown():
            if url == message.url and datetime.fromisoformat(created) >= since:
                return Receipt(id=guid, url=f"https://social.example.org/{guid}")
        return None

    def shown(self) -> list[list[str]]:
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        return [json.loads(line) for line in lines]


class ForgettingLedger(SqliteLedger):
    """A control: what was being sent counts as never sent, as without an intent."""

    def recover(self, *, at: datetime) -> list[Any]:
        left = super().recover(at=at)
        for row in left:
            self.shelve(row, State.PENDING, at=at, note="", thaw=True)
        return left


class BlindSearch(FileNetwork):
    """A control: the look finds nothing, as without reading back."""

    def find(self, message: Message, *, idempotency_key: str, since: datetime) -> Receipt | None:
        return None


CONTROLS = {"no-intent": (ForgettingLedger, FileNetwork), "no-search": (SqliteLedger, BlindSearch)}


def run_once(folder: Path, reached: Reached, control: str) -> int:
    """Announce once; return the exit status."""
    make_ledger, make_network = CONTROLS.get(control, (SqliteLedger, FileNetwork))
    path = folder / "ledger.sqlite3"
    ledger = make_ledger(connect(path), path, reached=reached)
    try:
        network = make_network(folder, reached)
        report = announce(
            POSTS, [channel(network)], ledger, look=Looking(), clock=Clock(), reached=reached
        )
        return report.exit_status
    finally:
        ledger.close()


def in_a_process(act: Callable[[], int]) -> int | None:
    """Return the exit status of a forked process; None where it was killed."""
    child = os.fork()
    if child == 0:
        os._exit(act())
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def points_of(folder: Path) -> list[str]:
    """Return the points that a run passes, in order."""
    passed: list[str] = []
    folder.mkdir()
    run_once(folder, passed.append, "")
    return passed


def killing_at(number: int) -> Reached:
    """Return a hook that kills the process at its n-th point."""
    passed = 0

    def reached(_point: str) -> None:
        nonlocal passed
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)
        passed += 1

    return reached


def case(folder: Path, number: int, point: str, control: str) -> dict[str, Any]:
    """Kill one run at a point, run until idle, and return what the network shows."""
    folder.mkdir()
    killed = in_a_process(lambda: run_once(folder, killing_at(number), control)) is None
    statuses = []
    while len(statuses) < RUNS and statuses[-1:] != [0]:
        statuses.append(in_a_process(lambda: run_once(folder, lambda _point: None, control)))
    shown = [guid for guid, *_ in FileNetwork(folder, lambda _point: None).shown()]
    return {
        "point": f"{number}: {point}",
        "killed": killed,
        "statuses": statuses,
        "lost": [one.guid for one in POSTS if one.guid not in shown],
        "doubled": sorted({guid for guid in shown if shown.count(guid) > 1}),
    }


def main(folder: Path, control: str) -> None:
    """Run every case and print a JSON list."""
    points = points_of(folder / "points")
    cases = [
        case(folder / str(number), number, point, control) for number, point in enumerate(points)
    ]
    json.dump(cases, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
