"""Runs ``utrop`` in real processes that die where they are told to; tests/test_killed.py drives it.

``python -m tests.killing`` reads an order a line, as JSON, and answers in JSON. Each order forks
from this warmed process, so that a case costs a build and no start of Python. The hooks are
installed here, from outside: nothing in utrop knows of them.
"""

from __future__ import annotations

import functools
import json
import os
import secrets
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from utrop import announcing, cli, publishing
from utrop.deployment.targets import file
from utrop.syndication import announcer
from utrop.syndication.delivery import State
from utrop.syndication.ledger import sqlite
from utrop.syndication.networks import _bluesky_session, _mastodon_server, bluesky, mastodon

WARMED = (announcing, publishing)
Reached = Callable[[str], None]


def install(reached: Reached) -> None:
    """Have every point that a run passes called by its name."""
    connect, ask, announce = file.connect, _mastodon_server.ask, announcer.announce

    def asked(http: Any, method: str, url: str, **more: Any) -> Any:
        path = url.partition("://")[2].partition("/")[2].partition("?")[0].rpartition("/")[2]
        reached(f"before {method} {path}")
        answer = ask(http, method, url, **more)
        reached(f"after {method} {path}")
        return answer

    file.connect = lambda *a, **more: replace(connect(*a, **more), step=reached)
    sqlite.SqliteLedger = functools.partial(sqlite.SqliteLedger, reached=reached)  # type: ignore[misc,assignment] # as a hook
    announcer.announce = functools.partial(announce, reached=reached)
    _mastodon_server.ask = _bluesky_session.ask = asked


def no_intent() -> None:
    """A control: what was being sent counts as never sent, and nothing is looked up first."""
    recover = sqlite.SqliteLedger.recover

    def forgetful(self: Any, *, at: Any) -> Any:
        left = recover(self, at=at)
        for row in left:
            self.shelve(row, State.PENDING, at=at, note="", thaw=True)
        return left

    sqlite.SqliteLedger.recover = forgetful  # type: ignore[method-assign] # as a control
    announce = announcer.announce

    def unlooking(*arguments: Any, **more: Any) -> Any:
        return announce(*arguments, **more | {"look_first": False})

    announcer.announce = unlooking


def no_read_back() -> None:
    """A control: whatever is looked up is not there."""
    mastodon.Mastodon.find = lambda *_, **__: None  # type: ignore[method-assign] # as a control
    bluesky.Bluesky.find = lambda *_, **__: None  # type: ignore[method-assign] # as a control


def chance_key() -> None:
    """A control: the record's key says nothing of what was announced."""
    no_intent()
    no_read_back()
    bluesky.announcement_tid = lambda *_: f"3{secrets.token_hex(6).translate(_NO_TID)}"


_NO_TID = str.maketrans("0189", "2345")
CONTROLS = {"": lambda: None, "no-intent": no_intent, "no-read-back": no_read_back}
CONTROLS |= {"chance-key": chance_key}


def run(order: dict[str, Any]) -> None:
    """Run the command as the order says, in this process; die at its point."""
    passed = 0

    def reached(point: str) -> None:
        nonlocal passed
        passed += 1
        if passed == order["kill_at"]:
            os.kill(os.getpid(), signal.SIGKILL)
        if order["points"]:
            with Path(order["points"]).open("a") as points:
                points.write(f"{point}\n")

    os.chdir(order["root"])
    with Path(order["said"]).open("wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    os.environ.clear()
    os.environ.update(order["environ"])
    CONTROLS[order["control"]]()
    install(reached)
    sys.argv = ["utrop", *order["arguments"]]
    cli.main()


def in_a_process(order: dict[str, Any]) -> int | None:
    """Return the exit status; None where the process was killed."""
    child = os.fork()
    if child == 0:
        status: Any = 70
        try:
            run(order)
            status = 0
        except SystemExit as end:
            status = end.code or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    if order["kill_after"]:
        watched = os.pidfd_open(child)
        if not select.select([watched], [], [], order["kill_after"])[0]:
            os.kill(child, signal.SIGKILL)
        os.close(watched)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def main() -> None:
    """Obey until there are no more orders."""
    for line in sys.stdin:
        print(json.dumps(in_a_process(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
