"""The networks of the matrix: each a stand-in on a real socket behind the proxy of the cases."""

from __future__ import annotations

import contextlib
import email
import email.policy
import io
import json
import os
import re
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final

from PIL import Image

from tests.crash_matrix.clock import FileClock
from tests.crash_matrix.proxy import CaseProxy
from tests.crash_matrix.scenario import Scenario
from tests.servers import bluesky_pds, mail, mastodon, slack, teams, telegram
from tests.servers.answering import answering
from tests.servers.bluesky_pds import Account, Pds
from tests.servers.facebook import PAGE, FacebookServer
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.linkedin import LinkedIn
from tests.servers.mastodon import MastodonServer
from tests.servers.threads import ThreadsServer
from tests.servers.x import XServer

SITE: Final = "https://blogg.inkop.example.org"
_ADDRESS: Final = re.compile(rf"{re.escape(SITE)}/\d+-\d+/")


def addresses(shown: Iterable[object]) -> list[str]:
    """Return to which of the site's posts each thing that a network shows links."""
    texts = (one if isinstance(one, str) else json.dumps(one) for one in shown)
    return [found.group() for found in map(_ADDRESS.search, texts) if found]


class StandIn(ABC):
    """One network's other side, used by many cases, one after another."""

    network: ClassVar[str]
    writes: ClassVar[str]
    lists: ClassVar[str] = "nothing"
    read_back: ClassVar[bool] = False
    """Whether the network can be read back, so that everything can be settled."""
    window: ClassVar[timedelta] = timedelta()
    """The network module's ``SETTLING``, written down apart from it."""
    writes_per_post: ClassVar[int] = 1
    pictured: ClassVar[bool] = False
    """Whether a picture is uploaded, so that there are requests to die in."""

    def __init__(self, stack: ExitStack, clock: FileClock) -> None:
        self.clock = clock
        self.proxy = stack.enter_context(
            CaseProxy(self.start(stack), clock, writes=self.writes, lists=self.lists)
        )

    @abstractmethod
    def start(self, stack: ExitStack) -> str:
        """Start the stand-in and return its address."""

    @abstractmethod
    def account(self) -> dict[str, str]:
        """Give an account that shows nothing yet, and return what ``connect`` takes."""

    @abstractmethod
    def shown(self) -> Iterable[object]:
        """Return what the account shows."""

    def begin(self, scenario: Scenario) -> dict[str, str]:
        """Begin a case."""
        self.proxy.begin(scenario)
        return self.account()

    def quiet(self) -> None:
        """Wait until everything that was sent has had its effect."""
        self.proxy.quiet()

    def end(self) -> list[str]:
        """Return the addresses that are announced, once nothing is under way any more."""
        self.quiet()
        self.proxy.arrive(everything=True)
        return addresses(self.shown())


class Mastodon(StandIn):
    network, read_back, window = "mastodon", True, timedelta(seconds=30)
    writes, lists = "POST /api/v1/statuses", r"GET /api/v1/accounts/\d+/statuses"

    def start(self, stack: ExitStack) -> str:
        self._servers = stack.enter_context(mastodon.running())
        self._stack = stack
        self._server: MastodonServer = next(self._servers)
        return self._server.url

    def account(self) -> dict[str, str]:
        try:
            self._server = next(self._servers)
        except StopIteration:
            self._servers = self._stack.enter_context(mastodon.running())
            self._server = next(self._servers)
            self.proxy.upstream = self._server.url
        return {"MASTODON_URL": self.proxy.url, "MASTODON_TOKEN": self._server.token}

    def shown(self) -> Iterable[object]:
        return self._server.statuses()


class Bluesky(StandIn):
    """The real PDS."""

    network, read_back, pictured = "bluesky", True, True
    writes = "POST /xrpc/com.atproto.repo.putRecord"
    _names = count(1)
    _CASES: Final = 20
    """So many share an account, since making one takes long; their posts have other keys."""

    running: ClassVar[Pds | None] = None
    """One that runs already."""

    def start(self, stack: ExitStack) -> str:
        self._used = 0
        self._pds = self.running or self._started(stack)
        return self._pds.url

    def _started(self, stack: ExitStack) -> Pds:
        program = bluesky_pds.node()
        assert program is not None, "needs the strict environment: STRICT=1"
        bluesky_pds.install(program)
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=self.clock.folder))
        return stack.enter_context(bluesky_pds.running(program, Path(folder)))

    def account(self) -> dict[str, str]:
        if self._used % self._CASES == 0:
            self._account: Account = self._pds.create_account(
                f"kras{os.getpid()}x{next(self._names)}"
            )
        self._used += 1
        return {
            "BLUESKY_URL": self.proxy.url,
            "BLUESKY_HANDLE": self._account.handle,
            "BLUESKY_APP_PASSWORD": self._account.app_password,
        }

    def shown(self) -> Iterable[object]:
        return self._pds.records(self._account.did)


