"""The budget: what announcing costs where it costs, and the month's cap that stops it.

Every attempt counts, also one whose outcome is unknown: whether a refused one is charged is not
known, and a cap that errs on the low side keeps its word. Months are those of UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from utrop.syndication.channels import Channel
from utrop.syndication.delivery import Delivery, Message, State
from utrop.syndication.ledger.protocol import Event


def spent(
    channel: Channel, events: Iterable[Event], rows: Mapping[str, Delivery], *, now: datetime
) -> Decimal:
    """Return what the attempts of this month have cost, in US dollars. ``rows`` are by guid."""
    month = now.astimezone(UTC).strftime("%Y-%m")
    attempts = {
        (event.guid, event.attempt)
        for event in events
        if event.network == channel.name
        and event.state is State.SENDING
        and event.at.astimezone(UTC).strftime("%Y-%m") == month
    }
    messages = [row.message for guid, _ in attempts if (row := rows.get(guid))]
    return sum((channel.price(one) for one in messages if one), Decimal(0))


def exceeded(
    message: Message,
    channel: Channel,
    cap: Decimal,
    events: Iterable[Event],
    rows: Mapping[str, Delivery],
    *,
    now: datetime,
) -> str:
    """Return why a message cannot be paid for this month; empty where it can."""
    so_far, price = spent(channel, events, rows, now=now), channel.price(message)
    if so_far + price <= cap:
        return ""
    name = channel.name.upper()
    return (
        f"{name}_MONTHLY_CAP is {cap} USD, {so_far} are spent this month and this costs {price};"
        " it waits for the next month, or raise the cap"
    )
