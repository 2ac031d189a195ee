"""R2: facts in a notice's text that the notice does not have (förordning 2016:1162, 10 §).

What a notice says nationally may hold no more than the notice that was sent. Explaining and
linking is fine; adding terms is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from utrop.notices.linter.dates import dates
from utrop.notices.linter.known import Known
from utrop.notices.linter.numbers import amounts, cpv_codes, quantities
from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import shown

_ASKS: Final = re.compile(
    r"(?<!\w)(?:ska|skall|måste|minst|krävs|kräver|obligatorisk\w*|skyldig\w*"
    r"|shall|must|at least|requires?|required|mandatory)(?!\w)",
    re.IGNORECASE,
)
_ASKING_WORDS: Final = (
    "ska", "måste", "minst", "kräv", "obligat", "skyldig", "shall", "must", "least", "requir",
    "mandatory",
)  # fmt: skip
"""Without one of these no sentence asks anything."""
_OF_THE_PROCEDURE: Final = re.compile(
    r"(?<!\w)(?:ställ\w*|fråg\w*|läs\w*|logga\w*|anmäl\w*|lämna\w*|in(?:kom\w*|lämna\w*)"
    r"|vara (?:oss|framme|inne)|skicka\w*|annons\w*|gäller|dokument\w*|upphandl\w*|köp\w*|handla\w*"
    r"|ask\w*|questions?|read|log ?in|submit\w*|sent|send|notice|documents?|procure\w*|buy"
    r"|purchase)"
    r"(?!\w)",
    re.IGNORECASE,
)
"""What the procedure itself asks: where to ask, what to read, how to hand in; and that we buy."""
_INSTEAD: Final = "take it out, or link to the notice or the documents where it stands"


def _applies(subject: Subject) -> bool:
    return not subject.is_decided and subject.phase != "closed" and subject.notice is not None


def foreign_amounts(subject: Subject, known: Known) -> Iterator[Sighting]:
    """Amounts of money that the notice does not have."""
    for passage in subject.passages if _applies(subject) else ():
        for one in amounts(passage.text):
            if one.value and not known.has_amount(one):
                yield Sighting(
                    line=passage.line_at(one.at),
                    what=f"the notice has no amount {shown(one.shown)}",
                    instead=f"write the notice's own, or {_INSTEAD}",
                )


def foreign_dates(subject: Subject, known: Known) -> Iterator[Sighting]:
    """Dates that neither the notice nor front matter has."""
    for passage in subject.passages if _applies(subject) else ():
        for one in dates(passage.text):
            if not known.has_day(one):
                yield Sighting(
                    line=passage.line_at(one.at),
                    what=f"the notice has no date {shown(one.shown)}",
                    instead=f"write the notice's own, or {_INSTEAD}",
                )


def foreign_cpv(subject: Subject, known: Known) -> Iterator[Sighting]:
    """CPV codes that the notice does not have."""
    for passage in subject.passages if _applies(subject) else ():
        for at, code in cpv_codes(passage.text):
            if not known.has_cpv(code):
                yield Sighting(
                    line=passage.line_at(at),
                    what=f"the notice has no CPV code {code}",
                    instead="write the notice's own",
                )


def foreign_quantities(subject: Subject, known: Known) -> Iterator[Sighting]:
    """Quantities, and lengths of contract, that the notice does not have."""
    for passage in subject.passages if _applies(subject) else ():
        for one in quantities(passage.text, lengths_everywhere=False):
            if not known.has_quantity(one):
                yield Sighting(
                    line=passage.line_at(one.at),
                    what=f"the notice does not say {shown(one.shown)}",
                    instead=_INSTEAD,
                )


def foreign_requirements(subject: Subject, known: Known) -> Iterator[Sighting]:
    """Sentences that ask something of suppliers and do not stand in the notice."""
    for passage in subject.passages if _applies(subject) else ():
        for sentence in passage.sentences_with(*_ASKING_WORDS):
            asks = _ASKS.search(sentence.text)
            if asks is None or "?" in sentence.text or _OF_THE_PROCEDURE.search(sentence.text):
                continue
            if not known.has_sentence(sentence.text):
                yield Sighting(
                    line=passage.line_at(sentence.at + asks.start()),
                    what=f"{shown(sentence.text)} reads as a requirement that the notice does not"
                    " have",
                    instead=_INSTEAD,
                )


def no_dispatch_date(subject: Subject) -> Iterator[Sighting]:
    """A notice whose date of dispatch cannot be told, though it has to be."""
    if subject.notice is not None and subject.notice.dispatched is None:
        yield Sighting(
            line=subject.line("notice_file", "kind"),
            what="the page cannot tell when the notice was sent for publication",
            instead="name the notice's eForms file with notice_file:, which tells the date",
        )