class LinkedInPage(StandIn):
    network, read_back, window, pictured = "linkedin", True, timedelta(seconds=60), True
    writes, lists = "POST /rest/posts", "GET /rest/posts"
    author = "urn:li:organization:2414183"

    def start(self, stack: ExitStack) -> str:
        self._server = stack.enter_context(LinkedIn(author=self.author))
        return self._server.url

    def account(self) -> dict[str, str]:
        self._server.posts.clear()
        self._server.pictures.clear()
        self._server._deleted.clear()
        self._server.now = int(self.clock().timestamp() * 1000)
        self._server.public = self.proxy.url
        token = {"LINKEDIN_TOKEN": self._server.token, "LINKEDIN_AUTHOR": self.author}
        return {"LINKEDIN_URL": self.proxy.url, **token}

    def shown(self) -> Iterable[object]:
        return self._server.posts


class LinkedInPerson(LinkedInPage):
    read_back, window = False, timedelta()
    author = "urn:li:person:Xk2fQ9"


class Facebook(StandIn):
    network, read_back, window = "facebook", True, timedelta(seconds=60)
    writes, lists = r"POST /v[\d.]+/\d+/feed", r"GET /v[\d.]+/\d+/published_posts"
    more: ClassVar[dict[str, str]] = {}

    def start(self, stack: ExitStack) -> str:
        self._server = stack.enter_context(FacebookServer())
        return self._server.url

    def account(self) -> dict[str, str]:
        assert self._server.violations == []
        self._server.posts.clear()
        self._server.now = self.clock()
        token = {"FACEBOOK_PAGE": PAGE, "FACEBOOK_TOKEN": self._server.token}
        return {"FACEBOOK_URL": self.proxy.url, **token, **self.more}

    def shown(self) -> Iterable[object]:
        return self._server.public()


class FacebookInTwo(Facebook):
    writes = r"POST /v[\d.]+/(\d+/feed|\d+_\d+)"
    writes_per_post = 2
    more: ClassVar = {"FACEBOOK_TWO_PHASE": "yes"}


class Threads(StandIn):
    network, read_back, window = "threads", True, timedelta(seconds=60)
    writes, lists = r"POST /v[\d.]+/\d+/threads(_publish)?", r"GET /v[\d.]+/\d+/threads"
    writes_per_post = 2

    def start(self, stack: ExitStack) -> str:
        self._server = stack.enter_context(ThreadsServer())
        return self._server.url

    def account(self) -> dict[str, str]:
        assert self._server.violations == []
        self._server.posts.clear()
        self._server.containers.clear()
        self._server.now = self.clock()
        return {"THREADS_URL": self.proxy.url, "THREADS_TOKEN": self._server.token}

    def shown(self) -> Iterable[object]:
        return self._server.posts


class X(StandIn):
    network, read_back, window = "x", True, timedelta(seconds=60)
    writes, lists = "POST /2/tweets", r"GET /2/users/\d+/tweets"

    def start(self, stack: ExitStack) -> str:
        self._server = stack.enter_context(XServer(self.clock))
        return self._server.url

    def account(self) -> dict[str, str]:
        self._server.posts.clear()
        self._server._written.clear()
        self._server.public_url = self.proxy.url
        return self._server.keys.environ(self.proxy.url)

    def shown(self) -> Iterable[object]:
        return [post.text for post in self._server.shown()]


class Telegram(StandIn):
    network, writes = "telegram", "POST /bot[^/]+/sendMessage"

    def start(self, stack: ExitStack) -> str:
        self._server = stack.enter_context(telegram.running())
        return self._server.url

    def account(self) -> dict[str, str]:
        self._server.messages.clear()
        self._server.shown.clear()
        token = {"TELEGRAM_TOKEN": self._server.token, "TELEGRAM_CHANNEL": "@inkopsbloggen"}
        return {"TELEGRAM_URL": self.proxy.url, **token}

    def shown(self) -> Iterable[object]:
        return self._server.messages


