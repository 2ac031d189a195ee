"""Measures reading notices: ``python -m benchmarks.notices [--notices 1000] [--runs 5]``.

The peer in the same run is lxml alone, which parses the same bytes into elements and reads none.
The notices are the real ones in ../shared/data/notices, over and over, or our own of the tests
where those are not here; each run is of all of them, and the figure is the median.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

from lxml import etree

from tests.sites import SHARED
from utrop.procurement.eforms import read_notice

OWN = Path(__file__).resolve().parents[1] / "tests" / "notices_xml"


def main() -> None:
    """Print the figures as a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--notices", type=int, default=1000)
    asked.add_argument("--runs", type=int, default=5)
    given = asked.parse_args()
    paths = sorted((SHARED / "data" / "notices").glob("*.xml")) or sorted(OWN.glob("*.xml"))
    files = [(path, path.read_bytes()) for path in islice(cycle(paths), given.notices)]
    size = sum(len(data) for _, data in files) / 1e6

    bare = _median(given.runs, lambda: _parse(files))
    ours = _median(given.runs, lambda: _read(files))
    what = f"{len(files)} notices, {len(paths)} different, {size:.1f} MB"
    print("| what | seconds | ratio |")
    print("|---|---:|---:|")
    print(f"| {what}: lxml alone, no value read | {bare:.2f} | 1 |")
    print(f"| {what}: `read_notice` | {ours:.2f} | {ours / bare:.1f} |")


def _median(runs: int, work: Callable[[], None]) -> float:
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _parse(files: list[tuple[Path, bytes]]) -> None:
    for _, data in files:
        etree.fromstring(data)


def _read(files: list[tuple[Path, bytes]]) -> None:
    for path, data in files:
        if read_notice(data, path=path).notice is None:
            raise SystemExit(f"{path} was not read")


if __name__ == "__main__":
    main()
