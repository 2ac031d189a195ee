"""What becomes of an announcement that is out: edited, withdrawn with its post, repeated."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.syndication.announcing import (
    LIMITS,
    START,
    BlindNetwork,
    Clock,
    Looking,
    MemoryNetwork,
    announcement,
    channel,
    sent,
    unsent,
)
from utrop.syndication import ledger
from utrop.syndication.announcement import Again, Announcement
from utrop.syndication.announcer import announce
from utrop.syndication.by_hand import BY_HAND, ByHand
from utrop.syndication.channel_run import idempotency_key
from utrop.syndication.delivery import Message, Origin, Receipt, State
from utrop.syndication.errors import Gone, NotSent, OutcomeUnknown, Rejected, Unauthorized
from utrop.syndication.ledger.protocol import Expected, Ledger
from utrop.syndication.report import Report


@dataclass
class Changeable(MemoryNetwork):
    """A network in memory whose announcements can be edited and deleted."""

    edited: list[tuple[str, str]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        if self.refusals:
            raise self.refusals.pop(0)
        self.edited.append((receipt.id, message.text))
        return receipt

    def delete(self, receipt: Receipt) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.deleted.append(receipt.id)


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def opened(tmp_path: Path) -> Ledger:
    return ledger.open_ledger("sqlite:///ledger.sqlite3", tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(opened: Ledger, clock: Clock) -> Callable[..., Report]:
    def announced(posts: list[Announcement], *channels: Any, **more: Any) -> Report:
        given = {"look": Looking(), "clock": clock} | more
        return announce(posts, channels, opened, **given)

    return announced


Run = Callable[..., Report]


def states(opened: Ledger) -> dict[str, str]:
    return {row.guid.rpartition(":0")[2]: row.state.value for row in opened.deliveries()}


def modified(clock: Clock, **changes: Any) -> Announcement:
    return announcement(title="Rättat", modified=clock() + timedelta(minutes=1), **changes)


# --- edits


def test_a_modified_post_gives_its_announcement_new_words(
    run: Run, opened: Ledger, clock: Clock
) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    report = run([modified(clock)], channel(network))
    assert [words.splitlines()[0] for _, words in network.edited] == ["Rättat"]
    assert [one.title for one in report.of(State.DELIVERED, act="edit")] == ["Rättat"]
    assert report.of(State.DELIVERED, act="announce") == ()
    (row,) = opened.deliveries()
    assert row.message is not None
    assert row.message.text.startswith("Rättat")
    assert row.state is State.DELIVERED
    run([modified(clock)], channel(network))
    assert len(network.edited) == 1, "the same words are not sent again"
    assert len(network.shown) == 1


@pytest.mark.parametrize(
    "post",
    [announcement(title="Nytt utan modified"), announcement(title="X", update=False)],
    ids=["the writer names no change", "the writer wants none"],
)
def test_words_that_changed_by_themselves_are_left(
    run: Run, clock: Clock, post: Announcement
) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    if not post.update:
        post = replace(post, modified=clock() + timedelta(minutes=1))
    run([post], channel(network))
    assert network.edited == []


def test_a_network_that_cannot_edit_keeps_what_it_shows(run: Run, clock: Clock) -> None:
    network = MemoryNetwork()
    run([announcement()], channel(network))
    report = run([modified(clock)], channel(network))
    assert (report.outcomes, report.exit_status) == ((), 0)


def test_an_edit_whose_answer_is_lost_is_made_again(run: Run, clock: Clock) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    network.refusals = [OutcomeUnknown("the answer was lost")]
    report = run([modified(clock)], channel(network))
    assert report.exit_status == 75
    assert [one.act for one in report.of(State.PENDING)] == ["edit"]
    assert run([modified(clock)], channel(network)).exit_status == 0
    assert len(network.edited) == 1


def test_an_edit_that_is_refused_is_told_once(run: Run, opened: Ledger, clock: Clock) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    clock.pass_by(hours=1)
    network.refusals = [Rejected("too old to be edited")]
    assert run([modified(Clock())], channel(network)).exit_status == 1
    assert run([modified(Clock())], channel(network)).exit_status == 0
    (row,) = opened.deliveries()
    assert row.state is State.DELIVERED
    assert "too old to be edited" in row.note


def test_what_a_person_took_away_is_neither_edited_nor_posted_again(
    run: Run, opened: Ledger, clock: Clock
) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    network.refusals = [Gone("there is no such status")]
    run([modified(clock)], channel(network))
    assert states(opened) == {"00000000001": "withdrawn"}
    run([modified(clock)], channel(network))
    assert (len(network.shown), network.edited) == (1, [])


def test_a_page_that_is_not_live_yet_edits_nothing(run: Run, clock: Clock) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    report = run([modified(clock)], channel(network), look=Looking({announcement().guid}))
    assert (network.edited, report.exit_status) == ([], 75)


# --- withdrawals


def test_a_withdrawn_post_is_deleted_there(run: Run, opened: Ledger) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    report = run([], channel(network), withdrawn=[announcement().guid])
    assert network.deleted == ["0"]
    assert [one.note for one in report.of(State.WITHDRAWN)] == ["withdrawn with its post"]
    assert report.exit_status == 0
    again = run([announcement()], channel(network))
    assert (len(network.shown), again.exit_status) == (1, 0), "it never comes back by itself"
    assert opened.events()[-1].state is State.WITHDRAWN


def test_a_post_that_was_never_announced_is_withdrawn_before(run: Run, opened: Ledger) -> None:
    network = Changeable()
    run([announcement()], channel(network), look=Looking({announcement().guid}))
    run([], channel(network), withdrawn=[announcement().guid])
    assert states(opened) == {"00000000001": "withdrawn"}
    assert (network.shown, network.deleted) == ([], [])


def test_a_deletion_that_fails_is_tried_again(run: Run, opened: Ledger) -> None:
    network = Changeable()
    run([announcement()], channel(network))
    network.refusals = [NotSent("nobody answers")]
    assert run([], channel(network), withdrawn=[announcement().guid]).exit_status == 75
    assert states(opened) == {"00000000001": "delivered"}
    assert run([], channel(network), withdrawn=[announcement().guid]).exit_status == 0
    assert network.deleted == ["0"]


def test_an_uncertain_announcement_is_found_and_deleted(run: Run, opened: Ledger) -> None:
    network = Changeable(faults=[sent(OutcomeUnknown("lost"))], search_faults=[NotSent("down")])
    run([announcement()], channel(network))
    assert states(opened) == {"00000000001": "uncertain"}
    run([], channel(network), withdrawn=[announcement().guid])
    assert network.deleted == ["0"]
    assert states(opened) == {"00000000001": "withdrawn"}


def test_an_uncertain_announcement_that_never_came_is_withdrawn(run: Run, opened: Ledger) -> None:
    network = Changeable(faults=[unsent(OutcomeUnknown("lost"))])
    run([announcement()], channel(network))
    run([], channel(network), withdrawn=[announcement().guid])
    assert network.deleted == []
    assert states(opened) == {"00000000001": "withdrawn"}


@pytest.mark.parametrize("network", [MemoryNetwork(), BlindNetwork()])
def test_a_network_that_cannot_delete_alerts_a_person_once(
    run: Run, opened: Ledger, network: Any
) -> None:
    run([announcement()], channel(network))
    first = run([], channel(network), withdrawn=[announcement().guid])
    assert first.exit_status == 1
    assert "delete it there" in first.outcomes[0].note
    assert run([], channel(network), withdrawn=[announcement().guid]).exit_status == 0
    (row,) = opened.deliveries()
    assert "delete it there" in row.note


# --- reminders


def reminding(*moments: datetime, until: datetime | None = None) -> Announcement:
    again = tuple(Again(name=f"nr {number}", at=at) for number, at in enumerate(moments))
    return announcement(again=again, until=until)


def test_a_reminder_is_announced_once_when_its_moment_has_come(
    run: Run, opened: Ledger, clock: Clock
) -> None:
    network = MemoryNetwork()
    post = reminding(clock() + timedelta(days=7))
    run([post], channel(network), look_first=True)
    clock.pass_by(days=6)
    run([post], channel(network), look_first=True)
    assert len(network.shown) == 1
    clock.pass_by(days=1, hours=1)
    run([post], channel(network), look_first=True)
    run([post], channel(network), look_first=True)
    assert len(network.shown) == 2
    first, second = network.shown
    assert second.text.startswith("Påminnelse: Inlägg 1")
    assert second.url == f"{first.url}#paminnelse-nr-0"
    assert second.url in second.text
    assert len(opened.deliveries()) == 2
    clock.pass_by(days=30)
    report = run([post], channel(network), look_first=True)
    assert (len(network.shown), report.exit_status) == (2, 0)


def test_no_reminder_after_the_deadline_or_long_after_its_moment(
    run: Run, opened: Ledger, clock: Clock
) -> None:
    network = MemoryNetwork()
    late = reminding(clock() - timedelta(days=4))
    closed = reminding(clock() - timedelta(hours=2), until=clock() - timedelta(hours=1))
    run(
        [late, replace(closed, guid="tag:a,2026:2", url="https://a.example.org/")], channel(network)
    )
    assert [message.text.startswith("Påm") for message in network.shown] == [False, False]


def test_a_reminder_that_waits_past_its_time_is_left_out(
    run: Run, opened: Ledger, clock: Clock
) -> None:
    network = MemoryNetwork()
    post = reminding(clock() - timedelta(hours=1))
    run([post], channel(network))
    network.faults = []
    (reminder_row,) = (row for row in opened.deliveries() if "#again" in row.guid)
    assert reminder_row.state is State.DELIVERED
    other = replace(post, again=(Again(name="två", at=clock() - timedelta(minutes=1)),))
    run([other], channel(network), look=Looking({f"{post.guid}#again:två"}))
    clock.pass_by(days=4)
    run([other], channel(network))
    (waiting,) = (row for row in opened.deliveries() if row.guid.endswith("två"))
    assert (waiting.state, waiting.note) == (State.SKIPPED, "the reminder's time has passed")


def test_reminders_are_withdrawn_with_their_post(run: Run, opened: Ledger, clock: Clock) -> None:
    network = Changeable()
    run([reminding(clock() - timedelta(hours=1))], channel(network))
    run([], channel(network), withdrawn=[announcement().guid])
    assert sorted(network.deleted) == ["0", "1"]
    assert {row.state for row in opened.deliveries()} == {State.WITHDRAWN}


# --- by hand


def by_hand(**changes: Any) -> Any:
    return channel(ByHand(LIMITS), "linkedin", by_hand=True, **changes)


def test_what_is_posted_by_hand_is_handed_over_and_owes_nothing(run: Run, opened: Ledger) -> None:
    report = run([announcement()], by_hand())
    (one,) = report.by_hand
    assert one.message is not None
    assert one.message.text.startswith("Inlägg 1")
    assert (report.exit_status, report.of(State.PENDING)) == (0, ())
    (row,) = opened.deliveries()
    assert (row.account, row.state) == (BY_HAND, State.PENDING)
    record(opened, State.DELIVERED)
    assert run([announcement()], by_hand()).by_hand == ()


def test_a_person_is_handed_nothing_whose_page_is_not_there(run: Run) -> None:
    report = run([announcement()], by_hand(), look=Looking({announcement().guid}))
    assert (report.by_hand, report.exit_status) == ((), 75)
    assert "404" in report.outcomes[0].note


def record(opened: Ledger, state: State, account: str = BY_HAND) -> None:
    guid = announcement().guid
    expected = Expected(
        guid=guid,
        network="linkedin",
        account=account,
        idempotency_key=idempotency_key(guid, "linkedin", account),
    )
    receipt = Receipt(id="1", url="https://social.example.org/1")
    assert opened.record(expected, state, at=START, note="", receipt=receipt) is not None


def test_an_account_that_gets_its_token_does_not_repeat_what_a_person_posted(
    run: Run, opened: Ledger
) -> None:
    run([announcement(1), announcement(2)], by_hand())
    record(opened, State.DELIVERED)
    network = MemoryNetwork()
    run([announcement(1), announcement(2)], channel(network, "linkedin"))
    assert network.guids == [announcement(2).guid]
    assert run([announcement(1), announcement(2)], by_hand()).by_hand == ()


def test_what_a_person_posted_is_withdrawn_by_a_person(run: Run, opened: Ledger) -> None:
    record(opened, State.DELIVERED)
    report = run([], by_hand(), withdrawn=[announcement().guid])
    assert report.exit_status == 1
    assert "delete it there" in report.outcomes[0].note
    assert run([], by_hand(), withdrawn=[announcement().guid]).exit_status == 0


# --- at least once, the cap, alerts, threads, origin


def test_at_least_once_repeats_what_may_be_there(run: Run, opened: Ledger) -> None:
    network = BlindNetwork()
    network.inner.faults = [unsent(OutcomeUnknown("lost"))]
    run([announcement()], channel(network, "telegram", repeats=True))
    assert states(opened) == {"00000000001": "uncertain"}
    run([announcement()], channel(network, "telegram", repeats=True))
    assert (len(network.inner.shown), states(opened)) == (1, {"00000000001": "delivered"})


def test_at_most_once_does_not(run: Run, opened: Ledger) -> None:
    network = BlindNetwork()
    network.inner.faults = [unsent(OutcomeUnknown("lost"))]
    for _ in range(3):
        assert run([announcement()], channel(network, "telegram")).exit_status == 1
    assert network.inner.shown == []


def test_the_months_money_is_not_exceeded(run: Run, clock: Clock) -> None:
    network = MemoryNetwork()
    costly = channel(
        network, "x", monthly_cap=Decimal("0.50"), price=lambda _message: Decimal("0.20")
    )
    posts = [announcement(number) for number in (1, 2, 3)]
    first = run(posts, costly)
    assert len(network.shown) == 2
    assert "X_MONTHLY_CAP" in first.of(State.PENDING)[0].note
    assert (first.exit_status, run(posts, costly).exit_status) == (1, 75)
    clock.pass_by(days=31)
    assert run(posts, costly).exit_status == 0
    assert len(network.shown) == 3


def test_an_attempt_of_unknown_outcome_counts_as_paid(run: Run) -> None:
    network = MemoryNetwork(faults=[unsent(OutcomeUnknown("lost"))])
    costly = channel(
        network, "x", monthly_cap=Decimal("0.30"), price=lambda _message: Decimal("0.20")
    )
    run([announcement(1), announcement(2)], costly)
    assert network.shown == []


def test_a_parked_network_alerts_once(run: Run) -> None:
    def refused() -> MemoryNetwork:
        return MemoryNetwork(faults=[unsent(Unauthorized("the token is refused"))])

    assert run([announcement()], channel(refused())).exit_status == 1
    again = run([announcement()], channel(refused()))
    assert (again.exit_status, again.troubles[0].told_before) == (75, True)
    assert run([announcement()], channel(MemoryNetwork())).exit_status == 0


def test_a_network_that_hangs_delays_no_other(run: Run) -> None:
    """The other network is done while the first still hangs; else this would never end."""
    other_is_done = threading.Event()

    def hanging(_act: Callable[[], Receipt]) -> Receipt:
        assert other_is_done.wait(30), "the other network waited"
        raise OutcomeUnknown("no answer")

    def progress(outcome: Any) -> None:
        if outcome.network == "bluesky" and outcome.state is State.DELIVERED:
            other_is_done.set()

    slow, quick = MemoryNetwork(faults=[hanging]), MemoryNetwork(account="@other")
    report = run([announcement()], channel(slow), channel(quick, "bluesky"), progress=progress)
    assert {one.network for one in report.of(State.DELIVERED)} == {"bluesky"}


def test_where_a_post_comes_from_is_recorded_with_its_sending(run: Run, opened: Ledger) -> None:
    origin = Origin(commit="c0ffee", approver="Maja Ek", image_sha256="")
    run([announcement()], channel(MemoryNetwork()), origin_of=lambda _one: origin)
    assert {one.commit for one in opened.events() if one.attempt} == {"c0ffee"}


def test_a_dry_run_tells_of_edits_and_withdrawals_and_makes_none(
    run: Run, opened: Ledger, clock: Clock
) -> None:
    network = Changeable()
    run([announcement(1), announcement(2)], channel(network))
    before = opened.events()
    report = run(
        [modified(clock)], channel(network), withdrawn=[announcement(2).guid], dry_run=True
    )
    assert sorted(one.act for one in report.outcomes) == ["edit", "withdraw"]
    assert (network.edited, network.deleted, report.exit_status) == ([], [], 0)
    assert opened.events() == before


# --- one look for many posts


@dataclass
class Surveyed(MemoryNetwork):
    """A network whose posts can be read once for many messages."""

    surveys: int = 0

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        self.surveys += 1
        wanted = {message.url for message in messages}
        return {
            shown.url: self._receipt(number)
            for number, shown in reversed([*enumerate(self.shown)])
            if shown.url in wanted and shown.created_at >= since
        }


def test_a_single_new_post_is_looked_up_by_itself(run: Run) -> None:
    network = Surveyed()
    run([announcement()], channel(network), look_first=True)
    assert (network.surveys, network.searched) == (0, [announcement().guid])


def test_what_the_survey_shows_is_recorded_and_not_repeated(
    run: Run, opened: Ledger, tmp_path: Path, clock: Clock
) -> None:
    network = Surveyed()
    posts = [announcement(number) for number in range(1, 6)]
    run(posts[:2], channel(network), look_first=True)
    other = ledger.open_ledger("sqlite:///other.sqlite3", tmp_path)
    report = announce(
        posts, [channel(network)], other, look=Looking(), clock=clock, look_first=True
    )
    assert network.guids == [one.guid for one in posts]
    assert (network.surveys, network.searched) == (2, [])
    assert [one.note for one in report.outcomes] == ["was there already"] * 2 + [""] * 3


def test_a_former_address_counts_in_the_survey_too(run: Run, tmp_path: Path, clock: Clock) -> None:
    network = Surveyed()
    old = announcement(1)
    run([old, announcement(2)], channel(network), look_first=True)
    moved = replace(old, url="https://blogg.inkop.example.org/nytt/", aliases=("inlagg-1/",))
    other = ledger.open_ledger("sqlite:///other.sqlite3", tmp_path)
    announce(
        [moved, announcement(3)],
        [channel(network)],
        other,
        look=Looking(),
        clock=clock,
        look_first=True,
        site="https://blogg.inkop.example.org",
    )
    assert network.guids == [old.guid, announcement(2).guid, announcement(3).guid]


def test_a_survey_that_fails_leaves_each_to_be_looked_up(run: Run, opened: Ledger) -> None:
    @dataclass
    class Failing(Surveyed):
        def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
            raise OutcomeUnknown("no list")

    network = Failing()
    posts = [announcement(1), announcement(2)]
    run(posts, channel(network), look_first=True)
    assert network.searched == [one.guid for one in posts]
    assert len(network.shown) == 2


@pytest.mark.parametrize("fault", [OutcomeUnknown("the answer was lost"), Killed()])
def test_words_that_were_changed_back_meanwhile_are_sent_again(
    run: Run, opened: Ledger, clock: Clock, fault: BaseException
) -> None:
    """An edit of which nobody knows is followed by one that is known."""

    class Losing(Changeable):
        def edit(self, receipt: Receipt, message: Message) -> Receipt:
            super().edit(receipt, message)
            if len(self.edited) == 1:
                raise fault
            return receipt

    network = Losing()
    run([announcement()], channel(network))
    with contextlib.suppress(Killed):
        run([modified(clock)], channel(network))
    back = announcement(modified=clock() + timedelta(minutes=2))
    assert run([back], channel(network)).exit_status == 0
    assert [words.splitlines()[0] for _, words in network.edited] == ["Rättat", "Inlägg 1"]
    run([back], channel(network))
    assert len(network.edited) == 2


def test_a_machine_that_slept_past_its_lease_sends_nothing(run: Run, clock: Clock) -> None:
    network = MemoryNetwork()

    def reached(point: str) -> None:
        if point == "before publish" and not network.shown:
            clock.pass_by(minutes=16)

    run([announcement()], channel(network), reached=reached)
    assert network.shown == []
    run([announcement()], channel(network))
    assert len(network.shown) == 1
