"""Kinds of post in procurement, and which of them belong to a procedure."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal[
    "", "notice", "plan", "dialogue", "qa", "change", "award", "contract_change", "event",
    "opinion", "explainer",
]  # fmt: skip
"""What a post is; empty for a plain post."""

KINDS: Final[tuple[Kind, ...]] = (
    "notice", "plan", "dialogue", "qa", "change", "award", "contract_change", "event", "opinion",
    "explainer",
)  # fmt: skip
OF_A_PROCEDURE: Final = frozenset(
    {"notice", "plan", "dialogue", "qa", "change", "award", "contract_change"}
)
"""Kinds that tell of one procurement; an event may belong to one too."""
