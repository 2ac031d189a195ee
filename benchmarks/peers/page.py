"""The tables, and docs/peers.md around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from benchmarks.peers.matrix import Outcome
from benchmarks.peers.proxy import FAULTS
from benchmarks.peers.tools import TOOLS

TEMPLATE = Path(__file__).with_name("page.md")
NETWORKS = {"mastodon": "Mastodon", "bluesky": "Bluesky"}


class Results(TypedDict):
    outcomes: list[Outcome]
    versions: dict[str, str]
    days: dict[str, str]
    """When each tool was measured last."""


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
        lines.append(_row(["**in all**", *(f"**{_cell(here, tool)}**" for tool in tools)]))
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _cell(outcomes: list[Outcome], tool: str) -> str:
    own = [one for one in outcomes if one.tool == tool]
    wanted = sum(one.wanted for one in own)
    if not wanted:
        return ""
    lost, doubled = (sum(getattr(one, name) for one in own) for name in ("lost", "doubled"))
    return f"{lost} lost, {doubled} doubled of {wanted}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page(results: Results) -> str:
    """Return the whole page; its prose lies in page.md beside this file."""
    outcomes, days = results["outcomes"], set(results["days"].values())
    cases = {(one.fault, one.seed) for one in outcomes}
    filled = {
        "tables": tables(outcomes),
        "seeds": str(max(seed for _, seed in cases)),
        "cases": str(len(outcomes)),
        "day": " and ".join(sorted(days)),
        **results["versions"],
    }
    text = TEMPLATE.read_text("utf-8")
    for name, value in filled.items():
        text = text.replace(f"{{{name}}}", value)
    return text
