"""What one run decides for one account: which rows of the ledger go how far now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from utrop.syndication import budget
from utrop.syndication.announcement import Announcement
from utrop.syndication.by_hand import BY_HAND
from utrop.syndication.channels import Channel
from utrop.syndication.composer import compose
from utrop.syndication.delivering import CLOCK_SKEW, CLOCKS_APART, ELSEWHERE, Delivering, Wait
from utrop.syndication.delivery import (
    Delivery,
    Message,
    Receipt,
    Searchable,
    Settling,
    State,
    Surveyable,
)
from utrop.syndication.errors import Rejected
from utrop.syndication.following import WITHDRAWN, Following, has_moved_since
from utrop.syndication.ledger.protocol import Claim, Expected
from utrop.syndication.live import Look
from utrop.syndication.reminding import is_change, is_reminder, post_of
from utrop.syndication.selection import FIRST_ONLY, left_out


def idempotency_key(guid: str, network: str, account: str) -> str:
    """Return the key of a delivery: a function of these three alone, for ever."""
    return hashlib.sha256("\0".join((guid, network, account)).encode()).hexdigest()[:32]


class ChannelRun:
    """What one run decides for one account; ``act`` does it."""

    def __init__(
        self,
        channel: Channel,
        announcements: list[Announcement],
        act: Delivering,
        look: Look,
        *,
        withdrawn: frozenset[str] = frozenset(),
        look_first: bool,
        site: str,
        wait: Wait,
        stopping: Event | None = None,
    ) -> None:
        self.channel, self.act, self.look = channel, act, look
        self.look_first, self.site, self.wait = look_first, site, wait
        self.withdrawn, self.stopping = withdrawn, stopping or Event()
        self.waited = timedelta()
        """How long this run has waited until things turned up."""
        self.ledger, self.clock, self.known = act.ledger, act.clock, act.known
        self.following = Following(act)
        self.elsewhere: frozenset[str] = frozenset()
        """The guids of what a person has posted on this network."""
        self.surveyed: dict[str, Receipt | None] = {}
        """What the account showed when the run began, by address."""
        moment = self.clock()
        self.reasons = {one.guid: left_out(one, channel.audience, moment) for one in announcements}
        self.wanted = [one for one in announcements if self.reasons[one.guid] is None]

    def run(self) -> None:
        """Bring every row of this account as far as it goes now."""
        everywhere = self._everywhere()
        self.act.remember(everywhere)
        if not self.act.reach():
            for row in everywhere:
                if row.state is State.PENDING:
                    self.ledger.shelve(row, row.state, at=self.clock(), note=self.act.resting)
            self._unreached(everywhere)
            return
        self._leave_to_others(everywhere)
        self.ledger.expect(map(self._expected, self.wanted), at=self.clock())
        rows = self._rows()
        self._keep_resting(rows.values())
        for guid, row in rows.items():
            if post_of(guid) in self.withdrawn:
                self._withdraw(row)
            elif self.reasons.get(guid, _GONE) is not None:
                self._leave_out(row)
        self._record_missed(rows)
        for announcement in self._out_already(rows):
            self._follow(rows[announcement.guid])
        self._survey([rows[one.guid] for one in self.wanted])
        for announcement in self.wanted:
            if self.stopping.is_set():
                break
            self._serve(rows[announcement.guid])

    def _out_already(self, rows: Mapping[str, Delivery]) -> list[Announcement]:
        """Return what is too late to be announced, but is out, and so follows its post."""
        return [
            self.known[guid]
            for guid, row in rows.items()
            if row.state is State.DELIVERED and self.reasons.get(guid) in FIRST_ONLY
        ]

    def _record_missed(self, rows: Mapping[str, Delivery]) -> None:
        """Record, and say once, that a notice had closed before it could be announced."""
        if not self.channel.real:
            return
        missed = [
            self.known[guid]
            for guid, reason in self.reasons.items()
            if reason in FIRST_ONLY and guid not in rows and guid not in self.elsewhere
        ]
        if not missed:
            return
        self.ledger.expect(map(self._expected, missed), at=self.clock())
        made = self._rows()
        for one in missed:
            if made[one.guid].state is State.PENDING:
                self._leave_out(made[one.guid])

    def _expected(self, announcement: Announcement) -> Expected:
        guid, network, account = announcement.guid, self.channel.name, self.act.account
        return Expected(
            guid=guid,
            network=network,
            account=account,
            idempotency_key=idempotency_key(guid, network, account),
        )

    def _leave_to_others(self, everywhere: Iterable[Delivery]) -> None:
        """Leave out what a person has posted here, and take over what a person was to post."""
        if self.act.account == BY_HAND:
            return
        done = set()
        for row in everywhere:
            if row.account != BY_HAND:
                continue
            if row.state in (State.DELIVERED, State.WITHDRAWN):
                done.add(row.guid)
            elif row.state is State.PENDING:
                self.ledger.shelve(row, State.SKIPPED, at=self.clock(), note=_TAKEN_OVER)
        self.elsewhere = frozenset(done)
        self.act.already += sum(one.guid in done for one in self.wanted)
        self.wanted = [one for one in self.wanted if one.guid not in done]

    def rehearse(self) -> None:
        """Report what ``run`` would send, and change nothing."""
        if not self.act.reach():
            self._unreached(self._everywhere())
            return
        rows = self._rows()
        for guid, out in rows.items():
            if post_of(guid) in self.withdrawn and out.state is State.DELIVERED:
                self.act.tell(
                    guid, State.PENDING, WITHDRAWN, out.receipt, out.message, act="withdraw"
                )
        for announcement in (*self._out_already(rows), *self.wanted):
            row = rows.get(announcement.guid)
            state = row.state if row is not None else State.PENDING
            if state in (State.DELIVERED, State.WITHDRAWN):
                self.act.already += 1
                if row is not None and (changed := self._changed(row)) is not None:
                    self.act.tell(row.guid, State.PENDING, "", row.receipt, changed, act="edit")
                continue
            frozen = row.message if row is not None and state is not State.FAILED else None
            message, refusal = (frozen, "") if frozen else self._composed(announcement)
            if refusal:
                state = State.FAILED
            elif state in (State.SKIPPED, State.FAILED):
                state = State.PENDING
            self.act.tell(announcement.guid, state, refusal, None, message)

    def _unreached(self, everywhere: Iterable[Delivery]) -> None:
        """Report what is owed to an account that cannot be asked even for its name."""
        why = self.act.resting
        delivered = {row.guid for row in everywhere if row.state is State.DELIVERED}
        for announcement in self.wanted:
            if announcement.guid in delivered:
                self.act.already += 1
            else:
                self.act.tell(announcement.guid, State.PENDING, why, None, None)

    def _everywhere(self) -> list[Delivery]:
        return self.ledger.deliveries(self.channel.name)

    def _rows(self) -> dict[str, Delivery]:
        return {row.guid: row for row in self._everywhere() if row.account == self.act.account}

    def _keep_resting(self, rows: Iterable[Delivery]) -> None:
        """Keep the patience that the network asked for in an earlier run."""
        moments = [row.retry_at for row in rows if row.retry_at and row.retry_at > self.clock()]
        if moments:
            self.act.rest(f"rate-limited until {_shown(max(moments))}", needs_person=False)

    def _leave_out(self, row: Delivery) -> None:
        """Settle a row whose post is no longer to be announced here."""
        missing = _PASSED if is_reminder(row.guid) else _OVERTAKEN if is_change(row.guid) else _GONE
        reason = self.reasons.get(row.guid)
        note = reason or missing
        if row.state is State.UNCERTAIN:
            self._reconcile(row, repeat=False, note=note)
        elif row.state in (State.PENDING, State.FAILED) and reason in FIRST_ONLY:
            self.act.shelve(row, State.SKIPPED, note)
        elif row.state in (State.PENDING, State.FAILED):
            self.ledger.shelve(row, State.SKIPPED, at=self.clock(), note=note)
        elif row.state is State.SENDING:
            self.act.tell(row.guid, row.state, ELSEWHERE, None, row.message)

    def _withdraw(self, row: Delivery) -> None:
        """Take a withdrawn post's announcement away, or see to it that it never comes."""
        if row.state is State.UNCERTAIN:
            self._reconcile(row, repeat=False, note=WITHDRAWN)
            row = self.ledger.find(row.guid, row.network, row.account) or row
        if row.state is State.SENDING:
            self.act.tell(row.guid, row.state, ELSEWHERE, None, row.message)
        elif row.state not in (State.UNCERTAIN, State.WITHDRAWN):
            self.following.withdraw(row)

    def _serve(self, row: Delivery) -> None:
        if row.state is State.DELIVERED:
            self._follow(row)
        elif row.state is State.WITHDRAWN:
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

    def _follow(self, row: Delivery) -> None:
        """Change an announcement's words where its post was modified and they differ."""
        self.act.already += 1
        changed = self._changed(row)
        if changed is None:
            return
        announcement = self.known[row.guid]
        why = self.act.resting or self.look(announcement, live=self.channel.real).reason
        if why:
            self.act.tell(row.guid, State.PENDING, why, row.receipt, changed, act="edit")
        else:
            self.following.edit(row, changed)

    def _changed(self, row: Delivery) -> Message | None:
        """Return the words that a delivered announcement should have instead, if it should."""
        announcement, message = self.known[row.guid], row.message
        if message is None or not self.following.owes_edit(row, announcement):
            return None
        changed, _ = self._composed(announcement, created_at=message.created_at)
        if changed is None or self.following.is_in_doubt(row):
            return changed
        return changed if changed.text != message.text else None

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
        elif self._is_new_there(row, message) and self._can_pay(row, message):
            claim = self.act.claim(row, message)
            if claim is not None:
                self.act.send(claim, thaw=True)

    def _can_pay(self, row: Delivery, message: Message) -> bool:
        """Whether the month's money lasts for one more; else the network rests until the next."""
        cap = self.channel.monthly_cap
        if cap is None:
            return True
        why = budget.exceeded(
            message, self.channel, cap, self.ledger.events(), self._rows(), now=self.clock()
        )
        if why:
            self.act.shelve(row, State.PENDING, why)
            self.act.rest(why, needs_person=True)
        return not why

    def _is_new_there(self, row: Delivery, message: Message) -> bool:
        network = self.channel.network
        if not self.look_first or not isinstance(network, Searchable):
            return True
        messages = self._at_every_address(self.known[row.guid], message)
        if all(one.url in self.surveyed for one in messages):
            there = next(filter(None, (self.surveyed[one.url] for one in messages)), None)
            return there is None or self.act.is_there_already(row, message, there)
        since = self.known[row.guid].published
        return all(self.act.is_new_there(row, one, network, since=since) for one in messages)

    def _survey(self, rows: Iterable[Delivery]) -> None:
        """Read once what the account shows, where more than one post waits for its first time.

        Where that fails each is looked up by itself, and says so itself.
        """
        network = self.channel.network
        fresh = [self.known[row.guid] for row in rows if _is_fresh(row) and row.guid in self.known]
        if not self.look_first or not isinstance(network, Surveyable) or len(fresh) < 2:
            return
        composed = [(one, self._composed(one)[0]) for one in fresh]
        messages = [
            at
            for one, message in composed
            if message
            for at in self._at_every_address(one, message)
        ]
        try:
            self.act.reached("before survey")
            found = network.survey(messages, since=min(one.published for one in fresh) - CLOCK_SKEW)
            self.act.reached("after survey")
        except Exception:  # noqa: BLE001 - looking each up by itself tells what is wrong, in words
            return
        self.surveyed = {message.url: found.get(message.url) for message in messages}

    def _at_every_address(self, announcement: Announcement, message: Message) -> list[Message]:
        """Return a message with its address, and with each at which its post once lived."""
        former = [f"{self.site}/{path.lstrip('/')}" for path in announcement.aliases if self.site]
        return [message, *(replace(message, url=url) for url in former)]

    def _reconcile(self, row: Delivery, *, repeat: bool, note: str = "") -> None:
        """Look up a message that may have arrived; send it once more where it is not there.

        Without ``repeat`` it is skipped with ``note`` instead.
        """
        network = self.channel.network
        blind = not isinstance(network, Searchable)
        if row.message is None or (blind and not (repeat and self.channel.repeats)):
            self.act.tell(row.guid, row.state, f"{row.note}; {_BLIND}", None, row.message)
            return
        if self.act.resting:
            self.act.tell(row.guid, row.state, self.act.resting, None, row.message)
            return
        claim = self.act.claim(row, row.message)
        if claim is None or self._found(claim):
            return
        if left := self._settling(row):
            self.wait(left)
            self.waited += left
            if self._found(claim):
                return
        if not repeat:
            # Only now: what turned up later would stay there, and nobody would take it away.
            self.act.settle(claim, State.SKIPPED, f"{note}; it was not found there")
            return
        announcement = self.known[row.guid]
        verdict = self.look(announcement, live=self.channel.real)
        if not verdict.ready:
            self.act.settle(claim, State.PENDING, verdict.reason)
        elif (row.message.url, row.message.image) != (announcement.url, announcement.image):
            # What was seen live is not what the frozen message links to or shows.
            self.act.settle(claim, State.PENDING, _MOVED, thaw=True)
        elif has_moved_since(row.message.created_at, announcement):
            # It never arrived, and would tell a last day that holds no longer.
            self.act.settle(claim, State.PENDING, _DEADLINE_MOVED, thaw=True)
        else:
            self.act.repeat(claim)

    def _found(self, claim: Claim) -> bool:
        network = self.channel.network
        return isinstance(network, Searchable) and self.act.found(claim, network)

    def _settling(self, row: Delivery) -> timedelta:
        """Return for how long what was attempted last may still be under way, and then double.

        That it is long ago is believed only where no two clocks in order differ by so much: the
        attempt may have been another machine's, or the clock was set since. Else the whole time is
        waited, once in a run, for every such attempt was made before it.
        """
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
        if self.clock() - began > network.settling + CLOCKS_APART:
            return none
        return max(network.settling - self.waited, none)

    def _composed(
        self, announcement: Announcement, *, created_at: datetime | None = None
    ) -> tuple[Message | None, str]:
        """Return the message, or None and why there can be none."""
        limits, moment = self.channel.network.limits, created_at or self.clock()
        try:
            return compose(announcement, self.channel.name, limits, created_at=moment), ""
        except Rejected as error:
            return None, str(error)


def _is_fresh(row: Delivery) -> bool:
    return row.state in (State.PENDING, State.SKIPPED) and row.message is None


_GONE: Final = "the post is no longer published"
_OVERTAKEN: Final = "the last day has passed, or has moved again since"
_PASSED: Final = "the reminder's time has passed"
_TAKEN_OVER: Final = "the account announces it now"
_DEADLINE_MOVED: Final = "its last day has moved since; the next run sends the new one"
_MOVED: Final = "the post has moved since; the next run sends its new address"
_BLIND: Final = "look there yourself: this network cannot be read back"


def _same_words(one: Message, other: Message) -> bool:
    return replace(one, created_at=other.created_at) == other


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
