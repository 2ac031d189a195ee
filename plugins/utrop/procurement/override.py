"""Override: one rule of the linter set aside for one post, by a person and for a reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a writer puts into front matter's ``overrides``."""

    rule: str
    """The rule's id, such as ``R2-amount``."""
    by: str
    """Who takes the responsibility."""
    reason: str
