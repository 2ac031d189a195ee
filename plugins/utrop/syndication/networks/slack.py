"""A Slack channel, by an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.

A webhook answers "ok" and nothing more: no id, no address, nothing to look up. So an unknown
outcome stays unknown, and a person looks. Nor can it change or delete what it posted.
"""

from __future__ import annotations

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
from utrop.syndication.networks._http import Answer, retry_moment, shown

ENVIRONMENT: Final[Mapping[str, str]] = {
    "SLACK_WEBHOOK": "the whole address of an incoming webhook, which begins with"
    " https://hooks.slack.com/services/ and is a secret",
    "SLACK_CHANNEL": "a name for the channel in the ledger, such as inkop (may be left out)",
}
SECRETS: Final = frozenset({"SLACK_WEBHOOK"})
OPTIONAL: Final = frozenset({"SLACK_CHANNEL"})
GUARANTEE: Final = "at-most-once"
LIMITS: Final = Limits(
    # Slack documents 3,000 characters for a text in a block, without saying of which kind.
    measures=(
        Measure(
            unit="UTF-16 units",
            maximum=3000,
            count=lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
        ),
    ),
    hashtags=False,
)

_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif"})
_MOST_ALT: Final = 2000
_MOST_ADDRESS: Final = 3000
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")

_USUAL_HOSTS: Final = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_USUAL_PATH: Final = re.compile(r"/services/T\w+/B\w+/\w+", re.ASCII)


def connect(environ: Mapping[str, str], http: httpx.Client) -> Slack:
    """Return the channel of the webhook; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    name = "SLACK_WEBHOOK"
    address = _secret_address.webhook(environ, name, ENVIRONMENT[name], network="slack")
    channel = _secret_address.label(environ, "SLACK_CHANNEL", network="slack")
    return Slack(http, address=address, channel=channel)


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return what can be said of a webhook without posting: the form of its address, no more.

    Nothing is asked. Raises ProblemsFound as ``connect``.
    """
    network = connect(environ, http)
    address = httpx.URL(environ["SLACK_WEBHOOK"].strip())
    warnings = [_secret_address.UNTRIED]
    if address.host not in _USUAL_HOSTS or not _USUAL_PATH.fullmatch(address.path):
        warnings.append(
            "SLACK_WEBHOOK is not like those of incoming webhooks, which begin with"
            " https://hooks.slack.com/services/T"
        )
    return Credential(account=network.account, warnings=tuple(warnings))


class Slack:
    """One channel. Its account is the name that a person gave it, else ``webhook``.

    Not the webhook's address, or a new webhook for the same channel would announce all again.
    """

    limits = LIMITS

    def __init__(self, http: httpx.Client, *, address: str, channel: str) -> None:
        self._http = http
        self._address = address
        self._secrets = _secret_address.parts_of(address)
        self.account = channel or "webhook"

    def check(self) -> None:
        """Do nothing: whether a webhook is alive is only seen by posting with it."""

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Post one message. A repeat doubles it, and nothing there can be looked up.

        Raises any error of ``syndication.errors``.
        """
        body = payload(message)
        answer = _secret_address.post(self._http, self._address, body, server="Slack")
        if answer.status == 200 and answer.body.strip() == b"ok":
            return Receipt(id=idempotency_key, url=message.url)
        raise self._refusal(answer)

    def _refusal(self, answer: Answer) -> NetworkError:
        status = answer.status
        said = shown(answer.body.decode("utf-8", "replace"), self._secrets)
        what = f"Slack answered {status}" + (f": {said}" if said else "")
        if status in {401, 403, 404, 410}:
            return Unauthorized(
                f"{what}; the webhook or its channel is gone or closed: make a new SLACK_WEBHOOK"
            )
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(answer))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)


def payload(message: Message) -> Payload:
    """Return what is posted: the text as rich text, where no character is markup."""
    picture = list(_picture(message))
    section = {"type": "rich_text_section", "elements": list(_elements(message))}
    return {
        # For notifications; here these three characters are markup, such as <!channel>.
        "text": message.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "blocks": [{"type": "rich_text", "elements": [section]}, *picture],
        # The page's own card, which has no words for those who cannot see its picture.
        "unfurl_links": not picture,
        "unfurl_media": not picture,
    }


def _elements(message: Message) -> Iterator[Payload]:
    end = 0
    own = re.escape(message.url) + r"(?![\w/#?&=%-])"
    for match in re.finditer(f"{own}|{_ADDRESS.pattern}", message.text):
        if match.start() > end:
            yield {"type": "text", "text": message.text[end : match.start()]}
        yield {"type": "link", "url": match.group()}
        end = match.end()
    if end < len(message.text):
        yield {"type": "text", "text": message.text[end:]}


def _picture(message: Message) -> Iterator[Payload]:
    image = message.image
    if image is None or image.media_type not in _PICTURES or len(image.url) > _MOST_ADDRESS:
        return
    alt = (image.alt or message.card_title)[:_MOST_ALT]
    if alt:
        yield {"type": "image", "image_url": image.url, "alt_text": alt}
