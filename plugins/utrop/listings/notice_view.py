"""What the page of a procurement post shows, in the page's language: a function of the post alone.

The first phone screen answers: is it for me, what is bought, where, how much, when is the last day,
where do I ask, where are the documents. All of it comes from the notice; the writer's only words
there are the title and the plain summary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from utrop.listings import notice_facts, notice_outcome, notice_status
from utrop.listings.notice_facts import LotShown
from utrop.listings.notice_outcome import Result, Row
from utrop.listings.notice_words import Fact, NoticeWords, Said
from utrop.post import Post
from utrop.procurement.addresses import record_path
from utrop.procurement.dated import own_calendar
from utrop.procurement.kinds import OF_A_PROCEDURE
from utrop.procurement.notice import Deadline, Notice, Regime
from utrop.procurement.ocid import UNREGISTERED, ocid_of
from utrop.procurement.phase import OPEN, Phase

_BOXED: Final = frozenset({"notice", "plan", "dialogue", "change", "award", "contract_change"})
"""Kinds that show the notice's facts; others lead to the post that does."""
_OWN: Final = frozenset({"award", "contract_change", "plan", "dialogue"})
"""Kinds that tell of their own notice rather than of the current call for competition."""
_REGIONS_SHOWN: Final = 3
_DEADLINES_SHOWN: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevails:
    """Which notice holds, and when it was sent (förordning 2016:1162, 10 §)."""

    dispatched: str
    """When the notice was sent to the EU's official journal, in a sentence; or empty."""
    sentence: Said
    """That the notice prevails, which leads to it where its address is known."""
    also: Said | None
    """The database that has it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """Everything that the page of a procurement post shows beside its text."""

    phase: Phase | str
    """Empty where the post tells of no procurement."""
    status: str
    warning: str
    """Over the page of a procurement that takes nothing more."""
    summary: str
    """The writer's plain summary."""
    answers: tuple[Fact, ...]
    """What the first screen answers."""
    calendar: str
    """Path of the post's own calendar below SITEURL; empty without one."""
    record: str
    """Path of the procurement's open data (an OCDS record); empty without any."""
    call: Said | None
    """The post of the call for competition, where this is another."""
    facts: tuple[Fact, ...]
    description: Said | None
    """The notice's own, where the page has a facts box."""
    lots: tuple[LotShown, ...]
    results: tuple[Result, ...]
    changes: tuple[Fact, ...]
    thread: tuple[Row, ...]
    prevails: Prevails | None


def notice_view(
    post: Post, words: NoticeWords, *, ocid_prefix: str = UNREGISTERED
) -> NoticeView | None:
    """Return what a post's page shows of its procurement or event; None for any other post."""
    if post.kind not in OF_A_PROCEDURE and post.kind != "event":
        return None
    notice = shown_notice(post)
    procedure = post.procedure
    is_event = post.kind == "event"
    has_box = post.kind in _BOXED and notice is not None
    result = notice_outcome.results(post, words)
    past = notice_status.warning(post, words)
    # Closed or called off, the warning is all there is to say.
    warning = past if procedure and procedure.phase in ("closed", "cancelled") else ""
    return NoticeView(
        phase=procedure.phase if procedure and not is_event else "",
        status="" if is_event or warning else notice_status.status(post, words),
        warning=warning or past,
        summary=post.plain_summary,
        answers=_event(post, words) if is_event else _answers(post, notice, words),
        calendar=own_calendar(post) if post.status in ("published", "hidden") else "",
        record=_record(post, ocid_prefix) if has_box else "",
        call=_call(post),
        facts=notice_facts.facts(notice, words, title=post.title) if notice and has_box else (),
        description=words.text(notice.description) if notice and has_box else None,
        lots=notice_facts.lots(notice, words) if notice and has_box else (),
        results=result if len(result) > 1 or any(one.title for one in result) else (),
        changes=notice_outcome.changes(post.notice, words),
        thread=notice_outcome.thread(post, words),
        prevails=_prevails(notice, post.regime, words) if notice is not None else None,
    )


def _record(post: Post, prefix: str) -> str:
    if post.procedure is None or post.status != "published":
        return ""
    return record_path(ocid_of(post.procedure.procedure_id, prefix))


def shown_notice(post: Post) -> Notice | None:
    """Return the notice whose facts a post's page shows: an award's own, else the current call."""
    current = post.procedure.notice if post.procedure else None
    own = post.notice
    if post.kind not in _OWN or own is None:
        return current or own
    # Front matter may hold a number or two only, and no notice.
    says_little = own.source == "front matter" and not own.all_cpv and not own.results
    return current if says_little and current is not None else own


def _answers(post: Post, notice: Notice | None, words: NoticeWords) -> tuple[Fact, ...]:
    is_told = post.kind in ("award", "contract_change")
    is_open = post.procedure is None or post.procedure.phase in OPEN
    return (
        *words.fact("Answered", _answered(post, words)),
        *(words.fact("What", *_what(notice, words)) if notice else ()),
        *(words.fact("Where", *_where(notice, words)) if notice else ()),
        *(notice_outcome.award(post, words) if is_told else ()),
        *(words.fact("Value", _worth(notice, words)) if notice and not is_told else ()),
        *(words.fact("Last day", *_last(post, words)) if not is_told else ()),
        *(_where_to_ask(post, notice, words) if notice and not is_told else ()),
        *(words.fact("Documents", *_documents(notice, words)) if notice and not is_told else ()),
        *(
            words.fact("Tenders", *map(words.site, notice.all_submission[:1]))
            if notice and is_open and not is_told
            else ()
        ),
    )


