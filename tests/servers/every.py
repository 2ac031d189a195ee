"""Every network's stand-in, as a site that announces on all of them is given them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.servers import bluesky_pds, facebook, mail, mastodon, slack, teams, telegram
from tests.servers.linkedin import LinkedIn
from tests.servers.threads import ThreadsServer
from tests.servers.x import XServer

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


@contextmanager
def _newsletter(_: Path) -> Iterator[Environ]:
    with mail.running() as server:
        yield {
            "SMTP_URL": server.url,
            "SMTP_USER": mail.USER,
            "SMTP_PASSWORD": mail.PASSWORD,
            "NEWSLETTER_FROM": "blogg@inkop.example.org",
            "NEWSLETTER_TO": "lista@listor.example.org",
        }


@contextmanager
def _x(_: Path) -> Iterator[Environ]:
    # Its clock is the real one: the time stands in what is signed.
    with XServer(lambda: datetime.now(UTC)) as server:
        yield server.keys.environ(server.url)


MAKERS: dict[str, Callable[[Path], AbstractContextManager[Environ]]] = {
    "mastodon": _mastodon,
    "bluesky": _bluesky,
    "linkedin": _linkedin,
    "facebook": _facebook,
    "threads": _threads,
    "telegram": _telegram,
    "slack": _slack,
    "teams": _teams,
    "newsletter": _newsletter,
    "x": _x,
}
