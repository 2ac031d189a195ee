"""Status: every delivery in words for people, and as rows for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, tzinfo
from typing import Final

from utrop.syndication import networks
from utrop.syndication.delivery import Delivery, State

WORDS: Final[Mapping[State, str]] = {
    State.PENDING: "waits",
    State.SENDING: "is being sent",
    State.DELIVERED: "announced",
    State.UNCERTAIN: "uncertain: looked up in the next run",
    State.FAILED: "failed",
    State.SKIPPED: "left out",
    State.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One delivery as scripts read it; the names of the fields are stable."""

    guid: str
    network: str
    account: str
    state: str
    url: str | None
    """Where the network shows it; None until it does."""
    title: str
    updated: str
    """ISO 8601, in UTC."""
    note: str


def rows(deliveries: Iterable[Delivery], titles: Mapping[str, str]) -> list[Row]:
    """Return a row for every delivery, newest change last; ``titles`` by guid."""
    return [
        Row(
            guid=one.guid,
            network=one.network,
            account=one.account,
            state=one.state.value,
            url=one.receipt.url if one.receipt else None,
            title=_title(one, titles),
            updated=one.updated.isoformat(timespec="seconds"),
            note=one.note,
        )
        for one in _ordered(deliveries)
    ]


def as_json(found: Iterable[Row]) -> str:
    """Return rows as a JSON list, one object each."""
    return json.dumps([asdict(row) for row in found], ensure_ascii=False, indent=1)


def in_words(deliveries: Iterable[Delivery], titles: Mapping[str, str], zone: tzinfo) -> list[str]:
    """Return one line for each delivery; times are in ``zone``."""
    lines = []
    for one in _ordered(deliveries):
        said = f"{WORDS[one.state]} {_moment(one.updated, zone)}"
        if one.state is State.PENDING and one.retry_at:
            said = f"waits until {_moment(one.retry_at, zone)}"
        elif one.state in (State.PENDING, State.SENDING, State.SKIPPED, State.UNCERTAIN):
            said = WORDS[one.state]
        local = networks.is_local(one.network)
        where = one.network if local else f"{one.network} {one.account}"
        detail = one.note if local or one.receipt is None else one.receipt.url
        lines.append(f"{where}: {_title(one, titles)}: {said}{f' ({detail})' if detail else ''}")
    return lines


def _ordered(deliveries: Iterable[Delivery]) -> list[Delivery]:
    return sorted(deliveries, key=lambda one: (one.network, one.account, one.updated, one.guid))


def _title(delivery: Delivery, titles: Mapping[str, str]) -> str:
    frozen = delivery.message.card_title if delivery.message else ""
    return titles.get(delivery.guid) or frozen or delivery.guid


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
