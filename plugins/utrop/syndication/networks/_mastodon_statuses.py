"""Our own statuses on a Mastodon server: how they are read, and how one is found again.

A receipt holds a status's URI, since on some servers a status gets a new id when it is edited, and
a receipt that a person wrote down holds its address. Neither is what the server is asked with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

import httpx

from utrop.syndication.delivery import Message, Receipt
from utrop.syndication.errors import NotSent, OutcomeUnknown, Rejected
from utrop.syndication.networks._http import absolute_web_address, text_of
from utrop.syndication.networks._mastodon_server import Server
from utrop.syndication.networks._mastodon_text import same_words, says

_PAGE, _PAGES = 40, 25
_NEWEST = 80
"""So many statuses are looked at whatever their time, for our own clock may have been wrong."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_KEY: Final = re.compile(r"[\w-]{1,99}", re.ASCII)
# Mastodon makes both addresses of a status from its id, which it keeps for ever. Others may keep
# something else there.
_MASTODONS_OWN: Final = re.compile(r"/(?:(?:ap/)?users/[^/]+/statuses|@[^/@]+)/\d{1,20}")


class TooManyToRead(Exception):  # noqa: N818 - it is a limit reached, not an error
    """There are more statuses than are read in one look."""

    def __init__(self, server: Server, what: str) -> None:
        super().__init__(f"{server.host} has over {_PAGE * _PAGES} statuses{what}; look there")


def own(server: Server, earliest: datetime) -> Iterator[Mapping[str, object]]:
    """Yield our own statuses, newest first, down to a moment (aware), but a few at least.

    Raises TooManyToRead after the last that is read, Unauthorized, RateLimited, NotSent, and
    OutcomeUnknown where the server did not list them clearly.
    """
    path = f"/api/v1/accounts/{server.who().id}/statuses"
    params = {"limit": str(_PAGE), "exclude_reblogs": "true"}
    seen = 0
    for _ in range(_PAGES):
        answer = server.ask("GET", path, params=params)
        page = answer.json() if answer.ok else None
        if not isinstance(page, list):
            refusal = server.refusal(answer)
            unclear = isinstance(refusal, Rejected | NotSent)
            raise OutcomeUnknown(str(refusal)) if unclear else refusal
        for status in page:
            if (created := _created(status)) is None:
                raise OutcomeUnknown(f"{server.host} listed something that is no status")
            seen += 1
            if created < earliest and seen > _NEWEST:
                return
            if status.get("reblog") is None:
                yield status
        if not page:
            return
        last = text_of(page[-1], "id")
        if not last or last == params.get("max_id"):
            raise OutcomeUnknown(f"{server.host} does not page through its statuses")
        params["max_id"] = last
    raise TooManyToRead(server, "" if earliest == _LONG_AGO else " since then")


def receipt_of(server: Server, status: Mapping[str, object]) -> Receipt:
    """Return a status's receipt; raises OutcomeUnknown where it is no status."""
    # The URI first: on some servers a status gets a new id when it is edited.
    uri = server.cleaned(text_of(status, "uri", "id"))
    if not uri:
        raise OutcomeUnknown(f"{server.host} answered with something that is no status")
    url = absolute_web_address(status.get("url")) or absolute_web_address(uri)
    return Receipt(id=uri, url=url or server.url)


def located(server: Server, receipt: Receipt) -> Mapping[str, object] | None:
    """Return the status of a receipt as it stands, None where it is not there any more.

    Nothing is changed. The ids that its addresses end with are tried first; where they are not
    surely its id, all our statuses are looked through. Raises Unauthorized, RateLimited, NotSent,
    OutcomeUnknown (nothing is known), and Rejected where the status is somebody else's.
    """
    certain = False
    for key, final in _keys(server, receipt):
        answer = server.prepare(f"/api/v1/statuses/{key}")
        if answer.status in {404, 410}:
            certain = certain or final
            continue
        status = answer.mapping() if answer.ok else {}
        if not text_of(status, "id"):
            raise OutcomeUnknown(f"{server.host} answered {answer.status} with no status")
        if not _fits(server, status, receipt):
            continue
        account = status.get("account")
        if not isinstance(account, dict) or account.get("id") != server.who().id:
            raise Rejected(f"the status is not one of {server.who().name}")
        return status
    if certain:
        return None
    try:
        return next((one for one in own(server, _LONG_AGO) if _fits(server, one, receipt)), None)
    except TooManyToRead as error:
        raise OutcomeUnknown(str(error)) from None


def key_of(server: Server, status: Mapping[str, object]) -> str:
    """Return a status's id as it may stand in a path; raises OutcomeUnknown where it has none."""
    key = text_of(status, "id")
    if not _KEY.fullmatch(key):
        raise OutcomeUnknown(f"{server.host} answered with something that is no status")
    return key


def has_words(server: Server, status: Mapping[str, object], message: Message) -> bool:
    """Whether a status says what the message does, as far as the server shows it."""
    if status.get("edited_at") is None and says(status, message.text):
        return True
    # What is shown may be shortened or rewritten; this is what was written.
    answer = server.prepare(f"/api/v1/statuses/{key_of(server, status)}/source")
    written = answer.mapping().get("text") if answer.ok else None
    if isinstance(written, str):
        return same_words(written, message.text)
    return says(status, message.text)


def _keys(server: Server, receipt: Receipt) -> Iterator[tuple[str, bool]]:
    """Yield ids to try, and whether each surely is the status's while it is there."""
    tried: set[str] = set()
    for address in (receipt.id, receipt.url):
        key, final = address, False
        if "/" in address or ":" in address:
            try:
                url = httpx.URL(address)
            except httpx.InvalidURL:
                continue
            if url.host not in {server.host, server.who().host}:
                continue
            key = url.path.rstrip("/").rpartition("/")[2]
            final = _MASTODONS_OWN.fullmatch(url.path.rstrip("/")) is not None
        if _KEY.fullmatch(key) and key not in tried:
            tried.add(key)
            yield key, final


def _fits(server: Server, status: Mapping[str, object], receipt: Receipt) -> bool:
    """Whether a status is the receipt's: by its URI, its address, or an id alone."""
    uri, url = text_of(status, "uri", "id"), text_of(status, "url")
    return receipt.id in {server.cleaned(uri), url}


def _created(status: object) -> datetime | None:
    if isinstance(status, dict) and isinstance(status.get("created_at"), str):
        try:
            moment = datetime.fromisoformat(status["created_at"])
        except ValueError:
            return None
        return moment if moment.tzinfo else None
    return None
