"""Delivering: the acts on one account. Send once, look up, and write down what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from utrop.syndication.announcement import Announcement
from utrop.syndication.delivery import (
    Delivery,
    Message,
    Network,
    Origin,
    Receipt,
    Searchable,
    State,
)
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.ledger.protocol import Claim, Ledger
from utrop.syndication.report import Act, Outcome, Trouble

LEASE: Final = timedelta(minutes=15)
"""Far longer than any one request may take."""
CLOCK_SKEW: Final = timedelta(hours=1)
"""How far apart our clock and a network's may be when we look for what we sent."""
CLOCKS_APART: Final = timedelta(minutes=2)
"""How far two clocks of ours may differ, each off by what ``utrop doctor`` bears."""
ELSEWHERE: Final = "another announcer is at it"
_MOST_UNKNOWN: Final = 2
"""After as many unknown outcomes in a row the network is left alone until the next run."""
_DIFFICULT: Final = 3
"""A message that was tried more often than this says nothing of the network's health any more."""

Clock = Callable[[], datetime]
Progress = Callable[[Outcome], None]
Reached = Callable[[str], None]
Wait = Callable[[timedelta], None]
OriginOf = Callable[[Announcement], Origin]


class Delivering:
    """What is done on one account in one run, and what came of it."""

    def __init__(
        self,
        name: str,
        network: Network,
        ledger: Ledger,
        known: Mapping[str, Announcement],
        *,
        clock: Clock,
        progress: Progress,
        reached: Reached,
        origin_of: OriginOf,
    ) -> None:
        """``known`` are the announcements by guid."""
        self._origin_of = origin_of
        self.name, self.network, self.ledger, self.known = name, network, ledger, known
        self.clock, self.progress, self.reached = clock, progress, reached
        self.account = ""
        self.resting = ""
        """Why nothing more is asked of the network in this run; empty: it may be asked."""
        self.outcomes: list[Outcome] = []
        self.troubles: list[Trouble] = []
        self.already = 0
        self._unknown_in_a_row = 0
        self._told_before: set[str] = set()

    def origin(self, guid: str) -> Origin | None:
        """Return where an announcement comes from, None where its post is not at hand."""
        known = self.known.get(guid)
        return self._origin_of(known) if known else None

    def remember(self, rows: Iterable[Delivery]) -> None:
        """Take note of what earlier runs told of this account: nobody is alerted twice of that."""
        self._told_before = {row.note for row in rows if row.note}

    def reach(self) -> bool:
        """Ask the network who we are there; where it cannot be asked, it rests."""
        try:
            self.account = self.network.account
            _ = self.network.limits
        except NetworkError as error:
            self.rest(str(error), needs_person=isinstance(error, Unauthorized | Rejected))
        except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
            self.rest(unexpected(error), needs_person=True)
        else:
            return True
        return False

    def claim(self, row: Delivery, message: Message) -> Claim | None:
        """Claim a row for the time that one exchange takes; None where it has changed."""
        now = self.clock()
        # What was frozen before keeps its origin.
        origin = self.origin(row.guid) if row.message is None else None
        claim = self.ledger.claim(row, message, at=now, until=now + LEASE, origin=origin)
        if claim is None:
            self.somebody_else(row)
        return claim

    def repeat(self, claim: Claim) -> None:
        """Send the frozen message once more, after it was looked up and is not there."""
        now = self.clock()
        renewed = self.ledger.renew(claim, at=now, until=now + LEASE)
        if renewed is None:
            self.somebody_else(claim.delivery)
        else:
            self.send(renewed, thaw=False)

    def is_new_there(
        self, row: Delivery, message: Message, network: Searchable, *, since: datetime
    ) -> bool:
        """Look for a message that by the ledger was never sent; record it where it is there."""
        try:
            receipt = network.find(
                message, idempotency_key=row.idempotency_key, since=since - CLOCK_SKEW
            )
        except NetworkError as error:
            self.shelve(row, State.PENDING, str(error))
            self.rest(str(error), needs_person=isinstance(error, Unauthorized))
            return False
        except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
            self.shelve(row, State.PENDING, unexpected(error))
            self.rest(unexpected(error), needs_person=True)
            return False
        return receipt is None or self.is_there_already(row, message, receipt)

    def is_there_already(self, row: Delivery, message: Message, receipt: Receipt) -> bool:
        """Record what is there although the ledger did not know; return whether it is new: no."""
        if (claim := self.claim(row, message)) is not None:
            self.settle(claim, State.DELIVERED, "was there already", receipt=receipt)
        return False

    def found(self, claim: Claim, network: Searchable) -> bool:
        """Look a message up; return whether that settled its claim.

        Where the network does not answer the delivery stays uncertain, and is settled so.
        """
        message = _frozen(claim)
        try:
            self.reached("before find")
            receipt = network.find(
                message,
                idempotency_key=claim.delivery.idempotency_key,
                since=message.created_at - CLOCK_SKEW,
            )
            self.reached("after find")
        except RateLimited as error:
            self.settle(claim, State.UNCERTAIN, str(error), retry_at=error.retry_at)
            self.rest(str(error), needs_person=False)
        except NetworkError as error:
            self.settle(claim, State.UNCERTAIN, str(error))
            self.rest(str(error), needs_person=isinstance(error, Unauthorized))
        except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
            self.settle(claim, State.UNCERTAIN, unexpected(error))
        else:
            if receipt is None:
                return False
            self._unknown_in_a_row = 0
            self.settle(claim, State.DELIVERED, "found there", receipt=receipt)
        return True

    def send(self, claim: Claim, *, thaw: bool) -> None:
        """Send once. ``thaw``: nothing of this message can have left before."""
        try:
            self.reached("before publish")
            if self.clock() >= claim.delivery.updated + LEASE:
                # This machine slept: another announcer may have taken it over.
                self.somebody_else(claim.delivery)
                return
            receipt = self.network.publish(
                _frozen(claim), idempotency_key=claim.delivery.idempotency_key
            )
            self.reached("after publish")
        except Rejected as error:
            self.settle(claim, State.FAILED, str(error))
        except Unauthorized as error:
            self.settle(claim, State.PENDING, str(error), thaw=thaw)
            self.rest(str(error), needs_person=True)
        except RateLimited as error:
            self.settle(claim, State.PENDING, str(error), retry_at=error.retry_at, thaw=thaw)
            self.rest(str(error), needs_person=False)
        except NotSent as error:
            self.settle(claim, State.PENDING, str(error), thaw=thaw)
            self.rest(str(error), needs_person=False)
        except OutcomeUnknown as error:
            self._settle_unknown(claim, str(error))
        except Exception as error:  # noqa: BLE001 - it may have been sent: as unknown as a lost answer
            self._settle_unknown(claim, unexpected(error))
        else:
            self._unknown_in_a_row = 0
            self.settle(claim, State.DELIVERED, receipt=receipt)

    def _settle_unknown(self, claim: Claim, note: str) -> None:
        """Record that nobody knows, then look once."""
        row = self.ledger.settle(claim, State.UNCERTAIN, at=self.clock(), note=note)
        if claim.delivery.attempts <= _DIFFICULT:
            self._unknown_in_a_row += 1
        again = None
        if row is not None and isinstance(self.network, Searchable):
            now = self.clock()
            again = self.ledger.claim(row, _frozen(claim), at=now, until=now + LEASE)
        if again is None:
            self.tell(claim.delivery.guid, State.UNCERTAIN, note, None, claim.delivery.message)
        elif isinstance(self.network, Searchable) and not self.found(again, self.network):
            # The request may still be under way there: the repeat waits for the next run.
            self.settle(again, State.UNCERTAIN, f"{note}; not found there so far")
        if self._unknown_in_a_row >= _MOST_UNKNOWN:
            self.rest(f"{self.name} gave no clear answer: {note}", needs_person=False)

    def settle(
        self,
        claim: Claim,
        state: State,
        note: str = "",
        *,
        receipt: Receipt | None = None,
        retry_at: datetime | None = None,
        thaw: bool = False,
    ) -> None:
        """End a claim and report it."""
        settled = self.ledger.settle(
            claim,
            state,
            at=self.clock(),
            note=note,
            receipt=receipt,
            retry_at=retry_at,
            thaw=thaw,
        )
        if settled is None and receipt is not None:
            settled = self._settle_late(claim, receipt)
        if settled is None:
            # The lease ended meanwhile: the row is uncertain, or somebody is looking it up.
            self.somebody_else(claim.delivery)
        elif state is not State.SKIPPED:
            self.tell(settled.guid, state, note, receipt, claim.delivery.message)

    def _settle_late(self, claim: Claim, receipt: Receipt) -> Delivery | None:
        """Write down a receipt that came after the lease, unless somebody works on the row."""
        key = (claim.delivery.guid, claim.delivery.network, claim.delivery.account)
        row, now = self.ledger.find(*key), self.clock()
        if row is None or row.state is not State.UNCERTAIN:
            return None
        again = self.ledger.claim(row, _frozen(claim), at=now, until=now + LEASE)
        if again is None:
            return None
        return self.ledger.settle(again, State.DELIVERED, at=now, receipt=receipt)

    def shelve(self, row: Delivery, state: State, note: str) -> None:
        """Change a row that nobody sends, and report it."""
        shelved = self.ledger.shelve(row, state, at=self.clock(), note=note)
        if shelved is None:
            self.somebody_else(row)
        else:
            self.tell(row.guid, state, note, None, row.message)

    def somebody_else(self, row: Delivery) -> None:
        """Report a row that another announcer has changed, as it stands now."""
        now = self.ledger.find(row.guid, row.network, row.account)
        if now is None or now.state is State.DELIVERED:
            self.already += 1
        else:
            self.tell(now.guid, now.state, now.note or ELSEWHERE, None, now.message)

    def rest(self, why: str, *, needs_person: bool) -> None:
        """Leave the network alone for the rest of this run."""
        self.resting = why
        trouble = Trouble(
            network=self.name,
            what=why,
            needs_person=needs_person,
            told_before=why in self._told_before,
        )
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def tell(
        self,
        guid: str,
        state: State,
        note: str,
        receipt: Receipt | None,
        message: Message | None,
        *,
        act: Act = "announce",
    ) -> None:
        """Report one outcome."""
        announcement = self.known.get(guid)
        title = message.card_title if message else guid
        if announcement is not None:
            title = announcement.heading or announcement.title
        outcome = Outcome(
            guid=guid,
            title=title,
            network=self.name,
            account=self.account,
            state=state,
            act=act,
            note=note,
            receipt=receipt,
            message=message,
        )
        self.outcomes.append(outcome)
        self.progress(outcome)


def _frozen(claim: Claim) -> Message:
    message = claim.delivery.message
    if message is None:  # pragma: no cover - the ledger's schema has no sending without one
        raise AssertionError("a claim without a message")
    return message


def unexpected(error: Exception) -> str:
    """Return words for an error that no module should raise."""
    # Only its name: its text may hold what no log should.
    return f"unexpected {type(error).__name__} in the network's module"