class Slack(StandIn):
    network, writes = "slack", "POST /services/.*"

    def start(self, stack: ExitStack) -> str:
        self._server = slack.SlackServer()
        return stack.enter_context(answering(self._server.respond))

    def account(self) -> dict[str, str]:
        self._server.messages.clear()
        return {"SLACK_WEBHOOK": self.proxy.url + slack.PATH}

    def shown(self) -> Iterable[object]:
        return self._server.messages


class Teams(StandIn):
    network, writes = "teams", "POST /workflows/.*"

    def start(self, stack: ExitStack) -> str:
        self._server = teams.TeamsServer()
        return stack.enter_context(answering(self._server.respond))

    def account(self) -> dict[str, str]:
        self._server.cards.clear()
        return {"TEAMS_WEBHOOK": self.proxy.url + teams.PATH}

    def shown(self) -> Iterable[object]:
        return self._server.cards


class Newsletter(StandIn):
    """aiosmtpd itself, without a proxy. A server that refused a mail and kept it would break the
    protocol (RFC 5321, 4.2.5), so there is no false refusal here."""

    network, writes = "newsletter", "nothing"

    def __init__(self, stack: ExitStack, clock: FileClock) -> None:
        self.clock = clock
        self._server = stack.enter_context(mail.running())
        self._begun, self._fault, self._at_write = 0, "none", 0
        begin = self._server.handle_MAIL

        async def counted(*arguments: Any) -> str:
            self._begun += 1
            hit = self._begun == self._at_write
            lost = self._fault in {"answer lost", "half an answer", "late", "false 500"}
            self._server.ends = ("dot" if lost else self._ends()) if hit else ""
            full = hit and self._fault == "429"
            self._server.taken = "452 4.3.1 try later" if full else "250 OK queued as 1"
            return await begin(*arguments)

        self._server.handle_MAIL = counted  # type: ignore[method-assign] # so that a fault is one mail's

    def _ends(self) -> str:
        return "body" if self._fault == "reset" else ""

    def start(self, stack: ExitStack) -> str:
        raise AssertionError("it has no proxy")

    def account(self) -> dict[str, str]:
        self._server.mails.clear()
        return {
            "SMTP_URL": self._server.url,
            "SMTP_USER": mail.USER,
            "SMTP_PASSWORD": mail.PASSWORD,
            "NEWSLETTER_FROM": "blogg@inkop.example.org",
            "NEWSLETTER_TO": "nyhetsbrev@listor.example.org",
        }

    def begin(self, scenario: Scenario) -> dict[str, str]:
        self._begun, self._fault, self._at_write = 0, scenario.fault, scenario.at_write
        return self.account()

    def quiet(self) -> None:
        """Nothing to wait for: what may have been sent is never repeated."""

    def end(self) -> list[str]:
        return addresses(self.shown())

    def shown(self) -> Iterable[object]:
        for envelope in self._server.mails:
            assert isinstance(envelope.content, bytes)
            whole = email.message_from_bytes(envelope.content, policy=email.policy.default)
            body = whole.get_body(("plain",))
            assert body is not None
            yield body.get_content()


STAND_INS: Final[dict[str, type[StandIn]]] = {
    "mastodon": Mastodon,
    "bluesky": Bluesky,
    "linkedin, a page": LinkedInPage,
    "linkedin, a person": LinkedInPerson,
    "facebook": Facebook,
    "facebook, two steps": FacebookInTwo,
    "threads": Threads,
    "x": X,
    "telegram": Telegram,
    "slack": Slack,
    "teams": Teams,
    "newsletter": Newsletter,
}


@contextlib.contextmanager
def picture() -> Iterator[str]:
    """Serve a small picture; gives its address."""
    content = io.BytesIO()
    Image.new("RGB", (600, 315), "navy").save(content, "PNG")
    with FaultProxy() as site:
        answer = Answer(headers=(("Content-Type", "image/png"),), body=content.getvalue())
        site.answer(answer, times=sys.maxsize)
        yield f"{site.url}/picture.png"
