"""Reminders that come by themselves: when, how often, and never after the last day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.syndication.announcing import Clock, Looking, MemoryNetwork, channel, sent, unsent
from tests.syndication.notices_for_tests import (
    DEADLINE,
    PUBLISHED,
    RULE,
    ZONE,
    announced,
    lots,
    moved,
    notice,
    notice_post,
    procedure,
)
from utrop.post import Announce, AskedAgain, Post
from utrop.procurement.embargo import Embargo
from utrop.procurement.time_limits import is_working_day
from utrop.syndication import ledger
from utrop.syndication.announcer import announce
from utrop.syndication.by_itself import Rule, name_of, reminders
from utrop.syndication.delivery import Message, Receipt, State
from utrop.syndication.errors import NotSent, OutcomeUnknown
from utrop.syndication.reminding import coming, is_due, with_reminders
from utrop.syndication.report import Report


def planned(made: Post, rule: Rule = RULE) -> dict[str, str]:
    return {one.name: f"{one.at:%Y-%m-%d %H:%M}" for one in reminders(made, rule)}


def at(deadline: datetime, **changes: Any) -> Post:
    return notice_post(deadline=deadline, **{"notice": notice(lots=lots(deadline))} | changes)


def test_a_notice_is_announced_again_fourteen_seven_and_one_day_before() -> None:
    assert planned(notice_post()) == {
        "14 days before deadline": "2026-11-30 15:00",
        "7 days before deadline": "2026-12-07 15:00",
        "1 day before deadline": "2026-12-11 15:00",  # the day before is a Sunday
    }


def test_a_moment_in_working_hours_stays() -> None:
    assert planned(at(DEADLINE.replace(hour=12, minute=30)))["7 days before deadline"] == (
        "2026-12-07 12:30"
    )


def test_hours_are_the_sites_own_whatever_the_offset_of_the_deadline() -> None:
    deadline = datetime(2026, 12, 14, 11, 0, tzinfo=UTC)

    assert planned(at(deadline))["7 days before deadline"] == "2026-12-07 12:00"
    helsinki = replace(RULE, zone=ZoneInfo("Europe/Helsinki"))
    assert planned(at(deadline), helsinki)["7 days before deadline"] == "2026-12-07 13:00"


def test_a_notice_that_is_published_late_gets_no_reminder_of_days_it_never_had() -> None:
    ten = at(DEADLINE, published=DEADLINE - timedelta(days=10))
    assert list(planned(ten)) == ["7 days before deadline", "1 day before deadline"]
    seven = at(DEADLINE, published=DEADLINE - timedelta(days=7))
    assert list(planned(seven)) == ["1 day before deadline"]
    same_morning = at(DEADLINE, published=DEADLINE.replace(day=7, hour=8))
    assert list(planned(same_morning)) == ["1 day before deadline"]
    eight = at(DEADLINE, published=DEADLINE - timedelta(days=8))
    assert list(planned(eight)) == ["7 days before deadline", "1 day before deadline"]


def test_an_embargo_counts_until_it_lifts() -> None:
    held = Embargo(rule="ted", not_before=DEADLINE - timedelta(days=9))

    assert "14 days before deadline" not in planned(notice_post(embargo=held))
    assert "7 days before deadline" in planned(notice_post(embargo=held))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "change"},
        {"kind": "event"},
        {"kind": ""},
        {"deadline": None},
        {"status": "hidden"},
        {"announce": Announce(remind=False)},
        {"announce": Announce(asked_again=(AskedAgain(when="2026-12-01", text="", at="0"),))},
    ],
)
def test_there_is_none_where_nobody_wants_one(changes: dict[str, Any]) -> None:
    assert planned(notice_post(**changes)) == {}


def test_of_two_notices_of_one_procurement_the_newest_reminds() -> None:
    told = notice(lots=lots(DEADLINE))
    old = notice_post(procedure=procedure(told, call_url="https://blogg.inkop.example.org/ny/"))
    assert planned(old) == {}
    assert len(planned(notice_post(procedure=procedure(told, call_url=old.url)))) == 3


def test_two_that_would_be_said_at_once_are_said_once() -> None:
    assert planned(notice_post(), replace(RULE, days=(3, 2, 1))) == {
        "3 days before deadline": "2026-12-11 15:00"
    }


@given(
    st.integers(0, 60 * 24 * 400).map(lambda minutes: PUBLISHED + timedelta(minutes=minutes)),
    st.sets(st.integers(1, 40), max_size=6),
)
def test_each_is_in_working_hours_before_the_last_day_and_after_the_notice(
    deadline: datetime, days: set[int]
) -> None:
    deadline = deadline.astimezone(ZONE)
    found = reminders(at(deadline), replace(RULE, days=tuple(days)))

    assert len({one.at for one in found}) == len(found) <= len(days)
    for one in found:
        assert PUBLISHED < one.at < deadline
        assert is_working_day(one.at.date())
        assert 9 <= one.at.astimezone(ZONE).hour < 16
    assert {one.name for one in found} <= {name_of(each) for each in days}


def run(made: Post, network: MemoryNetwork, clock: Clock, path: Path, rule: Rule = RULE) -> Report:
    opened = ledger.open_ledger(f"sqlite:///{path}", path.parent)
    try:
        return announce(
            [announced(made, rule)],
            [channel(network, since=PUBLISHED - timedelta(days=1))],
            opened,
            look=Looking(),
            clock=clock,
        )
    finally:
        opened.close()


def days_on(clock: Clock, end: datetime) -> list[datetime]:
    """Return the moments of hourly runs until ``end``."""
    hours = int((end - clock.moment).total_seconds() // 3600)
    return [clock.moment + timedelta(hours=hour) for hour in range(1, hours + 1)]


def test_an_hourly_timer_sends_each_once_and_says_how_many_days_are_left(tmp_path: Path) -> None:
    network, clock = MemoryNetwork(), Clock(PUBLISHED)
    run(notice_post(), network, clock, tmp_path / "l.sqlite3")
    for moment in days_on(clock, DEADLINE + timedelta(days=5))[::6]:
        clock.moment = moment
        run(notice_post(), network, clock, tmp_path / "l.sqlite3")

    heads = [one.text.split("\n")[0] for one in network.shown]
    assert heads == [
        "Städning av skolor",
        "Påminnelse: 14 dagar kvar – Städning av skolor",
        "Påminnelse: 7 dagar kvar – Städning av skolor",
        "Påminnelse: 3 dagar kvar – Städning av skolor",
    ]
    assert all(
        "Sista dag: måndag den 14 december 2026 kl. 23.59" in one.text for one in network.shown
    )


def test_one_that_is_late_counts_the_days_that_are_left_then() -> None:
    made = at(DEADLINE - timedelta(days=3))  # a Friday
    one = announced(made)
    last = one.again[-1]
    assert last.name == "1 day before deadline"
    told = {
        hours: with_reminders([one], last.at + timedelta(hours=hours))[-1].heading
        for hours in (0, 9, 33)
    }
    assert told == {
        0: "Påminnelse: 1 dag kvar – Städning av skolor",
        9: "Påminnelse: i dag är sista dagen – Städning av skolor",
        33: "",  # the notice alone: the day is over
    }


def test_after_a_move_what_was_sent_is_not_sent_again_and_the_rest_follows(tmp_path: Path) -> None:
    network, clock = MemoryNetwork(), Clock(PUBLISHED)
    path = tmp_path / "l.sqlite3"
    before = notice_post()
    for moment in days_on(clock, datetime(2026, 12, 8, 9, tzinfo=ZONE))[::6]:
        clock.moment = moment
        run(before, network, clock, path)
    later = moved(before, DEADLINE, DEADLINE + timedelta(days=10), days=27)
    for moment in days_on(clock, DEADLINE + timedelta(days=12))[::6]:
        clock.moment = moment
        run(later, network, clock, path)

    assert [one.guid.partition("#")[2] for one in network.shown] == [
        "",
        "again:14 days before deadline",
        "again:7 days before deadline",
        "change:1",
        "again:1 day before deadline",
    ]
    assert "torsdag den 24 december 2026 kl. 23.59" in network.shown[-1].text
    assert network.shown[-1].created_at < DEADLINE + timedelta(days=10)


def test_none_is_sent_past_the_last_day_even_after_a_long_outage(tmp_path: Path) -> None:
    network, clock = MemoryNetwork(), Clock(PUBLISHED)
    run(notice_post(), network, clock, tmp_path / "l.sqlite3")
    clock.moment = DEADLINE
    run(notice_post(), network, clock, tmp_path / "l.sqlite3")

    assert len(network.shown) == 1
    one = announced(notice_post())
    for again in one.again:
        assert not is_due(one, again, DEADLINE)
        assert not is_due(one, again, DEADLINE + timedelta(days=1))


def test_a_procurement_that_is_called_off_is_reminded_of_no_more() -> None:
    told = notice(lots=lots(DEADLINE))
    off = announced(notice_post(procedure=procedure(told, phase="cancelled")))

    assert coming(off, PUBLISHED) == []
    assert len(with_reminders([off], off.again[0].at)) == 1


def test_a_notice_that_closed_before_it_was_announced_is_not_announced_and_that_is_said_once(
    tmp_path: Path,
) -> None:
    network, clock = MemoryNetwork(), Clock(DEADLINE)
    path = tmp_path / "l.sqlite3"
    report = run(notice_post(), network, clock, path)

    (outcome,) = report.of(State.SKIPPED)
    assert outcome.note == "its last day had passed before it was announced"
    assert report.exit_status == 0
    assert run(notice_post(), network, clock, path).outcomes == ()
    assert network.shown == []


def test_a_closed_notice_whose_day_moves_on_is_announced_after_all(tmp_path: Path) -> None:
    network, clock = MemoryNetwork(), Clock(DEADLINE)
    path = tmp_path / "l.sqlite3"
    run(notice_post(), network, clock, path)
    clock.pass_by(hours=1)
    later = at(DEADLINE + timedelta(days=10))
    run(later, network, clock, path)
    run(later, network, clock, path)

    assert [one.guid for one in network.shown if "#" not in one.guid] == [later.guid]


def test_one_that_waits_for_its_page_until_it_has_closed_is_left_out(tmp_path: Path) -> None:
    network, clock = MemoryNetwork(), Clock(DEADLINE - timedelta(hours=1))
    opened = ledger.open_ledger(f"sqlite:///{tmp_path}/l.sqlite3", tmp_path)
    one = replace(announced(notice_post()), again=())
    look = Looking(missing={one.guid})
    try:
        for expected in (State.PENDING, State.SKIPPED):
            report = announce(
                [one],
                [channel(network, since=PUBLISHED - timedelta(days=1))],
                opened,
                look=look,
                clock=clock,
            )
            assert [each.state for each in report.outcomes] == [expected]
            clock.moment = DEADLINE
    finally:
        opened.close()
    assert network.shown == []


def test_a_notice_that_is_called_off_is_not_announced(tmp_path: Path) -> None:
    told = notice(lots=lots(DEADLINE))
    off = notice_post(procedure=procedure(told, phase="cancelled"))
    report = run(off, MemoryNetwork(), Clock(PUBLISHED), tmp_path / "l.sqlite3")

    (outcome,) = report.of(State.SKIPPED)
    assert outcome.note == "the procurement was called off before it was announced"


@dataclass
class Editing(MemoryNetwork):
    """A network whose announcements can be edited."""

    edited: list[str] = field(default_factory=list)

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        self.edited.append(message.text)
        return receipt


def test_a_moved_last_day_is_corrected_in_what_is_out_and_only_once(tmp_path: Path) -> None:
    network, clock = Editing(), Clock(PUBLISHED + timedelta(minutes=5))
    path = tmp_path / "l.sqlite3"
    run(notice_post(), network, clock, path)
    later = moved(notice_post(), DEADLINE, DEADLINE + timedelta(days=4))
    clock.moment = PUBLISHED + timedelta(days=5, minutes=5)
    for _ in range(3):
        run(later, network, clock, path)
        clock.pass_by(minutes=10)

    assert [one.guid.partition("#")[2] for one in network.shown] == ["", "change:1"]
    (edited,) = network.edited
    assert "Sista dag: fredag den 18 december 2026 kl. 23.59" in edited


def test_what_never_arrived_is_not_repeated_with_a_last_day_that_holds_no_longer(
    tmp_path: Path,
) -> None:
    lost = unsent(OutcomeUnknown("no answer"))
    network, clock = MemoryNetwork(faults=[lost]), Clock(PUBLISHED + timedelta(minutes=5))
    path = tmp_path / "l.sqlite3"
    run(notice_post(), network, clock, path)
    later = moved(notice_post(), DEADLINE, DEADLINE + timedelta(days=4))
    clock.moment = PUBLISHED + timedelta(days=5, minutes=5)
    for _ in range(3):
        run(later, network, clock, path)
        clock.pass_by(hours=1)

    assert sorted(one.guid.partition("#")[2] for one in network.shown) == ["", "change:1"]
    assert not any("Sista dag: måndag den 14" in one.text for one in network.shown)


def test_a_closed_notice_that_is_out_goes_on_following_its_post(tmp_path: Path) -> None:
    network, clock = Editing(), Clock(PUBLISHED + timedelta(minutes=5))
    path = tmp_path / "l.sqlite3"
    run(notice_post(), network, clock, path)
    clock.moment = DEADLINE + timedelta(days=20)
    changed = notice_post(title="Avslutad", modified=DEADLINE + timedelta(days=19))
    report = run(changed, network, clock, path)

    assert [text.split("\n")[0] for text in network.edited] == ["Avslutad"]
    assert report.of(State.SKIPPED) == ()


@settings(max_examples=25)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=5),
    st.lists(st.sampled_from(["lost", "sent", "down", "fine"]), max_size=12),
)
def test_whatever_fails_each_is_there_once_and_never_past_its_last_day(
    ahead: list[int], faults: list[str]
) -> None:
    made: dict[str, Callable[[Callable[[], Receipt]], Receipt]] = {
        "lost": unsent(OutcomeUnknown("no answer")),
        "sent": sent(OutcomeUnknown("no answer")),
        "down": unsent(NotSent("no connection")),
        "fine": lambda act: act(),
    }
    network = MemoryNetwork(faults=[made[name] for name in faults])
    clock, history = Clock(PUBLISHED), [DEADLINE]
    with TemporaryDirectory() as folder:
        for number in range(50):
            clock.moment = PUBLISHED + timedelta(days=1 + number, hours=number % 9)
            if number and number % 10 == 0 and ahead:
                history.append(history[-1].replace(hour=12) + timedelta(days=ahead.pop()))
            post = moved(notice_post(), *history, days=10) if len(history) > 1 else notice_post()
            before = len(network.shown)
            run(post, network, clock, Path(folder) / "l.sqlite3")
            if clock.moment >= history[-1]:
                assert len(network.shown) == before
    guids = [one.guid for one in network.shown]
    assert len(guids) == len(set(guids))
