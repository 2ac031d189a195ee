"""What a seed chooses: the faults around the death, and how the servers behave."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

BEGIN = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
POSTS = 2
FAULTS = ("answer lost", "none", "false 500", "late", "429", "half an answer", "reset")
"""What befalls one write: its answer is lost; nothing; 500 although it took effect; a reset, and it
takes effect later; refused for now; half of the answer comes; a reset before it takes effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The circumstances of a case. Each is the same for the same seed."""

    seed: int
    fault: str
    at_write: int
    """Which write it befalls, from 1."""
    lag: timedelta
    """How long what was written is missing from lists; shorter than the network's window."""
    late: timedelta
    """After how long a late write takes effect; within the same window."""
    key_kept: bool
    """Whether the server heeds an idempotency key."""
    look_first: bool
    """Whether the announcer looks before a first announcement, as the command does."""
    pause: timedelta
    """Between the death and the next run."""
    again: int
    """At which of the points of the run after it that one is killed too; 0: it is not."""


def scenario(seed: int, *, writes: int = 1, window: timedelta = timedelta()) -> Scenario:
    """Return a seed's circumstances; ``writes`` is how many requests make one post.

    ``window`` is the network's own: how long after an attempt nothing is repeated.
    """
    chance = random.Random(seed)  # noqa: S311 - circumstances of a test, no secrets
    within = int(window.total_seconds()) - 1
    lags = (0, 1, within // 2, within, within) if within > 0 else (0,)
    fault = FAULTS[seed % len(FAULTS)]
    lag, late = chance.choice(lags), chance.choice(lags[1:] or (5,))
    if fault == "late":
        # What takes effect late is listed late too: within the window in all.
        lag = min(lag, max(within - late, 0))
    return Scenario(
        seed=seed,
        fault=fault,
        at_write=chance.randint(1, POSTS * writes),
        lag=timedelta(seconds=lag),
        late=timedelta(seconds=late),
        key_kept=chance.random() < 0.25,
        look_first=chance.random() < 0.5,
        pause=timedelta(seconds=chance.choice((0, 0, 1, 20, 59, 240))),
        again=chance.choice((0, chance.randint(1, 12), chance.randint(10, 60))),
    )
