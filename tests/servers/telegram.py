"""A stand-in for Telegram's Bot API with one bot and one channel, on loopback.

What it does, and where that is written:

- ``/bot<token>/<method>`` takes JSON by POST and answers ``{"ok", "result"}`` or ``{"ok",
  "error_code", "description", "parameters"}`` with the same HTTP status:
  https://core.telegram.org/bots/api#making-requests. The wordings are as they are seen in many
  issue threads; they are not documented.
- sendMessage, its text of 1 to 4096 characters (counted in UTF-16 units, as entities are) and its
  entities: https://core.telegram.org/bots/api#sendmessage, #messageentity, #linkpreviewoptions.
- 429 with ``parameters.retry_after`` in seconds: https://core.telegram.org/bots/api#responseparameters.
- getMe, getChatMember with ``can_post_messages``: #getme, #chatmemberadministrator.
- A repeated sendMessage is a second message: there is no key of any kind.
- editMessageText takes what sendMessage takes with a ``message_id`` and answers with the message;
  the same words again are refused as not modified: #editmessagetext.
- deleteMessage answers ``true``; it takes a message for 48 hours after it was sent, and a bot with
  ``can_post_messages`` may delete what it posted in a channel: #deletemessage.
- getChat with the chat's type: #getchat. can_edit_messages is about other users' messages:
  #chatadministratorrights.

Unverified: that a wrong token is answered 401 and one of the wrong form 404.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from tests.servers.answering import answering
from tests.servers.fault_proxy import Answer, Request

BOT = 7_000_000_001
CHAT = -1_001_234_567_890

SEND_MESSAGE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["chat_id", "text"],
    "properties": {
        "chat_id": {"type": ["string", "integer"]},
        "text": {"type": "string", "minLength": 1},
        "entities": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "offset", "length"],
                "properties": {
                    "type": {"enum": ["text_link", "hashtag"]},
                    "offset": {"type": "integer", "minimum": 0},
                    "length": {"type": "integer", "minimum": 1},
                    "url": {"type": "string", "pattern": "^https?://"},
                },
                "if": {"properties": {"type": {"const": "text_link"}}},
                "then": {"required": ["url"]},
            },
        },
        "link_preview_options": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "is_disabled": {"type": "boolean"},
                "url": {"type": "string"},
                "prefer_large_media": {"type": "boolean"},
            },
        },
    },
}
_VALID = Draft202012Validator(SEND_MESSAGE)
EDIT_MESSAGE: dict[str, Any] = {
    **SEND_MESSAGE,
    "required": [*SEND_MESSAGE["required"], "message_id"],
    "properties": {**SEND_MESSAGE["properties"], "message_id": {"type": "integer"}},
}
_VALID_EDIT = Draft202012Validator(EDIT_MESSAGE)


@dataclass(slots=True, kw_only=True)
class TelegramServer:
    """The running server; what was posted, and what a test may change about the channel."""

    url: str = ""
    token: str = "7000000001:canary-AAF-telegram_token_0123456789"
    username: str = "inkopsbloggen"
    public: bool = True
    may_post: bool = True
    exists: bool = True
    rights: tuple[str, ...] = ()
    """What the bot may beside posting, such as ``can_edit_messages``."""
    chat_type: str = "channel"
    too_old: bool = False
    """Whether 48 hours have passed since everything was posted."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    """Each sendMessage as it came."""
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    """What stands in the channel, by number."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(17))

    def respond(self, request: Request) -> Answer:
        """Answer one request as the Bot API would."""
        token, _, method = request.path.removeprefix("/bot").partition("/")
        if not request.path.startswith("/bot") or ":" not in token:
            return _failed(404, "Not Found")
        if token != self.token:
            return _failed(401, "Unauthorized")
        if request.headers.get("content-type") != "application/json":
            return _failed(400, "Bad Request: unsupported content")
        body = json.loads(request.body)
        if method == "getMe":
            return _done({"id": BOT, "is_bot": True, "username": "inkopsbot"})
        if body.get("chat_id") not in {f"@{self.username}", CHAT} or not self.exists:
            return _failed(400, "Bad Request: chat not found")
        if method == "getChat":
            return _done({"id": CHAT, "type": self.chat_type, "title": "Inköpsbloggen"})
        methods = {
            "getChatMember": self._member,
            "sendMessage": self._send,
            "editMessageText": self._edit,
            "deleteMessage": self._delete,
        }
        return methods[method](body) if method in methods else _failed(404, "Not Found")

    def _member(self, body: dict[str, Any]) -> Answer:
        if body.get("user_id") != BOT:
            return _failed(400, "Bad Request: user not found")
        status: dict[str, Any] = {"status": "administrator", "can_post_messages": self.may_post}
        status |= dict.fromkeys(("can_edit_messages", "can_delete_messages"), False)
        status |= dict.fromkeys(self.rights, True)
        return _done({"user": {"id": BOT}, **status})

    def _send(self, body: dict[str, Any]) -> Answer:
        wrong = [error.message for error in _VALID.iter_errors(body)]
        if wrong:
            return _failed(400, f"Bad Request: {wrong[0]}")
        if not self.may_post:
            return _failed(403, "Forbidden: bot is not a member of the channel chat")
        if len(body["text"].encode("utf-16-le")) > 2 * 4096:
            return _failed(400, "Bad Request: message is too long")
        number = next(self._numbers)
        self.messages.append(body)
        self.shown[number] = _words(body)
        return self._message(number)

    def _edit(self, body: dict[str, Any]) -> Answer:
        wrong = [error.message for error in _VALID_EDIT.iter_errors(body)]
        if wrong:
            return _failed(400, f"Bad Request: {wrong[0]}")
        number = body["message_id"]
        if number not in self.shown:
            return _failed(400, "Bad Request: message to edit not found")
        if not self.may_post:
            return _failed(400, "Bad Request: message can't be edited")
        if self.shown[number] == _words(body):
            return _failed(
                400,
                "Bad Request: message is not modified: specified new message content and reply"
                " markup are exactly the same as a current content and reply markup of the message",
            )
        self.shown[number] = _words(body)
        return self._message(number)

    def _delete(self, body: dict[str, Any]) -> Answer:
        if set(body) != {"chat_id", "message_id"} or type(body["message_id"]) is not int:
            return _failed(400, "Bad Request: message identifier is not specified")
        if body["message_id"] not in self.shown:
            return _failed(400, "Bad Request: message to delete not found")
        if self.too_old or not self.may_post:
            return _failed(400, "Bad Request: message can't be deleted")
        del self.shown[body["message_id"]]
        return _done(True)

    def _message(self, number: int) -> Answer:
        chat: dict[str, Any] = {"id": CHAT, "type": "channel", "title": "Inköpsbloggen"}
        if self.public:
            chat["username"] = self.username
        return _done({"message_id": number, "chat": chat, "date": 1_795_435_200})


def _words(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body.get(name) for name in ("text", "entities")}


def _done(result: object) -> Answer:
    return Answer(body=json.dumps({"ok": True, "result": result}).encode())


def _failed(status: int, description: str) -> Answer:
    told = {"ok": False, "error_code": status, "description": description}
    return Answer(status=status, body=json.dumps(told).encode())


@contextlib.contextmanager
def running() -> Iterator[TelegramServer]:
    """Run a server until the block ends."""
    server = TelegramServer()
    with answering(server.respond) as url:
        server.url = url
        yield server
