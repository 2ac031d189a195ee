"""The last moments of a procurement, one for each group of lots that share it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from utrop.notices.calendar_wording import What
from utrop.procurement.notice import Deadline, Lot
from utrop.procurement.procedure import Procedure

_NUMBER = re.compile(r"(?:LOT|PAR|GLO)-0*([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMoment:
    """One last moment, as calendars have it."""

    key: str
    """What it stays by, however often it moves; unique in its procedure."""
    what: What
    deadline: Deadline
    lots: tuple[Lot, ...]
    """The lots that it holds for; empty where it holds for all."""


def last_moments(procedure: Procedure) -> tuple[LastMoment, ...]:
    """Return a procedure's last moments, those for coming in first, each kind by time."""
    lots = procedure.notice.lots if procedure.notice is not None else ()
    closes = _grouped("tenders", procedure.closes, lots, lambda lot: lot.closes)
    questions = _grouped("questions", procedure.questions, lots, lambda lot: lot.questions)
    return (*closes, *questions)


def lot_number(lot: Lot) -> str:
    """Return a lot's number as people say it: ``1`` for ``LOT-0001``."""
    found = _NUMBER.fullmatch(lot.identifier)
    return found[1] if found else lot.identifier


def _grouped(
    name: What,
    deadlines: Iterable[Deadline],
    lots: tuple[Lot, ...],
    of_lot: Callable[[Lot], Deadline | None],
) -> list[LastMoment]:
    """Return the deadlines with their lots. The group of the first lot has the plain name as key.

    So the key of a procurement in one piece never depends on lots, and a group keeps its key when
    its deadline moves.
    """
    groups: dict[datetime, list[Lot]] = {one.moment: [] for one in deadlines}
    by_moment = {one.moment: one for one in deadlines}
    for lot in lots:
        own = of_lot(lot)
        if own is not None and own.moment in groups:
            groups[own.moment].append(lot)
    first = next((moment for lot in lots for moment in groups if lot in groups[moment]), None)
    found = []
    for number, (moment, members) in enumerate(groups.items()):
        if moment == first or (first is None and number == 0):
            key: str = name
        elif members:
            key = f"{name}-{members[0].identifier}"
        else:
            key = f"{name}-{number}"
        found.append(
            LastMoment(
                key=key,
                what=_what(name, members),
                deadline=by_moment[moment],
                lots=tuple(members) if len(groups) > 1 else (),
            )
        )
    return found


def _what(name: What, lots: Iterable[Lot]) -> What:
    if name != "tenders":
        return name
    for lot in lots:  # those of one group close with the same kind of moment
        if lot.participation is not None:
            return "participation"
        if lot.tenders is None and lot.interest is not None:
            return "interest"
        if lot.tenders is None and lot.answers is not None:
            return "answers"
    return name
