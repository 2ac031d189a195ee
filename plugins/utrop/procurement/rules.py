"""Rules: what the linter looks for, each with its paragraph and the regimes under which it holds.

The catalogue is data, so that settings, overrides and documentation can name a rule without
knowing how it is checked (``utrop.notices.linter`` knows). Help, not legal advice: which of the
law's texts were read stands in docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from utrop.procurement.kinds import KINDS, OF_A_PROCEDURE, Kind
from utrop.procurement.notice import Regime

Severity = Literal["error", "warning"]
Level = Literal["error", "warning", "off"]
LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "off")
EMBARGO: Final = ("R1", "embargo")
"""What no override can set aside."""

_EU: Final[frozenset[Regime]] = frozenset({"eu"})
_NATIONAL: Final[frozenset[Regime]] = frozenset({"national"})
_ADVERTISED: Final[frozenset[Regime]] = frozenset({"eu", "national"})
_ANY: Final[frozenset[Regime]] = frozenset()
_NOTICE: Final[frozenset[Kind]] = frozenset({"notice"})
_CALL: Final[frozenset[Kind]] = frozenset({"notice", "change"})
_ANSWERS: Final[frozenset[Kind]] = frozenset({"qa"})
_AWARD: Final[frozenset[Kind]] = frozenset({"award"})
_PROCEDURE: Final[frozenset[Kind]] = frozenset(kind for kind in KINDS if kind in OF_A_PROCEDURE)
_EVERY_POST: Final[frozenset[Kind]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the linter."""

    id: str
    what: str
    """What it finds, for lists."""
    paragraph: str
    """The paragraph behind it, as lawyers cite it."""
    severity: Severity
    """Unless the setting LINT says otherwise."""
    regimes: frozenset[Regime] = _ANY
    """Where it holds; empty: everywhere."""
    kinds: frozenset[Kind] = _EVERY_POST
    """Which posts it looks at; empty: every post."""
    is_online: bool = False
    """Whether it asks the network, and so runs only when told to."""

    def holds_for(self, kind: Kind, regime: Regime | None) -> bool:
        """Whether the rule can find anything in such a post."""
        return (not self.kinds or kind in self.kinds) and (
            not self.regimes or regime in self.regimes
        )


