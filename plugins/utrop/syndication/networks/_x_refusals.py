"""What X's answers allow the caller: https://docs.x.com/x-api/fundamentals/response-codes-and-errors.

403 has many meanings, and only ``detail`` tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from utrop.syndication.errors import (
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks._http import Answer, retry_moment, shown, text_of

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far our clock may be off before X refuses signatures."""

_DUPLICATE: Final = re.compile(r"\bduplicate\b", re.IGNORECASE)
_ABOUT_THE_POST: Final = re.compile(
    r"\b(cashtags?|mention(s|ed)?|repl(y|ies)|quot(e|ing)|too long|delet(e|ing))\b", re.IGNORECASE
)
_DAILY: Final = ("x-user-limit-24hour", "x-app-limit-24hour")


def refusal(answer: Answer, *, server: str, secrets: Iterable[str], now: datetime) -> NetworkError:
    """Return the error for an answer that is no success; ``now`` is our own time (aware)."""
    status, said = answer.status, shown(_said(answer), secrets)
    what = f"{server} answered {status}" + (f": {said}" if said else "")
    if status == 401:
        return Unauthorized(f"{what}; {_clock_wrong(answer, now) or _KEYS}")
    if status == 402:
        return Unauthorized(f"{what}; no credits are left: buy some at console.x.com")
    if status == 403:
        return _forbidden(answer, what)
    if status == 429 and _problem(answer) == "usage-capped":
        return Unauthorized(f"{what}; the spending limit of console.x.com is reached")
    if status == 429:
        return RateLimited(what, retry_at=_reset(answer))
    if 400 <= status < 500 and status not in {408, 409, 425}:
        return Rejected(what)
    return OutcomeUnknown(what)


_KEYS: Final = (
    "X_CONSUMER_KEY, X_CONSUMER_SECRET, X_ACCESS_TOKEN or X_ACCESS_TOKEN_SECRET is refused:"
    " make them anew, all four for one app"
)


def _forbidden(answer: Answer, what: str) -> NetworkError:
    told = _said(answer)
    if _DUPLICATE.search(told):
        # What it duplicates may be ours, and the answer does not name it: look.
        return OutcomeUnknown(f"{what} (X has this text already)")
    if _problem(answer) == "oauth1-permissions":
        return Unauthorized(
            f"{what}; give the app “Read and write” and then make a new access token"
        )
    if _ABOUT_THE_POST.search(told):
        return Rejected(what)
    return Unauthorized(f"{what}; the app or the account may not post")


def _said(answer: Answer) -> str:
    """Return X's own words: ``detail`` of a problem, or the message of the older form."""
    found = answer.mapping()
    if told := text_of(found, "detail", "title", "error"):
        return told
    errors = found.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return text_of(first, "detail", "message", "title") if isinstance(first, Mapping) else ""


def _problem(answer: Answer) -> str:
    return problem_of(answer.mapping())


def problem_of(told: Mapping[str, object]) -> str:
    """Return the last part of a problem's ``type``, such as ``usage-capped``."""
    return text_of(told, "type").rpartition("/")[2]


def _reset(answer: Answer) -> datetime | None:
    """Return when more is allowed: a day's limit that is used up outlasts the quarter hour's."""
    used_up = [f"{name}-reset" for name in _DAILY if _is_zero(answer, f"{name}-remaining")]
    moments = (retry_moment(answer, name) for name in (*used_up, "x-rate-limit-reset"))
    return max(filter(None, moments), default=None)


def _is_zero(answer: Answer, header: str) -> bool:
    return str(answer.headers.get(header, "")).strip() == "0"


def _clock_wrong(answer: Answer, now: datetime) -> str:
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    if abs(theirs - now) <= CLOCK_TOLERANCE:
        return ""
    return (
        f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC and X's {theirs:%Y-%m-%d %H:%M}:"
        " set it right, for the time is part of the signature"
    )
