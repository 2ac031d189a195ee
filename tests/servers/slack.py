"""A stand-in for Slack's incoming webhooks, on loopback.

What it does, and where that is written:

- POST of JSON to the secret address; 200 and the two letters ``ok``, nothing else; other answers
  are a status and one word, such as 400 ``invalid_payload``, 403 ``action_prohibited``, 404
  ``no_service``, 410 ``channel_is_archived``:
  https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
- rich_text, its sections, text and link elements, and the image block with its alt text and
  bounds: https://docs.slack.dev/reference/block-kit/blocks/
- 429 with Retry-After in seconds: https://docs.slack.dev/apis/web-api/rate-limits/
- A repeated POST is a second message.

Unverified: that unfurl_links is heeded in webhooks (slack-go/slack#1207 says so), and how long a
rich text may be; 3,000 characters are those of a section's text.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from tests.servers.answering import answering
from tests.servers.fault_proxy import Answer, Request

PATH = "/services/T0CANARY1/B0CANARY2/canaryXb3Kq9WmZr7TsYvLnE5"
_TEXT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "text"],
    "properties": {"type": {"const": "text"}, "text": {"type": "string", "minLength": 1}},
}
_LINK = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "url"],
    "properties": {"type": {"const": "link"}, "url": {"type": "string", "pattern": "^https?://"}},
}
_SECTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "elements"],
    "properties": {
        "type": {"const": "rich_text_section"},
        "elements": {"type": "array", "minItems": 1, "items": {"oneOf": [_TEXT, _LINK]}},
    },
}
_RICH = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "elements"],
    "properties": {
        "type": {"const": "rich_text"},
        "elements": {"type": "array", "minItems": 1, "items": _SECTION},
    },
}
_IMAGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "image_url", "alt_text"],
    "properties": {
        "type": {"const": "image"},
        "image_url": {"type": "string", "maxLength": 3000},
        "alt_text": {"type": "string", "minLength": 1, "maxLength": 2000},
    },
}
_VALID = Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["text", "blocks"],
        "properties": {
            "text": {"type": "string", "minLength": 1, "maxLength": 40_000},
            "blocks": {"type": "array", "maxItems": 50, "items": {"oneOf": [_RICH, _IMAGE]}},
            "unfurl_links": {"type": "boolean"},
            "unfurl_media": {"type": "boolean"},
        },
    }
)


@dataclass(slots=True, kw_only=True)
class SlackServer:
    """The running server and what was posted."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)

    def respond(self, request: Request) -> Answer:
        """Answer one request as Slack would."""
        if request.method != "POST" or request.path != PATH:
            return Answer(status=404, body=b"no_service")
        body = json.loads(request.body)
        if not _VALID.is_valid(body):
            return Answer(status=400, body=b"invalid_blocks")
        self.messages.append(body)
        return Answer(headers=(("Content-Type", "text/html"),), body=b"ok")


@contextlib.contextmanager
def running() -> Iterator[SlackServer]:
    """Run a server until the block ends."""
    server = SlackServer()
    with answering(server.respond) as url:
        server.url = url
        yield server
