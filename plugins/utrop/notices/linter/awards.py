"""R9: the award decision, the standstill and the notice of the result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import shown
from utrop.procurement.time_limits import period_end

AWARD_NOTICE_DAYS: Final = 30
"""Within which the notice of the result is sent (LOU 10 kap. 4 §, 19 kap. 7 §)."""
REMINDED_AFTER: Final = timedelta(days=25)
_REMINDED_UNTIL: Final = timedelta(days=60)
"""After that the reminder has done what it can."""

_SIGNED: Final = re.compile(
    r"(?<!\w)(?:ram)?(?:avtal|kontrakt)(?:et|en|är|s)?\s+(?:[^\W\d_]+\s+){0,4}?"
    r"(?:tecknat|tecknats|tecknade|undertecknat|undertecknats|undertecknade|ingått|ingåtts|ingånget"
    r"|ingångna|slutits|slutet|skrivits|skrivet|signerat|signerats|påskrivet)(?!\w)"
    r"|(?<!\w)(?:tecknat|tecknade|skrivit|skrev|ingått|ingick|slutit|slöt|undertecknat|signerat)\s+"
    r"(?:(?:ett|nytt|nya|nu|ram)\s+){0,2}(?:ram)?(?:avtal|kontrakt)"
    r"|(?<!\w)(?:framework\s+)?(?:contract|agreement)s?\s+(?:(?:has|have|is|are|was|were|been|now"
    r"|already)\s+){0,3}(?:signed|concluded|entered\s+into)(?!\w)"
    r"|(?<!\w)(?:signed|concluded|entered\s+into)\s+(?:(?:a|an|the|framework|new)\s+){0,3}"
    r"(?:contract|agreement)",
    re.IGNORECASE,
)
_NOT_YET: Final = re.compile(
    r"(?<!\w)(?:inget|inga|inte|ej|ännu|innan|när|förrän|efter\s+att|sedan|så\s+snart|tidigast|först"
    r"|kommer\s+att|får|no|not|never|before|when|once|until|after|earliest|may|will|can|cannot|if)"
    r"(?!\w)|^\W*om\s|,\s*om\s",
    re.IGNORECASE,
)


def not_notified(subject: Subject) -> Iterator[Sighting]:
    """A decision told before the tenderers were told."""
    at = subject.course.award_notified_at
    if subject.phase == "cancelled" or (at is not None and at <= subject.told_at):
        return
    if at is None and any(one.award_notified_at for one in subject.courses):
        return
    when = "is not said" if at is None else f"is {at.astimezone(subject.zone):%Y-%m-%d %H:%M}"
    yield Sighting(
        line=subject.line("award_notified_at", "award_decision_at", "kind"),
        what=f"when the tenderers were told of the decision {when}",
        instead="tell them first, and write award_notified_at: with day and time",
    )


def signed_early(subject: Subject) -> Iterator[Sighting]:
    """A contract signed within the standstill, in front matter or in words."""
    end, signed = subject.standstill_ends, subject.course.contract_signed_at
    if end is None:
        return
    first = end.astimezone(subject.zone).date()
    if signed is not None and signed < first:
        yield Sighting(
            line=subject.line("contract_signed_at"),
            what=f"the contract was signed on {signed}, within the standstill",
            instead=f"it may be signed on {first} at the earliest; correct the day if it is wrong",
        )
    if subject.told_at >= end:
        return
    for passage in subject.passages:
        for sentence in passage.sentences_with("avtal", "kontrakt", "contract", "agreement"):
            found = _SIGNED.search(sentence.text)
            if found and not _NOT_YET.search(sentence.text):
                yield Sighting(
                    line=passage.line_at(sentence.at + found.start()),
                    what=f"{shown(found[0])} says that there is a contract, within the standstill",
                    instead=f"write that no contract may be signed before {first}",
                )


def award_notice_due(subject: Subject) -> Iterator[Sighting]:
    """A contract signed some time ago, and no notice of the result known."""
    signed = subject.course.contract_signed_at
    if signed is None or any(
        one.source == "eforms" and one.results for one in (subject.notice, *subject.notices) if one
    ):
        return
    if not REMINDED_AFTER <= subject.told_on() - signed <= _REMINDED_UNTIL:
        return
    yield Sighting(
        line=subject.line("contract_signed_at"),
        what=f"the contract was signed on {signed}; the notice of the result has to be sent by"
        f" {period_end(signed, AWARD_NOTICE_DAYS)}, and the site has none",
        instead="send it, and name its eForms file with notice_file:, or set the rule aside",
    )
