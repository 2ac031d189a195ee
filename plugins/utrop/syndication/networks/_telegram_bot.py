"""A Telegram bot and its questions: https://core.telegram.org/bots/api#making-requests.

The bot's token stands in the path of each request, which therefore is never logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import httpx

from utrop.syndication.delivery import Payload
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _secret_address
from utrop.syndication.networks._http import Answer, retry_moment, shown, text_of

# What is wrong with the channel or the bot's place in it, and so with every announcement. The
# wording is Telegram's own and may change; then a post is rejected instead, which is as safe.
_CHANNEL_REFUSED: Final = re.compile(
    r"chat not found|not enough rights|administrator rights|no rights|need to be|chat_write"
    r"|chat_admin_required|kicked|not a member|deactivated|upgraded|channel_private",
    re.IGNORECASE,
)


class Bot:
    """One bot by its token."""

    def __init__(self, http: httpx.Client, *, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._secrets = (token, quote(token, safe=""), token.partition(":")[2])

    def ask(self, method: str, body: Payload) -> Answer:
        """Call a method, once; raises as ``_http.ask``."""
        url = f"{self._url}/bot{self._token}/{method}"
        return _secret_address.post(self._http, url, body, server="Telegram")

    def read(self, method: str, body: Payload) -> tuple[Mapping[str, object], Answer]:
        """Return what a question is answered with, never empty, and the answer as it came.

        Raises Unauthorized, RateLimited or NotSent: nothing is changed by asking.
        """
        try:
            answer = self.ask(method, body)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        found = result(answer)
        if found:
            return found, answer
        refusal = self.refusal(answer)
        if isinstance(refusal, OutcomeUnknown):
            raise NotSent(str(refusal))
        if isinstance(refusal, Rejected):
            raise Unauthorized(str(refusal))
        raise refusal

    def said(self, answer: Answer) -> str:
        """Return the server's reason as it may be shown."""
        return shown(text_of(answer.mapping(), "description"), self._secrets)

    def refusal(self, answer: Answer) -> NetworkError:
        """Return what an answer other than the hoped for allows us to do next."""
        status, said = answer.status, self.said(answer)
        what = f"Telegram answered {status}" + (f": {said}" if said else "")
        if status in {401, 404}:
            return Unauthorized(f"{what}; TELEGRAM_TOKEN is refused: ask @BotFather for a new one")
        if status == 403 or (status == 400 and _CHANNEL_REFUSED.search(said)):
            return Unauthorized(
                f"{what}; is TELEGRAM_CHANNEL right, and the bot an administrator who may post?"
            )
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(_with_patience(answer)))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)


def result(answer: Answer) -> Mapping[str, object]:
    """Return the object that an answer carries as its result, empty where it carries none."""
    found = answer.mapping().get("result")
    return found if is_done(answer) and isinstance(found, dict) else {}


def is_done(answer: Answer) -> bool:
    """Whether the server says, in status and words, that it did what it was asked."""
    return answer.ok and answer.mapping().get("ok") is True


def _with_patience(answer: Answer) -> Answer:
    """Return an answer with ``parameters.retry_after`` (seconds) as the header of that name."""
    parameters = answer.mapping().get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if type(seconds) is not int or not 0 <= seconds < 1_000_000:
        return answer
    headers = answer.headers.copy()
    headers["Retry-After"] = str(seconds)
    return Answer(status=answer.status, headers=headers, body=b"")
