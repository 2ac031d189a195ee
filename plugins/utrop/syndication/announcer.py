"""The announcer: takes each announcement to each account once, whatever fails on the way.

::

    pending ──claim──▶ sending ──receipt──▶ delivered
       ▲                 │ │ └──refused──▶ failed
       └────not sent─────┘ └──who knows──▶ uncertain ──looked up──▶ delivered, or sent once more

The message and its key are on disk before the first byte leaves. What may have arrived is looked
up, never blindly repeated; a repeat sends the same frozen message under the same key, and only in
a later run than the attempt whose outcome was unknown.

``reached`` is called with the name of each point that a run passes ("before publish",
"after publish", "before find", "after find"; the SQLite ledger calls one likewise around each
commit): tests end the process there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from utrop.syndication.announcement import Announcement
from utrop.syndication.channels import Channel
from utrop.syndication.composer import compose
from utrop.syndication.delivering import ELSEWHERE, Clock, Delivering, Progress, Reached, Wait
from utrop.syndication.delivery import Delivery, Message, Searchable, Settling, State
from utrop.syndication.errors import Rejected
from utrop.syndication.ledger.protocol import Expected, Ledger
from utrop.syndication.live import Look
from utrop.syndication.report import Report
from utrop.syndication.selection import left_out, oldest_first


def announce(
    announcements: Iterable[Announcement],
    channels: Iterable[Channel],
    ledger: Ledger,
    *,
    look: Look,
    clock: Clock,
    dry_run: bool = False,
    look_first: bool = False,
    site: str = "",
    wait: Wait = lambda _duration: None,
    progress: Progress = lambda _outcome: None,
    reached: Reached = lambda _point: None,
) -> Report:
    """Announce what is owed, oldest first; a failing network never stops the others.

    ``clock`` gives aware moments; ``progress`` hears of each outcome as it comes. A dry run
    changes nothing, looks at no page, and reports what would be sent as pending. ``look_first``
    looks a post up on the network even before its first announcement, in case the ledger is an
    older copy that does not know of it; ``site``, the site's URL, lets it look below the post's
    former addresses too. ``wait`` lets time pass before a repeat that would come too soon.
    Raises ``ProblemsFound`` where the ledger can no longer
    be written; what had left by then is looked up in the next run.
    """
    ordered = oldest_first(tuple(announcements))
    known = {one.guid: one for one in ordered}
    if not dry_run:
        ledger.recover(at=clock())
    acts = []
    for channel in channels:
        act = Delivering(
            channel.name,
            channel.network,
            ledger,
            known,
            clock=clock,
            progress=progress,
            reached=reached,
        )
        run = _ChannelRun(channel, ordered, act, look, look_first=look_first, site=site, wait=wait)
        if dry_run:
            run.rehearse()
        else:
            run.run()
        acts.append(act)
    return Report(
        outcomes=tuple(outcome for act in acts for outcome in act.outcomes),
        troubles=tuple(trouble for act in acts for trouble in act.troubles),
        already=sum(act.already for act in acts),
        dry_run=dry_run,
    )


def idempotency_key(guid: str, network: str, account: str) -> str:
    """Return the key of a delivery: a function of these three alone, for ever."""
    return hashlib.sha256("\0".join((guid, network, account)).encode()).hexdigest()[:32]


class _ChannelRun:
    """What one run decides for one account; ``act`` does it."""

    def __init__(
        self,
        channel: Channel,
        announcements: list[Announcement],
        act: Delivering,
        look: Look,
        *,
        look_first: bool,
        site: str,
        wait: Wait,
    ) -> None:
        self.channel, self.act, self.look = channel, act, look
        self.look_first, self.site, self.wait = look_first, site, wait
        self.ledger, self.clock, self.known = act.ledger, act.clock, act.known
        self.reasons = {one.guid: left_out(one, channel.audience) for one in announcements}
        self.wanted = [one for one in announcements if self.reasons[one.guid] is None]

    def run(self) -> None:
        """Bring every row of this account as far as it goes now."""
        if not self.act.reach():
            self._unreached()
            return
        self.ledger.expect(
            [
                Expected(
                    guid=one.guid,
                    network=self.channel.name,
                    account=self.act.account,
                    idempotency_key=idempotency_key(one.guid, self.channel.name, self.act.account),
                )
                for one in self.wanted
            ],
            at=self.clock(),
        )
        rows = self._rows()
        self._keep_resting(rows.values())
        for guid, row in rows.items():
            if self.reasons.get(guid, _GONE) is not None:
                self._leave_out(row)
        for announcement in self.wanted:
            self._serve(rows[announcement.guid])

    def rehearse(self) -> None:
        """Report what ``run`` would send, and change nothing."""
        if not self.act.reach():
            self._unreached()
            return
        rows = self._rows()
        for announcement in self.wanted:
            row = rows.get(announcement.guid)
            state = row.state if row is not None else State.PENDING
            if state in (State.DELIVERED, State.WITHDRAWN):
                self.act.already += 1
                continue
            frozen = row.message if row is not None and state is not State.FAILED else None
            message, refusal = (frozen, "") if frozen else self._composed(announcement)
            if refusal:
                state = State.FAILED
            elif state in (State.SKIPPED, State.FAILED):
                state = State.PENDING
            self.act.tell(announcement.guid, state, refusal, None, message)

    def _unreached(self) -> None:
        """Report what is owed to an account that cannot be asked even for its name."""
        delivered = {
            row.guid
            for row in self.ledger.deliveries()
            if row.network == self.channel.name and row.state is State.DELIVERED
        }
        for announcement in self.wanted:
            if announcement.guid in delivered:
                self.act.already += 1
            else:
                self.act.tell(announcement.guid, State.PENDING, self.act.resting, None, None)

    def _rows(self) -> dict[str, Delivery]:
        return {
            row.guid: row
            for row in self.ledger.deliveries()
            if (row.network, row.account) == (self.channel.name, self.act.account)
        }

    def _keep_resting(self, rows: Iterable[Delivery]) -> None:
        """Keep the patience that the network asked for in an earlier run."""
        moments = [row.retry_at for row in rows if row.retry_at and row.retry_at > self.clock()]
        if moments:
            self.act.rest(f"rate-limited until {_shown(max(moments))}", needs_person=False)

    def _leave_out(self, row: Delivery) -> None:
        """Settle a row whose post is no longer to be announced here."""
        note = self.reasons.get(row.guid) or _GONE
        if row.state is State.UNCERTAIN:
            self._reconcile(row, repeat=False, note=note)
        elif row.state in (State.PENDING, State.FAILED):
            self.ledger.shelve(row, State.SKIPPED, at=self.clock(), note=note)
        elif row.state is State.SENDING:
            self.act.tell(row.guid, row.state, ELSEWHERE, None, row.message)

    def _serve(self, row: Delivery) -> None:
        if row.state in (State.DELIVERED, State.WITHDRAWN):
            self.act.already += 1
        elif row.state is State.SENDING:
            self.act.tell(row.guid, row.state, ELSEWHERE, None, row.message)
        elif row.state is State.UNCERTAIN:
            self._reconcile(row, repeat=True)
        elif row.state is State.FAILED:
            self._take_up(row)
        elif row.state is State.SKIPPED:
            self._announce_again(row, thaw=False)
        else:
            self._announce(row)

    def _take_up(self, row: Delivery) -> None:
        """Take a refused announcement up again once its words have changed; else say it again."""
        message, refusal = self._composed(self.known[row.guid])
        if message is None or (row.message is not None and _same_words(row.message, message)):
            self.act.tell(row.guid, State.FAILED, refusal or row.note, None, row.message)
        else:
            self._announce_again(row, thaw=True)

    def _announce_again(self, row: Delivery, *, thaw: bool) -> None:
        again = self.ledger.shelve(row, State.PENDING, at=self.clock(), note="", thaw=thaw)
        if again is None:
            self.act.somebody_else(row)
        else:
            self._announce(again)

    def _announce(self, row: Delivery) -> None:
        """Send a pending announcement, if its page is there and the network takes more."""
        announcement = self.known[row.guid]
        message, refusal = (row.message, "") if row.message else self._composed(announcement)
        if message is None:
            self.act.shelve(row, State.FAILED, refusal)
        elif self.act.resting:
            self.act.shelve(row, State.PENDING, self.act.resting)
        elif not (verdict := self.look(announcement, live=self.channel.real)).ready:
            self.act.shelve(row, State.PENDING, verdict.reason)
        elif row.message is not None:
            # It left once, and was not to be found then. It may have turned up since.
            self._reconcile(row, repeat=True)
        elif self._is_new_there(row, message):
            claim = self.act.claim(row, message)
            if claim is not None:
                self.act.send(claim, thaw=True)

    def _is_new_there(self, row: Delivery, message: Message) -> bool:
        network = self.channel.network
        if not self.look_first or not isinstance(network, Searchable):
            return True
        announcement = self.known[row.guid]
        former = [f"{self.site}/{path.lstrip('/')}" for path in announcement.aliases if self.site]
        return all(
            self.act.is_new_there(
                row, replace(message, url=url), network, since=announcement.published
            )
            for url in (message.url, *former)
        )

    def _reconcile(self, row: Delivery, *, repeat: bool, note: str = "") -> None:
        """Look up a message that may have arrived; send it once more where it is not there.

        Without ``repeat`` it is skipped with ``note`` instead.
        """
        network = self.channel.network
        if row.message is None or not isinstance(network, Searchable):
            self.act.tell(row.guid, row.state, f"{row.note}; {_BLIND}", None, row.message)
            return
        if self.act.resting:
            self.act.tell(row.guid, row.state, self.act.resting, None, row.message)
            return
        claim = self.act.claim(row, row.message)
        if claim is None or self.act.found(claim, network):
            return
        if not repeat:
            self.act.settle(claim, State.SKIPPED, f"{note}; it was not found there")
            return
        if left := self._settling(row):
            self.wait(left)
            if self.act.found(claim, network):
                return
        announcement = self.known[row.guid]
        verdict = self.look(announcement, live=self.channel.real)
        if not verdict.ready:
            self.act.settle(claim, State.PENDING, verdict.reason)
        elif (row.message.url, row.message.image) != (announcement.url, announcement.image):
            # What was seen live is not what the frozen message links to or shows.
            self.act.settle(claim, State.PENDING, _MOVED, thaw=True)
        else:
            self.act.repeat(claim)

    def _settling(self, row: Delivery) -> timedelta:
        """Return for how long what was attempted last may still be under way, and then double."""
        network, none = self.channel.network, timedelta()
        if row.state is not State.UNCERTAIN or not isinstance(network, Settling):
            return none
        attempt = (row.guid, row.network, row.account, row.attempts)
        began = min(
            event.at
            for event in self.ledger.events()
            if (event.guid, event.network, event.account, event.attempt) == attempt
            and event.state is State.SENDING
        )
        # Never longer than the whole: a clock that went back says nothing of how long ago it was.
        return min(max(began + network.settling - self.clock(), none), network.settling)

    def _composed(self, announcement: Announcement) -> tuple[Message | None, str]:
        """Return the message, or None and why there can be none."""
        limits = self.channel.network.limits
        try:
            return compose(announcement, self.channel.name, limits, created_at=self.clock()), ""
        except Rejected as error:
            return None, str(error)


_GONE: Final = "the post is no longer published"
_MOVED: Final = "the post has moved since; the next run sends its new address"
_BLIND: Final = "look there yourself: this network cannot be read back"


def _same_words(one: Message, other: Message) -> bool:
    return replace(one, created_at=other.created_at) == other


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
