"""A stand-in for the webhook of a workflow in Microsoft Teams, on loopback.

What it does, and where that is written:

- POST of ``{"type": "message", "attachments": [one Adaptive Card]}``, answered 202 without a body:
  https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
- 28 KB at most, four requests a second, else 429: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
  (written of the older webhooks).
- The card's elements and what each requires: https://adaptivecards.io/explorer/
- A repeated POST is a second card.

Unverified: the statuses and bodies of refusals (``{"error": {"code", "message"}}``, as Logic Apps
answer), whether 28 KB are 28,000 or 28,672 bytes, and that a card within them is always shown.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

from tests.servers.answering import answering
from tests.servers.fault_proxy import Answer, Request

SIGNATURE = "canary-sig_Zr7TsYvLnE5Xb3Kq9Wm"
PATH = f"/workflows/0canary0f5d/triggers/manual/paths/invoke?api-version=1&sig={SIGNATURE}"


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **optional},
    }


_STRING = {"type": "string", "minLength": 1}
_ADDRESS = {"type": "string", "pattern": "^https?://"}
_OPEN = _object({"type": {"const": "Action.OpenUrl"}, "url": _ADDRESS}, title=_STRING)
_RUN = _object(
    {"type": {"const": "TextRun"}, "text": _STRING},
    weight={"enum": ["Lighter", "Default", "Bolder"]},
    size={"enum": ["Small", "Default", "Medium", "Large"]},
    selectAction=_OPEN,
)
_BLOCK = _object(
    {
        "type": {"const": "RichTextBlock"},
        "inlines": {"type": "array", "minItems": 1, "items": _RUN},
    },
    spacing={"enum": ["None", "Small", "Medium", "Large"]},
)
_IMAGE = _object(
    {"type": {"const": "Image"}, "url": _ADDRESS, "altText": _STRING},
    size={"enum": ["Auto", "Stretch"]},
)
_CARD = _object(
    {
        "type": {"const": "AdaptiveCard"},
        "version": {"enum": ["1.2", "1.3", "1.4", "1.5"]},
        "body": {"type": "array", "minItems": 1, "items": {"oneOf": [_BLOCK, _IMAGE]}},
    },
    **{"$schema": {"const": "http://adaptivecards.io/schemas/adaptive-card.json"}},
    lang={"type": "string", "pattern": "^[a-z]{2}$"},
    fallbackText=_STRING,
    actions={"type": "array", "items": _OPEN},
)
_ATTACHMENT = _object(
    {
        "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
        "contentUrl": {"type": "null"},
        "content": _CARD,
    }
)
_VALID = Draft202012Validator(
    _object(
        {
            "type": {"const": "message"},
            "attachments": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": _ATTACHMENT,
            },
        }
    )
)


@dataclass(slots=True, kw_only=True)
class TeamsServer:
    """The running server and the cards that were posted."""

    url: str = ""
    cards: list[dict[str, Any]] = field(default_factory=list)

    def respond(self, request: Request) -> Answer:
        """Answer one request as a workflow would."""
        address = urlsplit(request.path)
        if address.path != urlsplit(PATH).path:
            return _failed(404, "WorkflowNotFound")
        if parse_qs(address.query).get("sig") != [SIGNATURE]:
            return _failed(401, "DirectApiAuthorizationRequired")
        if len(request.body) > 28_000:
            return _failed(413, "RequestEntityTooLarge")
        body = json.loads(request.body)
        if not _VALID.is_valid(body):
            return _failed(400, "TriggerInputSchemaMismatch")
        self.cards.append(body["attachments"][0]["content"])
        return Answer(status=202)


def _failed(status: int, code: str) -> Answer:
    told = {"error": {"code": code, "message": f"The request was refused: {code}."}}
    return Answer(status=status, body=json.dumps(told).encode())


@contextlib.contextmanager
def running() -> Iterator[TeamsServer]:
    """Run a server until the block ends."""
    server = TeamsServer()
    with answering(server.respond) as url:
        server.url = url
        yield server
