"""One careful HTTP exchange with a network's server, and what its failures allow the caller.

Line drawn by httpx (https://www.python-httpx.org/exceptions/): where no connection came about,
nothing was sent; after that everything may have happened. Nothing here repeats a request or
follows a redirect, and no text from a server reaches a person before it was cleaned.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from utrop import __version__
from utrop.syndication.errors import NotSent, OutcomeUnknown

USER_AGENT: Final = f"Utrop/{__version__}"
TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0, pool=10.0)
"""Seconds. A slow answer costs a look-up later, so patience is cheaper than a time-out."""
WHOLE_ANSWER: Final = 90.0
"""Seconds for one answer as a whole: a server that drips one byte at a time ends here."""
ANSWER_BYTES: Final = 4_000_000
"""Bytes of one answer at most. Forty long statuses are well below a tenth of it."""

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.ProxyError,
)
_SHOWN = 200
_UNIX_SECONDS_FROM = 1_000_000_000  # smaller numbers are seconds to wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, read within its limits."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the server says that it did what it was asked."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """Return the body as JSON, or None where it is none (hostile or broken servers)."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def mapping(self) -> Mapping[str, object]:
        """Return the body as a JSON object, empty where it is something else."""
        found = self.json()
        return found if isinstance(found, dict) else {}


def ask(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    server: str,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    body: object = None,
    content: bytes | None = None,
    at_most: int = ANSWER_BYTES,
) -> Answer:
    """Send one request, once, and return the whole answer, whatever its status.

    ``body`` is sent as JSON, ``content`` as it is; ``server`` is what people call the other side.
    Raises NotSent where no connection came about, OutcomeUnknown where the answer was lost, was
    too long or took too long.
    """
    sent = {"Accept-Encoding": "identity", **(headers or {})}
    if not http.headers.get("User-Agent", "").startswith("Utrop/"):
        # Some servers refuse requests that do not say whose they are.
        sent["User-Agent"] = USER_AGENT
    if body is not None:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        sent["Content-Type"] = "application/json"
    try:
        request = http.build_request(
            method, url, headers=sent, params=params, content=content, timeout=TIMEOUT
        )
    except httpx.InvalidURL:
        raise NotSent(f"{server} has an address that is none") from None
    try:
        # The client's own auth and redirects are set aside: they could carry a token elsewhere.
        answer = http.send(request, stream=True, auth=None, follow_redirects=False)
        with contextlib.closing(answer):
            whole = _read(answer, server, at_most)
    except _NEVER_SENT as error:
        raise NotSent(f"{server} cannot be reached ({_named(error)})") from None
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise OutcomeUnknown(f"the answer of {server} was lost ({_named(error)})") from None
    return Answer(status=answer.status_code, headers=answer.headers, body=whole)


def _read(answer: httpx.Response, server: str, at_most: int) -> bytes:
    # A duration, not a time of day: it bounds the wait and reaches no output.
    deadline = time.monotonic() + WHOLE_ANSWER
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        # We asked for none; unpacking could turn a kilobyte into gigabytes.
        raise OutcomeUnknown(f"{server} answered in a packed form that was not asked for")
    whole = bytearray()
    for part in answer.iter_raw():
        whole += part
        if len(whole) > at_most:
            raise OutcomeUnknown(f"the answer of {server} is longer than {at_most} bytes")
        if time.monotonic() > deadline:
            raise OutcomeUnknown(f"the answer of {server} took longer than {WHOLE_ANSWER:.0f} s")
    return bytes(whole)


def _named(error: Exception) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


def shown(text: object, secrets: Iterable[str] = ()) -> str:
    """Return words from a server as they may be shown: one line, short, without secrets."""
    cleaned = "".join(
        character if unicodedata.category(character)[0] not in "CZ" else " "
        for character in str(text)[: _SHOWN * 50]
    )
    cleaned = " ".join(cleaned.split())
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        cleaned = cleaned.replace(secret, "[secret]")
    return cleaned if len(cleaned) <= _SHOWN else cleaned[: _SHOWN - 1] + "…"


def absolute_web_address(value: object) -> str | None:
    """Return an http(s) address that may stand in a page's link, None where it is none."""
    if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():
        return None
    return value if re.match(r"https?://[^\s/?#@\"'<>]+(/[^\s\"'<>]*)?$", value) else None


def retry_moment(answer: Answer, *reset_headers: str) -> datetime | None:
    """Return when a server wants to be asked again (aware UTC), None where it does not say.

    The headers hold an ISO time, an HTTP date, Unix seconds or a number of seconds to wait, which
    counts from the answer's own ``Date``, so that no clock of ours is needed.
    """
    answered = answered_at(answer)
    for name in (*reset_headers, "Retry-After"):
        moment = _moment(answer.headers.get(name, ""), answered)
        if moment is not None:
            return moment
    return None


def answered_at(answer: Answer) -> datetime | None:
    """Return the moment of an answer by the server's clock (aware UTC), None without its Date."""
    return _moment(answer.headers.get("Date", ""))


def _moment(value: str, answered: datetime | None = None) -> datetime | None:
    value = value.strip()
    try:
        if value.isascii() and value.isdecimal():
            if int(value) >= _UNIX_SECONDS_FROM:
                return datetime.fromtimestamp(int(value), UTC)
            return answered + timedelta(seconds=int(value)) if answered else None
        if value[:1].isdecimal():
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else None
        return parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def text_of(found: Mapping[str, Any], *names: str) -> str:
    """Return the first of these members that is a string with something in it, else ''."""
    for name in names:
        value = found.get(name)
        if isinstance(value, str) and value.strip():
            return value
    return ""
