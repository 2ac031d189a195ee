"""What Facebook and Threads tell of a token.

https://developers.facebook.com/docs/graph-api/reference/debug_token and
https://developers.facebook.com/documentation/threads/troubleshooting/debug-access-token
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from utrop.syndication.errors import NetworkError, Unauthorized
from utrop.syndication.networks._graph import Graph

SOON: Final = timedelta(days=30)
_SCOPES: Final = 100
_SCOPE_LENGTH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token. Moments are aware UTC."""

    expires: datetime | None = None
    """None: it does not end, or that is not known; then ``unknown`` says why."""
    data_access_expires: datetime | None = None
    scopes: tuple[str, ...] | None = None
    """None: not known."""
    unknown: str = ""

    def missing(self, needed: Iterable[str]) -> tuple[str, ...]:
        """Return which of these permissions the token lacks, none where that is not known."""
        return tuple(one for one in needed if self.scopes is not None and one not in self.scopes)


def inspect(graph: Graph, *, token_name: str) -> Token:
    """Ask about the token, which is known to work already.

    Raises Unauthorized where the answer is that it is not valid. Where there is no answer, or
    none that can be read, ``unknown`` says so: the token works all the same.
    """
    try:
        answer = graph.inspect()
    except NetworkError as error:
        return Token(unknown=str(error))
    found = answer.mapping().get("data")
    if not answer.ok or not isinstance(found, dict) or "is_valid" not in found:
        return Token(unknown=str(graph.refusal(answer)))
    if found["is_valid"] is not True:
        raise Unauthorized(f"{graph.host} says that {token_name} is not valid: make a new one")
    return Token(
        expires=moment(found.get("expires_at")),
        data_access_expires=moment(found.get("data_access_expires_at")),
        scopes=_scopes(found, graph),
    )


def moment(seconds: object) -> datetime | None:
    """Return Unix seconds as a time, None for 0 (never) and for what is no time."""
    if type(seconds) is not int or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def ends_soon(end: datetime | None, now: datetime | None) -> bool:
    """Whether a moment is less than ``SOON`` away, by the network's own clock."""
    return end is not None and now is not None and end - now < SOON


def _scopes(found: Mapping[str, object], graph: Graph) -> tuple[str, ...] | None:
    listed = found.get("scopes")
    if not isinstance(listed, list):
        return None
    names = [graph.clean(one)[:_SCOPE_LENGTH] for one in listed[:_SCOPES] if isinstance(one, str)]
    return tuple(sorted(set(names)))
