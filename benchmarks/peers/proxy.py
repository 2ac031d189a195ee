"""A proxy that speaks TLS, stands before a network's server, and spoils the writes it is told to.

It serves two kinds of clients on one port: those that come to it as the server itself, and those
that ask for a tunnel (``CONNECT``) to a host by name; the tunnel ends here too. Every connection
carries one request, so that no client can take a fault for a connection that had grown old.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

WRITES = (
    "/api/v1/statuses",
    "/xrpc/com.atproto.repo.createRecord",
    "/xrpc/com.atproto.repo.putRecord",
    "/xrpc/com.atproto.repo.applyWrites",
)
"""What makes a post, on Mastodon and on Bluesky."""
PATIENCE = 60.0
"""Seconds for anything between us and a server."""
HELD = 420.0
"""Seconds that an answer is held back at most; every client gives up before."""
RESET_SECONDS = 2
"""In how many seconds the limit that a 429 speaks of is over."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What happens to which writes: to ``times`` of them from the ``first`` on, counted from 1."""

    fault: Fault | None
    first: int = 1
    times: int = 1
    delay: float = 0.0
    """Seconds between an answer and the kill that follows it."""


class Proxy:
    """``with Proxy(upstream, tls, plan) as proxy``: serves at ``proxy.port``."""

    def __init__(self, upstream: str, tls: ssl.SSLContext, plan: Plan) -> None:
        self.upstream, self.tls, self.plan = upstream, tls, plan
        self.writes = 0
        """How many writes came in."""
        self.spoiled = 0
        """How many of them met the fault."""
        self.pidfd = -1
        """The client's process, for the faults that kill it."""
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.proxy = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE)

    def take_write(self) -> Fault | None:
        """Count a write; return what the plan has for it, None for nothing."""
        with self._lock:
            self.writes += 1
            if not self.plan.first <= self.writes < self.plan.first + self.plan.times:
                return None
            self.spoiled += 1
            return self.plan.fault

    @contextlib.contextmanager
    def killing(self) -> Iterator[None]:
        """Kill the client of this moment when the block ends, unless it has ended by itself.

        By then another command may run, which is not to be killed.
        """
        client = os.dup(self.pidfd)
        try:
            yield
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(client, signal.SIGKILL)
        finally:
            os.close(client)

    @contextlib.contextmanager
    def watching(self, pid: int) -> Iterator[None]:
        """Take this process for the client while the block runs."""
        self.pidfd = os.pidfd_open(pid)
        try:
            yield
        finally:
            held, self.pidfd = self.pidfd, -1
            os.close(held)


class _Server(ThreadingHTTPServer):
    proxy: Proxy
    daemon_threads = True  # one may hold an answer for minutes
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: clients that give up are what this is about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        """Take the connection, out of its tunnel if it comes in one, and out of TLS."""
        self.request.settimeout(PATIENCE)
        if self.request.recv(1, socket.MSG_PEEK) != b"\x16":  # no ClientHello: it asks for a tunnel
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += self.request.recv(1)
            if not head.startswith(b"CONNECT "):
                raise ValueError("neither TLS nor CONNECT")
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.request = self.server.proxy.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        """Close what TLS was spoken on; the server only knows the socket below."""
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def _serve(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(self._chunks())
        proxy, path = self.server.proxy, urlsplit(self.path).path
        fault = proxy.take_write() if self.command == "POST" and path in WRITES else None
        if fault is None:
            self.answer(self.forward(body))
        else:
            fault(self, body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - http.server's names

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def forward(self, body: bytes) -> Answer:
        """Let the server act, and return its answer."""
        upstream = urlsplit(self.server.proxy.upstream)
        connection = http.client.HTTPConnection(
            upstream.hostname or "", upstream.port, timeout=PATIENCE
        )
        # The stand-in would honour the key for ever, other servers of the family ignore it.
        left_out = {"host", "connection", "content-length", "transfer-encoding", "idempotency-key"}
        headers = {n: v for n, v in self.headers.items() if n.lower() not in left_out}
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            hop = {"transfer-encoding", "connection", "content-length", "keep-alive"}
            passed = tuple((n, v) for n, v in answer.getheaders() if n.lower() not in hop)
            return Answer(answer.status, passed, answer.read())

    def answer(self, answer: Answer) -> None:
        reason = http.client.responses.get(answer.status, "Unknown")
        lines = [f"HTTP/1.1 {answer.status} {reason}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        lines.append(f"Content-Length: {len(answer.body)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Keep quiet."""


def lost(handler: Handler, body: bytes) -> None:
    handler.forward(body)


def false_500(handler: Handler, body: bytes) -> None:
    handler.forward(body)
    handler.answer(Answer(500, _JSON, b'{"error": "InternalServerError"}'))


def unavailable(handler: Handler, _: bytes) -> None:
    headers = (("Content-Type", "text/html"),)
    handler.answer(Answer(503, headers, b"<html><h1>503 Service Unavailable</h1></html>"))


def reset(handler: Handler, _: bytes) -> None:
    linger = struct.pack("ii", 1, 0)  # so that closing sends a reset (RST)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def silence(handler: Handler, body: bytes) -> None:
    handler.forward(body)
    handler.connection.settimeout(HELD)
    with contextlib.suppress(OSError):
        handler.connection.recv(1)  # returns when the client gives up


def killed_sending(handler: Handler, _: bytes) -> None:
    with handler.server.proxy.killing():
        pass


def killed_waiting(handler: Handler, body: bytes) -> None:
    with handler.server.proxy.killing():
        handler.forward(body)


def killed_answered(handler: Handler, body: bytes) -> None:
    with handler.server.proxy.killing():
        handler.answer(handler.forward(body))
        time.sleep(handler.server.proxy.plan.delay)


def refused(handler: Handler, _: bytes) -> None:
    """Answer as when the token was revoked, until the person has put a new one in its place."""
    if handler.path.startswith("/xrpc/"):
        body = b'{"error": "InvalidToken", "message": "Token could not be verified"}'
    else:
        body = b'{"error": "The access token is invalid"}'
    handler.answer(Answer(401, _JSON, body))


def too_many(handler: Handler, _: bytes) -> None:
    """Answer as Mastodon and the PDS do, each with its own headers."""
    over = datetime.now(UTC) + timedelta(seconds=RESET_SECONDS)
    headers = _JSON
    if handler.path.startswith("/xrpc/"):
        headers += (("RateLimit-Limit", "5000"), ("RateLimit-Remaining", "0"))
        headers += (("RateLimit-Reset", str(int(over.timestamp()) + 1)),)
        body = b'{"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}'
    else:
        headers += (("X-RateLimit-Limit", "300"), ("X-RateLimit-Remaining", "0"))
        headers += (("X-RateLimit-Reset", over.isoformat().replace("+00:00", "Z")),)
        body = b'{"error": "Too many requests"}'
    handler.answer(Answer(429, headers, body))


_JSON: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)

Fault = Callable[[Handler, bytes], None]
"""Spoils one write, given its body."""
FAULTS: dict[str, Fault | None] = {
    "no fault": None,
    "answer lost, the post was made": lost,
    "false 500, the post was made": false_500,
    "no answer until the client gives up, the post was made": silence,
    "503, no post was made": unavailable,
    "connection reset, no post was made": reset,
    "429, no post was made": too_many,
    "401, no post was made": refused,
    "killed while sending, no post was made": killed_sending,
    "killed before the answer, the post was made": killed_waiting,
    "killed right after the answer": killed_answered,
}
