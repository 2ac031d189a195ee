"""A proxy on a real socket that loses, falsifies and holds back answers, where a test says so.

It stands between a network's client and its server. Every request is recorded; a fault takes the
next matching one. Nothing sleeps: what has to wait, waits for an event that the test sets.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30.0
"""Seconds until a test that waits for something that never comes fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Gate:
    """Holds one answer: ``arrived`` is set when it is there, ``release`` lets it go."""

    arrived: threading.Event = field(default_factory=threading.Event)
    opened: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """Wait until the request is held here."""
        assert self.arrived.wait(PATIENCE), "no request came to the gate"

    def release(self) -> None:
        """Let the answer go on."""
        self.opened.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to the client."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class _Fault:
    method: str | None
    path: str
    times: int
    act: Callable[[_Handler, Request], None]


class FaultProxy:
    """``with FaultProxy(upstream) as proxy``: requests to ``proxy.url`` go on to ``upstream``.

    The faults' methods take ``method`` and the beginning of a ``path``, and hold for ``times``
    requests. Without an upstream only requests that a fault answers are served.
    """

    def __init__(self, upstream: str = "") -> None:
        self.upstream = upstream
        self.requests: list[Request] = []
        self.stripped: set[str] = set()
        """Names of request headers, in small letters, that do not reach the server."""
        self._faults: list[_Fault] = []
        self._gates: list[Gate] = []
        self._lock = threading.Lock()
        self._port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> FaultProxy:
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def url(self) -> str:
        """The address to use instead of the server's."""
        return f"http://127.0.0.1:{self._port}"

    def count(self, method: str, path: str = "/") -> int:
        """How many requests of this kind came in."""
        return sum(r.method == method and r.path.startswith(path) for r in self.requests)

    def drop_answer(self, method: str | None = None, path: str = "/", *, times: int = 1) -> None:
        """Let the server act, then close the connection without a word."""
        self._add(method, path, times, lambda handler, request: handler.forward(request))

    def drop_request(self, method: str | None = None, path: str = "/", *, times: int = 1) -> None:
        """Reset the connection before the server sees the request; the client cannot tell."""
        self._add(method, path, times, lambda handler, _: handler.reset())

    def reset_midway(self, method: str | None = None, path: str = "/", *, times: int = 1) -> None:
        """Let the server act, send half of its answer, then reset the connection."""

        def act(handler: _Handler, request: Request) -> None:
            handler.answer(handler.forward(request), whole=False)
            handler.reset()

        self._add(method, path, times, act)

    def false_500(self, method: str | None = None, path: str = "/", *, times: int = 1) -> None:
        """Let the server act, then say that it failed."""

        def act(handler: _Handler, request: Request) -> None:
            handler.forward(request)
            handler.answer(Answer(status=500, body=b'{"error": "InternalServerError"}'))

        self._add(method, path, times, act)

    def answer(
        self,
        answer: Answer,
        method: str | None = None,
        path: str = "/",
        *,
        times: int = 1,
    ) -> None:
        """Answer in the server's place; it never sees the request."""
        self._add(method, path, times, lambda handler, _: handler.answer(answer))

    def hold(self, method: str | None = None, path: str = "/") -> Gate:
        """Let the server act, and hold its answer until the test releases it."""
        gate = Gate()
        self._gates.append(gate)

        def act(handler: _Handler, request: Request) -> None:
            answer = handler.forward(request)
            gate.arrived.set()
            gate.opened.wait(PATIENCE)
            with contextlib.suppress(OSError):  # the client may have given up
                handler.answer(answer)

        self._add(method, path, 1, act)
        return gate

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Accept no connection within; the port stays ours."""
        self._close()
        with socket.socket() as keeper:  # bound but not listening: connects are refused
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            keeper.bind(("127.0.0.1", self._port))
            yield
        self._listen()

    def _add(
        self,
        method: str | None,
        path: str,
        times: int,
        act: Callable[[_Handler, Request], None],
    ) -> None:
        with self._lock:
            self._faults.append(_Fault(method, path, times, act))

    def take_fault(self, request: Request) -> Callable[[_Handler, Request], None] | None:
        """Record a request and return what is to happen to it, None for nothing."""
        with self._lock:
            self.requests.append(request)
            for fault in self._faults:
                fits = fault.method in {None, request.method}
                if fault.times and fits and request.path.startswith(fault.path):
                    fault.times -= 1
                    return fault.act
        return None

    def _listen(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.proxy = self
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def _close(self) -> None:
        for gate in self._gates:
            gate.release()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(PATIENCE)
        self._server = self._thread = None


class _Server(ThreadingHTTPServer):
    proxy: FaultProxy
    daemon_threads = False  # so that closing waits for them and leaves no socket open
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a client that gives up is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = PATIENCE

    def _serve(self) -> None:
        self.close_connection = True  # one request a connection keeps every fault simple
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        act = self.server.proxy.take_fault(request)
        if act is None:
            self.answer(self.forward(request))
        else:
            act(self, request)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - http.server's names

    def forward(self, request: Request) -> Answer:
        """Let the server act and return its answer."""
        upstream = urlsplit(self.server.proxy.upstream)
        if not upstream.hostname:
            return Answer(status=404)
        connection = http.client.HTTPConnection(upstream.hostname, upstream.port, timeout=PATIENCE)
        dropped = {"host", "connection", *self.server.proxy.stripped}
        headers = {name: value for name, value in request.headers.items() if name not in dropped}
        with contextlib.closing(connection):
            connection.request(request.method, request.path, request.body or None, headers)
            answer = connection.getresponse()
            hop = {"transfer-encoding", "connection", "content-length", "keep-alive"}
            passed = tuple((n, v) for n, v in answer.getheaders() if n.lower() not in hop)
            return Answer(status=answer.status, headers=passed, body=answer.read())

    def answer(self, answer: Answer, *, whole: bool = True) -> None:
        """Send an answer, or its first half."""
        lines = [f"HTTP/1.1 {answer.status} Whatever", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        lines.append(f"Content-Length: {len(answer.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        sent = answer.body if whole else answer.body[: len(answer.body) // 2]
        self.wfile.write(head + sent)

    def reset(self) -> None:
        """Close the connection with a reset (RST), as a dying machine does."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Keep quiet."""