def _answered(post: Post, words: NoticeWords) -> Said | None:
    """Return when answers stood in the procurement system, before they stood here (LOU 4:1)."""
    at = words.moment(post.course.published_in_system_at) if post.kind == "qa" else None
    if at is None:
        return None
    return Said(
        text=at.text, machine=at.machine, note=words.say("in the system, for all at the same time")
    )


def _what(notice: Notice, words: NoticeWords) -> tuple[Said, ...]:
    codes = notice.all_cpv
    main = words.cpv(codes[0]) if codes else None
    count = len(notice.lots)
    lots = words.say("%(count)s lots", count=count) if count > 1 else ""
    if main is None:
        return (Said(text=lots),)
    note = ", ".join(filter(None, (words.say("CPV %(code)s", code=codes[0]), lots)))
    return (Said(text=main.text, note=note),)


def _where(notice: Notice, words: NoticeWords) -> tuple[Said, ...]:
    regions = notice_facts.regions(notice, notice.lots, words)
    place = notice.place or (notice.lots[0].place if len(notice.lots) == 1 else "")
    shown = [one.text for one in regions[:_REGIONS_SHOWN]] + ([place] if place else [])
    more = len(regions) - _REGIONS_SHOWN
    note = words.say("and %(count)s more", count=more) if more > 0 else ""
    return (Said(text=", ".join(shown), note=note),)


def _worth(notice: Notice, words: NoticeWords) -> Said | None:
    """Return the estimated value; where there is none, the most that a framework may come to."""
    lot = notice.lots[0] if len(notice.lots) == 1 else None
    value = words.amount(notice.value or (lot.value if lot else None))
    if value is not None:
        return Said(text=value.text, note=words.say("estimated, excluding VAT"))
    most = words.amount(notice.framework_max or (lot.framework_max if lot else None))
    if most is None:
        return None
    return Said(text=most.text, note=words.say("at most, excluding VAT"))


def _last(post: Post, words: NoticeWords) -> tuple[Said | None, ...]:
    closes = notice_status.closing(post)
    if len(closes) <= _DEADLINES_SHOWN:
        return tuple(words.last(one) for one in closes)
    last = words.last(closes[-1])
    count = words.say("the last of %(count)s different ones, see the lots", count=len(closes))
    note = "; ".join(filter(None, (last.note if last else "", count)))
    return (
        words.last(closes[0]),
        Said(text=last.text, machine=last.machine, note=note) if last else None,
    )


def _where_to_ask(post: Post, notice: Notice, words: NoticeWords) -> tuple[Fact, ...]:
    questions = post.procedure.questions if post.procedure else notice.questions
    system = notice.questions_url or next(iter(notice.all_submission), "")
    mailbox = next(
        (one.email for one in notice.buyers if notice_facts.is_function_mailbox(one.email)), ""
    )
    where = words.site(system)
    if where is None and mailbox:
        where = Said(text=mailbox, url=f"mailto:{mailbox}")
    return words.fact("Questions", where, _by(questions[0], words) if questions else None)


def _by(deadline: Deadline, words: NoticeWords) -> Said | None:
    last = words.last(deadline)
    if last is None:
        return None
    text = words.say("at the latest %(moment)s", moment=words.short(deadline))
    return Said(text=text, machine=last.machine)


def _documents(notice: Notice, words: NoticeWords) -> tuple[Said | None, ...]:
    addresses = notice.all_documents
    first = words.site(addresses[0]) if addresses else None
    if first is None or len(addresses) == 1:
        return (first,)
    note = words.say("one address for each lot, see the lots")
    return (Said(text=first.text, url=first.url, note=note),)


def _event(post: Post, words: NoticeWords) -> tuple[Fact, ...]:
    when = words.span(post.starts, post.ends) if post.starts is not None else None
    last = _by(Deadline(moment=post.deadline), words) if post.deadline is not None else None
    return (
        *words.fact("When", when),
        *words.fact("Place", Said(text=post.place)),
        *words.fact("Sign up", words.site(post.registration_url), last),
    )


def _call(post: Post) -> Said | None:
    procedure = post.procedure
    if procedure is None or not procedure.call_path or procedure.call_path == post.path:
        return None
    entry = next((one for one in procedure.entries if one.path == procedure.call_path), None)
    return Said(text=entry.title, path=entry.path) if entry is not None else None


def _prevails(notice: Notice, regime: Regime | None, words: NoticeWords) -> Prevails | None:
    """Return which notice holds; None where none is known, as of a direct award."""
    sent = ""
    if notice.dispatched is not None and regime != "national":
        # The day as the notice's own offset has it.
        day = words.day(notice.dispatched.date())
        sent = words.say(
            "Sent for publication in the EU's Official Journal %(day)s.",
            day=day.text if day else "",
        )
    database = words.site(notice.database_url)
    if database is not None and notice.database_name:
        database = Said(text=notice.database_name, url=database.url)
    if notice.ted_number or sent:
        text, url, also = words.say("The notice in TED prevails"), notice.ted_url, database
    elif notice.database_name:
        text = words.say("The notice in %(name)s prevails", name=notice.database_name)
        url, also = database.url if database else "", None
    elif database is not None:
        text, url, also = words.say("The official notice prevails"), database.url, None
    else:
        return None
    return Prevails(
        dispatched=sent,
        sentence=Said(text=text, url=url, note=notice.ted_number),
        also=also,
    )
