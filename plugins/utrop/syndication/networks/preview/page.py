"""The preview's page: each announcement as each network would show it, in one static HTML file.

It has its style in itself, no script, and nothing from anywhere but the release beside it. Its
bytes are a function of what it shows. However many posts a site has, the page shows the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime
from markupsafe import Markup

from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Delivery, State
from utrop.syndication.errors import Rejected
from utrop.syndication.networks.preview.cards import (
    LOOK,
    OWED,
    Cards,
    Column,
    anchor,
    standing,
    web_address,
)
from utrop.syndication.networks.preview.files import template, text_of, written
from utrop.syndication.networks.preview.unchanged import ends_with, mark_of
from utrop.syndication.networks.preview.words import words
from utrop.syndication.reminding import coming, post_of, with_reminders
from utrop.syndication.selection import Audience, is_too_late

WHERE_NONE: Final = ("mastodon", "bluesky", "linkedin")
"""Whose limits count where no real network is configured."""
EXAMPLE: Final = (
    *WHERE_NONE,
    *("facebook", "x", "threads", "telegram", "slack", "teams", "newsletter"),
)
"""What is shown where no real network is configured: all that there is."""
MOST: Final[Mapping[str, int]] = {
    "waiting": 50,
    "shown": 25,
    "announced": 15,
    "withdrawn": 50,
    "left_out": 200,
}
"""How many posts of a group the page shows; the others are counted."""
_OPEN: Final[Mapping[str, int]] = {"waiting": 10, "shown": 3}
"""How many of a group are open when the page is: the others open with a click."""

Rows = Mapping[tuple[str, str], Delivery]


def columns_shown(configured: Sequence[Column] = ()) -> tuple[Column, ...]:
    """Return the configured networks' columns, or those of an example where there are none."""
    return tuple(configured) or tuple(
        Column(
            name=name,
            limits=networks.limits(name),
            audience=Audience(network=name, demo=True),
            configured=False,
        )
        for name in EXAMPLE
    )


def write_page(
    path: Path,
    announcements: Iterable[Announcement],
    columns: Sequence[Column],
    deliveries: Iterable[Delivery],
    *,
    site_name: str,
    siteurl: str,
    lang: str,
    released: str = "current/",
    now: datetime | None = None,
    zone: tzinfo = UTC,
) -> Path:
    """Write the page in one step and return its path.

    ``lang`` is the site's default language, ``released`` the way from the page to the released
    site, ``zone`` the site's time zone. Reminders are shown where ``now`` (aware) tells which are
    due. Raises ``ProblemsFound`` where the file cannot be written.
    """
    posts, kept = tuple(announcements), tuple(deliveries)
    due = [one.guid for one in with_reminders(posts, now)] if now else []
    due += [one.guid for one in posts if now and is_too_late(one, now)]
    shown = [(one.name, one.account, one.audience, one.by_hand, one.configured) for one in columns]
    mark = mark_of(posts, shown, kept, (site_name, siteurl, lang, released, str(zone), due))
    if ends_with(path, mark):
        return path
    made = render(
        posts,
        columns,
        kept,
        site_name=site_name,
        siteurl=siteurl,
        lang=lang,
        released=released,
        now=now,
        zone=zone,
    )
    return written(path, made.encode() + mark)


def render(
    announcements: Iterable[Announcement],
    columns: Sequence[Column],
    deliveries: Iterable[Delivery],
    *,
    site_name: str,
    siteurl: str,
    lang: str,
    released: str = "current/",
    now: datetime | None = None,
    zone: tzinfo = UTC,
) -> str:
    """Return the page as text."""
    site = siteurl.rstrip("/") + "/"
    posts = tuple(announcements)
    known = with_reminders(posts, now) if now else list(posts)
    kept = tuple(deliveries)
    page = _Page(
        Cards(site_name=site_name, site=site, lang=lang, released=released, zone=zone, now=now),
        columns,
        _by_place(kept),
        now,
    )
    ordered = sorted(known, key=lambda one: (-one.published.timestamp(), one.guid))
    groups = page.groups(ordered)
    made: str = template("page.html").render(
        lang="sv" if lang == "sv" else "en",
        words=words(lang),
        site_name=site_name,
        host=urlsplit(siteurl).netloc,
        style=Markup(text_of("page.css") + text_of("looks.css")),  # noqa: S704 - our own files
        configured=any(column.configured for column in columns),
        totals=[page.total(column, ordered) for column in columns],
        sums=page.sums(ordered),
        promises=sorted({column.promise for column in columns}),
        groups=groups,
        withdrawn=page.withdrawn(kept, {one.guid for one in posts}),
    )
    return made


def _by_place(deliveries: Iterable[Delivery]) -> Rows:
    """Return each post's delivery by network and guid: what is out before what only waits."""
    weak = (State.SKIPPED, State.PENDING)
    ordered = sorted(deliveries, key=lambda row: weak.index(row.state) if row.state in weak else 2)
    return {(row.network, row.guid): row for row in ordered}


