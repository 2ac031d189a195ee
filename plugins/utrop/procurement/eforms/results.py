"""Results: how each lot ended, and who won, through the notice's own references.

A lot's result names tenders and contracts; a tender names its tendering party; that party names
organisations. A result may name tenders that lost, so a tender has won only if a contract of the
notice names it, or if it is the only one of its result, or, without contracts, of rank 1. A result
without a winner (BT-142) has none, whatever it names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from utrop.procurement.eforms.elements import Source, full, text_at, text_of, texts_at
from utrop.procurement.eforms.organisations import Directory
from utrop.procurement.notice import Amount, LotResult, Organisation

_WITHOUT_WINNER: Final = ("open-nw", "clos-nw")
_ID: Final = "cbc:ID"
_FIRST: Final = "1"


@dataclass(frozen=True, slots=True)
class _Tables:
    """The elements that results refer to, by identifier."""

    tenders: dict[str, etree._Element]
    parties: dict[str, etree._Element]
    contracts: dict[str, etree._Element]
    directory: Directory
    signed: frozenset[str]
    """The tenders that some contract names."""


def read_results(
    extension: etree._Element | None, directory: Directory, source: Source
) -> tuple[LotResult, ...]:
    """Return the results, one for each lot that the notice tells of."""
    result = None if extension is None else extension.find(full("efac:NoticeResult"))
    if result is None:
        return ()
    tables = _Tables(
        tenders=_by_id(result, "efac:LotTender"),
        parties=_by_id(result, "efac:TenderingParty"),
        contracts=_by_id(result, "efac:SettledContract"),
        directory=directory,
        signed=frozenset(texts_at(result, "efac:SettledContract/efac:LotTender/cbc:ID")),
    )
    return tuple(
        _result(element, tables, source) for element in result.iterfind(full("efac:LotResult"))
    )


def _by_id(result: etree._Element, name: str) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for element in result.iterfind(full(name)):
        found.setdefault(text_at(element, _ID), element)
    return found


def _result(element: etree._Element, tables: _Tables, source: Source) -> LotResult:
    lot = text_at(element, "efac:TenderLot/cbc:ID")
    status = text_at(element, "cbc:TenderResultCode")
    contracts = list(_referred(element, "efac:SettledContract", tables.contracts, source))
    if contracts:
        source.lines[lot, "contract"] = contracts[0].sourceline
    tenders = [] if status in _WITHOUT_WINNER else _winning(element, lot, tables, source)
    return LotResult(
        lot=lot,
        status=status,
        reason=text_at(element, "efac:DecisionReason/efbc:DecisionReasonCode"),
        tenders_received=_received(element, source),
        winners=_winners(tenders, tables, source),
        value=_value(tenders, lot, source),
        decided=_latest(contracts, "cbc:AwardDate", f"decision (BT-1451) on {lot}", source),
        signed=_latest(contracts, "cbc:IssueDate", f"contract date (BT-145) of {lot}", source),
    )


def _referred(
    element: etree._Element, name: str, table: dict[str, etree._Element], source: Source
) -> Iterator[etree._Element]:
    for identifier in texts_at(element, f"{name}/{_ID}"):
        found = table.get(identifier)
        if found is None:
            source.note(
                f"the notice refers to {identifier}, which it does not have", element.sourceline
            )
        else:
            yield found


def _winning(
    element: etree._Element, lot: str, tables: _Tables, source: Source
) -> list[etree._Element]:
    """Return the tenders that won; none where the notice does not tell winners from losers."""
    named = list(_referred(element, "efac:LotTender", tables.tenders, source))
    won = [tender for tender in named if text_at(tender, _ID) in tables.signed]
    if won or len(named) <= 1:
        return won or named
    first = [tender for tender in named if text_at(tender, "cbc:RankCode") == _FIRST]
    if not first:
        source.note(
            f"the notice does not tell which of {len(named)} tenders for {lot} won, since no "
            "contract names one; no winner is taken",
            element.sourceline,
        )
    return first


def _winners(
    tenders: list[etree._Element], tables: _Tables, source: Source
) -> tuple[Organisation, ...]:
    found: dict[Organisation, None] = {}
    for tender in tenders:
        for party in _referred(tender, "efac:TenderingParty", tables.parties, source):
            for identifier in texts_at(party, "efac:Tenderer/cbc:ID"):
                organisation = tables.directory.find(identifier)
                if organisation is None:
                    source.note(
                        f"the winner {identifier} is not among the notice's organisations",
                        party.sourceline,
                    )
                else:
                    found[organisation] = None
    return tuple(found)


def _value(tenders: list[etree._Element], lot: str, source: Source) -> Amount | None:
    """Return the tenders' sum.

    None where one has no amount, the currencies differ, or a tender says it is for another lot.
    """
    path = "cac:LegalMonetaryTotal/cbc:PayableAmount"
    for tender in tenders:
        other = text_at(tender, "efac:TenderLot/cbc:ID")
        if other and lot and other != lot:
            source.note(
                f"the result of {lot} refers to {text_at(tender, _ID)}, a tender for {other}; its "
                "value is left out",
                tender.sourceline,
            )
            return None
    amounts = [source.amount(one, path, f"tender value (BT-720) for {lot}") for one in tenders]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) != len(amounts) or len({one.currency for one in known}) > 1:
        return None
    return Amount(sum((one.value for one in known), Decimal()), known[0].currency)


def _received(element: etree._Element, source: Source) -> int | None:
    for statistics in element.iterfind(full("efac:ReceivedSubmissionsStatistics")):
        if text_at(statistics, "efbc:StatisticsCode") != "tenders":
            continue
        number = statistics.find(full("efbc:StatisticsNumeric"))
        written = text_of(number)
        if written.isascii() and written.isdigit() and len(written) < 10:
            return int(written)
        if written not in ("", "-1"):  # -1 stands for a number not yet published
            source.note(
                f'received tenders (BT-759): "{written[:20]}" is no number', statistics.sourceline
            )
    return None


def _latest(contracts: list[etree._Element], path: str, what: str, source: Source) -> date | None:
    found = [source.day(contract, path, what) for contract in contracts]
    return max((day for day in found if day is not None), default=None)
