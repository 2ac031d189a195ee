"""Posted: what people did on a network, or found there, recorded like any other delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from utrop.configuration import Site
from utrop.problem import configuration_error
from utrop.provenance import Provenance
from utrop.releasing import released_folder, target_of
from utrop.settings import nearest
from utrop.syndication import ledger, networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.by_hand import BY_HAND
from utrop.syndication.channel_run import idempotency_key
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Delivery, Message, Receipt, State
from utrop.syndication.errors import Rejected
from utrop.syndication.ledger.protocol import Expected, Ledger
from utrop.syndication.manifest import Manifest, from_bytes
from utrop.syndication.reminding import post_of, said_again
from utrop.terminal import Terminal

Found = Literal["there", "gone", "absent"]
"""It stands at an address; a person took it away; a person looked, and it never came."""


def record(
    site: Site,
    post: str,
    network: str,
    *,
    found: Found,
    url: str,
    now: datetime,
    terminal: Terminal,
) -> None:
    """Record where a person's announcement stands, that it is gone, or that it never came.

    Raises ``ProblemsFound`` with exit status 2 where the post or network is none, or the
    delivery's state says otherwise.
    """
    if network not in networks.names() or networks.is_local(network):
        near = nearest(network, list(networks.names()))
        raise configuration_error(
            f"there is no network {network!r} to post on",
            f"did you mean {near!r}?" if near else "`utrop networks` lists them",
        )
    if found == "there" and urlsplit(url).scheme not in ("https", "http"):
        raise configuration_error(
            f"{url or 'nothing'!r} is no address of a post",
            "write the address that the network"
            " shows for it, https://…, or --gone where it was taken away",
        )
    data = target_of(site).manifest()
    manifest = from_bytes(data) if data else Manifest(site=site.siteurl, announcements=())
    opened = ledger.open_ledger(site.ledger, site.root)
    try:
        guid = _guid(post, manifest, opened, site)
        row = _row(guid, network, opened)
        settled = _recorded(site, opened, manifest, row, guid, network, found, url, now)
    finally:
        opened.close()
    words = {
        "there": f"posted, {url}",
        "gone": "taken away",
        "absent": "not there: it is owed again",
    }
    terminal.tell(
        "Recorded", f"{networks.title(network)}: {_title(settled, manifest)}: {words[found]}"
    )
    if found == "absent":
        terminal.tell("Next", "make publish, or utrop announce, announces it")


def _recorded(
    site: Site,
    opened: Ledger,
    manifest: Manifest,
    row: Delivery | None,
    guid: str,
    network: str,
    found: Found,
    url: str,
    now: datetime,
) -> Delivery:
    if row is not None and found == "there" and row.state is State.DELIVERED:
        known = row.receipt.url if row.receipt else ""
        raise configuration_error(
            f"it is recorded already, at {known}", "write --gone first if it was taken away"
        )
    if found == "gone" and (row is None or row.state in (State.PENDING, State.SKIPPED)):
        raise configuration_error(
            "it is not recorded as announced there", "write the address where it stood instead"
        )
    if found == "absent" and (row is None or row.state in (State.DELIVERED, State.PENDING)):
        raise configuration_error(
            "nobody doubts whether it is there", "`utrop status` shows how it stands"
        )
    if row is not None and found == "absent":
        # Thawed: what is sent next is composed anew, like any first announcement.
        again = opened.shelve(
            row, State.PENDING, at=now.astimezone(UTC), note=_NOTES[found], thaw=True
        )
        return _unless_sending(again)
    account = row.account if row is not None else BY_HAND
    announcement = _announcement(guid, manifest)
    message = row.message if row is not None else None
    if message is None and announcement is not None and found == "there":
        message = _composed(announcement, network, now)
    states = {"there": State.DELIVERED, "gone": State.WITHDRAWN, "absent": State.PENDING}
    receipt = Receipt(id=url, url=url) if url else row.receipt if row is not None else None
    origin = None
    if announcement is not None and found == "there":
        origin = Provenance(site, released_folder(site), now)(announcement)
    settled = opened.record(
        Expected(
            guid=guid,
            network=network,
            account=account,
            idempotency_key=idempotency_key(guid, network, account),
        ),
        states[found],
        at=now.astimezone(UTC),
        note=_NOTES[found],
        message=message,
        receipt=receipt,
        origin=origin,
    )
    return _unless_sending(settled)


def _unless_sending(settled: Delivery | None) -> Delivery:
    if settled is None:
        raise configuration_error(
            "an announcer is sending it at this moment", "run the command again when it has ended"
        )
    return settled


_NOTES: dict[Found, str] = {
    "there": "a person recorded where it stands",
    "gone": "a person took it away",
    "absent": "a person looked: it is not there",
}


def _guid(post: str, manifest: Manifest, opened: Ledger, site: Site) -> str:
    """Return the guid that a guid, uid, slug or address names."""
    known = {one.guid: one.url for one in manifest.announcements}
    known |= {again.guid: again.url for one in manifest.announcements for again in said_again(one)}
    for row in opened.deliveries():
        known.setdefault(row.guid, row.message.url if row.message else "")
    wanted = post.strip()
    for guid, url in known.items():
        if wanted in (guid, guid.split(":", 2)[-1], url, url.rstrip("/").rpartition("/")[2]):
            return guid
    names = {guid.split(":", 2)[-1]: guid for guid in known}
    near = nearest(wanted, list(names))
    raise configuration_error(
        f"there is no released post {wanted!r} on {site.siteurl}",
        f"did you mean {near!r}?" if near else "name it by its uid, its slug or its address",
    )


def _row(guid: str, network: str, opened: Ledger) -> Delivery | None:
    """Return the row that a person speaks of: the account's own before the one by hand."""
    rows = [row for row in opened.deliveries() if (row.guid, row.network) == (guid, network)]
    rows.sort(key=lambda row: (row.state is State.SKIPPED, row.account == BY_HAND))
    return rows[0] if rows else None


def _announcement(guid: str, manifest: Manifest) -> Announcement | None:
    for one in manifest.announcements:
        if one.guid == post_of(guid):
            again = {each.guid: each for each in said_again(one)}
            return again.get(guid) or replace(one, guid=guid)
    return None


def _composed(announcement: Announcement, network: str, now: datetime) -> Message | None:
    try:
        limits = networks.limits(network)
        return compose(announcement, network, limits, created_at=now.astimezone(UTC))
    except Rejected:
        return None


def _title(row: Delivery, manifest: Manifest) -> str:
    titles = {one.guid: one.title for one in manifest.announcements}
    return titles.get(post_of(row.guid)) or (row.message.card_title if row.message else row.guid)