class _Page:
    """The page's parts."""

    def __init__(
        self, cards: Cards, columns: Sequence[Column], rows: Rows, now: datetime | None
    ) -> None:
        self.cards, self.columns, self.rows, self.now = cards, columns, rows, now
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._costs: dict[str, Decimal] = {}

    def groups(self, ordered: Sequence[Announcement]) -> list[dict[str, Any]]:
        """Return what still waits before what is done; what no account announces comes last."""
        sorted_out: dict[str, list[Announcement]] = {
            kind: [] for kind in ("waiting", "shown", "announced", "left_out")
        }
        for one in ordered:
            sorted_out[self._group(one)].append(one)
        return [
            {
                "kind": kind,
                "number": len(found),
                "more": max(0, len(found) - MOST[kind]),
                "posts": [
                    self._post(one, open_=number < _OPEN.get(kind, 0))
                    for number, one in enumerate(found[: MOST[kind]])
                ],
            }
            for kind, found in sorted_out.items()
            if found
        ]

    def total(self, column: Column, ordered: Sequence[Announcement]) -> dict[str, Any]:
        """Return a network's line in the table."""
        index = self.columns.index(column)
        kinds = [self._kinds_of(one)[index] for one in ordered]
        done = kinds.count("delivered") + kinds.count("withdrawn")
        return {
            "label": column.label,
            "network": column.name,
            "account": "" if column.by_hand else column.account,
            "promise": column.promise,
            "announced": done,
            "left_out": kinds.count("skipped"),
            "waiting": len(kinds) - done - kinds.count("skipped"),
            "cost": self.cards.dollars(self._cost(column, ordered)),
        }

    def sums(self, ordered: Sequence[Announcement]) -> dict[str, Any]:
        """Return what the page says first: how much waits for whom, and what it costs."""
        kinds = [kind for one in ordered for kind in self._kinds_of(one)]
        costs = (self._cost(column, ordered) for column in self.columns)
        return {
            "owed": sum(kind in OWED for kind in kinds),
            "by_hand": kinds.count("by-hand"),
            "look": sum(kind in LOOK for kind in kinds),
            "cost": self.cards.dollars(sum(costs, Decimal(0))),
        }

    def withdrawn(self, kept: Iterable[Delivery], published: set[str]) -> list[dict[str, str]]:
        """Return what was taken back of posts that are no more, the newest first."""
        gone = [
            row
            for row in kept
            if row.state is State.WITHDRAWN and post_of(row.guid) not in published
        ]
        gone.sort(key=lambda row: (-row.updated.timestamp(), row.guid, row.network))
        return [
            {
                "title": row.message.card_title if row.message else row.guid,
                "lang": row.message.lang if row.message else "",
                "label": networks.title(row.network),
                "note": row.note,
                "date": self._date(row.updated.astimezone(self.cards.zone)),
            }
            for row in gone
        ]

    def _cost(self, column: Column, ordered: Sequence[Announcement]) -> Decimal:
        """Return what announcing all that waits there costs."""
        if column.name not in self._costs:
            self._costs[column.name] = self._summed(column, ordered)
        return self._costs[column.name]

    def _summed(self, column: Column, ordered: Sequence[Announcement]) -> Decimal:
        free = not hasattr(networks.load(column.name), "price")
        if free or column.by_hand or not column.configured:
            return Decimal(0)
        index = self.columns.index(column)
        cost = Decimal(0)
        for one in ordered:
            row = self.rows.get((column.name, one.guid))
            if self._kinds_of(one)[index] != "pending":
                continue
            try:
                message = compose(one, column.name, column.limits, created_at=one.published)
            except Rejected:
                continue
            cost += networks.price(column.name, (row and row.message) or message)
        return cost

    def _kinds_of(self, announcement: Announcement) -> tuple[str, ...]:
        guid = announcement.guid
        if guid not in self._kinds:
            self._kinds[guid] = tuple(
                standing(announcement, column, self.rows.get((column.name, guid)), self.now).kind
                for column in self.columns
            )
        return self._kinds[guid]

    def _group(self, announcement: Announcement) -> str:
        kinds = set(self._kinds_of(announcement))
        if kinds <= {"skipped"}:
            return "left_out"
        if kinds & OWED:
            return "waiting"
        return "shown" if "preview" in kinds else "announced"

    def _post(self, announcement: Announcement, *, open_: bool) -> dict[str, Any]:
        cards = [
            self.cards.card(announcement, column, self.rows.get((column.name, announcement.guid)))
            for column in self.columns
        ]
        price = sum((card["price"] for card in cards), Decimal(0))
        return {
            "anchor": anchor(announcement.guid),
            "title": announcement.heading or announcement.title,
            "href": self.cards.below_release(announcement.url, page=True),
            "date": self._date(announcement.published),
            "datetime": announcement.published.isoformat(),
            "lang": announcement.lang,
            "language": self.cards.language(announcement.lang),
            "reasons": sorted({card["reason"] for card in cards if card["reason"]}),
            "alt": announcement.image.alt if announcement.image else "",
            "cost": self.cards.dollars(price),
            "open": open_,
            "reminders": self._reminders(announcement),
            # Who leaves a post out has no card to show.
            "cards": [card for card in cards if not card["reason"]],
            "out": [(card["label"], card["reason"]) for card in cards if card["reason"]],
            "states": [
                (card["label"], card["kind"], card["badge"], web_address(card["url"]))
                for card in cards
                if not card["reason"]
            ],
        }

    def _reminders(self, announcement: Announcement) -> list[str]:
        if self.now is None:
            return []
        return [
            format_datetime(
                one.at.astimezone(self.cards.zone), "d MMMM y HH:mm", locale=self.cards.locale
            )
            for one in coming(announcement, self.now)
        ]

    def _date(self, moment: datetime) -> str:
        return str(format_date(moment, "long", locale=self.cards.locale))
