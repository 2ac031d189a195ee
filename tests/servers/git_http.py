"""Git's own HTTP server on the loopback: git http-backend as CGI behind a few lines of Python.

https://git-scm.com/docs/git-http-backend
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


@dataclass
class GitHttp:
    """Serves every repository below a folder; what was asked is kept."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path with query, the Authorization header or nothing)."""


@contextmanager
def serving(
    folder: Path, *, password: str = "", moved: dict[str, str] | None = None
) -> Iterator[GitHttp]:
    """Serve; with a ``password`` only to whoever gives it. ``moved``: path to where it is now."""
    git = GitHttp("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            credential = self.headers.get("Authorization", "")
            git.asked.append((self.path, credential))
            path, _, query = self.path.partition("?")
            for old, new in (moved or {}).items():
                if path.startswith(old):
                    self.send_response(301)
                    self.send_header("Location", new + path.removeprefix(old) + "?" + query)
                    self.end_headers()
                    return
            expected = "Basic " + base64.b64encode(f"eva:{password}".encode()).decode()
            if password and credential != expected:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            done = subprocess.run(
                ["git", "http-backend"],
                env={
                    "PATH": os.environ["PATH"],
                    "GIT_PROJECT_ROOT": str(folder),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "REQUEST_METHOD": "GET",
                    "GIT_CONFIG_COUNT": "1",
                    "GIT_CONFIG_KEY_0": "safe.directory",
                    "GIT_CONFIG_VALUE_0": "*",
                },
                capture_output=True,
                check=True,
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        git.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield git
        finally:
            server.shutdown()
            thread.join()
