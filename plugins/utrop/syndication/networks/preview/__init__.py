"""The preview: the network that leaves nothing. One page shows what the others would show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

import httpx
import regex

from utrop.syndication.delivery import Limits, Measure, Message, Receipt
from utrop.syndication.networks.preview.by_hand import write_by_hand
from utrop.syndication.networks.preview.cards import Column
from utrop.syndication.networks.preview.page import columns_shown, write_page

__all__ = ["ENVIRONMENT", "LIMITS", "LOCAL", "Column", "Preview", "columns_shown", "connect"]
__all__ += ["PAGE", "write_by_hand", "write_page"]

ENVIRONMENT: Final[Mapping[str, str]] = {}
LOCAL: Final = True
PAGE: Final = "announcements.html"
"""The page's file name, beside the releases and never inside one."""
_GENEROUS: Final = 100_000


def _graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


LIMITS: Final = Limits(
    measures=(Measure(unit="characters", maximum=_GENEROUS, count=_graphemes),), card="sent"
)


def connect(environ: Mapping[str, str], http: httpx.Client) -> Preview:  # noqa: ARG001 - it needs neither
    """Return the preview; there is nothing to connect to."""
    return Preview()


class Preview:
    """The account ``local``: what it is given stands on the page that is written afterwards."""

    def __init__(self) -> None:
        self.published: list[Message] = []

    @property
    def account(self) -> str:
        """The one account there is."""
        return "local"

    @property
    def limits(self) -> Limits:
        """Far more than anyone writes: the page shows each network's own."""
        return LIMITS

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Take note. Nothing leaves this machine."""
        self.published.append(message)
        return Receipt(id=idempotency_key, url=f"{PAGE}#{quote(message.guid, safe='')}")

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        """Take note of new words."""
        self.published.append(message)
        return receipt

    def find(
        self,
        message: Message,  # noqa: ARG002 - there is nothing to look through
        *,
        idempotency_key: str,  # noqa: ARG002 - the same
        since: datetime,  # noqa: ARG002 - the same
    ) -> Receipt | None:
        """Return None: what a killed announcer had noted is gone, and noting it again is safe."""
        return None
