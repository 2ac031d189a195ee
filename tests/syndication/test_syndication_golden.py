"""What each network is told of the same posts, line by line.

``UPDATE_GOLDEN=1 .venv/bin/pytest tests/syndication/test_syndication_golden.py`` writes the files
anew; read the difference before you keep it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.syndication.announcements_for_golden import ANNOUNCEMENTS, MOMENT, WHOLE
from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import compose, own_words
from utrop.syndication.delivery import Message
from utrop.syndication.errors import Rejected
from utrop.syndication.networks.preview.remarks import remarks

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "announcements"
NAMES = [name for name in networks.names() if not networks.is_local(name)]


def composed(announcement: Announcement, network: str) -> Message | Rejected:
    try:
        return compose(announcement, network, networks.limits(network), created_at=MOMENT)
    except Rejected as error:
        return error


def preview(network: str) -> str:
    return "\n".join(line for name, one in ANNOUNCEMENTS for line in told(name, one, network))


def told(name: str, announcement: Announcement, network: str) -> Iterator[str]:
    yield f"== {name}"
    message = composed(announcement, network)
    if isinstance(message, Rejected):
        yield f"refused: {message}"
        yield ""
        return
    limits = networks.limits(network)
    for measure in limits.measures:
        yield f"{measure.count(message.text)}/{measure.maximum} {measure.unit}"
    yield "own words" if own_words(announcement, network) else "composed"
    yield f"hashtags: {' '.join(message.hashtags) or '-'}"
    yield f"card: {message.card_title} | {message.card_description or '-'}"
    for one in remarks(announcement, network, limits, message):
        values = "".join(f" {key}={value}" for key, value in one.values.items())
        yield f"look: {one.key}{values}"
    # The bar shows where a line ends.
    yield from (f"│ {line}" if line else "│" for line in message.text.split("\n"))
    yield ""


@pytest.mark.parametrize("network", NAMES)
def test_what_a_network_is_told_equals_its_golden_file(network: str) -> None:
    golden = GOLDEN / f"{network}.txt"
    made = preview(network)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(made, "utf-8")
    assert made == golden.read_text("utf-8")


def test_every_golden_file_is_a_networks() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("network", NAMES)
def test_what_belongs_together_is_never_parted(network: str) -> None:
    limits = networks.limits(network)
    for name, one in ANNOUNCEMENTS:
        message = composed(one, network)
        if isinstance(message, Rejected):
            assert own_words(one, network), name
            continue
        assert limits.fits(message.text), name
        assert (one.url in message.text) == limits.url_in_text, name
        before = f"{one.heading or one.title} {one.summary} {' '.join(one.texts.values())}"
        for piece in WHOLE:
            if piece not in before:
                continue
            for beginning in beginnings(piece):
                parted = re.search(rf"(?<!\S){re.escape(beginning)} ?(?:…|\n|$)", message.text)
                assert parted is None, (name, piece)


def beginnings(piece: str) -> list[str]:
    """Return what would be left of a piece after a cut between its words, or in a long word."""
    words = piece.split(" ")
    inside = [piece[:end] for end in range(8, len(piece))] if "://" in piece else []
    return [" ".join(words[:number]) for number in range(1, len(words))] + inside