_SAME_AS_NOTICE: Final = "10 § förordning (2016:1162)"
_ALL: Final = (
    Rule(
        id="R2-amount",
        what="an amount that the notice does not have",
        paragraph=_SAME_AS_NOTICE,
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R2-date",
        what="a date that the notice does not have",
        paragraph=_SAME_AS_NOTICE,
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R2-cpv",
        what="a CPV code that the notice does not have",
        paragraph=_SAME_AS_NOTICE,
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R2-quantity",
        what="a quantity, or a length of contract, that the notice does not have",
        paragraph=_SAME_AS_NOTICE,
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R2-requirement",
        what="a sentence that asks something of suppliers and is not in the notice",
        paragraph=_SAME_AS_NOTICE,
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R2-dispatch",
        what="a notice without the date on which it was sent",
        paragraph=_SAME_AS_NOTICE,
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R3-official-link",
        what="no link to the official notice",
        paragraph="10 kap. 5 a § and 19 kap. 8 § LOU",
        severity="error",
        regimes=_ADVERTISED,
        kinds=_NOTICE,
    ),
    Rule(
        id="R4-documents-missing",
        what="no address of the procurement documents",
        paragraph="10 kap. 7 § LOU",
        severity="warning",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R4-documents",
        what="an address of the documents that does not answer, or asks for a login",
        paragraph="10 kap. 7 § and 19 kap. 10 § LOU",
        severity="error",
        regimes=_ADVERTISED,
        kinds=_CALL,
        is_online=True,
    ),
    Rule(
        id="R5-deadline-missing",
        what="no last day for tenders",
        paragraph="19 kap. 11 § LOU",
        severity="error",
        regimes=_NATIONAL,
        kinds=_NOTICE,
    ),
    Rule(
        id="R5-deadline-short",
        what="less time for tenders than the law asks for",
        paragraph="11 kap. 2–10 §§ LOU",
        severity="error",
        regimes=_EU,
        kinds=_NOTICE,
    ),
    Rule(
        id="R5-deadline-midnight",
        what="a last moment at 00:00, by which readers lose a day",
        paragraph="11 kap. 1 § LOU",
        severity="warning",
        regimes=_ADVERTISED,
        kinds=_CALL,
    ),
    Rule(
        id="R5-questions-late",
        what="a last day for questions too near the last day for tenders",
        paragraph="12 kap. 11 § LOU",
        severity="warning",
        regimes=_EU,
        kinds=_CALL,
    ),
    Rule(
        id="R5-answers-late",
        what="an answer given too near the last day for tenders",
        paragraph="12 kap. 11 § and 11 kap. 8 § LOU",
        severity="warning",
        regimes=_EU,
        kinds=_ANSWERS,
    ),
    Rule(
        id="R5-zero-amount",
        what="an amount of zero, which means that none was given",
        paragraph="eForms BT-27",
        severity="error",
        kinds=_PROCEDURE,
    ),
    Rule(
        id="R5-open",
        what="a word that says open, which goes on saying it when the time is out",
        paragraph="",
        severity="warning",
        kinds=_CALL,
    ),
    Rule(
        id="R6-asker",
        what="who asked a question",
        paragraph="4 kap. 1 § LOU",
        severity="error",
        regimes=_ADVERTISED,
        kinds=_ANSWERS,
    ),
    Rule(
        id="R6-not-in-system",
        what="an answer that has not been given in the procurement system",
        paragraph="4 kap. 1 § and 12 kap. 11 § LOU",
        severity="error",
        regimes=_ADVERTISED,
        kinds=_ANSWERS,
    ),
    Rule(
        id="R7-elsewhere",
        what="an invitation to ask in comments or social media while the procurement runs",
        paragraph="4 kap. 1 § and 12 kap. 11 § LOU",
        severity="warning",
        regimes=_ADVERTISED,
        kinds=frozenset({"notice", "change", "qa"}),
    ),
    Rule(
        id="R8-tenders",
        what="how many tenders came in, or who tendered, before the decision",
        paragraph="19 kap. 3 § OSL",
        severity="error",
        kinds=_PROCEDURE | {"event"},
    ),
    Rule(
        id="R8-vague",
        what="a phrase that hints at how many take part, before the decision",
        paragraph="19 kap. 3 § OSL",
        severity="warning",
        kinds=_PROCEDURE | {"event"},
    ),
    Rule(
        id="R9-not-notified",
        what="a decision told before the tenderers were told of it",
        paragraph="12 kap. 12 § and 19 kap. 19 § LOU",
        severity="error",
        regimes=_ADVERTISED,
        kinds=_AWARD,
    ),
    Rule(
        id="R9-signed-early",
        what="a contract signed, or said to be, within the standstill",
        paragraph="20 kap. 1 § LOU",
        severity="error",
        regimes=_ADVERTISED,
        kinds=_PROCEDURE,
    ),
    Rule(
        id="R9-award-notice-late",
        what="a contract signed 25 days ago or more, and no notice of the result",
        paragraph="10 kap. 4 § and 19 kap. 7 § LOU",
        severity="warning",
        regimes=_ADVERTISED,
        kinds=_AWARD,
    ),
    Rule(
        id="R11-personal-email",
        what="the e-mail address of a person",
        paragraph="art. 5.1 c GDPR",
        severity="warning",
    ),
    Rule(
        id="R11-personal-number",
        what="what may be a personal number",
        paragraph="3 kap. 10 § lag (2018:218)",
        severity="error",
    ),
    Rule(
        id="R13-lix",
        what="a plain summary that is not plain, by its readability index (LIX)",
        paragraph="11 § språklagen",
        severity="warning",
    ),
    Rule(
        id="R13-sentence",
        what="a sentence of the plain summary that is too long",
        paragraph="11 § språklagen",
        severity="warning",
    ),
    Rule(
        id="override",
        what="an override that names no rule, or sets nothing aside",
        paragraph="",
        severity="warning",
    ),
)
RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in _ALL})
"""Every rule by its id, in the order of the law's facts."""
