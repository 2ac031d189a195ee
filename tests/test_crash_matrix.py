"""The short form of the crash matrix; the long one is `make crash-matrix`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash_matrix.cases import Matrix, chosen, matrix
from tests.crash_matrix.stand_ins import STAND_INS, Bluesky
from tests.servers.bluesky_pds import Pds
from utrop.syndication import networks

POINTS = 10
SEED = 0
"""The answer to one write is lost, so that the look-up is passed."""
NAMES = [name for name in STAND_INS if name != "bluesky"]


@pytest.fixture(scope="module")
def cases() -> Iterator[Matrix]:
    with matrix() as running:
        yield running


def killed_everywhere(cases: Matrix, name: str) -> None:
    points = cases.points(name, SEED)
    assert {"before claim is written", "after settle is written", "before publish"} <= set(points)
    assert len(points) >= 25
    ended = [cases.case(name, SEED, point) for point in chosen(points, POINTS, SEED)]
    assert len(ended) == POINTS
    assert [one for one in ended if one.failed] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_announcer_loses_and_doubles_nothing(cases: Matrix, name: str) -> None:
    killed_everywhere(cases, name)


@pytest.mark.pds
@pytest.mark.xdist_group("pds")
def test_a_killed_announcer_loses_and_doubles_nothing_on_the_real_bluesky(
    cases: Matrix, pds: Pds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bluesky, "running", pds)
    killed_everywhere(cases, "bluesky")


def test_every_network_has_its_place() -> None:
    away = {name for name in networks.names() if not networks.is_local(name)}
    assert {kind.network for kind in STAND_INS.values()} == away
    windows = {name: kind.window for name, kind in STAND_INS.items() if kind.window}
    assert windows == {name: networks.load(STAND_INS[name].network).SETTLING for name in windows}
    assert {name for name, kind in STAND_INS.items() if kind.read_back} - windows.keys() == {
        "bluesky"
    }


@pytest.mark.parametrize(
    ("control", "name", "point"),
    [
        ("no intent", "mastodon", "after publish"),
        ("no intent", "telegram", "after publish"),
        ("no intent", "newsletter", "after publish"),
        ("no read-back", "threads", "after publish"),
        ("no waiting", "threads", "after publish"),
    ],
)
def test_a_missing_safeguard_is_noticed(cases: Matrix, control: str, name: str, point: str) -> None:
    """Under one seed after another, until one has what the safeguard is for."""
    for seed in range(1, 30):
        points = cases.points(name, seed, control)
        killed_at = [one for one in chosen(points, len(points), seed) if one.name == point]
        if any(cases.case(name, seed, one, control).doubled for one in killed_at):
            return
    pytest.fail("no case was doubled")
