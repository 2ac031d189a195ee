"""Facts of a post in procurement: what its announcement is made from.

A function of the post alone, never of the clock. What a notice does not say is not guessed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from utrop.post import Post
from utrop.procurement.codes import nuts_label
from utrop.procurement.notice import Deadline, Notice
from utrop.syndication.announcement import Facts

TOLD: Final = frozenset(
    {"notice", "plan", "dialogue", "change", "award", "contract_change", "event"}
)
"""The kinds of post whose announcements are made from facts."""
_CLOSES: Final = frozenset({"notice", "plan", "dialogue", "change", "event"})
"""Those in which a last day is something to be told of."""
_MOST_REGIONS: Final = 3
_MORE: Final = {"sv": "med flera"}
_AND_OTHERS: Final = "and others"


def facts_of(post: Post, zone: ZoneInfo) -> Facts | None:
    """Return what there is to tell of a post; None where it is no post in procurement."""
    if post.kind not in TOLD:
        return None
    notice = _notice(post)
    is_event = post.kind == "event"
    return Facts(
        kind=post.kind,
        buyer=_buyer(notice, post.lang),
        region=_region(notice, post.lang),
        closes=_closes(post),
        zone=zone.key,
        prevails=post.kind in ("notice", "change") and bool(notice and notice.official_url),
        starts=post.starts if is_event else None,
        place=" ".join(post.place.split()) if is_event else "",
        cancelled=_is_cancelled(post),
    )


def _notice(post: Post) -> Notice | None:
    """Return the notice that tells who buys and where: the post's own, else its procedure's."""
    candidates = [post.notice]
    if post.procedure is not None:
        candidates += [post.procedure.notice, post.procedure.award]
    known = [one for one in candidates if one is not None]
    return next((one for one in known if one.buyers), known[0] if known else None)


def _closes(post: Post) -> tuple[datetime, ...]:
    if post.kind not in _CLOSES or post.deadline is None:
        return ()
    told: tuple[Deadline, ...] = ()
    if post.kind == "notice" and post.procedure is not None:
        told = post.procedure.closes
    elif post.notice is not None:
        told = post.notice.deadlines
    moments = {one.moment for one in told}
    return tuple(sorted(moments)) if post.deadline in moments else (post.deadline,)


def _is_cancelled(post: Post) -> bool:
    if post.procedure is not None and post.procedure.phase == "cancelled":
        return True
    return post.notice is not None and post.notice.is_cancelled


def _buyer(notice: Notice | None, lang: str) -> str:
    if notice is None or not notice.buyers:
        return ""
    name = " ".join(notice.buyers[0].name.said_in(lang).split())
    return f"{name} {_MORE.get(lang, _AND_OTHERS)}" if name and notice.buyers[1:] else name


def _region(notice: Notice | None, lang: str) -> str:
    if notice is None:
        return ""
    labels = [nuts_label(code, lang) for code in notice.all_nuts]
    found = list(dict.fromkeys(filter(None, labels)))
    if len(found) > _MOST_REGIONS:
        return f"{', '.join(found[:2])} {_MORE.get(lang, _AND_OTHERS)}"
    return ", ".join(found)
