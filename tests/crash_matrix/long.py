"""The long form: every network, many seeds, all cores; writes the table.

``python -m tests.crash_matrix [--seeds 50] [--points 26] [--networks NAME ...] [--write FILE]``.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import multiprocessing
import os
import queue
import time
import traceback
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.crash_matrix.cases import CONTROLS, Ended, chosen, matrix
from tests.crash_matrix.page import Group, page
from tests.crash_matrix.stand_ins import STAND_INS

CONTROL_SEEDS: Final = 3
"""So many for each control: it has only to be noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One scenario at one network, killed at its points."""

    network: str
    seed: int
    points: int
    control: str = ""


def tasks(names: list[str], seeds: range, points: int) -> list[Task]:
    """Return everything to be done, such that what takes longest begins first."""
    order = sorted(names, key=lambda name: name != "bluesky")
    whole = [Task(network=name, seed=seed, points=points) for name in order for seed in seeds]
    for control in CONTROLS:
        for name in names:
            if control == "no intent" or STAND_INS[name].read_back:
                few = seeds[:CONTROL_SEEDS]
                whole += [
                    Task(network=name, seed=seed, points=points, control=control) for seed in few
                ]
    return whole


def work(waiting: Any, done: Any) -> None:
    """Do tasks until there are none; a process of its own."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    with matrix() as here:
        while (task := waiting.get()) is not None:
            try:
                points = here.points(task.network, task.seed, task.control)
                killed_at = chosen(points, task.points, task.seed)
                ended = [
                    here.case(task.network, task.seed, point, task.control) for point in killed_at
                ]
            except BaseException:
                done.put((task, traceback.format_exc()))
                raise
            done.put((task, ended))


def main(arguments: list[str]) -> int:
    """Run the matrix and return 0 where nothing was lost or doubled and every control noticed."""
    parser = argparse.ArgumentParser(prog="crash-matrix", description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--from-seed", type=int, default=0)
    parser.add_argument("--points", type=int, default=26, help="of each scenario")
    parser.add_argument("--networks", nargs="+", choices=list(STAND_INS), default=list(STAND_INS))
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", type=Path, help="where the page with the table goes")
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    seeds = range(given.from_seed, given.from_seed + given.seeds)
    whole = tasks(given.networks, seeds, given.points)
    context = multiprocessing.get_context("spawn")
    waiting, done = context.Queue(), context.Queue()
    for task in [*whole, *[None] * given.processes]:
        waiting.put(task)
    workers = [context.Process(target=work, args=(waiting, done)) for _ in range(given.processes)]
    for worker in workers:
        worker.start()
    ended: dict[tuple[str, str], list[Ended]] = defaultdict(list)
    for number in range(1, len(whole) + 1):
        task, found = done.get()
        if isinstance(found, str):
            print(f"{task}\n{found}", flush=True)
            # The others end with what they are at.
            with contextlib.suppress(queue.Empty):
                while waiting.get(timeout=1) is not None:
                    pass
            for _ in workers:
                waiting.put(None)
            return 70
        ended[task.control, task.network] += found
        failed = [one for one in found if one.failed]
        label = f"{task.network}, seed {task.seed}" + (f", {task.control}" * bool(task.control))
        told = f"{len(found)} cases" + (f", {len(failed)} FAILED" if failed else "")
        print(f"{number:5} of {len(whole)}  {label}: {told}", flush=True)
        if not task.control:
            print(*failed, sep="\n", end="\n" * bool(failed), flush=True)
    for worker in workers:
        worker.join()
    groups = [Group(control, network, tuple(cases)) for (control, network), cases in ended.items()]
    groups.sort(
        key=lambda group: (
            ("", *CONTROLS).index(group.control),
            given.networks.index(group.network),
        )
    )
    minutes = (time.monotonic() - begun) / 60
    written = page(groups, seeds=given.seeds, minutes=minutes, day=datetime.now(UTC).date())
    print(written)
    if given.write:
        given.write.write_text(written, "utf-8")
    broken = [group for group in groups if not group.control and group.failed]
    blind = [name for name in CONTROLS if not any(g.failed for g in groups if g.control == name)]
    print(f"{minutes:.1f} minutes; failed: {len(broken)}; controls not noticed: {blind}")
    return int(bool(broken or blind))
