"""The share kit of a post: ready words and plain links, for colleagues' own accounts.

Nothing in it tells who shared or who came: no address carries more than the page's own. The links
lead to the networks' own composers, and nothing is asked of them before somebody follows one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import regex

from utrop.post import Post
from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import EVERY_NETWORK, compose
from utrop.syndication.delivery import Limits, Measure
from utrop.syndication.errors import Rejected
from utrop.syndication.manifest import announcement_of

_UTC: Final = ZoneInfo("UTC")
_URL: Final = re.compile(r"https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]]")
_TRACKS: Final = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|mc_[ce]id"
    r"|igshid?|_hs(?:enc|mi)|mkt_tok|ref_src|s_cid|vero_id)(?:=.*)?",
    re.IGNORECASE,
)
"""Parameters of an address that only tell where a reader came from."""
_ADDRESS: Final = 23
"""What X counts for an address at least; elsewhere it counts as it is long."""
_LIKE_ADDRESS: Final = re.compile(r"\S*\w\.\w\S*")
"""What X may take for an address, with or without its scheme."""


def _short(text: str) -> int:
    """Return a count that is never less than X's own weights.

    X counts 1 up to U+10FF and for some punctuation, else 2: https://docs.x.com/fundamentals/
    counting-characters. Exactly counted, it would take longer than the rest of the page.
    """
    lacking: int = sum(
        one.count(".") * _ADDRESS for one in _LIKE_ADDRESS.findall(_URL.sub("", text))
    )
    lacking += sum(max(0, _ADDRESS - len(one)) for one in _URL.findall(text))
    return lacking + sum(1 if ord(one) <= 0x10FF else 2 for one in text)


SHORT: Final = Limits(
    measures=(
        Measure(unit="weighted characters", maximum=280, count=_short),
        Measure(unit="bytes", maximum=3000, count=lambda text: len(text.encode())),
    )
)
"""What fits everywhere: X takes 280, Bluesky 300, Mastodon and Threads 500."""
MEDIUM: Final = Limits(
    measures=(
        Measure(unit="characters", maximum=700, count=lambda text: len(regex.findall(r"\X", text))),
    )
)
"""As much as people read before they must press to see more; for LinkedIn, Facebook and mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareKit:
    """Ready words for one post, and where to take them."""

    short: str
    medium: str
    """Empty where it says no more than the short one."""
    links: tuple[tuple[str, str], ...]
    """Names of networks, ``email`` among them, with the address that opens their composers."""


def share_kit(post: Post, zone: ZoneInfo = _UTC) -> ShareKit | None:
    """Return a post's share kit; None where the post is not for everybody to find.

    ``zone`` is the site's time zone, in which a last day is told.
    """
    if post.status != "published":
        return None
    announcement = announcement_of(post, zone=zone)
    own = announcement.texts.get(EVERY_NETWORK, "")
    texts = MappingProxyType({EVERY_NETWORK: untracked(own)} if own else {})
    bare = replace(announcement, url=untracked(announcement.url), texts=MappingProxyType({}))
    brief = replace(bare, summary="")
    short = _composed(replace(brief, texts=texts), SHORT) or _composed(brief, SHORT) or bare.url
    medium = _composed(bare, MEDIUM) or short
    return ShareKit(
        short=short,
        medium="" if medium == short else medium,
        links=_links(bare.url, post.title, short=short, medium=medium),
    )


def untracked(text: str) -> str:
    """Return a text whose addresses tell nobody where their readers came from.

    >>> untracked("Se https://example.org/a?utm_source=x&b=1#c.")
    'Se https://example.org/a?b=1#c.'
    """
    return _URL.sub(lambda match: _bare(match.group()), text)


def _bare(url: str) -> str:
    address, mark, fragment = url.partition("#")
    path, asked, query = address.partition("?")
    if not asked:
        return url
    kept = [one for one in re.split("[&;]", query) if not _TRACKS.fullmatch(one)]
    if len(kept) == len(re.split("[&;]", query)):
        return url
    return path + ("?" + "&".join(kept) if kept else "") + mark + fragment


def _composed(announcement: Announcement, limits: Limits) -> str:
    try:
        created = announcement.published
        return compose(announcement, "share", limits, created_at=created).text
    except Rejected:
        return ""


def _links(url: str, title: str, *, short: str, medium: str) -> tuple[tuple[str, str], ...]:
    page, words = quote(url, safe=""), quote(short, safe="")
    # RFC 6068: lines of a mail end in CRLF.
    body = quote(medium.replace("\n", "\r\n"), safe="")
    return (
        ("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={page}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?u={page}"),
        ("X", f"https://x.com/intent/post?text={words}"),
        # https://docs.bsky.app/docs/advanced-guides/intent-links
        ("Bluesky", f"https://bsky.app/intent/compose?text={words}"),
        ("email", f"mailto:?subject={quote(title, safe='')}&body={body}"),
    )
