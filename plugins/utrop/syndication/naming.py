"""How people name a post to a command."""

from __future__ import annotations

import shlex


def short_name(guid: str) -> str:
    """Return what names a post, or a reminder of one, in a command: its uid, quoted if needed.

    >>> short_name("tag:inkop.example.org,2026:ab12"), short_name("tag:a,2026:ab#again:2026-12-01")
    ('ab12', "'ab#again:2026-12-01'")
    """
    parts = guid.split(":", 2)
    return shlex.quote(parts[2] if len(parts) == 3 and parts[0] == "tag" else guid)
