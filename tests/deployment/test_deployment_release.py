from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.deployment.release import (
    ReleaseInfo,
    chosen,
    expired,
    free_id,
    is_release_id,
    newest_first,
    release_id,
)
from utrop.problem import ProblemsFound

A = "20261120T080000Z-aaaaaa"
B = "20261121T080000Z-bbbbbb"
C = "20261122T080000Z-cccccc"

names = st.lists(
    st.builds(
        release_id,
        st.datetimes(min_value=datetime(1970, 1, 2), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
        st.text("0123456789abcdef", min_size=6, max_size=6),
    ),
    unique=True,
    min_size=1,
    max_size=12,
)


def test_release_id_is_in_utc_and_short() -> None:
    now = datetime(2026, 11, 23, 22, 30, tzinfo=timezone(timedelta(hours=1)))

    assert release_id(now, "1a2b3c4d5e6f") == "20261123T213000Z-1a2b3c"


@pytest.mark.parametrize(
    ("now", "digest"),
    [
        (datetime(2026, 11, 23), "1a2b3c"),  # noqa: DTZ001 - the point of the test
        (datetime(2026, 11, 23, tzinfo=UTC), "1a2b"),
        (datetime(2026, 11, 23, tzinfo=UTC), "../../etc"),
    ],
)
def test_release_id_refuses(now: datetime, digest: str) -> None:
    with pytest.raises(ValueError, match=r"zone|digest"):
        release_id(now, digest)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        (A, True),
        (f"{A}-2", True),
        (f"{A}-0", False),
        (f".partial-{A}", False),
        (f"{A}/..", False),
        ("20269999T080000Z-aaaaaa", False),
        ("backup", False),
        ("", False),
    ],
)
def test_is_release_id(name: str, answer: bool) -> None:
    assert is_release_id(name) is answer


def test_a_release_tells_when_it_was_made() -> None:
    made = ReleaseInfo(id=f"{A}-2", current=False).made

    assert made == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_repeats_sort_by_number() -> None:
    repeats = [f"{A}-10", A, f"{A}-2"]

    assert newest_first([*repeats, B, "notes"]) == [B, f"{A}-10", f"{A}-2", A]


@given(names, st.integers(0, 20))
def test_a_free_id_is_new_and_a_release(taken: list[str], repeats: int) -> None:
    for _ in range(repeats):
        taken.append(free_id(taken[0], taken))

    assert len(set(taken)) == len(taken)
    assert all(map(is_release_id, taken))


@given(names, st.integers(1, 14), st.data())
def test_pruning_keeps_the_number_the_newest_and_the_current(
    taken: list[str], keep: int, data: st.DataObject
) -> None:
    current = data.draw(st.sampled_from(taken))

    gone = expired(taken, current=current, keep=keep)
    left = [name for name in newest_first(taken) if name not in gone]

    assert current in left
    assert len(left) == min(keep, len(taken))
    assert set(left) - {current} <= set(newest_first(taken)[:keep])


@pytest.mark.parametrize(
    ("current", "wanted", "answer"),
    [(C, None, B), (B, None, A), (A, C, C), (C, C, C), (None, A, A)],
)
def test_going_back(current: str | None, wanted: str | None, answer: str) -> None:
    assert chosen([A, C, B], current=current, wanted=wanted) == answer


@pytest.mark.parametrize(
    ("there", "current", "wanted", "words"),
    [
        ([], None, None, "no release to go back from; run `make publish` first"),
        ([A], A, None, "no release earlier than the current one"),
        ([A, B], B, B.replace("bbbbbb", "bbbbbc"), f"did you mean {B}?"),
        ([A], A, "x", f"there is no release 'x'; there is {A}"),
    ],
)
def test_going_back_where_there_is_nothing(
    there: list[str], current: str | None, wanted: str | None, words: str
) -> None:
    with pytest.raises(ProblemsFound) as found:
        chosen(there, current=current, wanted=wanted)

    assert words in str(found.value)
    assert found.value.exit_status == 2
