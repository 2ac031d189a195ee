"""A stand-in for TED's public servers, on loopback: the site and the search API in one.

What it does, and where that is written:

- ``GET /en/notice/<number>/xml``: the notice's XML; 404 for a number that is not published. Seen
  in several public clients of TED, and as ``links.xml.MUL`` in recorded answers of its search.
- ``POST /v3/notices/search`` with JSON of ``query``, ``fields``, ``page``, ``limit`` (at most
  250), ``scope``, ``checkQuerySyntax`` and ``paginationMode``; the answer has ``notices``,
  ``totalNoticeCount``, ``iterationNextToken`` and ``timedOut``, no key is needed:
  https://docs.ted.europa.eu/reuse/search-api.html
- A notice in the answer has the fields that were asked for; ``publication-number`` is written
  ``262410-2026`` and ``publication-date`` ``2026-04-20+02:00``, as in recorded answers.
- 400 for a query in another form than ``field = value``.

Unverified: whether ``notice-version`` is text or a list, so it can be either here; what limits of
rate there are (429 here where a test asks for it).
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.servers.answering import answering
from tests.servers.fault_proxy import Answer, Request

_QUERY = re.compile(
    r'(?P<field>notice-identifier|publication-number) = "?(?P<value>[0-9A-Za-z-]+)"?'
)
_KEYS = {"query", "fields", "page", "limit", "scope", "checkQuerySyntax", "paginationMode"}


@dataclass
class TedServer:
    """What TED has published, and what it was asked."""

    url: str = ""
    notices: list[dict[str, Any]] = field(default_factory=list)
    """As the search API gives them."""
    xml: dict[str, bytes] = field(default_factory=dict)
    """By publication number."""
    requests: list[Request] = field(default_factory=list)
    instead: Answer | None = None
    """What it answers whatever it is asked."""
    redirect: str = ""
    """Where the XML has gone."""

    def publish(
        self, number: str, *, day: str, notice_id: str, version: Any = "01", xml: bytes = b""
    ) -> None:
        """Publish a notice."""
        self.notices.append(
            {
                "publication-number": number,
                "publication-date": f"{day}+01:00",
                "notice-identifier": notice_id,
                "notice-version": version,
                "notice-title": {"swe": "En titel som ingen bad om"},
            }
        )
        self.xml[number] = xml

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.requests.append(request)
        if self.instead is not None:
            return self.instead
        if request.method == "GET":
            return self._page(request)
        if request.path != "/v3/notices/search":
            return Answer(status=404)
        return self._search(json.loads(request.body))

    def _page(self, request: Request) -> Answer:
        found = re.fullmatch(r"/(?:en/notice|moved)/([0-9]+-[0-9]{4})/xml", request.path)
        if found is None or found[1] not in self.xml:
            return Answer(status=404, body=b"<!DOCTYPE html><title>Not found</title>")
        if self.redirect and not request.path.startswith("/moved/"):
            target = self.redirect.replace("<number>", found[1])
            return Answer(status=302, headers=(("Location", target),))
        return Answer(headers=(("Content-Type", "application/xml"),), body=self.xml[found[1]])

    def _search(self, body: dict[str, Any]) -> Answer:
        found = _QUERY.fullmatch(body.get("query", ""))
        is_right = set(body) <= _KEYS and body.get("fields") and 0 < body.get("limit", 10) <= 250
        if found is None or not is_right:
            return Answer(status=400, body=b'{"message": "the query is not valid"}')
        matching = [one for one in self.notices if one[found["field"]] == found["value"]]
        answer = {
            "notices": [{key: one[key] for key in body["fields"]} for one in matching],
            "totalNoticeCount": len(matching),
            "iterationNextToken": None,
            "timedOut": False,
        }
        return Answer(
            headers=(("Content-Type", "application/json"),), body=json.dumps(answer).encode()
        )


@contextlib.contextmanager
def ted_server() -> Iterator[TedServer]:
    """Serve until the block ends."""
    server = TedServer()
    with answering(server.answer) as server.url:
        yield server
