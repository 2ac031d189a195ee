"""Requests to LinkedIn's versioned REST API: https://learn.microsoft.com/linkedin/marketing/versioning.

The token goes to LinkedIn's own addresses alone, and into no message.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

import httpx

from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks._bluesky_thumbnail import Thumbnail
from utrop.syndication.networks._http import (
    Answer,
    absolute_web_address,
    answered_at,
    ask,
    retry_moment,
    shown,
    text_of,
)

API_VERSION: Final = "202609"
API_VERSION_ENDS: Final = date(2027, 9, 1)
"""From when on LinkedIn may answer 426. A version lives for twelve months at least; its last day
is told late, so this is the first day of the month in which earlier ones had theirs."""

_IMAGE: Final = re.compile(r"urn:li:image:[\w-]{1,200}", re.ASCII)


class Api:
    """LinkedIn, asked with one token."""

    def __init__(self, http: httpx.Client, *, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token
        self.answered: datetime | None = None
        """The moment of the last answer by LinkedIn's own clock (aware UTC)."""

    def ask(self, method: str, path: str, *, body: object = None, act: str = "") -> Answer:
        """Send one request, once. Raises NotSent or OutcomeUnknown.

        ``act`` is Rest.li's name for what is meant, where the HTTP method does not say it:
        https://linkedin.github.io/rest.li/spec/protocol#methods.
        """
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Linkedin-Version": API_VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        if act:
            headers["X-RestLi-Method"] = act
        url = self._url + path
        answer = ask(self._http, method, url, server="LinkedIn", headers=headers, body=body)
        self.answered = answered_at(answer)
        return answer

    def before(self, method: str, path: str, *, body: object = None, act: str = "") -> Answer:
        """Ask what comes before anything is published: whatever fails here published nothing.

        Raises Unauthorized, RateLimited, Rejected or NotSent.
        """
        try:
            answer = self.ask(method, path, body=body, act=act)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        return self._good(answer)

    def upload(self, owner: str, picture: Thumbnail) -> str:
        """Upload a picture that is in no post yet, and return its URN. Raises as ``before``."""
        answer = self.before(
            "POST",
            "/rest/images?action=initializeUpload",
            body={"initializeUploadRequest": {"owner": owner}},
        )
        value = answer.mapping().get("value")
        found = value if isinstance(value, dict) else {}
        urn, address = text_of(found, "image"), absolute_web_address(found.get("uploadUrl"))
        if not _IMAGE.fullmatch(urn) or address is None:
            raise NotSent("LinkedIn answered with something that is no place for a picture")
        if not self._is_linkedins(address):
            raise NotSent("LinkedIn wants the picture at an address that is not its own")
        self._put(address, picture)
        return urn

    def clean(self, words: str) -> str:
        """Return words from LinkedIn as they may be shown."""
        return shown(words, [self._token])

    def refusal(self, answer: Answer) -> NetworkError:
        """Return what an answer other than the hoped for allows us to do next."""
        status = answer.status
        said = self.clean(text_of(answer.mapping(), "message", "error_description"))
        what = f"LinkedIn answered {status}" + (f": {said}" if said else "")
        if status == 401:
            return Unauthorized(f"{what}; LINKEDIN_TOKEN is refused: make a new one every 60 days")
        if status == 403:
            return Unauthorized(
                f"{what}; the token lacks a scope, or its owner a role at LINKEDIN_AUTHOR"
            )
        if status == 426:
            return Unauthorized(
                f"{what}; LinkedIn has ended version {API_VERSION} of its API: upgrade Utrop"
            )
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(answer))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)

    def _put(self, address: str, picture: Thumbnail) -> None:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": picture.media_type,
        }
        try:
            answer = ask(
                self._http,
                "PUT",
                address,
                server="LinkedIn's store of pictures",
                headers=headers,
                content=picture.content,
            )
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        self._good(answer)

    def _good(self, answer: Answer) -> Answer:
        if answer.ok:
            return answer
        refusal = self.refusal(answer)
        raise NotSent(str(refusal)) if isinstance(refusal, OutcomeUnknown) else refusal

    def _is_linkedins(self, address: str) -> bool:
        """Whether the token may go there."""
        there, ours = httpx.URL(address), httpx.URL(self._url)
        if (there.scheme, there.netloc) == (ours.scheme, ours.netloc):
            return True
        return there.scheme == "https" and there.host.endswith(".linkedin.com")
