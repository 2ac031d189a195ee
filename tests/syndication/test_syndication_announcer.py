from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.servers.announced import message
from tests.syndication.announcing import (
    START,
    BlindNetwork,
    Clock,
    Looking,
    MemoryNetwork,
    announcement,
    channel,
    guids,
    sent,
    unsent,
)
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcer import announce
from utrop.syndication.channel_run import idempotency_key
from utrop.syndication.delivery import Network, Searchable, State
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.ledger.protocol import Ledger
from utrop.syndication.networks import preview
from utrop.syndication.report import Report

POSTS = [announcement(number) for number in (1, 2, 3)]


class House:
    """A ledger, a clock and a look, to announce with again and again."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.clock, self.look = ledger, Clock(), Looking()

    def run(self, channels: Any, posts: Any = None, **options: Any) -> Report:
        return announce(
            POSTS if posts is None else posts,
            channels if isinstance(channels, list) else [channels],
            self.ledger,
            look=self.look,
            clock=self.clock,
            **options,
        )

    def states(self, network: str = "mastodon") -> dict[str, State]:
        return {row.guid: row.state for row in self.ledger.deliveries() if row.network == network}

    def row(self, guid: str = POSTS[0].guid, network: str = "mastodon") -> Any:
        return self.ledger.find(guid, network, MemoryNetwork().account)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    opened = ledgers.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
    yield House(opened)
    opened.close()


def connected_preview() -> Network:
    with httpx.Client() as http:
        return preview.connect({}, http)


@pytest.mark.parametrize("make", [MemoryNetwork, connected_preview], ids=["double", "preview"])
def test_double_and_preview_keep_the_protocol(make: Any) -> None:
    network = make()
    said = message()
    assert network.account == make().account
    assert network.limits.fits(said.text)
    assert isinstance(network, Searchable)
    assert network.find(said, idempotency_key="k", since=START - timedelta(days=1)) is None
    assert network.publish(said, idempotency_key="k").id


def test_the_double_doubles_what_is_sent_twice_and_finds_what_it_shows() -> None:
    network = MemoryNetwork(faults=[sent(OutcomeUnknown("lost"))])
    said = message()
    with pytest.raises(OutcomeUnknown):
        network.publish(said, idempotency_key="k")
    network.publish(said, idempotency_key="k")
    assert len(network.shown) == 2
    found = network.find(said, idempotency_key="k", since=START - timedelta(days=1))
    assert found is not None
    assert found.id == "0"


def test_announces_oldest_first_and_never_again(house: House) -> None:
    network = MemoryNetwork()
    first = house.run(channel(network), [POSTS[2], POSTS[0], POSTS[1]])
    assert network.guids == guids(POSTS)
    assert (first.exit_status, len(first.of(State.DELIVERED))) == (0, 3)
    second = house.run(channel(network))
    assert (second.exit_status, second.outcomes, second.already) == (0, (), 3)
    assert network.guids == guids(POSTS)
    assert network.searched == []


def test_the_intent_is_on_disk_before_publishing(house: House) -> None:
    seen = []

    def look_into_the_ledger(act: Any) -> Any:
        row = house.row()
        seen.append((row.state, row.message, row.idempotency_key, row.attempts))
        return act()

    network = MemoryNetwork(faults=[look_into_the_ledger])
    house.run(channel(network), POSTS[:1])
    state, message, key, attempts = seen[0]
    assert (state, attempts) == (State.SENDING, 1)
    assert message == network.shown[0]
    assert key == network.keys[0] == idempotency_key(POSTS[0].guid, "mastodon", network.account)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"published": START - timedelta(seconds=1)}, "since"),
        ({"lang": "en"}, "language"),
        ({"networks": ("bluesky",)}, "networks"),
        ({"networks": ()}, "no network"),
        ({"demo": True}, "demo"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_leaves_out_what_the_account_does_not_announce(
    house: House, changes: dict[str, Any], reason: str
) -> None:
    network = MemoryNetwork()
    report = house.run(channel(network), [announcement(1, **changes), POSTS[1]])
    assert network.guids == [POSTS[1].guid]
    assert report.exit_status == 0, reason
    assert list(house.states()) == [POSTS[1].guid]


def test_the_moment_of_since_itself_is_announced(house: House) -> None:
    network = MemoryNetwork()
    house.run(channel(network), [announcement(1, published=START)])
    assert len(network.shown) == 1


def test_preview_takes_demo_posts_of_every_language_by_the_released_file(house: House) -> None:
    local = channel(connected_preview(), "preview", since=None, lang=None, real=False)
    posts = [announcement(1, demo=True), announcement(2, lang="en", networks=("mastodon",))]
    report = house.run(local, posts)
    assert report.exit_status == 0
    assert set(house.states("preview").values()) == {State.DELIVERED}
    assert {live for _, live in house.look.asked} == {False}


def test_a_page_that_is_not_there_waits(house: House) -> None:
    network = MemoryNetwork()
    house.look.missing = {POSTS[1].guid}
    report = house.run(channel(network))
    assert network.guids == [POSTS[0].guid, POSTS[2].guid]
    assert report.exit_status == 75
    assert report.of(State.PENDING)[0].note == "the page answers 404"
    assert house.row(POSTS[1].guid).note == "the page answers 404"
    house.look.missing = set()
    assert house.run(channel(network)).exit_status == 0
    assert sorted(network.guids) == guids(POSTS)


def test_a_lost_answer_is_looked_up_in_the_same_run(house: House) -> None:
    network = MemoryNetwork(faults=[sent(OutcomeUnknown("no answer"))])
    report = house.run(channel(network))
    assert report.exit_status == 0
    assert network.guids == guids(POSTS)
    assert network.searched == [POSTS[0].guid]
    assert house.row().receipt.url == "https://social.example.org/@inkop/0"


def test_an_unknown_outcome_that_never_arrived_is_repeated_in_a_later_run(house: House) -> None:
    network = MemoryNetwork(faults=[unsent(OutcomeUnknown("502"))])
    report = house.run(channel(network), POSTS[:1])
    assert (report.exit_status, network.guids) == (1, [])
    frozen = house.row().message
    house.clock.pass_by(hours=1)
    # The writer changes the title meanwhile: the repeat says what was said first.
    changed = [announcement(1, title="En ny rubrik")]
    assert house.run(channel(network), changed).exit_status == 0
    assert network.shown == [frozen]
    assert house.row().attempts == 2


def test_nothing_is_repeated_while_the_network_cannot_be_read(house: House) -> None:
    network = MemoryNetwork(
        faults=[sent(OutcomeUnknown("reset"))],
        search_faults=[OutcomeUnknown("503"), OutcomeUnknown("503")],
    )
    assert house.run(channel(network), POSTS[:1]).exit_status == 1
    assert house.run(channel(network), POSTS[:1]).exit_status == 1
    assert house.run(channel(network), POSTS[:1]).exit_status == 0
    assert network.guids == [POSTS[0].guid]


def test_what_cannot_be_read_back_stays_uncertain(house: House) -> None:
    blind = BlindNetwork()
    blind.inner.faults = [unsent(OutcomeUnknown("no answer"))]
    for _ in range(3):
        report = house.run(channel(blind), POSTS[:1])
        assert report.exit_status == 1
        assert report.of(State.UNCERTAIN)
    assert blind.inner.shown == []


def test_an_unexpected_error_of_a_network_is_an_unknown_outcome(house: House) -> None:
    network = MemoryNetwork(faults=[sent(KeyError("token=hemligt"))])
    report = house.run(channel(network))
    assert report.exit_status == 0
    assert network.guids == guids(POSTS)
    assert not any("hemligt" in event.note for event in house.ledger.events())


def test_not_sent_rests_the_network_and_waits(house: House) -> None:
    broken = MemoryNetwork(faults=[unsent(NotSent("connection refused"))])
    other = MemoryNetwork(account="did:plc:inkop")
    report = house.run([channel(broken), channel(other, "bluesky")])
    assert report.exit_status == 75
    assert broken.shown == []
    assert other.guids == guids(POSTS)
    assert house.row().message is None, "nothing left: the words may still change"
    assert house.run([channel(broken), channel(other, "bluesky")]).exit_status == 0
    assert broken.guids == guids(POSTS)
    assert other.guids == guids(POSTS)
    assert broken.searched == []


def test_a_refused_token_needs_a_person_and_stops_nobody_else(house: House) -> None:
    refused = MemoryNetwork(faults=[unsent(Unauthorized("401"))])
    other = MemoryNetwork(account="did:plc:inkop")
    report = house.run([channel(refused), channel(other, "bluesky")])
    assert report.exit_status == 1
    assert [trouble.network for trouble in report.troubles] == ["mastodon"]
    assert set(house.states().values()) == {State.PENDING}
    assert other.guids == guids(POSTS)


def test_rate_limits_are_obeyed_over_runs(house: House) -> None:
    until = house.clock() + timedelta(minutes=10)
    network = MemoryNetwork(faults=[unsent(RateLimited("429", retry_at=until))])
    assert house.run(channel(network)).exit_status == 75
    house.clock.pass_by(minutes=9)
    assert house.run(channel(network)).exit_status == 75
    assert network.shown == []
    house.clock.pass_by(minutes=2)
    assert house.run(channel(network)).exit_status == 0
    assert network.guids == guids(POSTS)


def test_a_refused_text_fails_until_its_words_change(house: House) -> None:
    network = MemoryNetwork(faults=[unsent(Rejected("422"))])
    assert house.run(channel(network), POSTS[:1]).exit_status == 1
    assert house.run(channel(network), POSTS[:1]).exit_status == 1
    assert network.shown == []
    assert house.run(channel(network), [announcement(1, title="Bättre")]).exit_status == 0
    assert network.shown[0].card_title == "Bättre"


def test_own_words_that_do_not_fit_fail_without_being_sent(house: House) -> None:
    network = MemoryNetwork()
    report = house.run(channel(network), [announcement(1, texts={"text": "ord " * 100})])
    assert report.exit_status == 1
    assert "characters" in report.of(State.FAILED)[0].note
    assert network.shown == []
    assert house.run(channel(network), [announcement(1, texts={"text": "ord"})]).exit_status == 0
    assert len(network.shown) == 1


def test_a_post_taken_back_while_it_waits_is_skipped(house: House) -> None:
    house.look.missing = {POSTS[0].guid}
    network = MemoryNetwork()
    assert house.run(channel(network), POSTS[:1]).exit_status == 75
    assert house.run(channel(network), []).exit_status == 0
    assert house.states() == {POSTS[0].guid: State.SKIPPED}
    house.look.missing = set()
    assert house.run(channel(network), POSTS[:1]).exit_status == 0
    assert network.guids == [POSTS[0].guid]


def test_an_uncertain_post_that_was_taken_back_is_not_sent_again(house: House) -> None:
    network = MemoryNetwork(faults=[unsent(OutcomeUnknown("504"))])
    house.run(channel(network), POSTS[:1])
    assert house.run(channel(network), []).exit_status == 0
    assert house.states() == {POSTS[0].guid: State.SKIPPED}
    assert network.shown == []


def test_one_message_that_always_breaks_the_server_does_not_hold_up_the_others(
    house: House,
) -> None:
    posts = [announcement(number) for number in range(1, 7)]
    poison = {posts[0].guid, posts[1].guid}

    class Poisoned(MemoryNetwork):
        def publish(self, message: Any, *, idempotency_key: str) -> Any:
            if message.guid in poison:
                raise OutcomeUnknown("500")
            return super().publish(message, idempotency_key=idempotency_key)

    network = Poisoned()
    for _ in range(8):
        assert house.run(channel(network), posts).exit_status == 1
    assert network.guids == guids(posts[2:])


def test_an_unreachable_network_reports_what_it_is_owed(house: House) -> None:
    class Unreachable:
        limits = MemoryNetwork().limits

        @property
        def account(self) -> str:
            raise NotSent("nothing answers at social.example.org")

    report = house.run([channel(Unreachable()), channel(MemoryNetwork(), "bluesky")])  # type: ignore[arg-type] # broken on purpose
    assert report.exit_status == 75
    assert len(report.of(State.PENDING)) == 3
    assert len(report.of(State.DELIVERED)) == 3


def test_a_dry_run_changes_nothing_and_shows_the_text(house: House) -> None:
    network = MemoryNetwork()
    report = house.run(channel(network), dry_run=True)
    assert [one.message and one.message.text.splitlines()[0] for one in report.outcomes] == [
        "Inlägg 1",
        "Inlägg 2",
        "Inlägg 3",
    ]
    assert report.exit_status == 0
    assert network.shown == []
    assert house.ledger.events() == []
    assert house.look.asked == []


def test_looking_first_finds_what_an_older_ledger_has_forgotten(
    house: House, tmp_path: Path
) -> None:
    network = MemoryNetwork()
    house.run(channel(network), POSTS[:2])
    older = ledgers.open_ledger("sqlite:///older.sqlite3", tmp_path)
    try:
        again = House(older)
        assert again.run(channel(network), look_first=True).exit_status == 0
    finally:
        older.close()
    assert network.guids == guids(POSTS)


def test_every_transition_leaves_an_event_with_its_text(house: House) -> None:
    network = MemoryNetwork(faults=[sent(OutcomeUnknown("no answer"))])
    house.run(channel(network), POSTS[:1])
    events = house.ledger.events()
    assert [event.state for event in events] == [
        State.PENDING,
        State.SENDING,
        State.UNCERTAIN,
        State.SENDING,
        State.DELIVERED,
    ]
    assert events[-1].text == network.shown[0].text
    assert events[-1].url == "https://social.example.org/@inkop/0"
