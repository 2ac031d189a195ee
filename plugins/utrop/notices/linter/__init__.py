"""The linter: what a post on a procurement must not say, with file, line and paragraph.

It is help, not legal advice. Every rule stands in ``utrop.procurement.rules``; the modules here
know how each is checked. Nothing asks the network but ``documents``, and that only when told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from utrop.notices.linter import (
    awards,
    deadlines,
    documents,
    facts,
    people,
    plain_language,
    secrecy,
)
from utrop.notices.linter.known import Known
from utrop.notices.linter.subject import Finding, Sighting, Subject
from utrop.procurement.rules import EMBARGO, RULES, Level, Rule
from utrop.settings import nearest

FACT_CHECKS: Final[Mapping[str, Callable[[Subject, Known], Iterator[Sighting]]]] = MappingProxyType(
    {
        "R2-amount": facts.foreign_amounts,
        "R2-date": facts.foreign_dates,
        "R2-cpv": facts.foreign_cpv,
        "R2-quantity": facts.foreign_quantities,
        "R2-requirement": facts.foreign_requirements,
    }
)
CHECKS: Final[Mapping[str, Callable[[Subject], Iterator[Sighting]]]] = MappingProxyType(
    {
        "R2-dispatch": facts.no_dispatch_date,
        "R3-official-link": deadlines.no_official_link,
        "R4-documents-missing": deadlines.no_documents,
        "R5-deadline-missing": deadlines.no_deadline,
        "R5-deadline-short": deadlines.too_short,
        "R5-deadline-midnight": deadlines.at_midnight,
        "R5-questions-late": deadlines.questions_too_late,
        "R5-answers-late": deadlines.answered_too_late,
        "R5-zero-amount": deadlines.zero_amounts,
        "R5-open": deadlines.called_open,
        "R6-asker": secrecy.asker_named,
        "R6-not-in-system": secrecy.not_in_system,
        "R7-elsewhere": secrecy.asked_elsewhere,
        "R8-tenders": secrecy.tenders_told,
        "R8-vague": secrecy.hinted,
        "R9-not-notified": awards.not_notified,
        "R9-signed-early": awards.signed_early,
        "R9-award-notice-late": awards.award_notice_due,
        "R11-personal-email": people.personal_addresses,
        "R11-personal-number": people.told_numbers,
        "R13-lix": plain_language.not_plain,
        "R13-sentence": plain_language.long_sentences,
    }
)
_OVERRIDE: Final = RULES["override"]
_DOCUMENTS: Final = RULES["R4-documents"]


def lint(
    subject: Subject, levels: Mapping[str, Level], *, wrong: dict[str, str] | None = None
) -> list[Finding]:
    """Return what is found in one post, in the order of its lines.

    ``levels`` are the setting LINT: what it does not name has the rule's own severity. ``wrong``
    is what the network said of documents' addresses; None where it was not asked.
    """
    known = Known(subject)
    asked = [(rule_id, check(subject, known)) for rule_id, check in FACT_CHECKS.items()]
    asked += [(rule_id, check(subject)) for rule_id, check in CHECKS.items()]
    asked.append((_DOCUMENTS.id, documents.broken(subject, wrong or {})))
    found: list[Finding] = []
    for rule_id, sightings in asked:  # generators: none has begun
        rule = RULES[rule_id]
        if rule.holds_for(subject.kind, subject.regime):
            found += _findings(subject, rule, sightings, levels)
    found += _findings(subject, _OVERRIDE, _idle_overrides(subject, found, levels), levels)
    return sorted(found, key=lambda one: (one.line or 0, one.rule.id, one.what))


def _findings(
    subject: Subject, rule: Rule, sightings: Iterable[Sighting], levels: Mapping[str, Level]
) -> Iterator[Finding]:
    level = _level(rule, levels)
    if level == "off":
        return
    aside = next((one for one in subject.overrides if one.rule == rule.id), None)
    # The same words in summary and body, say, are one finding for each line.
    for one in dict.fromkeys(sightings):
        yield Finding(
            rule=rule,
            path=subject.path,
            line=one.line,
            what=one.what,
            instead=one.instead,
            severity=level,
            set_aside=aside,
        )


def _level(rule: Rule, levels: Mapping[str, Level]) -> Level:
    return levels.get(rule.id, rule.severity)


def _idle_overrides(
    subject: Subject, found: list[Finding], levels: Mapping[str, Level]
) -> Iterator[Sighting]:
    """Overrides that name no rule, or one that has nothing to say of this post."""
    used = {one.rule.id for one in found}
    for at, override in enumerate(subject.overrides):
        line = subject.line(f"overrides.{at}")
        rule = RULES.get(override.rule)
        if override.rule in EMBARGO:
            what, instead = "nothing sets the embargo aside", "remove the override"
        elif rule is None or rule is _OVERRIDE:
            what = f"the override names no rule: {override.rule}"
            instead = (
                f"write {near}"
                if (near := nearest(override.rule, list(RULES)))
                else "see docs/rules.md"
            )
        elif override.rule in used or _may_speak_later(rule, subject, levels):
            continue
        else:
            what = f"the override of {override.rule} sets nothing aside"
            instead = "remove it"
        yield Sighting(line=line, what=what, instead=instead)


def _may_speak_later(rule: Rule, subject: Subject, levels: Mapping[str, Level]) -> bool:
    """Whether a rule was not asked, or has nothing more to say only since time has passed."""
    if rule.is_online or _level(rule, levels) == "off":
        return True
    return rule.holds_for(subject.kind, subject.regime) and (
        subject.is_decided or subject.phase == "closed"
    )
