"""The preview's page: each announcement as each network would show it, in one static HTML file.

It has its style in itself, no script, and nothing from anywhere but the release beside it. Its
bytes are a function of what it shows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from utrop.problem import configuration_error
from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import compose, own_words
from utrop.syndication.delivery import Delivery, Limits, Message, State
from utrop.syndication.errors import Rejected
from utrop.syndication.networks.preview.words import words
from utrop.syndication.selection import Audience, left_out

WHERE_NONE: Final = ("mastodon", "bluesky", "linkedin")
"""What is shown where no real network is configured."""

_NAMES: Final = {"linkedin": "LinkedIn"}
_SHORTENS: Final = {"mastodon": 30}
"""Networks that show so many characters of a link's address, without its scheme."""
_LINK: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]|#\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One network as the page shows it."""

    name: str
    limits: Limits
    audience: Audience
    account: str = ""
    configured: bool = True
    """Whether the site announces there, so that deliveries have states."""

    @property
    def label(self) -> str:
        """Its name as people write it."""
        return _NAMES.get(self.name, self.name.capitalize())


def columns_shown(configured: Sequence[Column] = ()) -> tuple[Column, ...]:
    """Return the configured networks' columns, or those of an example where there are none."""
    return tuple(configured) or tuple(
        Column(
            name=name,
            limits=networks.limits(name),
            audience=Audience(network=name, demo=True),
            configured=False,
        )
        for name in WHERE_NONE
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
) -> Path:
    """Write the page in one step and return its path.

    ``lang`` is the site's default language, ``released`` the way from the page to the released
    site. Raises ``ProblemsFound`` where the file cannot be written.
    """
    made = render(
        announcements,
        columns,
        deliveries,
        site_name=site_name,
        siteurl=siteurl,
        lang=lang,
        released=released,
    ).encode()
    # A name of our own: another announcer may be writing the page at the same time.
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(made)
        aside.replace(path)
    except OSError as error:
        raise configuration_error(
            f"cannot be written: {error.strerror or error}", "correct its permissions", path
        ) from error
    return path


def render(
    announcements: Iterable[Announcement],
    columns: Sequence[Column],
    deliveries: Iterable[Delivery],
    *,
    site_name: str,
    siteurl: str,
    lang: str,
    released: str = "current/",
) -> str:
    """Return the page as text."""
    rows = {(row.network, row.guid): row for row in deliveries}
    making = _Making(site_name, siteurl.rstrip("/") + "/", lang, released)
    ordered = sorted(announcements, key=lambda one: (-one.published.timestamp(), one.guid))
    posts = [making.post(one, columns, rows) for one in ordered]
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = resources.files(__package__)
    template = environment.from_string((folder / "page.html").read_text("utf-8"))
    return template.render(
        lang="sv" if lang == "sv" else "en",
        words=words(lang),
        site_name=site_name,
        host=urlsplit(siteurl).netloc,
        style=Markup((folder / "page.css").read_text("utf-8")),  # noqa: S704 - our own file
        configured=any(column.configured for column in columns),
        totals=[_totals(column, posts, index) for index, column in enumerate(columns)],
        groups=_groups(posts),
        posts=posts,
    )


