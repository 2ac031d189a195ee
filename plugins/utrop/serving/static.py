"""The local web server: a folder of files, served as a production server would serve it."""

from __future__ import annotations

import errno
import shutil
import signal
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import quote

from utrop.problem import configuration_error
from utrop.serving.headers import SECURITY, content_headers, matches
from utrop.serving.lookup import Found, below, inside, opened

LOOPBACK = "127.0.0.1"
NOT_THERE_YET = "There is nothing to show here yet. The terminal says why.\n"


def serve(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int = 8000,
    base_path: str = "/",
    ready: Callable[[str], None],
) -> None:
    """Serve a folder until Ctrl-C or SIGTERM; ``ready`` is told the address once it answers.

    A folder that is a link is followed at each request, so that a switch shows at once. Port 0
    takes any free one. Raises ``ProblemsFound`` (exit status 2) where there is no folder, or the
    port cannot be had.
    """
    if not folder.is_dir():
        raise configuration_error("there is no site to serve", "run `make publish` first", folder)
    with SiteServer(host, port, base_path) as server, until_stopped():
        server.folder = folder
        ready(server.url)
        server.serve_forever(poll_interval=0.1)


@contextmanager
def running(
    folder: Path | None, *, host: str = LOOPBACK, port: int = 0, base_path: str = "/"
) -> Iterator[SiteServer]:
    """Serve a folder in the background while the block runs."""
    with SiteServer(host, port, base_path) as server:
        server.folder = folder
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def until_stopped() -> Iterator[None]:
    """End the block quietly at Ctrl-C, and at SIGTERM as well."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, stop)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


class SiteServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """An HTTP server for one folder, which may change at any time; None is nothing yet."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, base_path: str) -> None:
        self.folder: Path | None = None
        self.base_path = f"/{base_path.strip('/')}/" if base_path.strip("/") else "/"
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            raise _not_bound(host, port, error) from error

    @property
    def url(self) -> str:
        """The address at which the site's home page is."""
        host, port = self.server_address[:2]
        host = str(host)
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}{quote(self.base_path)}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a visitor who went away; all else is a mistake of ours and is shown."""
        if isinstance(sys.exception(), ConnectionError | TimeoutError):
            return
        super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed through


def _not_bound(host: str, port: int, error: OSError | OverflowError) -> Exception:
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        return configuration_error(
            f"port {port} on {host} is in use by another program",
            f"stop that one, or choose another port: --port {port + 1 if port < 65535 else 8001}",
        )
    if isinstance(error, OverflowError):
        return configuration_error(f"{port} is no port", "choose one from 1024 to 65535: --port")
    if code in (errno.EACCES, errno.EPERM):
        return configuration_error(
            f"port {port} is not for you to open", "choose one above 1023: --port 8000"
        )
    return configuration_error(
        f"cannot serve on {host}: {error.strerror}", "choose an address of this machine: 127.0.0.1"
    )


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "Utrop"
    sys_version = ""
    timeout = 30
    server: SiteServer

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def __getattr__(self, name: str) -> object:
        if name.startswith("do_"):
            return self._not_allowed
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base
        """Stay quiet: the terminal is for what the person does."""

    def _not_allowed(self) -> None:
        self.close_connection = True  # whatever body came along is not read
        self._text(
            HTTPStatus.METHOD_NOT_ALLOWED, "This server only reads.\n", {"Allow": "GET, HEAD"}
        )

    def _answer(self) -> None:
        folder, base = self.server.folder, self.server.base_path
        address, _, query = self.path.partition("?")
        if "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0":
            self.close_connection = True  # a body is not read, nor taken for the next request
        if folder is None or not folder.is_dir():
            self._text(HTTPStatus.SERVICE_UNAVAILABLE, NOT_THERE_YET, {"Retry-After": "1"})
            return
        # Once for the whole request: all of it then comes from one release.
        root = folder.resolve()
        if base != "/" and address in ("", "/", base.rstrip("/")):
            self._redirect(quote(base), HTTPStatus.FOUND)
            return
        path = below(address, base)
        if path is None:
            self._missing(root)
            return
        target = root.joinpath(*path.split("/")) if path else root
        if inside(target, root) and target.is_dir():
            if path and not path.endswith("/"):
                location = f"{quote(base + path)}/{'?' if query else ''}{query}"
                self._redirect(location, HTTPStatus.MOVED_PERMANENTLY)
                return
            target /= "index.html"
        elif path.endswith("/"):
            self._missing(root)
            return
        found = opened(target, root)
        if found is None:
            self._missing(root)
            return
        with found.file:
            self._file(found)

    def _file(self, found: Found) -> None:
        validators = {"ETag": found.etag, "Last-Modified": found.modified}
        if self._is_fresh(found):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self._headers(validators)
            return
        self._send(HTTPStatus.OK, found, validators)

    def _is_fresh(self, found: Found) -> bool:
        """Whether the visitor has this already (RFC 9110, section 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return matches(tags, found.etag)
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return int(found.status.st_mtime) <= parsedate_to_datetime(since).timestamp()
        except (ValueError, OverflowError):
            return False

    def _missing(self, root: Path) -> None:
        found = opened(root / "404.html", root)
        if found is None:
            self._text(HTTPStatus.NOT_FOUND, "There is no such page.\n")
            return
        with found.file:
            self._send(HTTPStatus.NOT_FOUND, found, {})

    def _send(self, status: HTTPStatus, found: Found, headers: dict[str, str]) -> None:
        self.send_response(status)
        length = {"Content-Length": str(found.status.st_size)}
        self._headers({**content_headers(found.name), **length, **headers})
        if self.command != "HEAD":
            shutil.copyfileobj(found.file, self.wfile)

    def _text(self, status: HTTPStatus, text: str, headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        kind = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
        self._headers({**kind, **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _redirect(self, location: str, status: HTTPStatus) -> None:
        self._text(status, f"It is at {location}\n", {"Location": location})

    def _headers(self, headers: dict[str, str]) -> None:
        # Ask each time: here the next build is never more than a moment away.
        for name, value in {**headers, **SECURITY, "Cache-Control": "no-cache"}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
