"""The networks' stand-ins, each in a process of its own, so that they have their own core's time."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from tests.servers import bluesky_pds, facebook, mastodon, slack, teams, telegram
from tests.servers.linkedin import LinkedIn
from tests.servers.threads import ThreadsServer

SINCE = "2020-01-01T00:00:00+01:00"
Environ = dict[str, str]


@contextmanager
def _mastodon(_: Path) -> Iterator[Environ]:
    with mastodon.running() as servers:
        server = next(servers)
        yield {"MASTODON_URL": server.url, "MASTODON_TOKEN": server.token}


@contextmanager
def _bluesky(folder: Path) -> Iterator[Environ]:
    program = bluesky_pds.node()
    if program is None:
        raise SystemExit("the PDS needs Node 22; `make lint STRICT=1` installs it")
    bluesky_pds.install(program)
    with bluesky_pds.running(program, folder) as server:
        account = server.create_account("manga")
        yield {
            "BLUESKY_URL": server.url,
            "BLUESKY_HANDLE": account.handle,
            "BLUESKY_APP_PASSWORD": account.app_password,
        }


@contextmanager
def _linkedin(_: Path) -> Iterator[Environ]:
    with LinkedIn() as server:
        yield {
            "LINKEDIN_URL": server.url,
            "LINKEDIN_TOKEN": server.token,
            "LINKEDIN_AUTHOR": server.author,
        }


@contextmanager
def _facebook(_: Path) -> Iterator[Environ]:
    with facebook.FacebookServer() as server:
        yield {
            "FACEBOOK_URL": server.url,
            "FACEBOOK_TOKEN": server.token,
            "FACEBOOK_PAGE": facebook.PAGE,
        }


@contextmanager
def _threads(_: Path) -> Iterator[Environ]:
    with ThreadsServer() as server:
        yield {"THREADS_URL": server.url, "THREADS_TOKEN": server.token}


@contextmanager
def _telegram(_: Path) -> Iterator[Environ]:
    with telegram.running() as server:
        yield {
            "TELEGRAM_URL": server.url,
            "TELEGRAM_TOKEN": server.token,
            "TELEGRAM_CHANNEL": f"@{server.username}",
        }


@contextmanager
def _slack(_: Path) -> Iterator[Environ]:
    with slack.running() as server:
        yield {"SLACK_WEBHOOK": server.url + slack.PATH}


@contextmanager
def _teams(_: Path) -> Iterator[Environ]:
    with teams.running() as server:
        yield {"TEAMS_WEBHOOK": server.url + teams.PATH}


MAKERS: dict[str, Callable[[Path], AbstractContextManager[Environ]]] = {
    "mastodon": _mastodon,
    "bluesky": _bluesky,
    "linkedin": _linkedin,
    "facebook": _facebook,
    "threads": _threads,
    "telegram": _telegram,
    "slack": _slack,
    "teams": _teams,
}


def _serve(name: str, folder: Path, pipe: Connection) -> None:
    with MAKERS[name](folder) as environ:
        pipe.send(environ)
        with contextlib.suppress(EOFError):
            pipe.recv()


@contextmanager
def running(names: tuple[str, ...], folder: Path) -> Iterator[Environ]:
    """Run the stand-ins until the block ends; give what a site needs to announce there."""
    context = multiprocessing.get_context("spawn")
    with contextlib.ExitStack() as stack:
        environ: Environ = {"UTROP_NETWORKS": ",".join(names)}
        pipes = []
        for name in names:
            ours, theirs = context.Pipe()
            own = folder / name
            own.mkdir(parents=True)
            process = context.Process(target=_serve, args=(name, own, theirs))
            process.start()
            stack.callback(process.join, 30)
            stack.callback(ours.send, "end")
            pipes.append(ours)
        for name, pipe in zip(names, pipes, strict=True):
            environ |= pipe.recv() | {f"{name.upper()}_SINCE": SINCE}
        yield environ
