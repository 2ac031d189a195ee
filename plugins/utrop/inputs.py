"""What a build depends on beyond files and settings; handed in, never looked up by a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from utrop.post import DeadlineSeen

SETTING = "UTROP_INPUTS"
"""The key in Pelican's settings under which every plugin finds the inputs of its build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInputs:
    """The given time, and what the previous release tells."""

    now: datetime
    """The moment as of which the site is built (aware)."""
    unpublished: bool = False
    """Also build drafts and scheduled posts, banded as such: the development server only."""
    former_paths: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Per guid, the paths below SITEURL at which earlier releases had the post."""
    former_deadlines: Mapping[str, tuple[DeadlineSeen, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Per guid, the post's own deadline through the earlier releases, the latest last."""
