"""Run the comparison and write docs/peers.md: ``python -m benchmarks.peers --help``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.peers import accounts, environment, matrix, page, site
from benchmarks.peers.matrix import Outcome
from benchmarks.peers.proxy import FAULTS
from benchmarks.peers.tools import TOOLS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "peers.md"
RESULTS = "results.json"


def main() -> int:
    """Return the exit status: 1 where something is missing, or where Utrop lost or doubled."""
    arguments = parse()
    try:
        made = environment.make(arguments.folder)
    except environment.UnavailableError as reason:
        print(f"peers: {reason}", file=sys.stderr)
        return 1
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="peers-") as throwaway,
        accounts.running(made.node, Path(throwaway) / "pds") as networks,
        site.released(Path(throwaway), now) as released,
    ):
        ground = matrix.Ground(
            folder=arguments.keep or Path(throwaway) / "cases",
            environment=made,
            site=released,
            accounts=networks,
            now=now,
        )
        faults = [name for name in FAULTS if arguments.fault in name]
        wanted = list(matrix.cases(arguments.tools, faults, arguments.seeds))
        outcomes = matrix.run(ground, wanted, arguments.jobs)
    if arguments.fault:
        print(page.tables(outcomes))
        return failed(outcomes)
    versions = {**made.versions, "utrop": site.version_of_utrop()}
    whole = merged(arguments.folder / RESULTS, outcomes, versions, now)
    print(page.tables(whole["outcomes"]))
    if page.comparable(whole["outcomes"]):
        PAGE.write_text(page.page(whole), "utf-8")
        print(f"\nwritten: {PAGE.relative_to(ROOT)}")
    else:
        print("\ndocs/peers.md stands as it was: not every tool has every case yet")
    return failed(outcomes)


def failed(outcomes: list[Outcome]) -> int:
    """Return the exit status: of the tools, only Utrop has promised anything."""
    return int(any(one.lost or one.doubled for one in outcomes if one.tool == "utrop"))


def merged(
    path: Path, outcomes: list[Outcome], versions: dict[str, str], now: datetime
) -> page.Results:
    """Put the outcomes in the place of what the same tools had before, and keep the rest."""
    tools = {one.tool for one in outcomes}
    before = json.loads(path.read_text("utf-8")) if path.exists() else {}
    kept = [
        Outcome(**{**one, "statuses": tuple(one["statuses"])})
        for one in before.get("outcomes", [])
        if one["tool"] not in tools
    ]
    days = {**before.get("days", {}), **dict.fromkeys(sorted(tools), now.date().isoformat())}
    if "utrop" not in tools:
        versions = {**versions, "utrop": before.get("versions", {}).get("utrop", "")}
    whole = page.Results(outcomes=[*kept, *outcomes], versions=versions, days=days)
    written = {**whole, "outcomes": [matrix.as_json(one) for one in whole["outcomes"]]}
    path.write_text(json.dumps(written, indent=1, ensure_ascii=False), "utf-8")
    return whole


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument(
        "--fault", default="", help="only the faults whose name has this in it; writes no page"
    )
    parser.add_argument("--seeds", type=int, default=10, help="how many cases of each kind (10)")
    parser.add_argument("--jobs", type=int, default=3, help="how many cases at once (3)")
    parser.add_argument("--keep", type=Path, help="a folder that keeps what each case wrote")
    parser.add_argument(
        "--folder",
        type=Path,
        default=ROOT / ".utrop" / "peers",
        help="where the peers are installed and the results are kept (.utrop/peers)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
