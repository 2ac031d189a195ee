"""What a person should look at before an announcement leaves, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import MOST_HASHTAGS, hashtag, own_words
from utrop.syndication.delivery import Limits, Message

NEAR: Final = 0.95
"""Of a limit; beyond it, one word more may be too many."""
LARGE_CARD: Final = (600, 315)
"""Pixels a picture needs at least for a large card, as Facebook and LinkedIn ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to look at: the key of its words, and what they are filled with."""

    key: str
    weight: Literal["bad", "mild"] = "mild"
    values: dict[str, Any] = field(default_factory=dict)


def remarks(
    announcement: Announcement, network: str, limits: Limits, message: Message
) -> list[Remark]:
    """Return what there is to look at in a message, the worst first."""
    found = list(_of_image(message))
    # What the composer writes comes close to a limit by its nature: it fills the room there is.
    if own_words(announcement, network):
        found += _of_length(limits, message)
    else:
        found += _of_composing(announcement, limits, message)
    return sorted(found, key=lambda one: one.weight)


def _of_image(message: Message) -> Iterator[Remark]:
    image = message.image
    if image is None:
        yield Remark(key="warn_no_image")
        return
    if not image.alt.strip():
        yield Remark(key="warn_no_alt", weight="bad")
    # No size is known of a picture in an old manifest; that is no fault of its.
    if 0 < image.width < LARGE_CARD[0] or 0 < image.height < LARGE_CARD[1]:
        size = {"width": image.width, "height": image.height}
        yield Remark(key="warn_small", values=size)


def _of_length(limits: Limits, message: Message) -> Iterator[Remark]:
    for measure in limits.measures:
        count = measure.count(message.text)
        # A limit of a few pieces, such as one cashtag, is kept or not: nothing comes close to it.
        if measure.maximum >= 100 and count >= NEAR * measure.maximum:
            yield Remark(
                key="warn_near",
                values={"count": count, "maximum": measure.maximum, "unit": measure.unit},
            )


def _of_composing(announcement: Announcement, limits: Limits, message: Message) -> Iterator[Remark]:
    title, summary = message.card_title, message.card_description
    if title not in message.text:
        yield Remark(key="warn_title_cut")
    # A reminder of a notice, or a moved last day, says its facts alone.
    is_brief = bool(announcement.heading and announcement.facts)
    if is_brief:
        summary = ""
    if summary and summary.casefold() != title.casefold() and summary not in message.text:
        # A cut keeps more than this of what it cuts, or nothing.
        begun = any(one.startswith(summary[:15]) for one in message.text.split("\n\n"))
        yield Remark(key="warn_summary_cut" if begun else "warn_summary_gone")
    wanted = list(dict.fromkeys(filter(None, map(hashtag, announcement.tags))))
    missing = [one for one in wanted[:MOST_HASHTAGS] if one not in message.hashtags]
    if limits.hashtags and missing:
        named = " ".join(f"#{one}" for one in missing)
        yield Remark(key="warn_hashtags", values={"hashtags": named})
