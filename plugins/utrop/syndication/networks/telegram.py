"""A Telegram channel, by a bot: https://core.telegram.org/bots/api#sendmessage.

Bots have no key for a message and cannot read a channel's history, so an unknown outcome stays
unknown: nothing is repeated, a person looks. What a bot posted it can edit, and delete for 48
hours, but never read: whether a person changed it is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Measure, Message, Payload, Receipt
from utrop.syndication.errors import Gone, OutcomeUnknown, Rejected, Unauthorized
from utrop.syndication.networks import _environment
from utrop.syndication.networks._http import Answer, answered_at, shown, text_of
from utrop.syndication.networks._telegram_bot import Bot, is_done, result
from utrop.syndication.networks._telegram_text import entities, utf16_units

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
LIMITS: Final = Limits(
    measures=(Measure(unit="UTF-16 units", maximum=4096, count=utf16_units),),
)

_CHANNEL: Final = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}|-100\d{5,13}")
_TOKEN: Final = re.compile(r"\d+:[A-Za-z0-9_-]+")
POSTING: Final = "can_post_messages"
"""The one right that is needed: it also covers editing and deleting what the bot itself posted."""
RIGHTS: Final = frozenset({POSTING, "can_edit_messages", "can_delete_messages"})
# The wordings are not documented; one that is unknown counts as a refusal of this message.
_NOT_MODIFIED: Final = re.compile(r"message is not modified", re.IGNORECASE)
_NOT_THERE: Final = re.compile(
    r"message to (edit|delete) not found|message_id_invalid|message not found", re.IGNORECASE
)
_MESSAGE: Final = re.compile(
    r"(?:(?P<channel>@\w+|-100\d+)"
    r"|https://t\.me/(?:c/(?P<private>\d+)|(?:s/)?(?P<public>[A-Za-z]\w+)))/(?P<number>\d{1,15})",
    re.ASCII,
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
    bot = Bot(http, url=values["TELEGRAM_URL"], token=values["TELEGRAM_TOKEN"])
    return Telegram(bot, channel=values["TELEGRAM_CHANNEL"])


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return what the bot may do in the channel; posts nothing.

    Its token has no end. Raises ProblemsFound as ``connect``, Unauthorized, RateLimited or
    NotSent.
    """
    return connect(environ, http).credential()


class Telegram:
    """One channel. Its names differ by no case, so the account is in small letters."""

    limits = LIMITS

    def __init__(self, bot: Bot, *, channel: str) -> None:
        self._bot = bot
        self._channel = channel.lower()

    @property
    def account(self) -> str:
        """The channel's name, such as ``@inkopsbloggen``, or its number. Nothing is asked."""
        return self._channel

    def check(self) -> None:
        """Ask whether the bot may post in the channel; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        rights, _ = self._rights()
        if POSTING not in rights:
            raise Unauthorized(
                f"the bot may not post in {self._channel}; make it an administrator of the channel"
                " with the right to post messages"
            )

    def credential(self) -> Credential:
        """Return the bot's rights in the channel; raises as ``check``, but for a missing right."""
        chat, _ = self._bot.read("getChat", {"chat_id": self._chat})
        rights, answer = self._rights()
        warnings = []
        if (kind := text_of(chat, "type")) != "channel":
            warnings.append(
                f"{self._channel} is a {shown(kind) or 'chat'}, not a channel: its members may"
                " answer, and other rights hold there"
            )
        return Credential(
            account=self._channel,
            scopes=tuple(sorted(rights)),
            missing=() if POSTING in rights else (POSTING,),
            warnings=tuple(warnings),
            server_time=answered_at(answer),
        )

    def _rights(self) -> tuple[frozenset[str], Answer]:
        me, _ = self._bot.read("getMe", {})
        body = {"chat_id": self._chat, "user_id": me.get("id")}
        member, answer = self._bot.read("getChatMember", body)
        if member.get("status") == "creator":
            return RIGHTS, answer
        held = RIGHTS if member.get("status") == "administrator" else frozenset()
        return frozenset(right for right in held if member.get(right) is True), answer

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:  # noqa: ARG002 - Telegram knows no key
        """Post one message. A repeat doubles it, and nothing there can be looked up.

        Raises any error of ``syndication.errors``.
        """
        body = {"chat_id": self._chat, **_said(message)}
        answer = self._bot.ask("sendMessage", body)
        if not answer.ok:
            raise self._bot.refusal(answer)
        return self._receipt(answer, message)

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        """Give a message the new words and links; the channel shows that it was edited.

        The same words again are no error. Raises Gone where it is not there any more, Rejected
        also where the receipt is none of the channel's or the message may not be edited, else as
        ``publish``.
        """
        body = {"chat_id": self._chat, "message_id": self._number(receipt), **_said(message)}
        answer = self._bot.ask("editMessageText", body)
        if answer.ok:
            return self._receipt(answer, message, expected=self._number(receipt))
        said = self._bot.said(answer)
        if answer.status == 400 and _NOT_MODIFIED.search(said):
            return receipt
        if answer.status == 400 and _NOT_THERE.search(said):
            raise Gone(f"{self._channel} has the message no more")
        raise self._bot.refusal(answer)

    def delete(self, receipt: Receipt) -> None:
        """Delete a message, which Telegram lets bots do for 48 hours; after that a person must.

        One that is gone already is no error. Raises Rejected where it is too old or the receipt
        is none of the channel's, else as ``publish``.
        """
        body = {"chat_id": self._chat, "message_id": self._number(receipt)}
        answer = self._bot.ask("deleteMessage", body)
        if not answer.ok:
            if answer.status == 400 and _NOT_THERE.search(self._bot.said(answer)):
                return
            refusal = self._bot.refusal(answer)
            if isinstance(refusal, Rejected):
                raise Rejected(
                    f"{refusal}; bots may delete for 48 hours only: delete it in {self._channel}"
                )
            raise refusal
        if not is_done(answer):
            raise OutcomeUnknown("Telegram answered a deletion with something else")

    @property
    def _chat(self) -> str | int:
        return self._channel if self._channel.startswith("@") else int(self._channel)

    def _number(self, receipt: Receipt) -> int:
        """Return a message's number; also where a person wrote down its address."""
        found = _MESSAGE.fullmatch(receipt.id)
        if found is not None:
            private = f"-100{found['private']}" if found["private"] else ""
            public = f"@{found['public']}" if found["public"] else ""
            if (found["channel"] or private or public).lower() == self._channel:
                return int(found["number"])
        raise Rejected(f"the ledger's address is none of a message in {self._channel}")

    def _receipt(self, answer: Answer, message: Message, *, expected: int | None = None) -> Receipt:
        found = result(answer)
        number = found.get("message_id")
        if type(number) is not int or not 0 < number < 2**53 or expected not in {None, number}:
            raise OutcomeUnknown("Telegram answered with something that is no message")
        chat = found.get("chat")
        name = text_of(chat, "username") if isinstance(chat, dict) else ""
        name = name if _CHANNEL.fullmatch(f"@{name}") else ""
        if self._channel.startswith("@"):
            name = name or self._channel.removeprefix("@")
        key = f"{self._channel}/{number}"
        # A private channel's message opens for its members only; the page itself for everybody.
        return Receipt(id=key, url=f"https://t.me/{name}/{number}" if name else message.url)


def _said(message: Message) -> Payload:
    return {
        "text": message.text,
        # Entities, for markup would have to be escaped, and one error loses the message.
        "entities": entities(message),
        "link_preview_options": {"url": message.url, "prefer_large_media": True},
    }
