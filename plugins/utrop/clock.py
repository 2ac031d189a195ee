"""The clock of a run: read once by the command, handed to everything that needs the time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from utrop.problem import configuration_error


def now(environ: Mapping[str, str]) -> datetime:
    """Return the moment as of which a command acts, in UTC.

    ``UTROP_NOW`` sets it, for rehearsals and tests: an ISO 8601 time with its offset.
    """
    given = environ.get("UTROP_NOW", "")
    if not given:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise configuration_error(
            f"UTROP_NOW: {given!r} is no time", "write one like 2026-11-23T09:00:00+01:00"
        ) from error
    if moment.tzinfo is None:
        raise configuration_error(
            f"UTROP_NOW: {given!r} has no offset", "write one like 2026-11-23T09:00:00+01:00"
        )
    return moment.astimezone(UTC)


def elapsed() -> float:
    """Return seconds that grow as time passes, whatever is done to the clock, also in sleep."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # pragma: no cover - not on Linux
