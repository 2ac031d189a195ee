"""The fault proxy of a case: one fault at one write, lists that lag, a way to wait for quiet."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from tests.crash_matrix.scenario import Scenario
from tests.servers.fault_proxy import PATIENCE, Answer, FaultProxy, Request, _Handler, _Server

_QUIET: Final = "/is-it-quiet"
Act = Callable[[_Handler, Request], None]


class CaseProxy(FaultProxy):
    """Stands before a stand-in. ``writes`` and ``lists`` are patterns of "METHOD /path"."""

    def __init__(self, upstream: str, clock: Callable[[], datetime], *, writes: str, lists: str):
        super().__init__(upstream)
        self._clock, self._writes, self._lists = clock, re.compile(writes), re.compile(lists)
        self.repeated: dict[bytes, Answer] = {}
        """The first answers to logins, by what was asked."""
        self._counted = 0
        self._fault, self._at_write = "none", 0
        self._lag = self._lateness = timedelta()
        self._late: list[tuple[datetime, Callable[[], object]]] = []
        self._written = clock()
        self._since: dict[str, datetime] = {}
        self._one_at_a_time = threading.RLock()

    def begin(self, scenario: Scenario) -> None:
        """Forget the case before, and do what this scenario says."""
        self._counted, self._late, self._since = 0, [], {}
        self._fault, self._at_write = scenario.fault, scenario.at_write
        self._lag, self._lateness = scenario.lag, scenario.late
        self.stripped = set() if scenario.key_kept else {"idempotency-key"}
        self.requests.clear()

    def quiet(self) -> None:
        """Wait until every request that came so far has had its effect."""
        # Connections are accepted in their order, so that all before this one are counted.
        there = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(there.hostname), there.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", _QUIET)
            connection.getresponse().read()
        assert isinstance(self._server, _Counting)
        with self._server.changed:
            assert self._server.changed.wait_for(lambda: not self._server.open, PATIENCE)

    def arrive(self, *, everything: bool = False) -> None:
        """Let late writes take effect whose time has come."""
        with self._one_at_a_time:
            for one in list(self._late):
                if everything or one[0] <= self._clock():
                    self._late.remove(one)
                    self._written = one[0]
                    one[1]()

    def take_fault(self, request: Request) -> Act | None:
        """Return what is to happen to a request."""
        if request.path == _QUIET:
            return lambda handler, _: handler.answer(Answer())
        if len(request.body) < int(request.headers.get("content-length", "0")):
            # Its sender died. No server acts on a part.
            return lambda _handler, _request: None
        line = f"{request.method} {request.path.partition('?')[0]}"
        return lambda handler, _: self._serve(handler, request, line)

    def _serve(self, handler: _Handler, request: Request, line: str) -> None:
        # One at a time, so that the lists tell what came before what.
        with self._one_at_a_time:
            self.arrive()
            self.requests.append(request)
            if self._writes.fullmatch(line):
                self._counted += 1
                if self._counted == self._at_write:
                    self._spoil(handler, request)
                    return
                self._written = self._clock()
            answer = self._answered(handler, request, line)
            if self._lists.fullmatch(line):
                answer = self._lagging(answer)
        with contextlib.suppress(OSError):
            handler.answer(answer)

    def _answered(self, handler: _Handler, request: Request, line: str) -> Answer:
        if not line.endswith("createSession"):
            return handler.forward(request)
        # The PDS takes a third of a second to check a password; the session it gave is good still.
        if request.body not in self.repeated:
            answer = handler.forward(request)
            if answer.status != 200:
                return answer
            self.repeated[request.body] = answer
        return self.repeated[request.body]

    def _spoil(self, handler: _Handler, request: Request) -> None:
        now = self._clock()
        if self._fault == "late":
            self._late.append((now + self._lateness, lambda: handler.forward(request)))
            handler.reset()
        elif self._fault == "reset":
            handler.reset()
        elif self._fault == "429":
            headers = (("Retry-After", "90"), ("Date", format_datetime(now, usegmt=True)))
            handler.answer(Answer(status=429, headers=headers))
        else:
            self._written = now
            answer = handler.forward(request)
            with contextlib.suppress(OSError):
                if self._fault == "false 500":
                    handler.answer(Answer(status=500, body=b'{"error": "InternalServerError"}'))
                elif self._fault == "half an answer":
                    handler.answer(answer, whole=False)
                    handler.reset()
                elif self._fault == "none":
                    handler.answer(answer)

    def _lagging(self, answer: Answer) -> Answer:
        """Leave out of a list what was written just now."""
        if answer.status != 200:
            return answer
        whole: Any = json.loads(answer.body)
        name = next((name for name in ("data", "elements") if name in whole), "")
        entries = whole if isinstance(whole, list) else whole.get(name, [])
        for entry in entries:
            self._since.setdefault(str(entry["id"]), self._written)
        now = self._clock()
        seen = [one for one in entries if self._since[str(one["id"])] + self._lag <= now]
        if isinstance(whole, list):
            whole = seen
        elif name:
            whole[name] = seen
            if "result_count" in whole.get("meta", {}):
                whole["meta"]["result_count"] = len(seen)
        return replace(answer, body=json.dumps(whole).encode())

    def _listen(self) -> None:
        self._server = _Counting(("127.0.0.1", self._port), _Handler)
        self._server.proxy = self
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()


class _Counting(_Server):
    """Knows how many requests it is at."""

    def __init__(self, *arguments: Any) -> None:
        self.open = 0
        self.changed = threading.Condition()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self.changed:
            self.open += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.changed:
                self.open -= 1
                self.changed.notify_all()
