"""The facts of a notice, at the head of its item: who reads in a feed reader sees no page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import tzinfo
from html import escape
from typing import Final

from utrop.last_moment import last_moment
from utrop.post import Post
from utrop.procurement.codes import nuts_label
from utrop.procurement.notice import Notice

_TOLD: Final = frozenset({"notice", "change", "plan", "dialogue"})
_WORDS: Final = {
    "sv": {
        "buyer": "Köpare",
        "what": "Vad",
        "where": "Var",
        "last": "Sista dag",
        "questions": "Sista dag för frågor",
        "documents": "Dokument",
        "prevails": "Den officiella annonsen gäller",
    },
    "en": {
        "buyer": "Buyer",
        "what": "What",
        "where": "Where",
        "last": "Last day",
        "questions": "Last day for questions",
        "documents": "Documents",
        "prevails": "The official notice prevails",
    },
}


def with_facts(posts: Iterable[Post], zone: tzinfo) -> list[Post]:
    """Return the posts, those on a call or a plan with its facts before their text.

    Moments are told in ``zone``, the site's; nothing says that a procurement is open.
    """
    return [_with_facts(post, zone) for post in posts]


def _with_facts(post: Post, zone: tzinfo) -> Post:
    procedure = post.procedure
    if post.kind not in _TOLD or procedure is None or procedure.notice is None:
        return post
    rows = "".join(
        f"<li>{escape(name, quote=False)}: {value}</li>\n"
        for name, value in _rows(post, procedure.notice, zone)
    )
    lead = f"<p>{escape(post.plain_summary, quote=False)}</p>\n" if post.plain_summary else ""
    facts = f"<ul>\n{rows}</ul>\n" if rows else ""
    return replace(post, content=f"{lead}{facts}{post.content}")


def _rows(post: Post, notice: Notice, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """Yield what each fact is, and the fact as HTML."""
    words, lang, procedure = _WORDS.get(post.lang, _WORDS["en"]), post.lang, post.procedure
    for buyer in notice.buyers[:1]:
        yield words["buyer"], escape(buyer.name.said_in(lang), quote=False)
    labels = dict.fromkeys(filter(None, (notice.cpv_label(one, lang) for one in notice.all_cpv)))
    if labels:
        yield words["what"], escape(", ".join([*labels][:2]), quote=False)
    places = dict.fromkeys(filter(None, (nuts_label(one, lang) for one in notice.all_nuts)))
    if places:
        yield words["where"], escape(", ".join([*places][:3]), quote=False)
    for name, moments in (
        ("last", procedure.closes if procedure else ()),
        ("questions", procedure.questions if procedure else ()),
    ):
        if moments:
            said = "; ".join(last_moment(one.moment, lang, zone) for one in moments)
            yield words[name], escape(said, quote=False)
    for address in notice.all_documents[:1]:
        yield words["documents"], _link(address)
    if notice.official_url:
        yield words["prevails"], _link(notice.official_url)


def _link(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        return escape(address, quote=False)
    return f'<a href="{escape(address)}">{escape(address, quote=False)}</a>'
