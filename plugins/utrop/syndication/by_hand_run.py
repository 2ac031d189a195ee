"""What one run decides for a network that a person posts on: which words to hand over."""

from __future__ import annotations

from typing import Final

from utrop.syndication.announcement import Announcement
from utrop.syndication.by_hand import BY_HAND, WAITS
from utrop.syndication.channel_run import ChannelRun
from utrop.syndication.delivery import State
from utrop.syndication.reminding import post_of

_OUT: Final = (State.DELIVERED, State.WITHDRAWN, State.SENDING, State.UNCERTAIN)


class ByHandRun(ChannelRun):
    """Nothing is sent: what is owed is reported with its words, for a person to post."""

    def run(self) -> None:
        """See to it that everything owed has a row, and report it."""
        self.act.account = BY_HAND
        owed = self._owed()
        self.act.already += len(self.wanted) - len(owed)
        self.ledger.expect(map(self._expected, owed), at=self.clock())
        rows = self._rows()
        wanted = {one.guid for one in owed}
        for guid, row in rows.items():
            if post_of(guid) in self.withdrawn:
                self._withdraw(row)
            elif guid not in wanted and row.state is State.PENDING:
                self._leave_out(row)
        for one in owed:
            row = rows[one.guid]
            if row.state is State.SKIPPED:
                self.ledger.shelve(row, State.PENDING, at=self.clock(), note=WAITS)
            verdict = self.look(one, live=self.channel.real)
            if verdict.ready:
                self._hand_over(row.guid)
            else:
                # A person, too, links to nothing that is not there.
                self.act.tell(row.guid, State.PENDING, verdict.reason, None, None)

    def rehearse(self) -> None:
        """Report what ``run`` would, and change nothing."""
        self.act.account = BY_HAND
        for one in self._owed():
            self._hand_over(one.guid)

    def _owed(self) -> list[Announcement]:
        """Return what is not out: neither by a person, nor by the account when it had its token."""
        out = {row.guid for row in self.ledger.deliveries(self.channel.name) if row.state in _OUT}
        return [one for one in self.wanted if one.guid not in out]

    def _hand_over(self, guid: str) -> None:
        message, refusal = self._composed(self.known[guid])
        state = State.PENDING if message else State.FAILED
        self.act.tell(guid, state, refusal, None, message, act="by hand")
