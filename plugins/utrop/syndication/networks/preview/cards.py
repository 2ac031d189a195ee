"""Cards: one announcement as one network shows it, with all that is to be known before it leaves.

Made in two steps: how an announcement stands, which is cheap, and the card itself, which composes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlsplit

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal

from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import compose, own_words
from utrop.syndication.delivery import Delivery, Limits, Message, State
from utrop.syndication.errors import Rejected
from utrop.syndication.naming import short_name
from utrop.syndication.networks.preview.marked import paragraphs
from utrop.syndication.networks.preview.remarks import NEAR, remarks
from utrop.syndication.networks.preview.words import words
from utrop.syndication.selection import Audience, Reason, left_out

TELL_LANGUAGE: Final = frozenset({"bluesky", "mastodon", "newsletter", "teams"})
"""Networks to which a text's language can be told, for screen readers and translation."""
OWED: Final = frozenset({"pending", "sending", "uncertain", "failed", "by-hand"})
"""The kinds of cards that still need something to be done."""
LOOK: Final = frozenset({"uncertain", "failed"})
"""The kinds that a person should see to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One network as the page shows it."""

    name: str
    limits: Limits
    audience: Audience
    account: str = ""
    configured: bool = True
    """Whether the site announces there, so that deliveries have states."""
    by_hand: bool = False
    """Whether a person posts there."""

    @property
    def label(self) -> str:
        """Its name as people write it."""
        return networks.title(self.name)

    @property
    def promise(self) -> str:
        """Its guarantee, in the settings' own word."""
        return "by hand" if self.by_hand else networks.guarantee(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an announcement stands on a network."""

    kind: str
    """A state's name, ``by-hand``, or ``preview`` where the site announces nowhere."""
    reason: Reason | None = None
    """Why it is left out."""


def standing(
    announcement: Announcement, column: Column, row: Delivery | None, now: datetime | None = None
) -> Standing:
    """Return how an announcement stands; ``row`` is its delivery, if there is one.

    ``now`` (aware) tells which notices have closed.
    """
    reason = left_out(announcement, column.audience, now)
    settled = row is not None and row.state not in (State.PENDING, State.SKIPPED, State.FAILED)
    if reason is not None and not settled:
        return Standing(kind="skipped", reason=reason)
    if not column.configured:
        return Standing(kind="preview")
    if row is not None and row.state is not State.PENDING:
        return Standing(kind=row.state.value)
    if announcement.texts and not _fits(announcement, column):
        return Standing(kind="failed")
    return Standing(kind="by-hand" if column.by_hand else "pending")


def _fits(announcement: Announcement, column: Column) -> bool:
    try:
        compose(announcement, column.name, column.limits, created_at=announcement.published)
    except Rejected:
        return False
    return True


class Cards:
    """Makes cards in the language of the page, for the site at an address."""

    def __init__(
        self,
        *,
        site_name: str,
        site: str,
        lang: str,
        released: str,
        zone: tzinfo,
        now: datetime | None = None,
    ) -> None:
        self.site_name, self.site, self.released, self.zone = site_name, site, released, zone
        self.now = now
        self.words = words(lang)
        self.locale = "sv" if lang == "sv" else "en_GB"

    def card(
        self, announcement: Announcement, column: Column, row: Delivery | None
    ) -> dict[str, Any]:
        """Return one network's view of an announcement, as the template wants it."""
        stands = standing(announcement, column, row, self.now)
        card: dict[str, Any] = {
            "network": column.name,
            "label": column.label,
            "account": self._handle(column),
            "name": self.site_name,
            "initial": self.site_name[:1].upper(),
            "kind": stands.kind,
            "badge": self.badge(stands.kind),
            "promise": column.promise,
            "reason": self.words[stands.reason] if stands.reason else "",
            "note": "",
            "url": "",
            "next": self._next(stands.kind, column, row),
            "message": None,
            "refused": "",
            "price": Decimal(0),
        }
        if stands.reason is not None:
            return card
        if row is not None:
            # That a person posts there is said already.
            told = row.state is not State.DELIVERED and stands.kind != "by-hand"
            card["note"] = row.note if told else ""
            card["url"] = web_address(row.receipt.url) if row.receipt else ""
        frozen = row.message if row and row.state is not State.PENDING else None
        try:
            message = frozen or compose(
                announcement, column.name, column.limits, created_at=announcement.published
            )
        except Rejected as error:
            return card | {
                "kind": "failed",
                "badge": self.words["too_long"],
                "note": str(error),
                "next": self.words["next_too_long"],
                "refused": own_words(announcement, column.name) or announcement.title,
            }
        return card | self._shown(announcement, column, message, stands.kind)

    def _shown(
        self, announcement: Announcement, column: Column, message: Message, kind: str
    ) -> dict[str, Any]:
        owed = kind in OWED or kind == "preview"
        price = Decimal(0) if column.by_hand or not owed else networks.price(column.name, message)
        image = message.image
        source = self.below_release(image.url) if image else ""
        return {
            "message": message,
            "paragraphs": paragraphs(message, column.name),
            "own": bool(own_words(announcement, column.name)),
            "image": image and {"src": source, "alt": image.alt} if source else None,
            "width": image.width if image and image.width else "",
            "height": image.height if image and image.height else "",
            "host": urlsplit(message.url).netloc,
            "address": message.url,
            "language": self._told_language(message.lang, column.name),
            "lengths": self._lengths(column.limits, message.text),
            # What is done cannot be changed by looking at it.
            "remarks": self._remarks(announcement, column, message) if owed else [],
            "price": price,
            "cost": self.dollars(price),
            "composer": web_address(networks.composer_link(column.name, message)),
            "command": f"utrop posted {short_name(message.guid)} {column.name}"
            f" {self.words['address']}",
        }

    def badge(self, kind: str) -> str:
        """Return the word for a kind."""
        if kind in ("preview", "by-hand"):
            return self.words[kind.replace("-", "_")]
        return self.words[State(kind)]

    def dollars(self, amount: Decimal) -> str:
        """Return an amount of US dollars in words, empty for nothing."""
        if not amount:
            return ""
        return f"≈ {format_decimal(amount, format='#,##0.00#', locale=self.locale)} USD"

    def language(self, code: str) -> str:
        """Return a language's name."""
        return Locale.parse(code).get_display_name(self.locale) or code

    def below_release(self, url: str, *, page: bool = False) -> str:
        """Return the way to a released file, as it opens from the disk without a server."""
        if not url.startswith(self.site):
            return ""
        path = url.removeprefix(self.site).partition("#")[0]
        return f"{self.released}{path}" + ("index.html" if page and path[-1:] in ("", "/") else "")

    def _handle(self, column: Column) -> str:
        if column.account and not column.by_hand:
            return column.account
        return f"@{urlsplit(self.site).netloc}"

    def _next(self, kind: str, column: Column, row: Delivery | None) -> str:
        if kind in ("pending", "by-hand") and row is not None and row.retry_at is not None:
            moment = row.retry_at.astimezone(self.zone)
            said = format_datetime(moment, "d MMMM y HH:mm", locale=self.locale)
            return self.words["next_retry"].format(moment=said)
        if kind == "uncertain" and column.promise == "at-most-once":
            return self.words["next_uncertain_blind"]
        return self.words.get(f"next_{kind.replace('-', '_')}", "")

    def _told_language(self, code: str, network: str) -> str:
        said = self.language(code)
        if network in TELL_LANGUAGE:
            return said
        return self.words["language_not_told"].format(language=said)

    def _lengths(self, limits: Limits, text: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for measure in limits.measures:
            count = measure.count(text)
            # Of what a text may hold hardly any of, none is nothing to tell.
            if not found or count or measure.maximum >= 100:
                found.append(
                    {
                        "count": self._number(count),
                        "maximum": self._number(measure.maximum),
                        "unit": self.words.get(measure.unit, measure.unit),
                        "left": self.words["left"].format(
                            number=self._number(max(0, measure.maximum - count))
                        ),
                        "near": measure.maximum >= 100 and count >= NEAR * measure.maximum,
                        "share": min(100, round(100 * count / max(1, measure.maximum), 1)),
                    }
                )
        return found

    def _number(self, number: int) -> str:
        return str(format_decimal(number, locale=self.locale))

    def _remarks(
        self, announcement: Announcement, column: Column, message: Message
    ) -> list[tuple[str, str]]:
        return [
            (one.weight, self.words[one.key].format_map(self._values(one.values)))
            for one in remarks(announcement, column.name, column.limits, message)
        ]

    def _values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: self._number(value) if isinstance(value, int) else self.words.get(value, value)
            for name, value in values.items()
        }


def web_address(url: str) -> str:
    """Return an address that a link may lead to, else nothing: servers may say anything."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url if scheme in ("http", "https") else ""


def anchor(guid: str) -> str:
    """Return the fragment by which a post is found on the page."""
    return quote(guid, safe="")
