"""The tables, and docs/peers.md around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from benchmarks.peers.matrix import Outcome, cases
from benchmarks.peers.proxy import FAULTS
from benchmarks.peers.tools import TOOLS

TEMPLATE = Path(__file__).with_name("page.md")
NETWORKS = {"mastodon": "Mastodon", "bluesky": "Bluesky"}


class Results(TypedDict):
    outcomes: list[Outcome]
    versions: dict[str, str]
    days: dict[str, str]
    """When each tool was measured last."""


def comparable(outcomes: Iterable[Outcome]) -> bool:
    """Tell whether every tool was put under every fault with the same seeds, on its networks."""
    found = {(one.tool, one.network, one.fault, one.seed) for one in outcomes}
    seeds = max((seed for *_, seed in found), default=0)
    return seeds > 0 and found == set(cases(TOOLS, FAULTS, seeds))


def tables(outcomes: Iterable[Outcome]) -> str:
    """Return a table for each network: a row for each fault, lost and doubled for each tool."""
    found = list(outcomes)
    parts = []
    for network, name in NETWORKS.items():
        here = [one for one in found if one.network == network]
        tools = [tool for tool in TOOLS if any(one.tool == tool for one in here)]
        if not tools:
            continue
        lines = [f"### {name}", ""]
        lines.append(_row(["fault", *(TOOLS[tool].title for tool in tools)]))
        lines.append(_row(["---", *("---:" for _ in tools)]))
        for fault in FAULTS:
            of_fault = [one for one in here if one.fault == fault]
            if of_fault:
                lines.append(_row([fault, *(_cell(of_fault, tool) for tool in tools)]))
        lines.append(
            _row(
                [f"**in all, of {_wanted(here)}**", *(f"**{_cell(here, tool)}**" for tool in tools)]
            )
        )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _cell(outcomes: list[Outcome], tool: str) -> str:
    own = [one for one in outcomes if one.tool == tool]
    lost, doubled = sum(one.lost for one in own), sum(one.doubled for one in own)
    said = [f"{lost} lost"] * (lost > 0) + [f"{doubled} doubled"] * (doubled > 0)
    return ", ".join(said) or "0"


def _wanted(outcomes: list[Outcome]) -> int:
    """Return how many posts each tool was to make on a network; all have the same cases."""
    totals = Counter[str]()
    for one in outcomes:
        totals[one.tool] += one.wanted
    return max(totals.values())


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page(results: Results) -> str:
    """Return the whole page; its prose lies in page.md beside this file."""
    outcomes, days = results["outcomes"], set(results["days"].values())
    filled = {
        "tables": tables(outcomes),
        "seeds": str(max(one.seed for one in outcomes)),
        "cases": str(len(outcomes)),
        "day": " and ".join(sorted(days)),
        **results["versions"],
    }
    text = TEMPLATE.read_text("utf-8")
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text
