"""Following: an announcement that is out follows its post, changed or taken away.

Both acts may be repeated without harm: what is lost on the way is simply done again by the next
run. Each is recorded once it is done. That words are being changed is noted before, since the post
may be changed back before anybody knows whether they were.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.delivering import Delivering, unexpected
from utrop.syndication.delivery import Deletable, Delivery, Editable, Message, State
from utrop.syndication.errors import Gone, NetworkError, RateLimited, Rejected, Unauthorized
from utrop.syndication.report import Act

TAKEN_AWAY: Final = "a person took it away there"
WITHDRAWN: Final = "withdrawn with its post"
BY_HAND: Final = "no program can take it back: delete it there"
_CHANGING: Final = "its new words may be there"
_REFUSED: Final = "its new words were refused: "


def has_moved_since(moment: datetime, announcement: Announcement) -> bool:
    """Whether the post's deadline has moved after words of it were composed."""
    return any(one.since > moment for one in announcement.deadlines_seen[1:])


def _changed_at(announcement: Announcement) -> datetime | None:
    """Return when the post last changed: a moved deadline changes it without a word of its writer.

    Else an announcement that is out would go on telling a last day that holds no longer.
    """
    moved = [one.since for one in announcement.deadlines_seen[1:]]
    return max(filter(None, (announcement.modified, *moved)), default=None)


class Following:
    """What is done on one account with announcements that are out already."""

    def __init__(self, act: Delivering) -> None:
        self.act, self.ledger, self.clock = act, act.ledger, act.clock

    def owes_edit(self, row: Delivery, announcement: Announcement) -> bool:
        """Whether the post says that it was modified since its words were last sent there."""
        if not isinstance(self.act.network, Editable) or not announcement.update:
            return False
        if row.message is None or row.receipt is None:
            return False
        if self.is_in_doubt(row):
            return True
        changed = _changed_at(announcement)
        if changed is None:
            return False
        refused = row.note.startswith(_REFUSED) and row.updated >= changed
        return changed > row.message.created_at and not refused

    def is_in_doubt(self, row: Delivery) -> bool:
        """Whether an edit began of which nobody knows the outcome."""
        return row.note == _CHANGING

    def edit(self, row: Delivery, message: Message) -> None:
        """Give the announcement its new words."""
        network = self.act.network
        if not isinstance(network, Editable) or row.receipt is None:
            return
        noted = self.ledger.shelve(row, row.state, at=self.clock(), note=_CHANGING)
        if noted is None or noted.receipt is None:
            self.act.somebody_else(row)
            return
        row = noted
        try:
            self.act.reached("before edit")
            receipt = network.edit(noted.receipt, message)
            self.act.reached("after edit")
        except Gone:
            self._end(row, "edit", TAKEN_AWAY)
        except Rejected as error:
            self._keep(row, "edit", State.FAILED, f"{_REFUSED}{error}")
        except NetworkError as error:
            self._wait(row, "edit", error)
        except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
            self._keep(row, "edit", State.FAILED, f"{_REFUSED}{unexpected(error)}")
        else:
            amended = self.ledger.amend(
                row,
                message,
                at=self.clock(),
                note="its words follow the post",
                receipt=receipt,
                origin=self.act.origin(message.guid),
            )
            if amended is None:
                self.act.somebody_else(row)
            else:
                self.act.tell(row.guid, State.DELIVERED, "", receipt, message, act="edit")

    def withdraw(self, row: Delivery) -> None:
        """Take the announcement of a withdrawn post away, or say that a person must."""
        network = self.act.network
        if row.state is not State.DELIVERED or row.receipt is None:
            self._end(row, "withdraw", "withdrawn before it was announced")
        elif networks.is_local(self.act.name):
            self._end(row, "withdraw", WITHDRAWN)
        elif not isinstance(network, Deletable):
            self._by_hand(row, BY_HAND)
        elif self.act.resting:
            self._say(row, "withdraw", State.PENDING, self.act.resting)
        else:
            try:
                self.act.reached("before delete")
                network.delete(row.receipt)
                self.act.reached("after delete")
            except Gone:
                self._end(row, "withdraw", TAKEN_AWAY)
            except Rejected as error:
                self._by_hand(row, f"{BY_HAND}; {error}")
            except NetworkError as error:
                self._wait(row, "withdraw", error)
            except Exception as error:  # noqa: BLE001 - a faulty network module must not stop the others
                self._by_hand(row, f"{BY_HAND}; {unexpected(error)}")
            else:
                self._end(row, "withdraw", WITHDRAWN)

    def _wait(self, row: Delivery, act: Act, error: NetworkError) -> None:
        self._say(row, act, State.PENDING, str(error))
        if isinstance(error, Unauthorized | RateLimited):
            self.act.rest(str(error), needs_person=isinstance(error, Unauthorized))

    def _end(self, row: Delivery, act: Act, note: str) -> None:
        """Record that it is out no more; it is never announced again."""
        if self.ledger.shelve(row, State.WITHDRAWN, at=self.clock(), note=note) is None:
            self.act.somebody_else(row)
        else:
            self._say(row, act, State.WITHDRAWN, note)

    def _by_hand(self, row: Delivery, note: str) -> None:
        """Leave it to a person, who is told once."""
        if row.note != note:
            self._keep(row, "withdraw", State.FAILED, note)

    def _keep(self, row: Delivery, act: Act, told: State, note: str) -> None:
        """Note on a delivery that stays where it is what could not be done."""
        if self.ledger.shelve(row, row.state, at=self.clock(), note=note) is None:
            self.act.somebody_else(row)
        else:
            self._say(row, act, told, note)

    def _say(self, row: Delivery, act: Act, state: State, note: str) -> None:
        self.act.tell(row.guid, state, note, row.receipt, row.message, act=act)
