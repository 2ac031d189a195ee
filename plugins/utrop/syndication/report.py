"""The report of an announcing: what became of each announcement, and what a person must do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from utrop.syndication.delivery import Message, Receipt, State

NOTHING_OWED, FAILED, PENDING = 0, 1, 75

Act = Literal["announce", "edit", "withdraw", "by hand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One announcement on one account: changed in this run, or still owed."""

    guid: str
    title: str
    network: str
    account: str
    """Empty where the network could not be asked for it."""
    state: State
    act: Act = "announce"
    """What was done or is owed: the first announcement, new words, its removal, or a person's."""
    note: str = ""
    receipt: Receipt | None = None
    message: Message | None = None
    """What was or, in a dry run, would be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a whole network rested."""

    network: str
    what: str
    needs_person: bool
    """Whether running again does not help by itself."""
    told_before: bool = False
    """Whether an earlier run told of it already: a person is alerted once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of the announcer did and left."""

    outcomes: tuple[Outcome, ...]
    troubles: tuple[Trouble, ...]
    already: int
    """Deliveries that earlier runs had made."""
    dry_run: bool = False

    def of(self, *states: State, act: Act | None = None) -> tuple[Outcome, ...]:
        """Return the outcomes in these states, of one act or of all that a program does."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.state in states and (outcome.act == act if act else outcome.act != "by hand")
        )

    @property
    def by_hand(self) -> tuple[Outcome, ...]:
        """Return what a person is to announce."""
        return tuple(outcome for outcome in self.outcomes if outcome.act == "by hand")

    @property
    def exit_status(self) -> int:
        """0 nothing owed; 1 something failed or is uncertain; 75 something waits, run again.

        A dry run owes nothing by waiting, and what a person announces by hand is no debt of ours.
        A network that needs a person alerts with 1 once; then it waits, until somebody has acted.
        """
        if self.of(State.FAILED, State.UNCERTAIN):
            return FAILED
        if any(one.needs_person and not one.told_before for one in self.troubles):
            return FAILED
        owed = not self.dry_run and self.of(State.PENDING, State.SENDING)
        return PENDING if owed else NOTHING_OWED
