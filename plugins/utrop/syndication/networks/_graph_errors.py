"""The errors of Meta's Graph API, and how long it wants to be left alone.

Follows https://developers.facebook.com/docs/graph-api/guides/error-handling: an error is known by
its code and subcode alone, never by its words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks._http import Answer, retry_moment, text_of

_MOST_PATIENCE: Final = 24 * 60
"""Minutes: the windows of Meta's limits are an hour or a day."""

DUPLICATE: Final = 506
"""The same post twice in a row."""
_UNKNOWN: Final = frozenset({1, 2, DUPLICATE})
"""Said also where the post was published (1, 2: arsduo/koala#699), or is there already (506)."""
_THROTTLED: Final = frozenset({4, 17, 32, 341, 613, 80001})
_REFUSED: Final = frozenset({3, 10, 102, 190, 368, 803, *range(200, 300)})
_BLOCKED: Final = 368
_SCRAPING: Final = 1609005
_BY_SUBCODE: Final[Mapping[int, type[NetworkError]]] = {
    _SCRAPING: NotSent,
    1390008: RateLimited,  # too fast
    1363047: OutcomeUnknown,  # unavailable for now
    1609010: OutcomeUnknown,
    1404078: Unauthorized,  # the page wants an authorization
    4854002: Unauthorized,  # the account must prove its identity
    2207051: Unauthorized,  # the action is restricted
    4279013: Unauthorized,  # the account is restricted
}
_TOKEN_ENDED: Final[Mapping[int, str]] = {
    458: "the app was removed from the account",
    459: "the account must log in again and pass a check",
    460: "the account's password was changed",
    463: "it has expired",
    464: "the account is not confirmed",
    467: "it is no longer valid",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The ``error`` of an answer; 0 where it gives no code."""

    code: int = 0
    subcode: int = 0
    transient: bool = False
    words: str = ""


def fault(answer: Answer) -> Fault:
    """Return what an answer says went wrong, without codes where it does not say."""
    found = answer.mapping().get("error")
    if not isinstance(found, dict):
        return Fault()
    return Fault(
        code=_number(found.get("code")),
        subcode=_number(found.get("error_subcode")),
        transient=found.get("is_transient") is True,
        words=text_of(found, "error_user_msg", "message"),
    )


def refusal_of(answer: Answer, *, server: str, token: str, words: str) -> NetworkError:
    """Return what an answer that is no success allows the caller to do next.

    ``token`` is the name of the variable with the token, ``words`` what the server said, cleaned.
    """
    wrong = fault(answer)
    what = f"{server} answered {answer.status}"
    if wrong.code:
        what += f", code {wrong.code}" + (f"/{wrong.subcode}" if wrong.subcode else "")
    if words:
        what += f": {words}"
    kind = _kind(answer.status, wrong)
    if kind is RateLimited:
        return RateLimited(what, retry_at=_patience(answer))
    if kind is Unauthorized:
        advice = _TOKEN_ENDED.get(wrong.subcode, "it is refused or lacks a permission")
        if wrong.code == _BLOCKED:
            advice = "the account is blocked for now: look there, and wait"
        return Unauthorized(f"{what}; {token}: {advice}")
    return kind(what)


def _kind(status: int, wrong: Fault) -> type[NetworkError]:
    # What the server failed at may have been done, whatever it says of it.
    if status >= 500 or status < 400 or wrong.code in _UNKNOWN:
        return OutcomeUnknown
    if wrong.subcode in _BY_SUBCODE:
        return _BY_SUBCODE[wrong.subcode]
    if wrong.code == _SCRAPING:
        return NotSent
    if wrong.code in _THROTTLED or (not wrong.code and status == 429):
        return RateLimited
    # 100/33: no such object, or no permission to see it.
    if wrong.code in _REFUSED or (wrong.code, wrong.subcode) == (100, 33):
        return Unauthorized
    if not wrong.code and status in {401, 403}:
        return Unauthorized
    # An answer without a code is not Graph's own: something on the way, which may be gone soon.
    if wrong.transient or not wrong.code or status in {408, 409, 425}:
        return OutcomeUnknown
    return Rejected


def _patience(answer: Answer) -> datetime | None:
    """Return when access comes back, by the usage header, which counts in minutes."""
    try:
        told = json.loads(answer.headers.get("X-Business-Use-Case-Usage", ""))
    except (ValueError, RecursionError):
        told = None
    lists = told.values() if isinstance(told, dict) else ()
    uses = [use for one in lists if isinstance(one, list) for use in one if isinstance(use, dict)]
    minutes = max((_number(use.get("estimated_time_to_regain_access")) for use in uses), default=0)
    if minutes > 0:
        wait = {"Retry-After": str(min(minutes, _MOST_PATIENCE) * 60)}
        headers = httpx.Headers({"Date": answer.headers.get("Date", ""), **wait})
        answer = Answer(status=answer.status, headers=headers, body=b"")
    return retry_moment(answer)


def _number(value: object) -> int:
    return value if type(value) is int else 0
