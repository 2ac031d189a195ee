"""The token of a Facebook Page: what is known of it."""

from __future__ import annotations

from typing import Final

from utrop.syndication.credential import Credential
from utrop.syndication.networks import _graph_token
from utrop.syndication.networks._graph import Graph

NAME: Final = "FACEBOOK_TOKEN"
"""The variable that holds it."""

_NEEDED: Final = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")


def credential(graph: Graph, *, account: str) -> Credential:
    """Return what Facebook tells of a token that works. Raises Unauthorized where it is not valid.

    Where Facebook does not tell, that is a warning: it documents the question for the tokens of
    apps and their developers, and whether a page's token may ask about itself is not verified.
    """
    token = _graph_token.inspect(graph, token_name=NAME)
    now = graph.answered
    warnings = []
    if token.unknown:
        warnings.append(
            f"when {NAME} ends is not known ({token.unknown}); look at"
            " https://developers.facebook.com/tools/debug/accesstoken"
        )
    access = token.data_access_expires
    if access is not None and _graph_token.ends_soon(access, now):
        warnings.append(
            f"on {access:%Y-%m-%d} the app's access to the page's data ends: before that, let the"
            f" person who made {NAME} make a new one"
        )
    return Credential(
        account=account,
        expires=token.expires,
        scopes=token.scopes or (),
        missing=token.missing(_NEEDED),
        warnings=tuple(warnings),
        server_time=now,
    )
