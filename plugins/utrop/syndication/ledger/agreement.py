"""Agreement: the deliveries, which decide what is sent, must be what the record's last word says.

The chain protects the record alone. A delivery that was changed behind the ledger's back shows in
that its last event tells otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from utrop.syndication.delivery import Delivery
from utrop.syndication.ledger.protocol import Event


def disagreeing(deliveries: Iterable[Delivery], events: Iterable[Event]) -> list[str]:
    """Return ``guid on network account`` of each delivery that its last event does not tell of."""
    last = {(one.guid, one.network, one.account): one for one in events}
    wrong = []
    for one in deliveries:
        event = last.pop((one.guid, one.network, one.account), None)
        if event is None or not _agree(one, event):
            wrong.append(f"{one.guid} on {one.network} {one.account}")
    return wrong + [f"{guid} on {network} {account}" for guid, network, account in last]


def _agree(delivery: Delivery, event: Event) -> bool:
    message, receipt, origin = delivery.message, delivery.receipt, delivery.origin
    return (
        (event.state, event.at, event.attempt, event.note)
        == (delivery.state, delivery.updated, delivery.attempts, delivery.note)
        and event.url == (receipt.url if receipt else "")
        and (event.commit, event.approver, event.image_sha256)
        == (origin.commit, origin.approver, origin.image_sha256)
        # Words that were forgotten, to be composed anew, stand in the record alone.
        and (message is None or message.text == event.text)
    )
