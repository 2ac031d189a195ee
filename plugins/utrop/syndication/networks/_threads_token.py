"""The token of a Threads account: what is known of it, and a new one in its place."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from utrop.syndication.credential import Credential
from utrop.syndication.errors import OutcomeUnknown
from utrop.syndication.networks import _graph_token
from utrop.syndication.networks._graph import Graph
from utrop.syndication.networks._http import answered_at, text_of

NAME: Final = "THREADS_TOKEN"
"""The variable that holds it."""

_NEEDED: Final = ("threads_basic", "threads_content_publish")
_TO_WITHDRAW: Final = "threads_delete"
_TOKEN: Final = re.compile(r"[!-~]{8,2000}")
_LONGEST_LIFE: Final = 10 * 366 * 24 * 3600
"""Seconds; what says more is no life of a token."""


def credential(graph: Graph, *, account: str) -> Credential:
    """Return what Threads tells of a token that works. Raises Unauthorized where it is not valid.

    Where Threads does not tell, that is a warning.
    """
    token = _graph_token.inspect(graph, token_name=NAME)
    now = graph.answered
    warnings = []
    if token.unknown:
        warnings.append(
            f"when {NAME} ends is not known ({token.unknown}); it lives for 60 days from the day it"
            " was made or renewed"
        )
    if token.missing([_TO_WITHDRAW]):
        warnings.append(f"{NAME} lacks {_TO_WITHDRAW}: withdrawn posts must be deleted by hand")
    if _graph_token.ends_soon(token.expires, now):
        warnings.append(f"renew {NAME}: `utrop connect threads --refresh`")
    return Credential(
        account=account,
        expires=token.expires,
        scopes=token.scopes or (),
        missing=token.missing(_NEEDED),
        warnings=tuple(warnings),
        server_time=now,
    )


def renewed(graph: Graph) -> tuple[str, datetime | None]:
    """Return a new token and when it ends (aware UTC, None where that cannot be told).

    The old one must be a day old at least and not have ended:
    https://developers.facebook.com/docs/threads/get-started/long-lived-tokens/. Whether it goes on
    until its own end is not verified. Raises any error of ``syndication.errors``.
    """
    answer = graph.exchange("refresh_access_token", "th_refresh_token")
    if not answer.ok:
        raise graph.refusal(answer)
    found = answer.mapping()
    token, seconds = text_of(found, "access_token"), found.get("expires_in")
    if not _TOKEN.fullmatch(token):
        raise OutcomeUnknown(f"{graph.host} answered with something that is no token")
    now = answered_at(answer)
    if now is None or type(seconds) is not int or not 0 < seconds < _LONGEST_LIFE:
        return token, None
    return token, now + timedelta(seconds=seconds)
