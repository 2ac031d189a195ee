"""Drives the cases: traces a scenario, kills at its points, judges what came of it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from tests.crash_matrix.clock import FileClock
from tests.crash_matrix.scenario import BEGIN, POSTS, Scenario, scenario
from tests.crash_matrix.stand_ins import SITE, STAND_INS, StandIn, picture
from tests.sites import REPOSITORY

RUNS: Final = 7
"""Enough to become idle from any point."""
_TRIES: Final = 5
"""When a connection ends that the other side resets, and thus after how many points, is chance."""
LATER: Final = timedelta(minutes=4)
"""Between the runs that follow the first two."""
CONTROLS: Final = ("no intent", "no read-back", "no waiting")
_OURS: Final = frozenset(
    f"{when} {act}" for when in ("before", "after") for act in ("publish", "find", "survey")
)


def is_ours(point: str) -> bool:
    """Whether a point is one of the announcer or its ledger, not of a network."""
    return point in _OURS or point.endswith(" is written")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a process dies: at the ``number``-th point that it passes, counting from 1."""

    name: str
    passing: int
    """Which passing of this name it is, from 1."""
    number: int

    def __str__(self) -> str:
        return self.name if self.passing == 1 else f"{self.name}, passing {self.passing}"


@dataclass(slots=True, kw_only=True)
class Ended:
    """What came of one case. The posts are named by their addresses."""

    network: str
    seed: int
    point: str
    fault: str
    killed: int
    """How many processes were killed."""
    statuses: list[int]
    lost: list[str] = field(default_factory=list)
    """Neither shown nor told of as uncertain."""
    doubled: list[str] = field(default_factory=list)
    uncertain: list[str] = field(default_factory=list)
    """Told of as uncertain to the end, with exit status 1."""
    wrong: list[str] = field(default_factory=list)
    """Whatever else should not be."""

    @property
    def failed(self) -> bool:
        """Whether the case breaks what is promised."""
        return bool(self.lost or self.doubled or self.wrong)


