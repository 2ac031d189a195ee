"""The history of a post's own deadline, and the moves that it tells of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from utrop.deadlines import DeadlineMove, change_fragment, change_guid, change_title, moves, seen
from utrop.post import DeadlineSeen

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
FIRST = datetime(2026, 12, 14, 23, 59, tzinfo=timezone(timedelta(hours=1)))
LATER = FIRST + timedelta(days=7)

_OFFSETS = st.sampled_from([timezone(timedelta(minutes=each)) for each in (-600, 0, 60, 345)])
_MOMENTS = st.builds(
    lambda hours, offset: (NOW + timedelta(hours=hours)).astimezone(offset),
    st.integers(0, 3),
    _OFFSETS,
)


def test_a_first_release_shows_a_deadline_and_no_move() -> None:
    history = seen((), FIRST, NOW)

    assert history == (DeadlineSeen(moment=FIRST, since=NOW),)
    assert moves(history) == ()


def test_a_post_without_a_deadline_has_no_history() -> None:
    assert seen((), None, NOW) == ()


def test_a_moved_deadline_is_a_move_with_the_number_one() -> None:
    history = seen(seen((), FIRST, NOW), LATER, NOW + timedelta(days=2))

    assert moves(history) == (
        DeadlineMove(number=1, old=FIRST, new=LATER, since=NOW + timedelta(days=2)),
    )


def test_the_same_instant_in_another_offset_is_no_move() -> None:
    history = seen((), FIRST, NOW)

    assert seen(history, FIRST.astimezone(UTC), NOW + timedelta(days=2)) is history


def test_a_removed_deadline_keeps_the_history_and_its_return_adds_nothing() -> None:
    history = seen(seen((), FIRST, NOW), LATER, NOW + timedelta(days=1))
    removed = seen(history, None, NOW + timedelta(days=2))

    assert removed == history
    assert seen(removed, LATER, NOW + timedelta(days=3)) == history


def test_a_deadline_that_moves_back_has_moved_twice() -> None:
    history: tuple[DeadlineSeen, ...] = ()
    for day, moment in enumerate((FIRST, LATER, FIRST)):
        history = seen(history, moment, NOW + timedelta(days=day))

    assert [(one.number, one.new) for one in moves(history)] == [(1, LATER), (2, FIRST)]


@given(st.lists(st.none() | _MOMENTS, max_size=8))
def test_moves_are_numbered_from_one_and_none_is_lost_or_renumbered(
    moments: list[datetime | None],
) -> None:
    history: tuple[DeadlineSeen, ...] = ()
    known: tuple[DeadlineMove, ...] = ()
    for day, moment in enumerate(moments):
        history = seen(history, moment, NOW + timedelta(days=day))
        now_known = moves(history)
        assert now_known[: len(known)] == known
        assert all(one.old != one.new for one in now_known)
        known = now_known
    assert [one.number for one in known] == list(range(1, len(known) + 1))


def test_a_move_has_an_id_a_fragment_and_a_headline_of_its_own() -> None:
    assert change_guid("tag:example.org,2026:abc", 2) == "tag:example.org,2026:abc#change:2"
    assert change_fragment(1, "sv") == "andring-1"
    assert change_fragment(1, "en") == "change-1"
    assert change_title("Städning", "sv") == "Ändrad sista dag: Städning"
    assert change_title("Cleaning", "en") == "New deadline: Cleaning"
