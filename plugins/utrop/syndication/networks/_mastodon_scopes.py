"""What a Mastodon token may: https://docs.joinmastodon.org/api/oauth-scopes/.

Nothing there tells the scopes of a token. Its application's are told since Mastodon 4.3
(https://docs.joinmastodon.org/methods/apps/#verify_credentials); a token that is made under
Preferences, Development has the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from utrop.syndication.credential import Credential
from utrop.syndication.errors import NetworkError
from utrop.syndication.networks._http import Answer
from utrop.syndication.networks._mastodon_server import Server

NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "profile": frozenset({"profile", "read", "read:accounts"}),
    "read:statuses": frozenset({"read:statuses", "read"}),
    "write:statuses": frozenset({"write:statuses", "write"}),
}
"""What announcing needs, and the scopes that bring each; editing and deleting need no more."""

_SCOPE: Final = re.compile(r"[a-z][a-z:_]{0,40}")
_MOST: Final = 60


def credential(server: Server) -> Credential:
    """Return whose the token is and what it may.

    Raises Unauthorized, RateLimited or NotSent where the account is not told; a server that only
    keeps the scopes to itself gives a warning.
    """
    who = server.who()
    scopes = _scopes(server)
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    if scopes:
        missing = tuple(name for name, by in NEEDED.items() if by.isdisjoint(scopes))
    else:
        warnings = (
            f"{server.host} does not tell the token's scopes; it needs {', '.join(NEEDED)}",
        )
    return Credential(
        account=who.name,
        scopes=scopes,
        missing=missing,
        warnings=warnings,
        server_time=who.answered,
    )


def _scopes(server: Server) -> tuple[str, ...]:
    try:
        answer: Answer = server.ask("GET", "/api/v1/apps/verify_credentials")
    except NetworkError:
        return ()
    told = answer.mapping().get("scopes") if answer.ok else None
    named = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    sound = (one for one in named[:_MOST] if isinstance(one, str) and _SCOPE.fullmatch(one))
    return tuple(dict.fromkeys(sound))
