"""A post that is out, on Facebook or Threads: looked at, changed, taken away.

Graph gives the same answer (code 100, subcode 33) for what is not there and for what a token may
not see: https://developers.facebook.com/docs/graph-api/guides/error-handling. So nothing is called
gone before the same token has read the account's list of posts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from utrop.syndication.delivery import Receipt
from utrop.syndication.errors import Gone, OutcomeUnknown, Rejected
from utrop.syndication.networks._graph import Graph, is_post_id, post_id
from utrop.syndication.networks._graph_errors import fault
from utrop.syndication.networks._http import Answer

_NO_SUCH_OBJECT: Final = (100, 33)
_MEDIA_NOT_FOUND: Final = 24
"""What Threads calls it; seen for containers, not verified for posts."""


def look(graph: Graph, receipt: Receipt, fields: str, *, listed: str) -> Mapping[str, object]:
    """Return the fields of a post.

    ``listed`` is the path of the account's posts. Raises Gone where it is not there, else
    Unauthorized, RateLimited, Rejected, NotSent or OutcomeUnknown.
    """
    key = _key(graph, receipt)
    answer = graph.get(key, {"fields": f"id,{fields}"})
    if answer.ok:
        if post_id(answer.mapping()) != key:
            raise OutcomeUnknown(f"{graph.host} answered with something that is not that post")
        return answer.mapping()
    refusal = graph.refusal(answer)
    if _is_missing(answer) and _may_read(graph, listed):
        raise Gone(f"{graph.host} has no such post any more")
    raise refusal


def change(graph: Graph, receipt: Receipt, form: Mapping[str, str], *, listed: str) -> None:
    """Change a post, once. A repeat does no harm.

    Raises Gone where it is not there, Rejected where this post cannot be changed, and else as
    ``look``.
    """
    key = _key(graph, receipt)
    answer = graph.post(key, form)
    if not _is_done(graph, answer):
        _raise_refusal(graph, receipt, answer, "changed", listed)


def take_away(graph: Graph, receipt: Receipt, *, listed: str) -> None:
    """Delete a post, once; one that is gone already is no error. A repeat does no harm.

    Raises Rejected where this token may not delete it, and else as ``look``, but never Gone.
    """
    key = _key(graph, receipt)
    answer = graph.delete(key)
    if _is_done(graph, answer):
        return
    try:
        _raise_refusal(graph, receipt, answer, "deleted", listed)
    except Gone:
        return


def _raise_refusal(graph: Graph, receipt: Receipt, answer: Answer, what: str, listed: str) -> None:
    refusal = graph.refusal(answer)
    if _is_missing(answer):
        look(graph, receipt, "id", listed=listed)
        # It is there, and was made by another app or has a form that cannot be changed.
        raise Rejected(f"{refusal}; it is there but cannot be {what} with this token")
    if _is_forbidden(answer):
        # Of this post alone: what announces goes on.
        raise Rejected(f"{refusal}; it cannot be {what} with this token")
    raise refusal


def _key(graph: Graph, receipt: Receipt) -> str:
    if not is_post_id(receipt.id):
        raise Rejected(f"the ledger has no id of a post at {graph.host} for it")
    return receipt.id


def _is_done(graph: Graph, answer: Answer) -> bool:
    if not answer.ok:
        return False
    if answer.mapping().get("success") is True:
        return True
    raise OutcomeUnknown(f"{graph.host} answered without saying that it was done")


def _is_missing(answer: Answer) -> bool:
    wrong = fault(answer)
    missing = (wrong.code, wrong.subcode) == _NO_SUCH_OBJECT or wrong.code == _MEDIA_NOT_FOUND
    return 400 <= answer.status < 500 and missing


def _is_forbidden(answer: Answer) -> bool:
    code = fault(answer).code
    return 400 <= answer.status < 500 and (code == 10 or 200 <= code < 300)


def _may_read(graph: Graph, listed: str) -> bool:
    """Whether the token reads the account's posts, so that one it does not find is not there."""
    answer = graph.get(listed, {"fields": "id", "limit": "1"})
    return answer.ok and isinstance(answer.mapping().get("data"), list)
