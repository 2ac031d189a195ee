"""Every tool on every network under every fault, with several seeds; and what came of it."""

from __future__ import annotations

import dataclasses
import random
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.peers import proxy as proxies
from benchmarks.peers.accounts import Account
from benchmarks.peers.environment import Environment
from benchmarks.peers.proxy import FAULTS, Plan, Proxy
from benchmarks.peers.site import Released
from benchmarks.peers.tools import TOOLS, Case

DELAYS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Seconds between an answer and the kill: the work after an answer takes this long."""
WAITERS = 40
"""How many cases wait for a silent server at once: they cost minutes, but no work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a case left on the network, of so many posts that were ``wanted``."""

    tool: str
    network: str
    fault: str
    seed: int
    wanted: int
    lost: int
    doubled: int
    """How many posts stand there more than once."""
    copies: int
    """How many too many stand there in all."""
    spoiled: int
    """How many writes met the fault."""
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all cases stand on."""

    folder: Path
    environment: Environment
    site: Released
    accounts: dict[str, Callable[[], Account]]
    now: datetime


def planned(fault: str, seed: int) -> Plan:
    """Return which writes the seed spoils; the same for every tool and network."""
    chance = random.Random(f"{fault} {seed}")  # noqa: S311 - which request fails is no secret
    return Plan(
        fault=FAULTS[fault],
        first=chance.randint(1, 3),
        # A silent server costs minutes each time, and shows nothing new the second time.
        times=1 if FAULTS[fault] is proxies.silence else chance.choice((1, 1, 2)),
        delay=DELAYS[seed % len(DELAYS)],
    )


def run_case(ground: Ground, tool: str, network: str, fault: str, seed: int) -> Outcome:
    """Run one case to its end and count."""
    folder = ground.folder / f"{tool}-{network}-{list(FAULTS).index(fault)}-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    account = ground.accounts[network]()
    with Proxy(account.server, ground.environment.server_side, planned(fault, seed)) as proxy:
        case = Case(
            network=network,
            folder=folder,
            account=account,
            proxy=proxy,
            environment=ground.environment,
            site=ground.site,
            now=ground.now,
        )
        TOOLS[tool].run(case)
    texts = account.shown()
    shown = Counter(
        {post.uid: sum(post.uid in text for text in texts) for post in ground.site.posts}
    )
    if shown.total() != len(texts):
        raise RuntimeError(f"{folder.name}: something was posted that should not be")
    if FAULTS[fault] is not None and not proxy.spoiled:
        raise RuntimeError(f"{folder.name}: no write came that could be spoiled")
    return Outcome(
        tool=tool,
        network=network,
        fault=fault,
        seed=seed,
        wanted=len(shown),
        lost=sum(times == 0 for times in shown.values()),
        doubled=sum(times > 1 for times in shown.values()),
        copies=sum(times - 1 for times in shown.values() if times > 1),
        spoiled=proxy.spoiled,
        statuses=tuple(case.statuses),
    )


def cases(
    tools: Iterable[str], faults: Iterable[str], seeds: int
) -> Iterator[tuple[str, str, str, int]]:
    for seed in range(1, seeds + 1):
        for fault in faults:
            for tool in tools:
                for network in TOOLS[tool].networks:
                    yield tool, network, fault, seed


def run(ground: Ground, wanted: list[tuple[str, str, str, int]], jobs: int) -> list[Outcome]:
    """Run the cases, those that only wait beside the others; tell how far it is."""
    found: list[Outcome] = []
    with ThreadPoolExecutor(WAITERS) as patient, ThreadPoolExecutor(jobs) as busy:
        futures: list[Future[Outcome]] = []
        for case in wanted:
            pool = patient if FAULTS[case[2]] is proxies.silence else busy
            futures.append(pool.submit(run_case, ground, *case))
        for future in as_completed(futures):
            one = future.result()
            found.append(one)
            told = f"{one.tool}, {one.network}, {one.fault}, seed {one.seed}"
            outcome = f"{one.lost} lost, {one.doubled} doubled, {list(one.statuses)}"
            print(f"{len(found)}/{len(futures)} {told}: {outcome}", file=sys.stderr, flush=True)
    return found


def as_json(outcome: Outcome) -> dict[str, object]:
    return dataclasses.asdict(outcome)
