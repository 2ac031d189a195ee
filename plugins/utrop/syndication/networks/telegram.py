"""A Telegram channel, by a bot: https://core.telegram.org/bots/api#sendmessage.

Bots have no key for a message and cannot read a channel's history, so an unknown outcome stays
unknown: nothing is repeated, a person looks. The bot's token stands in the path of each request,
which therefore is never logged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.delivery import Limits, Measure, Message, Payload, Receipt
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _environment, _secret_address
from utrop.syndication.networks._http import Answer, retry_moment, shown, text_of

PUBLIC_URL: Final = "https://api.telegram.org"
ENVIRONMENT: Final[Mapping[str, str]] = {
    "TELEGRAM_URL": f"the Bot API's address; {PUBLIC_URL} if not set",
    "TELEGRAM_TOKEN": "the bot's token, as @BotFather gave it",
    "TELEGRAM_CHANNEL": "the channel's public name, such as @inkopsbloggen, or the number of a"
    " private one, such as -1001234567890",
}
SECRETS: Final = frozenset({"TELEGRAM_TOKEN"})
OPTIONAL: Final = frozenset({"TELEGRAM_URL"})
GUARANTEE: Final = "at-most-once"
MOST_ENTITIES: Final = 100
"""More of a message's entities are ignored there."""


def utf16_units(text: str) -> int:
    """Return a text's length in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


LIMITS: Final = Limits(
    measures=(Measure(unit="UTF-16 units", maximum=4096, count=utf16_units),),
)

_CHANNEL: Final = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-100\d{5,13}")
_TOKEN: Final = re.compile(r"\d+:[A-Za-z0-9_-]+")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")
# What is wrong with the channel or the bot's place in it, and so with every announcement. The
# wording is Telegram's own and may change; then a post is rejected instead, which is as safe.
_CHANNEL_REFUSED: Final = re.compile(
    r"chat not found|not enough rights|administrator rights|no rights|need to be|chat_write"
    r"|chat_admin_required|kicked|not a member|deactivated|upgraded|channel_private",
    re.IGNORECASE,
)


def connect(environ: Mapping[str, str], http: httpx.Client) -> Telegram:
    """Return the channel that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    given = {name: value for name, value in environ.items() if value.strip()}
    values: dict[str, str] = {}
    problems: list[Problem] = []
    try:
        complete = {"TELEGRAM_URL": PUBLIC_URL, **given}
        values = _environment.read(complete, ENVIRONMENT, network="telegram")
    except ProblemsFound as found:
        problems += found.problems
    for name, form in (("TELEGRAM_TOKEN", _TOKEN), ("TELEGRAM_CHANNEL", _CHANNEL)):
        if name in given and values and not form.fullmatch(values[name]):
            what = f"telegram is configured but {name} has not the form it must have"
            problems.append(Problem(what=what, instead=f"set it to {ENVIRONMENT[name]}"))
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return Telegram(
        http,
        url=values["TELEGRAM_URL"],
        token=values["TELEGRAM_TOKEN"],
        channel=values["TELEGRAM_CHANNEL"],
    )


class Telegram:
    """One channel. Its names differ by no case, so the account is in small letters."""

    limits = LIMITS

    def __init__(self, http: httpx.Client, *, url: str, token: str, channel: str) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._channel = channel.lower()
        self._secrets = (token, quote(token, safe=""), token.partition(":")[2])

    @property
    def account(self) -> str:
        """The channel's name, such as ``@inkopsbloggen``, or its number. Nothing is asked."""
        return self._channel

    def check(self) -> None:
        """Ask whether the bot may post in the channel; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        me = self._read("getMe", {})
        body = {"chat_id": self._chat, "user_id": me.get("id")}
        member = self._read("getChatMember", body)
        may = member.get("status") == "creator" or (
            member.get("status") == "administrator" and member.get("can_post_messages") is True
        )
        if not may:
            raise Unauthorized(
                f"the bot may not post in {self._channel}; make it an administrator of the channel"
                " with the right to post messages"
            )

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:  # noqa: ARG002 - Telegram knows no key
        """Post one message. A repeat doubles it, and nothing there can be looked up.

        Raises any error of ``syndication.errors``.
        """
        answer = self._ask(
            "sendMessage",
            {
                "chat_id": self._chat,
                "text": message.text,
                # Entities, for markup would have to be escaped, and one error loses the message.
                "entities": entities(message),
                "link_preview_options": {"url": message.url, "prefer_large_media": True},
            },
        )
        if not answer.ok:
            raise self._refusal(answer)
        return self._receipt(answer, message)

    @property
    def _chat(self) -> str | int:
        return self._channel if self._channel.startswith("@") else int(self._channel)

    def _receipt(self, answer: Answer, message: Message) -> Receipt:
        found = _result(answer)
        number = found.get("message_id")
        if type(number) is not int or not 0 < number < 2**53:
            raise OutcomeUnknown("Telegram answered with something that is no message")
        chat = found.get("chat")
        name = text_of(chat, "username") if isinstance(chat, dict) else ""
        name = name if _CHANNEL.fullmatch(f"@{name}") else ""
        if self._channel.startswith("@"):
            name = name or self._channel.removeprefix("@")
        key = f"{self._channel}/{number}"
        # A private channel's message opens for its members only; the page itself for everybody.
        return Receipt(id=key, url=f"https://t.me/{name}/{number}" if name else message.url)

    def _read(self, method: str, body: Payload) -> Mapping[str, object]:
        try:
            answer = self._ask(method, body)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        found = _result(answer) if answer.ok else {}
        if found:
            return found
        refusal = self._refusal(answer)
        if isinstance(refusal, OutcomeUnknown):
            raise NotSent(str(refusal))
        if isinstance(refusal, Rejected):
            raise Unauthorized(str(refusal))
        raise refusal

    def _ask(self, method: str, body: Payload) -> Answer:
        url = f"{self._url}/bot{self._token}/{method}"
        return _secret_address.post(self._http, url, body, server="Telegram")

    def _refusal(self, answer: Answer) -> NetworkError:
        status = answer.status
        said = shown(text_of(answer.mapping(), "description"), self._secrets)
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


def entities(message: Message) -> list[Payload]:
    """Return the links and hashtags of a text with their places in UTF-16 units."""
    return list(islice(_entities(message), MOST_ENTITIES))


def _entities(message: Message) -> Iterator[Payload]:
    text = message.text
    marked = [re.escape(message.url) + r"(?![\w/#?&=%-])", _ADDRESS.pattern]
    if message.hashtags:
        tags = sorted(map(re.escape, message.hashtags), key=len, reverse=True)
        marked.append(rf"(?<![\w&/#.])#(?:{'|'.join(tags)})(?!\w)")
    for match in re.finditer("|".join(marked), text):
        found = match.group()
        place = {"offset": utf16_units(text[: match.start()]), "length": utf16_units(found)}
        if found.startswith("#"):
            yield {"type": "hashtag", **place}
        else:
            # Not "url", which is left to the server's own taste in top level domains.
            yield {"type": "text_link", **place, "url": found}


def _result(answer: Answer) -> Mapping[str, object]:
    told = answer.mapping()
    found = told.get("result")
    return found if told.get("ok") is True and isinstance(found, dict) else {}


def _with_patience(answer: Answer) -> Answer:
    """Return an answer with ``parameters.retry_after`` (seconds) as the header of that name."""
    parameters = answer.mapping().get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if type(seconds) is not int or not 0 <= seconds < 1_000_000:
        return answer
    headers = answer.headers.copy()
    headers["Retry-After"] = str(seconds)
    return Answer(status=answer.status, headers=headers, body=b"")
