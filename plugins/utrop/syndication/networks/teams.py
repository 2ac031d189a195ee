"""A channel in Microsoft Teams, by the webhook of a workflow: https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook.

The workflow answers 202 when it has taken the card, before Teams shows it: no id, no address,
nothing to look up. So an unknown outcome stays unknown, and a person looks. Nor can it change or
delete what it posted. The card follows https://adaptivecards.io/explorer/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

import httpx

from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Measure, Message, Payload, Receipt
from utrop.syndication.errors import (
    NetworkError,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _secret_address
from utrop.syndication.networks._http import Answer, retry_moment, shown, text_of

ENVIRONMENT: Final[Mapping[str, str]] = {
    "TEAMS_WEBHOOK": "the whole address that the workflow shows (When a Teams webhook request is"
    " received), which is a secret",
    "TEAMS_CHANNEL": "a name for the channel in the ledger, such as inkop (may be left out)",
}
SECRETS: Final = frozenset({"TEAMS_WEBHOOK"})
OPTIONAL: Final = frozenset({"TEAMS_CHANNEL"})
GUARANTEE: Final = "at-most-once"
LARGEST: Final = 28_000
"""Bytes of a whole message. 28 KB are documented, without saying whether of 1,000 or of 1,024."""
LIMITS: Final = Limits(
    # A unit is three bytes of UTF-8 at most, and twice as many bytes where it must be escaped.
    measures=(
        Measure(
            unit="UTF-16 units",
            maximum=6000,
            count=lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
        ),
    ),
    hashtags=False,
    url_in_text=False,
    card="sent",
)

_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif"})
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")
_READ: Final = {"sv": "Läs inlägget"}

_RETIRED: Final = re.compile(r"(.+\.)?(webhook\.office\.com|outlook\.office(365)?\.com)")
_USUAL: Final = re.compile(r".+\.(logic\.azure\.(com|us)|api\.powerplatform\.(com|us))")


def connect(environ: Mapping[str, str], http: httpx.Client) -> Teams:
    """Return the channel of the webhook; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    name = "TEAMS_WEBHOOK"
    address = _secret_address.webhook(environ, name, ENVIRONMENT[name], network="teams")
    channel = _secret_address.label(environ, "TEAMS_CHANNEL", network="teams")
    return Teams(http, address=address, channel=channel)


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return what can be said of a webhook without posting: the form of its address, no more.

    Nothing is asked. Raises ProblemsFound as ``connect``.
    """
    network = connect(environ, http)
    address = httpx.URL(environ["TEAMS_WEBHOOK"].strip())
    warnings = [_secret_address.UNTRIED]
    if _RETIRED.fullmatch(address.host):
        warnings.append(
            "TEAMS_WEBHOOK is one of the Office 365 connectors, which were retired in 2026:"
            " make a workflow"
        )
    elif not _USUAL.fullmatch(address.host):
        warnings.append("TEAMS_WEBHOOK is not at a host where workflows are")
    elif not address.params.get("sig"):
        warnings.append(
            "TEAMS_WEBHOOK has no signature (sig=…): copy the whole address, and let anyone"
            " trigger the flow"
        )
    return Credential(account=network.account, warnings=tuple(warnings))


class Teams:
    """One channel. Its account is the name that a person gave it, else ``webhook``.

    Not the webhook's address, or a new workflow for the same channel would announce all again.
    """

    limits = LIMITS

    def __init__(self, http: httpx.Client, *, address: str, channel: str) -> None:
        self._http = http
        self._address = address
        self._secrets = _secret_address.parts_of(address)
        self.account = channel or "webhook"

    def check(self) -> None:
        """Do nothing: whether a workflow is alive is only seen by posting with it."""

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Hand one card to the workflow. A repeat doubles it, and nothing can be looked up.

        Raises any error of ``syndication.errors``; Rejected also where the card is too large.
        """
        body = payload(message)
        size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
        if size > LARGEST:
            raise Rejected(f"the card is {size} bytes, and Teams takes {LARGEST}")
        answer = _secret_address.post(self._http, self._address, body, server="Teams")
        if answer.status == 202:
            return Receipt(id=idempotency_key, url=message.url)
        raise self._refusal(answer)

    def _refusal(self, answer: Answer) -> NetworkError:
        status = answer.status
        told = answer.mapping().get("error")
        said = text_of(told, "message", "code") if isinstance(told, dict) else ""
        said = shown(said, self._secrets)
        what = f"Teams answered {status}" + (f": {said}" if said else "")
        if status in {401, 403, 404, 405, 410}:
            return Unauthorized(
                f"{what}; the workflow is gone, turned off or takes no one's messages:"
                " make a new TEAMS_WEBHOOK"
            )
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(answer))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)


def payload(message: Message) -> Payload:
    """Return the message with its one card. Its text is in runs, where no character is markup."""
    lang = message.lang.partition("-")[0].lower()
    content: Payload = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": lang,
        "fallbackText": f"{message.card_title or message.url[:200]} {message.url}",
        "body": [*_picture(message), *_paragraphs(message)],
        "actions": [
            {
                "type": "Action.OpenUrl",
                "title": _READ.get(lang, "Read the post"),
                "url": message.url,
            }
        ],
    }
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": content,
            }
        ],
    }


def _paragraphs(message: Message) -> Iterator[Payload]:
    # A line break within a run is not shown everywhere, so each line is a block of its own.
    for paragraph in message.text.split("\n\n"):
        for number, line in enumerate(filter(None, paragraph.split("\n"))):
            first = {"weight": "Bolder", "size": "Medium"} if line == message.card_title else {}
            yield {
                "type": "RichTextBlock",
                "spacing": "Small" if number else "Medium",
                "inlines": [{**run, **first} for run in _runs(line, message.url)],
            }


def _runs(line: str, url: str) -> Iterator[Payload]:
    end = 0
    for match in re.finditer(rf"{re.escape(url)}(?![\w/#?&=%-])|{_ADDRESS.pattern}", line):
        if match.start() > end:
            yield {"type": "TextRun", "text": line[end : match.start()]}
        opened = {"type": "Action.OpenUrl", "url": match.group()}
        yield {"type": "TextRun", "text": match.group(), "selectAction": opened}
        end = match.end()
    if end < len(line):
        yield {"type": "TextRun", "text": line[end:]}


def _picture(message: Message) -> Iterator[Payload]:
    image = message.image
    if image is not None and image.media_type in _PICTURES:
        alt = image.alt or message.card_title
        yield {"type": "Image", "url": image.url, "altText": alt, "size": "Stretch"}
