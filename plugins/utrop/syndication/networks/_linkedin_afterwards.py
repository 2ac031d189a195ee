"""A LinkedIn post that is out: looked at, changed, taken away.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from utrop.syndication.delivery import Message, Receipt, Standing
from utrop.syndication.errors import Gone, NetworkError, OutcomeUnknown, Rejected
from utrop.syndication.networks import _linkedin_text
from utrop.syndication.networks._http import Answer
from utrop.syndication.networks._linkedin_api import Api
from utrop.syndication.networks._linkedin_posts import ANY_URN, NOT_THERE

_NO_MORE: Final = frozenset({404, 410})


def edit(api: Api, receipt: Receipt, message: Message) -> None:
    """Give a post the message's words; its card stays. A repeat does no harm.

    Raises Gone, Rejected where this post cannot be changed, Unauthorized, RateLimited, NotSent or
    OutcomeUnknown.
    """
    body = {"patch": {"$set": {"commentary": _linkedin_text.commentary(message.text)}}}
    answer = api.ask("POST", _path(receipt), body=body, act="PARTIAL_UPDATE")
    if answer.status in _NO_MORE:
        raise Gone("LinkedIn has no such post any more")
    if not answer.ok:
        raise _refusal(api, answer)


def delete(api: Api, receipt: Receipt) -> None:
    """Delete a post; one that is gone already is no error. Raises as ``edit``, but never Gone."""
    answer = api.ask("DELETE", _path(receipt), act="DELETE")
    if not answer.ok and answer.status not in _NO_MORE:
        raise _refusal(api, answer)


def standing(api: Api, receipt: Receipt, message: Message) -> Standing:
    """Return how a post stands. Raises as ``edit``, but never Gone."""
    answer = api.ask("GET", _path(receipt))
    if answer.status in _NO_MORE:
        return Standing.GONE
    if not answer.ok:
        raise api.refusal(answer)
    found = answer.mapping()
    words = found.get("commentary")
    if found.get("id") != receipt.id or not isinstance(words, str):
        raise OutcomeUnknown("LinkedIn answered with something that is not that post")
    if found.get("lifecycleState") in NOT_THERE:
        return Standing.GONE
    same = _linkedin_text.shows(words, message.text)
    return Standing.THERE if same else Standing.EDITED


def _path(receipt: Receipt) -> str:
    if not re.fullmatch(ANY_URN, receipt.id):
        raise Rejected("the ledger has no id of a LinkedIn post for it")
    return f"/rest/posts/{quote(receipt.id, safe='')}"


def _refusal(api: Api, answer: Answer) -> NetworkError:
    refusal = api.refusal(answer)
    # 403 may be about this post alone: what announces goes on, and a person looks at the post.
    return Rejected(str(refusal)) if answer.status == 403 else refusal
