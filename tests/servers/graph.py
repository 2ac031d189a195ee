"""What the stand-ins for Meta's Graph servers share: a real socket, routes, errors, pages.

Behaves as these say, unless a behaviour names another source:
https://developers.facebook.com/docs/graph-api/guides/error-handling (the error object) and
https://developers.facebook.com/docs/graph-api/results (paging: ``next`` repeats the token).
A request that no schema allows, or a token in an address, is kept in ``violations``; only
``debug_token`` and ``refresh_access_token`` want it there:
https://developers.facebook.com/docs/graph-api/reference/debug_token (Unix seconds, 0 for never) and
https://developers.facebook.com/docs/threads/get-started/long-lived-tokens/.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.servers.fault_proxy import Answer

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""The first moment of every stand-in; each post comes a second later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that a schema allowed."""

    params: dict[str, str]
    path: tuple[str, ...]
    """What stood in the variable parts of the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: which parameters it must and may get, and what it does."""

    method: str
    pattern: str
    act: Callable[[Call], Answer]
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


def reply(body: object, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return an answer with JSON in it."""
    kind = (("Content-Type", "application/json; charset=UTF-8"),)
    return Answer(status=status, headers=(*kind, *headers), body=json.dumps(body).encode())


def error(
    code: int,
    subcode: int = 0,
    *,
    status: int = 400,
    words: str = "Det gick inte",
    transient: bool = False,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Return an error as Graph words it."""
    wrong: dict[str, Any] = {"message": words, "type": "OAuthException", "code": code}
    wrong |= {"is_transient": transient, "fbtrace_id": "AbCdEf123"}
    if subcode:
        wrong["error_subcode"] = subcode
    return reply({"error": wrong}, status=status, headers=headers)


@dataclass
class GraphServer:
    """A server with one token; ``with`` starts and stops it."""

    token: str
    version: str
    violations: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Method and path of every request, such as ``POST /v25.0/1/feed``."""
    now: datetime = START
    numbers: int = 9000
    token_told: dict[str, Any] = field(default_factory=dict)
    """What ``debug_token`` tells beside or instead of what it tells of itself."""
    _routes: list[Route] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.graph = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)

    @property
    def url(self) -> str:
        """The address that takes the place of Meta's."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def number(self) -> str:
        """Return an id that nothing has yet."""
        self.numbers += 1
        return str(self.numbers)

    def tick(self) -> str:
        """Let a second pass, and return the time as Graph writes it."""
        self.now += timedelta(seconds=1)
        return self.now.strftime("%Y-%m-%dT%H:%M:%S+0000")

    def owner(self, token: str) -> dict[str, str] | None:
        """Return who a token belongs to, None where it is refused."""
        raise NotImplementedError

    def serve(self, method: str, address: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer one request."""
        with self._lock:
            url = urlsplit(address)
            self.seen.append(f"{method} {url.path}")
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            renewing = url.path == "/refresh_access_token"
            asking = url.path == f"/{self.version}/debug_token"
            if not (renewing or asking) and ("access_token" in query or self.token in address):
                return self._violation(f"the token stands in the address: {url.path}")
            token = headers.get("authorization", "").removeprefix("Bearer ")
            if renewing:
                token = query.get("access_token", "")
            if self.owner(token) is None:
                return error(190, 467, words="Invalid OAuth access token data.", status=401)
            if body and headers.get("content-type") != "application/x-www-form-urlencoded":
                return self._violation(f"{url.path} got {headers.get('content-type')}")
            params = query | dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))
            if renewing:
                return self.renew(params)
            for route in self._routes:
                found = re.fullmatch(f"/{self.version}/{route.pattern}", url.path)
                if found and method == route.method:
                    return self._checked(route, Call(params=params, path=found.groups()))
            return error(2500, words=f"Unknown path components: {url.path}")

    def renew(self, params: dict[str, str]) -> Answer:
        """Answer a request for a new token; Facebook's servers know none such."""
        return self._violation(f"refresh_access_token with {sorted(params)}")

    def debug_token(self, call: Call) -> Answer:
        """Tell of a token, as the ``debug_token`` of a server with these scopes does."""
        if call.params["input_token"] != self.token:
            told: dict[str, Any] = {"is_valid": False, "scopes": []}
        else:
            told = {"type": "USER", "is_valid": True, "expires_at": 0, "scopes": []}
        return reply({"data": told | self.token_told})

    def _checked(self, route: Route, call: Call) -> Answer:
        missing = route.required - call.params.keys()
        unknown = call.params.keys() - route.required - route.optional
        if missing or unknown:
            what = f"{route.pattern}: missing {sorted(missing)}, unknown {sorted(unknown)}"
            return self._violation(what)
        return route.act(call)

    def _violation(self, what: str) -> Answer:
        self.violations.append(what)
        return error(100, words=f"(#100) {what}")

    def listed(self, call: Call, path: str, newest_first: list[dict[str, Any]]) -> Answer:
        """Return a page of a list, with only the fields that were asked for."""
        limit = min(int(call.params.get("limit", "25")), 100)
        start = int(call.params.get("after", "c0")[1:])
        wanted = {name.partition("{")[0] for name in call.params["fields"].split(",")} | {"id"}
        part = newest_first[start : start + limit]
        page: dict[str, Any] = {
            "data": [{name: one[name] for name in one if name in wanted} for one in part]
        }
        if part:
            after = f"c{start + len(part)}"
            page["paging"] = {"cursors": {"before": f"c{start}", "after": after}}
            if start + limit < len(newest_first):
                # Graph repeats the token here: whoever follows this address leaks it into logs.
                query = {**call.params, "after": after, "access_token": self.token}
                page["paging"]["next"] = f"{self.url}/{self.version}/{path}?{urlencode(query)}"
        return reply(page)


class _Server(ThreadingHTTPServer):
    graph: GraphServer
    daemon_threads = False  # so that closing waits for them and leaves no socket open
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a client that gives up is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30

    def _serve(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.graph.serve(self.command, self.path, headers, body)
        self.send_response_only(answer.status)
        self.send_header("Date", self.server.graph.now.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.send_header("Connection", "close")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Keep quiet."""
