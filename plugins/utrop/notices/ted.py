"""TED, Tenders Electronic Daily: a notice's XML by its number, and whether TED has published one.

The site gives a notice's XML at ``/en/notice/<number>/xml``; the search API v3 takes
``POST /v3/notices/search`` without a key. The API's request and limits stand in
https://docs.ted.europa.eu/reuse/search-api.html; the field names and the form of the answer, as
that of the XML's address, were seen in several public clients and not tried against the live
servers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import httpx

from utrop.fetching import Fetched, failed, fetch
from utrop.problem import Problem, ProblemsFound

SITE: Final = "https://ted.europa.eu"
API: Final = "https://api.ted.europa.eu"
MOST_BYTES: Final = 20_000_000
"""The longest notices are a few megabytes."""

_NUMBER: Final = re.compile(r"0*(?P<serial>[1-9][0-9]{0,7})-(?P<year>(?:19|20)[0-9]{2})")
_IDENTIFIER: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}")
_FIELDS: Final = ("publication-number", "publication-date", "notice-identifier", "notice-version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """That TED has published a notice, under which number and on which day."""

    number: str
    day: date


def publication_number(text: str) -> str:
    """Return a publication number as people write it, without zeros in front; empty if it is none.

    >>> publication_number("00701354-2023")
    '701354-2023'
    """
    found = _NUMBER.fullmatch(text.strip())
    return f"{found['serial']}-{found['year']}" if found else ""


@dataclass(frozen=True, slots=True)
class Ted:
    """TED's public servers. Every method raises ``ProblemsFound`` with one line if it fails."""

    http: httpx.Client
    site: str = SITE
    api: str = API

    def notice_xml(self, number: str) -> bytes:
        """Return the XML of a published notice by its publication number."""
        url = f"{self.site}/en/notice/{number}/xml"
        answer = fetch(self.http, url, most_bytes=MOST_BYTES, accept="application/xml")
        if answer.status == 404:
            raise ProblemsFound(
                [
                    Problem(
                        what=f"TED has no notice {number}",
                        instead="look at the number; a notice that is not published has none",
                    )
                ]
            )
        host = _right(answer, self.site)
        start = answer.content[:1000].lstrip(b"\xef\xbb\xbf\x00\xff\xfe \t\r\n")
        if not start.startswith(b"<") or start[:15].lower().startswith((b"<!doctype", b"<html")):
            raise failed(host, f"answers for notice {number} with what is no XML")
        return answer.content

    def publication(
        self, *, notice_id: str = "", version: str = "", number: str = ""
    ) -> Publication | None:
        """Return when TED published a notice, by its identifier (BT-701) and version (BT-757).

        Without an identifier it is looked for by its publication number. None: TED's search does
        not find it, or finds other versions of it only.
        """
        if _IDENTIFIER.fullmatch(notice_id):
            query = f'notice-identifier = "{notice_id}"'
        elif number := publication_number(number):
            query, version = f"publication-number = {number}", ""
        else:
            raise ValueError("neither an identifier nor a number to look for")
        body = {
            "query": query,
            "fields": list(_FIELDS),
            "page": 1,
            "limit": 50,
            "scope": "ALL",
            "checkQuerySyntax": False,
            "paginationMode": "PAGE_NUMBER",
        }
        url = f"{self.api}/v3/notices/search"
        answer = fetch(self.http, url, most_bytes=MOST_BYTES, body=body, accept="application/json")
        host = _right(answer, self.api)
        found = [_publication(one) for one in _notices(answer, host) if _is(one, version)]
        dated = [one for one in found if one is not None]
        return min(dated, key=lambda one: one.day, default=None)


def _right(answer: Fetched, url: str) -> str:
    host = httpx.URL(url).host
    if answer.status == 429:
        raise failed(host, "asks to wait: too many questions (429)", "try again in a while")
    if answer.status != 200:
        raise failed(host, f"answers {answer.status}")
    return host


def _notices(answer: Fetched, host: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(answer.content)
    except ValueError as error:
        raise failed(host, "answers with what is no JSON") from error
    notices = found.get("notices") if isinstance(found, dict) else None
    if not isinstance(notices, list) or found.get("timedOut") is True:
        raise failed(host, "gives no list of notices")
    return [one for one in notices if isinstance(one, dict)]


def _is(found: dict[str, Any], version: str) -> bool:
    """Whether what was found is the wanted version; where it names none it may be."""
    there = _text(found.get("notice-version"))
    if not (version.isascii() and version.isdigit() and there.isascii() and there.isdigit()):
        return True
    return int(there) == int(version)


def _publication(found: dict[str, Any]) -> Publication | None:
    number = publication_number(_text(found.get("publication-number")))
    day = _DAY.match(_text(found.get("publication-date")))
    if not number or day is None:
        return None
    try:
        return Publication(number=number, day=date.fromisoformat(day[0]))
    except ValueError:
        return None


def _text(value: object) -> str:
    """Return a field's value; the API gives some as a list of one."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).strip() if isinstance(value, str | int) else ""
