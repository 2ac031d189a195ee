"""Procedures: the posts that tell of one procurement, made one thread with one standing.

What a reader is told of a procurement is computed from all of its published posts together, as of
the build's given time, so that no page can say something else than the newest notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from utrop.post import Post
from utrop.procurement.kinds import OF_A_PROCEDURE
from utrop.procurement.notice import Deadline, Lot, Notice
from utrop.procurement.phase import is_call, phase_of
from utrop.procurement.procedure import Entry, Procedure
from utrop.procurement.time_limits import standstill_end

_CALLS = frozenset({"notice", "change"})


def with_procedures(
    posts: Iterable[tuple[Post, str]], *, now: datetime, zone: ZoneInfo
) -> list[Post]:
    """Return the posts, each with the procurement that it tells of as of ``now`` (aware).

    With each post stands the key that it shares with its translations, which is its procedure's
    where the post names none.
    """
    posts = list(posts)
    threads: dict[str, list[tuple[Post, str]]] = defaultdict(list)
    for post, key in posts:
        if name := _procedure_id(post, key):
            threads[name].append((post, key))
    found = []
    for post, key in posts:
        name = _procedure_id(post, key)
        if not name:
            found.append(post)
            continue
        # A hidden post changes nothing that other posts tell.
        thread = [one for one in threads[name] if one[0].status != "hidden" or one[0] is post]
        procedure = _Thread(name, thread, now, zone).procedure(post.lang)
        deadline = post.deadline
        if post.kind == "notice" and procedure.closes:
            deadline = procedure.closes[0].moment
        found.append(replace(post, procedure=procedure, deadline=deadline))
    return found


def _procedure_id(post: Post, key: str) -> str:
    named = post.procedure_id or (post.notice.procedure_id if post.notice else "")
    return named or (key if post.kind in OF_A_PROCEDURE else "")


@dataclass(frozen=True, slots=True)
class _Thread:
    """All built posts of one procurement, each with the key that it shares with translations."""

    name: str
    posts: Sequence[tuple[Post, str]]
    now: datetime
    zone: ZoneInfo

    def procedure(self, lang: str) -> Procedure:
        """Return what the posts add up to, with the thread of one language."""
        told = self._once_each()
        calls = [post for post in told if post.kind in _CALLS and is_call(post.notice)]
        plans = [post.notice for post in told if post.kind in ("plan", "dialogue") and post.notice]
        ends = [post.notice for post in told if post.notice and post.notice.results]
        current, moves, question_moves = _current(calls)
        closes = current.deadlines if current else ()
        questions = current.questions if current else ()
        courses = [post.course for post in told]
        notified = [one for one in courses if one.award_notified_at is not None]
        call = self._call_in(lang)
        return Procedure(
            procedure_id=self.name,
            phase=phase_of(
                [post.notice for post in told if post.notice is not None],
                courses,
                closes=closes,
                questions=questions,
                is_called=any(post.kind == "notice" for post in told),
                now=self.now,
                zone=self.zone,
            ),
            notice=current or (plans[-1] if plans else None),
            award=ends[-1] if ends else None,
            closes=closes,
            questions=questions,
            moves=moves,
            question_moves=question_moves,
            standstill_ends=standstill_end(notified[-1], self.zone) if notified else None,
            entries=self._entries(lang),
            call_url=call.url if call else "",
            call_path=call.path if call else "",
        )

    def _once_each(self) -> list[Post]:
        """Return the posts by time, of each and its translations only one: their facts agree."""
        ordered = sorted(self.posts, key=lambda one: (one[0].published.timestamp(), one[0].guid))
        once: dict[str, Post] = {}
        for post, key in ordered:
            once.setdefault(key, post)
        return list(once.values())

    def _in(self, lang: str) -> list[Post]:
        found = [post for post, _ in self.posts if post.lang == lang]
        return sorted(found, key=lambda post: (-post.published.timestamp(), post.guid))

    def _call_in(self, lang: str) -> Post | None:
        return next((post for post in self._in(lang) if post.kind == "notice"), None)

    def _entries(self, lang: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                guid=post.guid,
                kind=post.kind,
                title=post.title,
                path=post.path,
                url=post.url,
                published=post.published,
                summary=post.summary,
            )
            for post in self._in(lang)
        )


def _current(calls: Sequence[Post]) -> tuple[Notice | None, int, int]:
    """Return the call as its newest change has it, and how often its last moments have moved: to
    come in, and for questions.
    """
    current: Notice | None = None
    moves = question_moves = 0
    for post in calls:
        told = post.notice
        if told is None:
            continue
        before = current.deadlines if current else ()
        asked = current.questions if current else ()
        current = told if current is None or told.source == "eforms" else _changed(current, told)
        moves += bool(before) and _moments(before) != _moments(current.deadlines)
        moves += max(len(post.deadlines_seen) - 1, 0)
        question_moves += bool(asked) and _moments(asked) != _moments(current.questions)
    return current, moves, question_moves


def _moments(deadlines: Iterable[Deadline]) -> list[datetime]:
    return [one.moment for one in deadlines]


def _changed(current: Notice, told: Notice) -> Notice:
    """Return a call with the new last moments that a post without a notice file tells."""
    closes, questions = told.deadlines, told.questions
    if not closes and not questions:
        return current

    def moved(lot: Lot) -> Lot:
        changes: dict[str, Deadline] = {}
        if closes and lot.closes is not None:
            changes["participation" if lot.participation else "tenders"] = closes[0]
        if questions and lot.questions is not None:
            changes["questions"] = questions[0]
        return replace(lot, **changes)  # type: ignore[arg-type] # the keys are Lot's own

    return replace(current, lots=tuple(moved(lot) for lot in current.lots) or told.lots)
