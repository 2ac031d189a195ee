"""R6, R7 and R8: who asked, where questions are asked, and what is secret until the decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from utrop.notices.linter.numbers import WORDS
from utrop.notices.linter.people import addresses, is_personal
from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import shown

_NAME: Final = r"[A-ZÅÄÖ][\w&.'’-]{1,40}"
_FORM: Final = r"(?:AB|HB|KB|Aktiebolag|Ltd|Limited|GmbH|Inc|Oyj?|A/S|AS|ApS|BV)"
_COMPANY: Final = rf"{_NAME}(?:[ \u00a0][\w&.'’-]{{1,40}}){{0,4}}[ \u00a0]{_FORM}(?!\w)"
_ASKED: Final = (
    r"(?:undrar|undrade|frågar|frågade|har frågat|vill veta|ville veta|har ställt|ställde|skriver"
    r"|asks|asked|wonders|wondered|wants to know|has asked|wrote)"
)
_ASKER: Final = re.compile(
    rf"{_COMPANY}\s+{_ASKED}(?!\w)"
    rf"|(?i:(?<!\w)(?:företaget|bolaget|firman|konsulten|leverantören|anbudsgivaren))\s+{_NAME}"
    rf"(?:\s+{_NAME}){{0,3}}\s+{_ASKED}(?!\w)"
    rf"|(?<!\w){_NAME}\s+{_NAME}\s+{_ASKED}(?!\w)"
    rf"|(?i:(?<!\w)(?:frågan?|frågor|frågorna|questions?)\s+(?:(?:\d+|ställd\w*|kom)\s+)?"
    rf"(?:från|av|from|by))\s+(?:(?i:företaget|bolaget|firman|the company)\s+)?{_NAME}"
)

_ELSEWHERE: Final = re.compile(
    r"(?<!\w)(?:(?:ställ|skriv|lämna|posta)\w*\s+(?:gärna\s+)?(?:\w+\s+){0,3}i\s+"
    r"(?:kommentar\w*|tråden|chatten)"
    r"|kommentera\s+(?:gärna|nedan|här|inlägget)|(?:skicka|skriv)\w*\s+(?:ett\s+)?(?:dm|pm)"
    r"|(?:ask|post|leave|write)\s+(?:\w+\s+){0,3}in\s+the\s+(?:comments?|thread|chat)"
    r"|(?:comment|reply)\s+below|leave\s+a\s+comment|(?:send\s+us\s+a\s+|dm\s+us|dm\b))(?!\w)",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"(?<!\w)(?:inte|ej|not|never|don[’']t)(?!\w)", re.IGNORECASE)

# Without one of these parts of words no pattern above or below can match.
_ASKING_WORDS: Final = (
    "undra",
    "fråg",
    "vet",
    "ställ",
    "skriv",
    "ask",
    "wonder",
    "wrote",
    "quest",
    "know",
)
_ELSEWHERE_WORDS: Final = ("komment", "tråd", "chat", "dm", "pm", "comment", "thread", "reply")
_TENDER_WORDS: Final = (
    "anbud", "ansök", "tender", "bid", "lämna", "kommit in", "skickat", "hämta", "ladda", "begär",
    "submit", "download",
)  # fmt: skip
_HINTING_WORDS: Final = (
    "intress", "interest", "söktryck", "gensvar", "konkurrens", "anbud", "tenders", "bids", "många",
    "flera", "handfull", "gott om", "få ", "many", "several", "few",
)  # fmt: skip

_SEVERAL: Final = "|".join(
    sorted((word for word, number in WORDS.items() if number > 1), key=len, reverse=True)
)
_COUNT: Final = rf"(?:\d{{1,4}}|{_SEVERAL}|ett\s+dussin(?:tal)?|ett\s+tjugotal|a\s+dozen)"
_FEW: Final = (
    r"(?:inga|inget|ett\s+enda|bara\s+ett|endast\s+ett|noll|no|only\s+one|just\s+one|a\s+single)"
)
_TENDERS: Final = (
    r"(?:anbud|anbudsansökning(?:ar)?|anbudsansökan|anbudsgivare|anbudssökande|ansökningar"
    r"|tenders?|bids?|bidders?|tenderers?)"
)
_SUPPLIERS: Final = r"(?:företag|leverantörer|bolag|firmor|aktörer|companies|suppliers|firms)"
_COUNTED: Final = re.compile(
    rf"(?<![\w.,:/–-]){_COUNT}\s+(?:stycken\s+|olika\s+|giltiga\s+|inkomna\s+|valid\s+)?{_TENDERS}"
    rf"(?!\w)",
    re.IGNORECASE,
)
_COUNTED_FEW: Final = re.compile(rf"(?<!\w){_FEW}\s+{_TENDERS}(?!\w)", re.IGNORECASE)
_CAME: Final = re.compile(
    r"(?<!\w)(?:kommit|kom|inkom|inkommit|inkomna|fått|fick|mottagit|tagit\s+emot|tog\s+emot"
    r"|lämnats|har\s+lämnat|lämnade|received|came\s+in|come\s+in|arrived|(?:have|has|were|was)"
    r"\s+(?:been\s+)?submitted|got)(?!\w)",
    re.IGNORECASE,
)
_ALLOWED: Final = re.compile(
    r"(?<!\w)(?:minst|högst|max\w*|upp\s+till|fler\s+än|mellan|bjud\w*|inbjud\w*|lämna|genomsnitt\w*"
    r"|snitt|får|kan|ska|kommer\s+att|per|varje|antingen|at\s+least|at\s+most|up\s+to|more\s+than"
    r"|may|can|shall|average|invite\w*|each|submit|limit\w*|begräns\w*)(?!\w)",
    re.IGNORECASE,
)
_TENDERED: Final = re.compile(
    rf"(?i:(?<![\w.,]){_COUNT}\s+(?:\w+\s+)?{_SUPPLIERS}\s+(?:har\s+|have\s+)?"
    rf"(?:redan\s+|already\s+)?(?:lämnat|lämnade|kommit\s+in\s+med|inkommit\s+med|skickat\s+in"
    rf"|hämtat|laddat\s+(?:ner|ned)|begärt\s+ut|submitted|downloaded|tendered|bid)(?!\w))"
    rf"|(?i:(?<!\w)anbud\w*\s+(?:har\s+)?(?:kom|kommit|inkom|inkommit)\s+(?:in\s+)?från)\s+{_NAME}"
    rf"|(?i:(?<!\w)(?:tender|bid)s?\s+(?:has\s+|have\s+)?(?:came\s+in|come\s+in|been\s+received"
    rf"|were\s+received|arrived)\s+from)\s+{_NAME}"
    rf"|(?i:(?<!\w)(?:anbud\w*\s+från|(?:tender|bid)s?\s+from))\s+{_COMPANY}"
    rf"|{_COMPANY}\s+(?i:(?:har\s+|has\s+)?(?:lämnat|lämnade|submitted)\s+(?:ett\s+|a\s+)?"
    rf"(?:anbud|tender|bid))"
    rf"|(?i:(?<!\w)(?:anbuden\s+(?:är|blev|var)|antalet\s+anbud\w*\s+(?:är|blev|var)"
    rf"|number\s+of\s+(?:tenders|bids)\s+(?:is|was))\s+{_COUNT})(?!\w)"
)
_VAGUE: Final = re.compile(
    r"(?<!\w)(?:många|flera|rekordmånga|gott\s+om|en\s+handfull|få)\s+(?:\w+\s+)?"
    r"(?:leverantörer|företag|bolag|aktörer)\s+(?:har\s+)?(?:\w+\s+)?"
    r"(?:visat|visar|hört|lämnat|hämtat|laddat|anmält)(?!\w)"
    r"|(?<!\w)(?:många|flera)\s+(?:har\s+)?(?:visat|visar)\s+intresse(?!\w)"
    r"|(?<!\w)(?:stort|rekordstort|mycket\s+stort|svagt|litet)\s+(?:intresse|söktryck|gensvar)(?!\w)"
    r"|(?<!\w)intresset\s+(?:är|var|har\s+varit|blev)\s+(?:\w+\s+)?(?:stort|svagt|litet|rekord\w*)"
    r"|(?<!\w)(?:många|flera|rekordmånga|få|ett\s+stort\s+antal)\s+(?:inkomna\s+)?anbud"
    r"\s+(?:har|kom|inkom)(?!\w)"
    r"|(?<!\w)(?:god|hård|stor|svag)\s+konkurrens\s+om\s+(?:kontraktet|avtalet|uppdraget)"
    r"|(?<!\w)(?:many|several|few)\s+(?:companies|suppliers|firms)\s+have\s+(?:\w+\s+)?"
    r"(?:shown|expressed|submitted|downloaded|tendered)(?!\w)"
    r"|(?<!\w)(?:great|strong|considerable|huge|little|weak)\s+interest(?!\s+in\s+(?:the\s+)?rate)"
    r"|(?<!\w)(?:many|several|numerous|few)\s+(?:tenders|bids)\s+(?:have|were|came|arrived)(?!\w)",
    re.IGNORECASE,
)


def asker_named(subject: Subject) -> Iterator[Sighting]:
    """Who asked a question, in questions and answers."""
    own = {buyer.email.casefold() for notice in subject.notices for buyer in notice.buyers}
    for passage in subject.passages:
        for sentence in passage.sentences_with(*_ASKING_WORDS):
            for found in _ASKER.finditer(sentence.text):
                yield Sighting(
                    line=passage.line_at(sentence.at + found.start()),
                    what=f"{shown(found[0])} tells who asked",
                    instead="write the question alone, without who asked it",
                )
        for at, local, host in addresses(passage.raw):
            address = f"{local}@{host}"
            if is_personal(local) and address.casefold() not in own:
                yield Sighting(
                    line=passage.line_at(at),
                    what=f"the address {shown(address)} may tell who asked",
                    instead="take it out, or write the buyer's function mailbox",
                )


def not_in_system(subject: Subject) -> Iterator[Sighting]:
    """An answer that not all suppliers have been given at the same time."""
    at = subject.course.published_in_system_at
    if at is None or at > subject.told_at:
        when = "is not said" if at is None else f"is {at.astimezone(subject.zone):%Y-%m-%d %H:%M}"
        yield Sighting(
            line=subject.line("published_in_system_at", "kind"),
            what=f"when the answer stood in the procurement system {when}",
            instead="give it there first, and write published_in_system_at: with day and time",
        )


def asked_elsewhere(subject: Subject) -> Iterator[Sighting]:
    """An invitation to ask where not all are answered."""
    if subject.is_decided:
        return
    for passage in subject.passages:
        for sentence in passage.sentences_with(*_ELSEWHERE_WORDS):
            found = _ELSEWHERE.search(sentence.text)
            if found and not _REFUSED.search(sentence.text):
                yield Sighting(
                    line=passage.line_at(sentence.at + found.start()),
                    what=f"{shown(found[0])} asks for questions where not all get the answer",
                    instead="write that questions are asked in the procurement system, so that"
                    " all get the answer at the same time",
                )


def tenders_told(subject: Subject) -> Iterator[Sighting]:
    """How many tenders there are, or whose, while that is secret."""
    if not subject.is_running:
        return
    for passage in subject.passages:
        for sentence in passage.sentences_with(*_TENDER_WORDS):
            for found in _tenders(sentence.text):
                yield Sighting(
                    line=passage.line_at(sentence.at + found.start()),
                    what=f"{shown(found[0])} tells of tenders before the decision",
                    instead="say nothing of tenders until the award decision has been told",
                )


def _tenders(sentence: str) -> Iterator[re.Match[str]]:
    came = _CAME.search(sentence)
    if came or not _ALLOWED.search(sentence):
        yield from _COUNTED.finditer(sentence)
    if came:
        yield from _COUNTED_FEW.finditer(sentence)
    yield from _TENDERED.finditer(sentence)


def hinted(subject: Subject) -> Iterator[Sighting]:
    """A phrase that lets people guess how many take part, while that is secret."""
    if not subject.is_running:
        return
    for passage in subject.passages:
        for sentence in passage.sentences_with(*_HINTING_WORDS):
            for found in _VAGUE.finditer(sentence.text):
                yield Sighting(
                    line=passage.line_at(sentence.at + found.start()),
                    what=f"{shown(found[0])} hints at how many take part",
                    instead="say nothing of interest or competition until the decision is told",
                )
