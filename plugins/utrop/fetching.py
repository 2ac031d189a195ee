"""Fetching: one document from a public server, with limits on its size, time and redirects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from utrop.problem import Problem, ProblemsFound, configuration_error

MOST_SECONDS: Final = 120.0
"""For one document, redirects included."""
TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
"""For each step: connecting, and each wait for more."""
MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A server's answer, whatever its status."""

    status: int
    content: bytes


def fetch(
    http: httpx.Client,
    url: str,
    *,
    most_bytes: int,
    body: Mapping[str, Any] | None = None,
    accept: str = "*/*",
    clock: Callable[[], float] = time.monotonic,
) -> Fetched:
    """Return what a server answers to a GET, or to a POST of ``body`` as JSON.

    Redirects are followed within the same domain, and never from https to http. ``clock`` counts
    seconds. Raises ``ProblemsFound`` with one line where the server cannot be reached, or where
    its answer is larger or slower than is right.
    """
    began = clock()
    address = httpx.URL(url)
    for _ in range(MOST_REDIRECTS + 1):
        try:
            with http.stream(
                "GET" if body is None else "POST",
                address,
                json=body,
                headers={"Accept": accept},
                timeout=TIMEOUT,
                follow_redirects=False,
            ) as answer:
                if answer.status_code not in _REDIRECTS:
                    content = _content(answer, most_bytes, lambda: clock() - began)
                    return Fetched(status=answer.status_code, content=content)
                target = address.join(answer.headers.get("Location", ""))
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _failed(address, "cannot be reached", error) from error
        except httpx.InvalidURL as error:
            raise _failed(address, "redirects to what is no address", error) from error
        if not _is_near(address, target):
            raise failed(address.host, f"redirects to another server, {target.host or 'none'}")
        address = target
    raise failed(address.host, f"redirects more than {MOST_REDIRECTS} times")


def base_address(environ: Mapping[str, str], variable: str, default: str) -> str:
    """Return a server's address, or the one that a variable puts in its place, without a slash.

    Raises ``ProblemsFound`` (exit status 2) unless it is https, or http on this machine.
    """
    given = environ.get(variable, "").strip() or default
    try:
        url = httpx.URL(given)
    except httpx.InvalidURL:
        url = httpx.URL("")
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)
    if not is_safe or not url.host or url.userinfo or url.query or url.fragment:
        raise configuration_error(
            f"{variable} is {given!r}, which is no https address", f"write {default}"
        )
    return given.rstrip("/")


def failed(host: str, what: str, instead: str = "try again later") -> ProblemsFound:
    """Return what went wrong at a server, as one line for a person."""
    return ProblemsFound([Problem(what=f"{host} {what}", instead=instead)])


def _content(answer: httpx.Response, most_bytes: int, elapsed: Callable[[], float]) -> bytes:
    host = answer.request.url.host
    content = bytearray()
    for piece in answer.iter_bytes():
        content += piece
        if len(content) > most_bytes:
            raise failed(host, f"answers with more than {most_bytes // 1_000_000} MB", "look at it")
        if elapsed() > MOST_SECONDS:
            raise failed(host, f"takes longer than {MOST_SECONDS:.0f} seconds to answer")
    return bytes(content)


def _failed(address: httpx.URL, what: str, error: Exception) -> ProblemsFound:
    reason = " ".join(str(error).split()) or type(error).__name__
    return failed(address.host, f"{what} ({reason})", "look at the connection, or try again later")


def _is_near(here: httpx.URL, there: httpx.URL) -> bool:
    """Whether a redirect stays within a domain, such as europa.eu, and as protected as it was."""
    if there.scheme not in ("http", "https") or (here.scheme, there.scheme) == ("https", "http"):
        return False
    return here.host.split(".")[-2:] == there.host.split(".")[-2:]
