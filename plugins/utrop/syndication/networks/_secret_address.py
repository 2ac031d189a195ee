"""Requests whose address is itself a secret: webhooks, and tokens that stand in a path.

httpx logs each request's address at INFO (https://www.python-httpx.org/logging/), and httpcore
what it reads at DEBUG. So while such a request is under way their records are dropped, in the
thread that makes it and nowhere else.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Final
from urllib.parse import quote

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.networks import _environment
from utrop.syndication.networks._http import Answer, ask

_LOGGERS: Final = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_unlogged: ContextVar[bool] = ContextVar("unlogged", default=False)

UNTRIED: Final = (
    "only the form of the address was checked: whether it works shows with the first post"
)
"""What ``describe`` says of every webhook, which tells nothing without posting."""


class _Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - all are dropped alike
        return not _unlogged.get()


_SILENCE: Final = _Silence()


@contextlib.contextmanager
def unlogged() -> Iterator[None]:
    """Let httpx and httpcore log nothing of what this thread does within."""
    for name in _LOGGERS:
        # Added once, and left there: another thread may be within at the same time.
        logging.getLogger(name).addFilter(_SILENCE)
    token = _unlogged.set(True)
    try:
        yield
    finally:
        _unlogged.reset(token)


def post(http: httpx.Client, url: str, body: object, *, server: str) -> Answer:
    """Send one JSON body to a secret address, unlogged. Raises as ``_http.ask``."""
    with unlogged():
        return ask(http, "POST", url, server=server, body=body)


def webhook(environ: Mapping[str, str], name: str, advice: str, *, network: str) -> str:
    """Return a webhook's address from the environment.

    Raises ProblemsFound (exit status 2), which never shows any part of it.
    """
    address = _environment.read(environ, {name: advice}, network=network)[name]
    wrong = _wrong(address)
    if wrong:
        what = f"{network} is configured but {name} {wrong}"
        raise ProblemsFound([Problem(what=what, instead=f"set it to {advice}")], exit_status=2)
    return address


def label(environ: Mapping[str, str], name: str, *, network: str) -> str:
    """Return a name that a person may give a webhook's channel, '' where there is none.

    Raises ProblemsFound (exit status 2) where it has a character that cannot stand in a ledger.
    """
    given = environ.get(name, "").strip()
    if len(given) > 100 or not given.isprintable() or "://" in given:
        what = f"{network} is configured but {name} is no name of a channel"
        raise ProblemsFound([Problem(what=what, instead="write such as inkop")], exit_status=2)
    return given


def parts_of(address: str) -> tuple[str, ...]:
    """Return what of a secret address must not be shown, the parts by themselves too."""
    url = httpx.URL(address)
    pieces = [part for part in url.path.split("/") if len(part) > 7]
    pieces += [value for _, value in url.params.multi_items() if len(value) > 7]
    whole = [address, str(url), url.raw_path.decode("ascii")]
    return tuple(dict.fromkeys([*whole, *pieces, *(quote(piece, safe="") for piece in pieces)]))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nothing sent there leaves it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(address: str) -> str:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return "is no web address"
    if url.scheme not in {"http", "https"} or not url.host:
        return "is no web address"
    if url.userinfo or url.fragment or not url.path.strip("/"):
        return "is not the whole address of a webhook"
    if url.scheme == "http" and not is_loopback(url.host):
        return "begins with http:, which would send the secret unprotected"
    return ""