def chosen(points: list[str], most: int, seed: int) -> list[Point]:
    """Return at which of the points that a scenario passes it is killed: ``most`` of them.

    Half of them, or all there are, are the announcer's and the ledger's, the others the network's;
    of each name one passing by chance, and where there are too few names, further passings.
    """
    passes: dict[str, list[Point]] = {}
    for number, name in enumerate(points, 1):
        group = passes.setdefault(name, [])
        group.append(Point(name=name, passing=len(group) + 1, number=number))
    chance = random.Random(seed)  # noqa: S311 - points to die at, no secrets
    for group in passes.values():
        chance.shuffle(group)
    first = [group[0] for name, group in passes.items() if is_ours(name)]
    others = [group[0] for name, group in passes.items() if not is_ours(name)]
    chance.shuffle(first)
    chance.shuffle(others)
    first, spare = first[: most // 2], first[most // 2 :]
    more = [point for group in passes.values() for point in group[1:]]
    chance.shuffle(more)
    return (first + others + spare + more)[:most]


class Killer:
    """Orders processes from ``killed``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash_matrix.killed"],
            cwd=REPOSITORY,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/plugins"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, order: dict[str, Any]) -> int | None:
        """Return a process's exit status, None where it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        status: int | None = json.loads(self._process.stdout.readline())
        assert status in {0, None}, f"the announcer raised, see above: {order}"
        return status

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


class Matrix:
    """The cases of one network after another, in one folder."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self._clock = FileClock(folder / "clock")
        self._clock.set(BEGIN)
        self._killer = Killer()
        stack.callback(self._killer.close)
        self._picture = stack.enter_context(picture())
        self._stand_ins: dict[str, StandIn] = {}
        self._numbers = count(1)

    def stand_in(self, name: str) -> StandIn:
        """Return a network's stand-in, started where it is not yet."""
        if name not in self._stand_ins:
            self._stand_ins[name] = STAND_INS[name](self._stack, self._clock)
        return self._stand_ins[name]

    def scenario(self, name: str, seed: int) -> Scenario:
        """Return a seed's circumstances at a network."""
        kind = STAND_INS[name]
        return scenario(seed, writes=kind.writes_per_post, window=kind.window)

    def points(self, name: str, seed: int, control: str = "") -> list[str]:
        """Return the points that a scenario passes where nobody is killed."""
        case = _Case(self, name, self.scenario(name, seed), control)
        case.run()
        points: list[str] = case.result()["points"]
        case.stand_in.end()
        return points

    def case(self, name: str, seed: int, point: Point, control: str = "") -> Ended:
        """Kill a scenario at a point, run until idle, and judge."""
        circumstances = self.scenario(name, seed)
        killed = 0
        for _ in range(_TRIES):
            case = _Case(self, name, circumstances, control)
            if case.run(kill_at=point.number) is None:
                killed = 1
                break
        assert killed, f"{name}, seed {seed}: {point} was not passed"
        case.stand_in.quiet()
        self._clock.pass_by(circumstances.pause)
        statuses: list[int] = []
        for number in range(RUNS):
            again = circumstances.again if number == 0 and not control else 0
            if case.run(kill_at=again) is None:
                killed += 1
                case.stand_in.quiet()
            else:
                result = case.result()
                statuses.append(result["status"])
                if case.is_idle(result):
                    break
            self._clock.pass_by(LATER)
        ended = Ended(
            network=name,
            seed=seed,
            point=str(point),
            fault=circumstances.fault,
            killed=killed,
            statuses=statuses,
        )
        case.judge(ended)
        return ended

    def next_case(self) -> tuple[int, Path, Path, str]:
        """Return a new number, a new ledger, the place for results, and the picture's address."""
        number = next(self._numbers)
        for old in self._folder.glob("ledger-*"):
            old.unlink()
        self._clock.set(BEGIN)
        ledger = self._folder / f"ledger-{number}.sqlite3"
        return number, ledger, self._folder / "result.json", self._picture

    @property
    def clock_file(self) -> Path:
        """The clock that all read."""
        return self._folder / "clock"

    def kill(self, order: dict[str, Any]) -> int | None:
        """Run one process."""
        return self._killer(order)


class _Case:
    def __init__(self, matrix: Matrix, name: str, circumstances: Scenario, control: str) -> None:
        number, ledger, self._result, address = matrix.next_case()
        self._matrix = matrix
        self.stand_in = matrix.stand_in(name)
        case = f"{number:06d}"
        self._posts = {
            f"tag:blogg.inkop.example.org,2026:{case}{post:06d}": f"{SITE}/{number}-{post}/"
            for post in range(1, POSTS + 1)
        }
        self._order = {
            "network": self.stand_in.network,
            "environ": self.stand_in.begin(circumstances),
            "posts": list(self._posts.items()),
            "picture": address if self.stand_in.pictured else "",
            "ledger": str(ledger),
            "clock": str(matrix.clock_file),
            "result": str(self._result),
            "control": control,
            # A control lacks its safeguard; a look beforehand would stand in for it.
            "look_first": circumstances.look_first and not control,
        }

    def run(self, *, kill_at: int = 0) -> int | None:
        self._result.unlink(missing_ok=True)
        return self._matrix.kill(self._order | {"kill_at": kill_at})

    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._result.read_text())
        return found

    def is_idle(self, result: dict[str, Any]) -> bool:
        """Whether nothing more would come of running again."""
        settled = {"delivered"} if self.stand_in.read_back else {"delivered", "uncertain"}
        states = result["rows"]
        return states.keys() >= self._posts.keys() and set(states.values()) <= settled

    def judge(self, ended: Ended) -> None:
        shown = Counter(self.stand_in.end())
        result = self.result() if self._result.exists() else {"rows": {}, "reported": {}}
        rows, reported = result["rows"], result["reported"]
        ended.doubled = [url for url in self._posts.values() if shown[url] > 1]
        for guid, url in self._posts.items():
            told = rows.get(guid) == "uncertain" and reported.get(guid) == "uncertain"
            if told and ended.statuses[-1] == 1:
                ended.uncertain.append(url)
            elif not shown[url]:
                ended.lost.append(url)
            elif rows.get(guid) != "delivered":
                ended.wrong.append(f"{url} is shown and its row is {rows.get(guid)}")
        if self.stand_in.read_back and ended.uncertain:
            ended.wrong.append(f"uncertain to the end: {result['notes']}")
        if ended.uncertain == [] and ended.statuses[-1:] != [0]:
            ended.wrong.append(f"not idle: {result}")
        if not result.get("chained"):
            ended.wrong.append("the ledger's chain is broken")


@contextmanager
def matrix(folder: Path | None = None) -> Iterator[Matrix]:
    """Run a matrix in a new folder, on a RAM disk where there is one.

    What is written is still there after a SIGKILL whatever the disk: only a machine that loses its
    power tells them apart.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    where = folder or (memory if os.access(memory, os.W_OK) else None)
    with tempfile.TemporaryDirectory(dir=where) as made, ExitStack() as stack:
        yield Matrix(stack, Path(made))
