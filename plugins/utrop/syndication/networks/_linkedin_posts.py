"""LinkedIn's posts as JSON: the body that makes one, and what its answers tell of them.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from utrop.syndication.cutting import shortened
from utrop.syndication.delivery import Message, Payload
from utrop.syndication.errors import OutcomeUnknown
from utrop.syndication.networks import _linkedin_text
from utrop.syndication.networks._http import Answer, text_of

POST_URN: Final = re.compile(r"urn:li:(?:share|ugcPost):\d{1,30}", re.ASCII)

ANY_URN: Final = re.compile(r"urn:li:[A-Za-z]{1,40}:[\w-]{1,64}", re.ASCII)
NOT_THERE: Final = frozenset({"DRAFT", "PUBLISH_FAILED"})
_TITLE, _DESCRIPTION, _ALT = 200, 256, 4000
"""UTF-16 units of an article's card: a guess on the safe side, for LinkedIn documents none here
and refuses the whole post for one too many (FIELD_LENGTH_TOO_LONG)."""


def post(message: Message, author: str, thumbnail: str | None) -> Payload:
    """Return the body of ``POST /rest/posts``, a function of its arguments."""
    title = _within(message.card_title, _TITLE) or httpx.URL(message.url).host
    article: Payload = {"source": message.url, "title": title}
    if description := _within(message.card_description, _DESCRIPTION):
        article["description"] = description
    if thumbnail is not None:
        article["thumbnail"] = thumbnail
        if message.image is not None and message.image.alt:
            article["thumbnailAltText"] = _within(message.image.alt, _ALT)
    return {
        "author": author,
        "commentary": _linkedin_text.commentary(message.text),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "content": {"article": article},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One of the posts of a list. Times are aware UTC."""

    urn: str
    created: datetime
    changed: datetime
    element: Mapping[str, object]

    def announces(self, url: str) -> bool:
        """Whether it is there, leads to a page, and is nobody else's shared again."""
        there = self.element.get("lifecycleState") not in NOT_THERE
        shared = self.element.get("reshareContext") is not None
        return there and not shared and _linkedin_text.links_to(self.element, url)


def listed(answer: Answer) -> list[Listed]:
    """Return the posts that a list holds. Raises OutcomeUnknown where it is no list of posts."""
    elements = answer.mapping().get("elements")
    if not isinstance(elements, list):
        raise OutcomeUnknown("LinkedIn answered with something that is no list")
    return [_listed(element) for element in elements]


def duplicate(answer: Answer) -> str | None:
    """Return LinkedIn's words where it refuses a repeat, else None."""
    if answer.status not in {409, 422}:
        return None
    found = answer.mapping()
    details = found.get("errorDetails")
    errors = details.get("inputErrors") if isinstance(details, dict) else None
    codes = {
        error.get("code") if isinstance(error.get("code"), str) else None
        for error in (errors if isinstance(errors, list) else ())
        if isinstance(error, dict)
    }
    said = text_of(found, "message")
    return said if "DUPLICATE_POST" in codes or "duplicate of urn:li:" in said else None


def _listed(element: object) -> Listed:
    found = element if isinstance(element, dict) else {}
    urn, created = text_of(found, "id"), _moment(found.get("createdAt"))
    changed = _moment(found.get("lastModifiedAt", found.get("createdAt")))
    if not ANY_URN.fullmatch(urn) or created is None or changed is None:
        raise OutcomeUnknown("LinkedIn listed something that is no post")
    return Listed(urn=urn, created=created, changed=changed, element=found)


def _moment(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def has_next(answer: Answer) -> bool:
    """Whether a list says that it goes on."""
    paging = answer.mapping().get("paging")
    links = paging.get("links") if isinstance(paging, dict) else None
    listed = links if isinstance(links, list) else []
    return any(isinstance(link, dict) and link.get("rel") == "next" for link in listed)


def _within(text: str, units: int) -> str:
    return shortened(text, lambda it: _linkedin_text.utf16_units(it) <= units, sentences=True)
