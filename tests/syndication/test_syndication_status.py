from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.servers.announced import message
from tests.syndication.announcing import START
from utrop.syndication import status
from utrop.syndication.delivery import Delivery, Receipt, State
from utrop.syndication.report import Outcome, Report, Trouble

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def delivery(state: State, **changes: Any) -> Delivery:
    values: dict[str, Any] = {
        "guid": "tag:a",
        "network": "mastodon",
        "account": "@inkop@social.example.org",
        "state": state,
        "idempotency_key": "k",
        "message": None,
        "attempts": 1,
        "updated": START,
    }
    return Delivery(**values | changes)


DELIVERED = delivery(
    State.DELIVERED, message=message(), receipt=Receipt(id="1", url="https://social.example.org/1")
)


def test_rows_have_the_fields_that_scripts_read() -> None:
    pending = delivery(State.PENDING, guid="tag:b", note="the page answers 404")
    found = json.loads(status.as_json(status.rows([pending, DELIVERED], {"tag:b": "Rubrik"})))
    assert found == [
        {
            "guid": "tag:a",
            "network": "mastodon",
            "account": "@inkop@social.example.org",
            "state": "delivered",
            "url": "https://social.example.org/1",
            "title": "Så går en dialog till",
            "updated": "2026-11-23T09:00:00+00:00",
            "note": "",
        },
        {
            "guid": "tag:b",
            "network": "mastodon",
            "account": "@inkop@social.example.org",
            "state": "pending",
            "url": None,
            "title": "Rubrik",
            "updated": "2026-11-23T09:00:00+00:00",
            "note": "the page answers 404",
        },
    ]


def test_words_are_in_the_sites_time() -> None:
    (line,) = status.in_words([DELIVERED], {}, STOCKHOLM)
    assert line == (
        "mastodon @inkop@social.example.org: Så går en dialog till: announced 2026-11-23 10:00"
        " (https://social.example.org/1)"
    )
    resting = delivery(State.PENDING, retry_at=START + timedelta(hours=1), note="429")
    assert "waits until 2026-11-23 11:00 (429)" in status.in_words([resting], {}, STOCKHOLM)[0]


def test_every_state_has_words() -> None:
    assert set(status.WORDS) == set(State)


def report(*states: State, person: bool | None = None, dry_run: bool = False) -> Report:
    outcomes = [
        Outcome(guid="g", title="t", network="n", account="a", state=state) for state in states
    ]
    troubles = () if person is None else (Trouble(network="n", what="w", needs_person=person),)
    return Report(outcomes=tuple(outcomes), troubles=troubles, already=0, dry_run=dry_run)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (report(), 0),
        (report(State.DELIVERED), 0),
        (report(State.PENDING, State.DELIVERED), 75),
        (report(State.SENDING), 75),
        (report(State.PENDING, person=False), 75),
        (report(State.PENDING, person=True), 1),
        (report(State.PENDING, State.FAILED), 1),
        (report(State.UNCERTAIN), 1),
        (report(State.PENDING, dry_run=True), 0),
        (report(State.FAILED, dry_run=True), 1),
    ],
)
def test_exit_status(made: Report, expected: int) -> None:
    assert made.exit_status == expected
