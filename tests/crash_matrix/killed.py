"""Announces in real processes that die where they are told to; ``cases`` gives the orders.

``python -m tests.crash_matrix.killed`` reads an order a line, as JSON, and answers in JSON: the
process's exit status, null where it was killed. Each order forks from this warmed process. The
hooks are installed here, from outside: nothing in utrop knows of them but ``reached``.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from PIL import Image

from tests.crash_matrix.clock import FileClock
from tests.crash_matrix.scenario import BEGIN
from tests.syndication.crashing import ForgettingLedger
from utrop.syndication import networks
from utrop.syndication.announcement import Announcement, ShareImage
from utrop.syndication.announcer import announce
from utrop.syndication.channels import Channel
from utrop.syndication.composer import compose
from utrop.syndication.ledger import chain
from utrop.syndication.ledger.sqlite import SqliteLedger
from utrop.syndication.ledger.sqlite_file import connect
from utrop.syndication.live import Verdict

SAID = {
    "connection.connect_tcp.started": "before connecting",
    "connection.connect_tcp.complete": "connected",
    "http11.send_request_headers.started": "before the request's head",
    "http11.send_request_headers.complete": "after the request's head",
    "http11.send_request_body.started": "before the request's body",
    "http11.send_request_body.complete": "after the request",
    "http11.receive_response_headers.started": "before the answer",
    "http11.receive_response_headers.complete": "after the answer's head",
    "http11.receive_response_body.started": "mid-answer",
    "http11.receive_response_body.complete": "after the answer",
    "http11.response_closed.started": "before closing",
    "http11.response_closed.complete": "closed",
}
"""What a person would call the events of httpcore's trace extension."""


class Points:
    """Counts the points that are passed, notes them, and ends the process at one."""

    def __init__(self) -> None:
        self.kill_at, self.passed = 0, list[str]()

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def traced(points: Points) -> httpx.Client:
    """Return a client that names every step of every exchange."""

    def follow(request: httpx.Request) -> None:
        name = urlsplit(str(request.url)).path.rpartition("/")[2]
        what = f"{request.method} {name}" if not name[:1].isdigit() else f"{request.method} (id)"

        def trace(event: str, _info: Any) -> None:
            if event in SAID:
                points(f"{SAID[event]}: {what}")

        request.extensions["trace"] = trace

    return httpx.Client(event_hooks={"request": [follow]}, trust_env=False)


def trace_mail(points: Points) -> None:
    """Name every step of every SMTP session."""
    opened, send, getreply = smtplib.SMTP._get_socket, smtplib.SMTP.send, smtplib.SMTP.getreply  # type: ignore[attr-defined] # the one place
    last = "the greeting"

    def connecting(self: Any, *arguments: Any) -> Any:
        nonlocal last
        last = "the greeting"
        points("before connecting")
        made = opened(self, *arguments)
        points("connected")
        return made

    def sending(self: Any, what: Any) -> None:
        nonlocal last
        said = what if isinstance(what, str) else what.decode("ascii", "replace")
        whole = len(said) > 200
        last = "the mail" if whole else "the dot" if said == ".\r\n" else said[:4].upper().strip()
        points(f"before sending {last}")
        if whole:
            # So that it ends in the midst of a mail too.
            half = len(what) // 2
            send(self, what[:half])
            points(f"half of {last} sent")
            what = what[half:]
        send(self, what)
        points(f"sent {last}")

    def reading(self: Any) -> Any:
        points(f"before the answer to {last}")
        answer = getreply(self)
        points(f"after the answer to {last}")
        return answer

    smtplib.SMTP._get_socket = connecting  # type: ignore[attr-defined] # as a hook
    smtplib.SMTP.send = sending  # type: ignore[method-assign] # as a hook
    smtplib.SMTP.getreply = reading  # type: ignore[method-assign] # as a hook


POINTS = Points()
HTTP = traced(POINTS)


def announcements(order: dict[str, Any]) -> list[Announcement]:
    """Return the case's posts, an hour after each other."""
    return [
        Announcement(
            guid=guid,
            url=url,
            title=f"Inlägg {number}",
            summary="En kort sammanfattning.",
            lang="sv",
            published=BEGIN,
            image=ShareImage(
                url=order["picture"], alt="En pärm.", media_type="image/png", width=600, height=315
            )
            if order["picture"] and number == 1
            else None,
        )
        for number, (guid, url) in enumerate(order["posts"], 1)
    ]


def run(order: dict[str, Any]) -> None:
    """Announce once in this process, and write down what came of it."""
    clock = FileClock(Path(order["clock"]))
    path = Path(order["ledger"])
    make_ledger = ForgettingLedger if order["control"] == "no intent" else SqliteLedger
    ledger = make_ledger(connect(path), path, reached=POINTS)
    module = networks.load(order["network"])
    more: dict[str, Any] = {}
    if order["network"] == "x":
        # Its signatures hold the time.
        more["clock"] = lambda: clock().timestamp()
    network = module.connect(order["environ"], HTTP, **more)
    if order["control"] == "no read-back":
        type(network).find = lambda *_, **__: None
    channel = Channel(name=order["network"], network=network, since=None, lang="sv")
    report = announce(
        announcements(order),
        [channel],
        ledger,
        look=lambda _announcement, *, live: Verdict(ready=True),
        clock=clock,
        look_first=order["look_first"],
        wait=(lambda _: None) if order["control"] == "no waiting" else clock.pass_by,
        reached=POINTS,
    )
    result = {
        "status": report.exit_status,
        "reported": {one.guid: one.state for one in report.outcomes},
        "rows": {row.guid: row.state for row in ledger.deliveries()},
        "notes": {row.guid: row.note for row in ledger.deliveries()},
        "chained": chain.broken(ledger.events()) is None,
        "points": POINTS.passed,
    }
    ledger.close()
    Path(order["result"]).write_text(json.dumps(result))


def in_a_process(act: Callable[[], None]) -> int | None:
    """Return the exit status of a forked process; None where it was killed."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            act()
            status = 0
        except BaseException:  # noqa: BLE001 - told to whoever gave the order
            import traceback

            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def warm_up() -> None:
    """Do once what every process would do first."""
    empty = {"posts": [("tag:blogg.inkop.example.org,2026:000000000000", SITE)], "picture": ""}
    for name in networks.names():
        for one in announcements(empty):
            compose(one, name, networks.limits(name), created_at=BEGIN)
    Image.init()
    gc.freeze()


SITE = "https://blogg.inkop.example.org/"


def main() -> None:
    """Obey until there are no more orders."""
    trace_mail(POINTS)
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        POINTS.kill_at = order["kill_at"]
        print(json.dumps(in_a_process(partial(run, order))), flush=True)


if __name__ == "__main__":
    main()
