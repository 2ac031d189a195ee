"""How a procurement ended and what was changed, as its notices tell it.

The number of tenders and who won are secret until the award decision (OSL 19 kap. 3 § second
paragraph): only posts that tell of an award show them, and only what their notice says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from utrop import deadlines
from utrop.listings.notice_words import Fact, NoticeWords, Said
from utrop.post import Post
from utrop.procurement.notice import Amount, Deadline, LotResult, Notice

_TELLS: Final = frozenset({"award", "contract_change"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one lot ended."""

    name: str
    """Which lot; empty where the procurement has one only."""
    title: Said | None
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a procurement's thread: a post, or a deadline that moved."""

    kind: str
    """What it is, in words."""
    title: str
    path: str
    """Below SITEURL; empty for a move, and for the page itself."""
    day: Said | None
    fragment: str = ""
    is_current: bool = False


def results(post: Post, words: NoticeWords) -> tuple[Result, ...]:
    """Return how each lot ended, on posts that tell of it."""
    notice = post.notice
    if notice is None or post.kind not in _TELLS:
        return ()
    titles = {lot.identifier: words.text(lot.title) for lot in notice.lots}
    order = {lot.identifier: number for number, lot in enumerate(notice.lots, start=1)}
    is_alone = len(notice.results) == 1 and len(notice.lots) < 2
    return tuple(
        Result(
            name="" if is_alone else _name(result, order, words),
            title=None if is_alone else titles.get(result.lot),
            facts=_of_result(result, words),
        )
        for result in notice.results
    )


def award(post: Post, words: NoticeWords) -> tuple[Fact, ...]:
    """Return the outcome as a whole: who won, for how much, how many tendered."""
    notice = post.notice
    if notice is None or post.kind not in _TELLS:
        return ()
    winners = dict.fromkeys(
        said
        for result in notice.results
        for winner in result.winners
        if (said := words.organisation(winner)) is not None
    )
    shown = list(winners)[:_MOST_WINNERS]
    if len(winners) > len(shown):
        shown.append(Said(text=words.say("and %(count)s more", count=len(winners) - len(shown))))
    value = notice.award_value
    if value is None and len(notice.results) == 1:
        value = notice.results[0].value
    counts = [one.tenders_received for one in notice.results]
    received = counts[0] if len(counts) == 1 else None
    ends = post.procedure.standstill_ends if post.procedure else None
    is_waiting = post.procedure is not None and post.procedure.phase == "awarded"
    first = ends.astimezone(words.zone).date() if ends and is_waiting else None
    return (
        *(_ended(notice.results[0], words) if len(notice.results) == 1 else ()),
        *words.fact("Winner", *shown),
        *words.fact("Value", _whole(value, words)),
        *words.fact("Tenders received", _number(received)),
        *words.fact("Contract at the earliest", words.day(first)),
    )


def changes(notice: Notice | None, words: NoticeWords) -> tuple[Fact, ...]:
    """Return what a change notice, or a notice of a changed contract, says that it changes."""
    if notice is None:
        return ()
    texts: dict[str, list[Said]] = {}
    for change in notice.changes:
        texts.setdefault(change.reason, []).extend(filter(None, [words.text(change.text)]))
    found: list[Fact] = []
    for reason, said in texts.items():
        told = words.code("change-corrig-justification", reason)
        if told is not None and said:
            found.append(Fact(label=told.text, said=tuple(dict.fromkeys(said))))
        else:
            found += words.fact("What changed", told, *said)
    reasons = [words.code("modification-justification", one) for one in notice.modification_reasons]
    found += words.fact("Why the contract changes", *reasons)
    return tuple(found)


def thread(post: Post, words: NoticeWords) -> tuple[Row, ...]:
    """Return the procurement's posts and moved deadlines, the newest first; none if it is alone."""
    procedure = post.procedure
    if procedure is None:
        return ()
    rows = [
        (
            entry.published,
            Row(
                kind=words.say(KINDS[entry.kind]) if entry.kind in KINDS else "",
                title=entry.title,
                path=entry.path,
                day=words.day(entry.published.astimezone(words.zone).date()),
                is_current=entry.guid == post.guid,
            ),
        )
        for entry in procedure.entries
    ]
    for move in deadlines.announced_moves(post):
        title = words.say(
            "Last day moved from %(old)s to %(new)s",
            old=words.until(Deadline(moment=move.old)),
            new=words.until(Deadline(moment=move.new)),
        )
        row = Row(
            kind=words.say("Change"),
            title=title,
            path="",
            day=words.day(move.since.astimezone(words.zone).date()),
            fragment=deadlines.change_fragment(move.number, words.lang),
        )
        rows.append((move.since, row))
    rows.sort(key=lambda one: one[0], reverse=True)
    return tuple(row for _, row in rows) if len(rows) > 1 else ()


_MOST_WINNERS: Final = 5
KINDS: Final = {
    "notice": "Notice",
    "plan": "Plan",
    "dialogue": "Dialogue",
    "qa": "Questions and answers",
    "change": "Change",
    "award": "Award",
    "contract_change": "Changed contract",
    "event": "Event",
    "opinion": "Opinion",
    "explainer": "Explanation",
}
"""What each kind of post is called, as texts of the interface."""


def _name(result: LotResult, order: dict[str, int], words: NoticeWords) -> str:
    return words.say("Lot %(number)s", number=order.get(result.lot, result.lot))


def _whole(value: Amount | None, words: NoticeWords) -> Said | None:
    said = words.amount(value)
    return Said(text=said.text, note=words.say("in all, excluding VAT")) if said else None


def _ended(result: LotResult, words: NoticeWords) -> tuple[Fact, ...]:
    """Return why there is no winner, where there is none."""
    state = None
    if result.status and result.status != "selec-w":
        state = words.code("winner-selection-status", result.status)
    return words.fact("Outcome", state, words.code("non-award-justification", result.reason))


def _of_result(result: LotResult, words: NoticeWords) -> tuple[Fact, ...]:
    return (
        *_ended(result, words),
        *words.fact("Winner", *(words.organisation(one) for one in result.winners)),
        *words.fact("Value excluding VAT", words.amount(result.value)),
        *words.fact("Tenders received", _number(result.tenders_received)),
        *words.fact("Decided", words.day(result.decided)),
        *words.fact("Contract signed", words.day(result.signed)),
    )


def _number(count: int | None) -> Said | None:
    return None if count is None else Said(text=str(count))
