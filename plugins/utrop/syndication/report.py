"""The report of an announcing: what became of each announcement, and what a person must do."""

from __future__ import annotations

from dataclasses import dataclass

from utrop.syndication.delivery import Message, Receipt, State

NOTHING_OWED, FAILED, PENDING = 0, 1, 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One announcement on one account: changed in this run, or still owed."""

    guid: str
    title: str
    network: str
    account: str
    """Empty where the network could not be asked for it."""
    state: State
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run of the announcer did and left."""

    outcomes: tuple[Outcome, ...]
    troubles: tuple[Trouble, ...]
    already: int
    """Deliveries that earlier runs had made."""
    dry_run: bool = False

    def of(self, *states: State) -> tuple[Outcome, ...]:
        """Return the outcomes in these states."""
        return tuple(outcome for outcome in self.outcomes if outcome.state in states)

    @property
    def exit_status(self) -> int:
        """0 nothing owed; 1 something failed or is uncertain; 75 something waits, run again.

        A dry run owes nothing by waiting.
        """
        if self.of(State.FAILED, State.UNCERTAIN):
            return FAILED
        if any(trouble.needs_person for trouble in self.troubles):
            return FAILED
        owed = not self.dry_run and self.of(State.PENDING, State.SENDING)
        return PENDING if owed else NOTHING_OWED
