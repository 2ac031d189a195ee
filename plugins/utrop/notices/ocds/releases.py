"""Releases: what each post of a procurement adds to what is known of it.

One release for each published notice, answer, meeting or change. It is dated when the post was
published, and has another id when its writer has changed it, since a release is never altered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final, Literal

from utrop.notices.ocds.awards import Ending, ending_of, tells_of_award
from utrop.notices.ocds.parties import Parties
from utrop.notices.ocds.tender import (
    document,
    last_moment,
    lot_deadlines,
    lot_id,
    milestone_of,
    notice_document,
    tender_of,
)
from utrop.notices.ocds.values import Json, clean, filled, moment, web_address
from utrop.post import Post
from utrop.procurement.codes import label
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Notice

Stage = Literal["planning", "tender", "award", "contract"]

_TOLD: Final[frozenset[Kind]] = frozenset(
    {"notice", "plan", "dialogue", "qa", "change", "award", "contract_change", "event"}
)
_PLANNING_FORMS: Final = frozenset({"planning", "consultation"})
_ENDING_FORMS: Final = frozenset({"result", "dir-awa-pre", "cont-modif", "completion"})


def releases_of(posts: Iterable[Post], ocid: str, default_lang: str) -> list[Json]:
    """Return the releases of a procedure, the oldest first; none where no post tells anything.

    ``posts`` are the published posts of one procedure in all languages. Of translations the one
    that came first makes the release, or of those that came together the one in ``default_lang``.
    """
    history = _History(ocid)
    for post in _once_each(posts, default_lang):
        history.add(post)
    return history.releases


def is_told(post: Post) -> bool:
    """Whether a post tells something of a procurement that open data has a place for."""
    return (
        post.procedure is not None
        and post.kind in _TOLD
        and (post.kind != "event" or post.starts is not None)
    )


@dataclass(slots=True)
class _History:
    """The releases made so far, and what the next one has to know of them."""

    ocid: str
    releases: list[Json] = field(default_factory=list)
    begun: set[Stage] = field(default_factory=set)
    lots: tuple[str, ...] = ()
    """The lots of the call for competition, which later changes are about."""
    tender_release: str = ""
    """The last release that told of the tender, which an amendment amends."""

    def add(self, post: Post) -> None:
        """Add the release that a post makes."""
        notice, procedure = post.notice, post.procedure
        if procedure is None:  # pragma: no cover - is_told leaves such posts out
            return
        lang = (notice.lang if notice is not None else "") or post.lang
        parties = Parties(lang)
        ending = ending_of(post, self.lots, parties, lang)
        release_id = _release_id(self.ocid, post)
        tender = self._tender(post, procedure.procedure_id, lang, release_id, ending)
        buyers = [parties.add(buyer, "buyer") for buyer in notice.buyers] if notice else []
        if notice is not None and tender is not None and tender.get("items"):
            self.lots = tuple(lot_id(lot) for lot in notice.lots)
        tags = self._tags(post, ending)
        self.releases.append(
            filled(
                {
                    "ocid": self.ocid,
                    "id": release_id,
                    "date": moment(post.published),
                    "tag": tags,
                    "initiationType": "tender",
                    "language": lang,
                    "parties": parties.all(),
                    "buyer": buyers[0] if buyers else None,
                    "planning": _planning(post),
                    "tender": tender,
                    "awards": ending.awards,
                    "contracts": ending.contracts,
                    "relatedProcesses": _related(notice),
                }
            )
        )
        if any(tag.startswith("tender") for tag in tags):
            self.tender_release = release_id

    def _tags(self, post: Post, ending: Ending) -> list[str]:
        """Return what kind of news a release is; the first of each stage says so."""
        notice = post.notice
        if ending.awards or ending.contracts:
            tags = []
            if notice is not None and notice.form_type == "cont-modif":
                self.begun.add("contract")
                return ["contractAmendment"]
            if notice is not None and notice.form_type == "completion":
                self.begun.add("contract")
                return ["contractTermination"]
            tags.append(self._first_or("award", "awardUpdate"))
            if ending.contracts:
                tags.append(self._first_or("contract", "contractUpdate"))
            return tags
        if _is_cancelled(post):
            self.begun.add("tender")
            return ["tenderCancellation"]
        if _is_planning(post) and "tender" not in self.begun:
            return [self._first_or("planning", "planningUpdate")]
        is_amending = post.kind == "change" or bool(notice and notice.changes_notice)
        return [self._first_or("tender", "tenderAmendment" if is_amending else "tenderUpdate")]

    def _first_or(self, stage: Stage, later: str) -> str:
        if stage in self.begun:
            return later
        self.begun.add(stage)
        return stage

    def _tender(
        self, post: Post, tender_id: str, lang: str, release_id: str, ending: Ending
    ) -> Json | None:
        notice = post.notice
        tender: Json = {"id": tender_id}
        if notice is not None:
            if notice.source == "eforms" or post.kind in ("notice", "plan"):
                tender = tender_of(notice, tender_id, lang)
            else:
                tender |= self._moved(notice, lang)
        elif post.kind in ("notice", "plan"):
            tender["title"] = clean(post.title)
        tender["status"] = _status(post, ending)
        tender["awardPeriod"] = filled({"endDate": moment(post.course.award_decision_at)})
        _append(tender, "documents", _tender_document(post))
        _append(tender, "milestones", milestone_of(post) if post.kind == "event" else None)
        if post.kind == "change" or (notice is not None and notice.changes_notice):
            _append(tender, "amendments", self._amendment(post, lang, release_id))
        return filled(tender)

    def _moved(self, notice: Notice, lang: str) -> Json:
        """Return what a post that only moves last moments says, for all lots at once."""
        closes = notice.deadlines
        lots = dict.fromkeys(self.lots, closes[0]) if closes else {}
        return {
            "tenderPeriod": filled({"endDate": last_moment(closes)}),
            "enquiryPeriod": filled({"endDate": last_moment(notice.questions)}),
            "milestones": lot_deadlines(lots, lang),
        }

    def _amendment(self, post: Post, lang: str, release_id: str) -> Json:
        changes = post.notice.changes if post.notice is not None else ()
        reasons = [
            one.reason_text.said_in(lang)
            or label("change-corrig-justification", one.reason, lang)
            or one.reason
            for one in changes
        ]
        said = "\n".join(one.text.said_in(lang) for one in changes if one.text)
        return filled(
            {
                "id": post.uid,
                "date": moment(post.published),
                "rationale": clean("; ".join(dict.fromkeys(filter(None, reasons)))),
                "description": clean(said or post.plain_summary or post.summary),
                "amendsReleaseID": self.tender_release,
                "releaseID": release_id,
            }
        )


def _once_each(posts: Iterable[Post], default_lang: str) -> list[Post]:
    """Return the posts by time, of each and its translations only one."""
    ordered = sorted(
        (post for post in posts if is_told(post)),
        key=lambda post: (post.published.timestamp(), post.lang != default_lang, post.guid),
    )
    taken: set[str] = set()
    found = []
    for post in ordered:
        if post.url not in taken:
            found.append(post)
            taken.update(translation.url for translation in post.translations)
    return found


def _release_id(ocid: str, post: Post) -> str:
    made = f"{ocid}-{post.uid}"
    if post.modified is not None:
        made += f"-{post.modified.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return made


def _is_cancelled(post: Post) -> bool:
    is_told_so = post.notice is not None and post.notice.is_cancelled
    return is_told_so or post.course.cancelled_at is not None


def _is_planning(post: Post) -> bool:
    if post.notice is not None and post.notice.form_type:
        return post.notice.form_type in _PLANNING_FORMS
    return post.kind in ("plan", "dialogue", "event")


def _status(post: Post, ending: Ending) -> str | None:
    """Return the state that a release says the tender is in; None where it says nothing of it."""
    notice = post.notice
    if _is_cancelled(post) and not ending.awards:
        return "cancelled"
    if ending.awards:
        results = notice.results if notice is not None else ()
        if any(result.status == "open-nw" for result in results):
            return None
        are_all_without = all(one.get("status") == "unsuccessful" for one in ending.awards)
        return "unsuccessful" if are_all_without else "complete"
    if tells_of_award(post):
        return "complete"
    if post.kind == "notice":
        return "planned" if _is_planning(post) else "active"
    return "planned" if post.kind in ("plan", "dialogue") and _is_planning(post) else None


def _planning(post: Post) -> Json | None:
    if post.notice is None or not _is_planning(post):
        return None
    told = notice_document("plannedProcurementNotice", post.notice, post.course.ted_published_at)
    return filled({"documents": [told] if told is not None else []})


def _tender_document(post: Post) -> Json | None:
    """Return the official notice, or the post where it is an answer to a question."""
    if post.kind == "qa":
        at = post.course.published_in_system_at or post.published
        return document(
            "clarifications",
            post.url,
            title=clean(post.title),
            datePublished=moment(at),
            format="text/html",
            language=post.lang,
        )
    notice = post.notice
    if notice is None or _is_planning(post) or notice.form_type in _ENDING_FORMS:
        return None
    published = post.course.ted_published_at or post.course.database_published_at
    return notice_document("tenderNotice", notice, published)


def _related(notice: Notice | None) -> list[Json]:
    if notice is None or not notice.previous_planning:
        return []
    return [
        {"id": "1", "relationship": ["planning"], "identifier": clean(notice.previous_planning)}
    ]


def _append(into: Json, key: str, one: Json | None) -> None:
    if one is not None:
        into[key] = [*(other for other in into.get(key) or [] if other["id"] != one["id"]), one]


def page_of(posts: Sequence[Post]) -> str | None:
    """Return the address of the page on which people read of a procedure."""
    address: Any = next((post.url for post in posts if post.kind == "notice"), posts[0].url)
    return web_address(str(address))