def _groups(posts: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return what still waits before what is done; what no account announces comes last."""
    kinds: dict[str, list[dict[str, Any]]] = {
        "waiting": [],
        "announced": [],
        "shown": [],
        "left_out": [],
    }
    for post in posts:
        kinds[post["group"]].append(post)
    return [(kind, group) for kind, group in kinds.items() if group]


def _totals(column: Column, posts: list[dict[str, Any]], index: int) -> dict[str, Any]:
    kinds = [post["cards"][index]["kind"] for post in posts]
    return {
        "label": column.label,
        "account": column.account,
        "announced": kinds.count("delivered"),
        "left_out": kinds.count("skipped"),
        "waiting": len(kinds) - kinds.count("delivered") - kinds.count("skipped"),
    }


class _Making:
    """What the page's parts are made with."""

    def __init__(self, site_name: str, site: str, lang: str, released: str) -> None:
        self.site_name, self.site, self.released = site_name, site, released
        self.words = words(lang)
        self.locale = "sv" if lang == "sv" else "en_GB"

    def post(
        self,
        announcement: Announcement,
        columns: Sequence[Column],
        rows: Mapping[tuple[str, str], Delivery],
    ) -> dict[str, Any]:
        """Return a post with a card for each column, as the template wants it."""
        cards = [
            self.card(announcement, column, rows.get((column.name, announcement.guid)))
            for column in columns
        ]
        kinds = {card["kind"] for card in cards}
        if kinds <= {"skipped"}:
            group = "left_out"
        elif not any(column.configured for column in columns):
            group = "shown"
        else:
            group = "announced" if kinds <= {"skipped", "delivered"} else "waiting"
        return {
            "anchor": quote(announcement.guid, safe=""),
            "title": announcement.title,
            "href": self._below_release(announcement.url, page=True),
            "date": format_date(announcement.published, "long", locale=self.locale),
            "datetime": announcement.published.isoformat(),
            "lang": announcement.lang,
            "language": self._language(announcement.lang),
            "group": group,
            "reasons": sorted({card["reason"] for card in cards if card["reason"]}),
            "cards": cards,
        }

    def card(
        self, announcement: Announcement, column: Column, row: Delivery | None
    ) -> dict[str, Any]:
        """Return one network's view of a post."""
        reason = left_out(announcement, column.audience)
        card: dict[str, Any] = {
            "network": column.name,
            "label": column.label,
            "account": column.account or self.site_name,
            "initial": self.site_name[:1],
            "reason": "",
            "note": "",
            "url": "",
            "message": None,
        }
        settled = row is not None and row.state not in (State.PENDING, State.SKIPPED, State.FAILED)
        if reason is not None and not settled:
            return card | {
                "kind": "skipped",
                "badge": self.words[State.SKIPPED],
                "reason": self.words[reason],
            }
        if row is not None:
            card["note"] = "" if row.state is State.DELIVERED else row.note
            card["url"] = row.receipt.url if row.receipt else ""
            card["kind"], card["badge"] = row.state.value, self.words[row.state]
        elif column.configured:
            card["kind"], card["badge"] = "pending", self.words[State.PENDING]
        else:
            card["kind"], card["badge"] = "preview", self.words["preview"]
        try:
            message = (row and settled and row.message) or compose(
                announcement, column.name, column.limits, created_at=announcement.published
            )
        except Rejected as error:
            words_of_own = own_words(announcement, column.name)
            return card | {
                "kind": "failed",
                "badge": self.words["too_long"],
                "note": str(error),
                "refused": words_of_own,
            }
        return card | {
            "message": message,
            "text": _marked(message, shown=_SHORTENS.get(column.name)),
            "own": bool(own_words(announcement, column.name)),
            "image": self._image(message),
            "host": urlsplit(message.url).netloc,
            "language": self._language(message.lang),
            "lengths": [
                {
                    "count": measure.count(message.text),
                    "maximum": measure.maximum,
                    "unit": self.words.get(measure.unit, measure.unit),
                    "share": round(100 * measure.count(message.text) / measure.maximum, 1),
                }
                for measure in column.limits.measures
            ],
        }

    def _image(self, message: Message) -> dict[str, Any] | None:
        image = message.image
        source = self._below_release(image.url) if image else ""
        if image is None or not source:
            return None
        return {"src": source, "alt": image.alt, "width": image.width, "height": image.height}

    def _below_release(self, url: str, *, page: bool = False) -> str:
        """Return the way to a released file, as it opens from the disk without a server."""
        if not url.startswith(self.site):
            return ""
        path = url.removeprefix(self.site)
        return f"{self.released}{path}" + ("index.html" if page and path[-1:] in ("", "/") else "")

    def _language(self, code: str) -> str:
        return Locale.parse(code).get_display_name(self.locale) or code


def _marked(message: Message, *, shown: int | None) -> Markup:
    """Return the text as HTML with its links and hashtags marked, as networks mark them.

    ``shown`` characters of a link's address are shown, None: all.
    """
    hashtags = {f"#{one}" for one in message.hashtags}
    made, end = Markup(), 0
    for match in _LINK.finditer(message.text):
        token = match.group()
        if token.startswith("#") and token not in hashtags:
            continue
        made += escape(message.text[end : match.start()])
        if token.startswith("#"):
            made += Markup('<span class="hashtag">{}</span>').format(token)
        else:
            made += Markup('<span class="link" title="{}">{}</span>').format(
                token, _shortened(token, shown)
            )
        end = match.end()
    return made + escape(message.text[end:])


def _shortened(address: str, shown: int | None) -> str:
    if shown is None:
        return address
    bare = re.sub(r"^https?://(www\.)?", "", address)
    return bare if len(bare) <= shown else bare[:shown] + "…"
