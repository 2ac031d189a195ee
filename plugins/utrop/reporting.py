"""Reporting: what an announcing did and left, and how everything stands, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from utrop.configuration import Site
from utrop.holding import held_documents, tell_embargoed, tell_held
from utrop.network_overview import overviews
from utrop.problem import ProblemsFound
from utrop.releasing import target_of
from utrop.syndication import channels, ledger, networks
from utrop.syndication import status as statuses
from utrop.syndication.delivery import Delivery, State
from utrop.syndication.manifest import Manifest, from_bytes
from utrop.syndication.reminding import coming
from utrop.syndication.report import Act, Outcome, Report
from utrop.syndication.selection import Reason, left_out
from utrop.terminal import Terminal

_LISTED: Final = 10
"""How many announcements a summary names one by one."""
_SHOWN_WHOLE: Final = 3
"""How many posts to make by hand the terminal shows whole; the page has them all."""
OWED: Final[Mapping[Act, str]] = {
    "announce": "",
    "edit": "new words for ",
    "withdraw": "taking back ",
    "by hand": "",
}
"""What stands before a title, by what is owed."""


def tell_report(report: Report, terminal: Terminal) -> None:
    """Say what was announced where, what waits and why, what failed, and what a person is to do."""
    delivered = report.of(State.DELIVERED, act="announce")
    terminal.tell("Announced", _sums(delivered) or "nothing new")
    _list(delivered, terminal)
    for label, done in (
        ("Changed", report.of(State.DELIVERED, act="edit")),
        ("Withdrawn", report.of(State.WITHDRAWN)),
    ):
        if done:
            terminal.tell(label, _sums(done))
            _list(done, terminal)
    for one in report.of(State.SKIPPED)[:_LISTED]:
        terminal.tell("Left out", f"{networks.title(one.network)}: {one.title}: {one.note}")
    for trouble in report.troubles:
        since = ", as before" if trouble.told_before else ""
        terminal.tell("Rests", f"{networks.title(trouble.network)}{since}: {trouble.what}")
    for label, states in (
        ("Waiting", (State.PENDING, State.SENDING)),
        ("Uncertain", (State.UNCERTAIN,)),
        ("Failed", (State.FAILED,)),
    ):
        found = report.of(*states)
        for one in found[:_LISTED]:
            where = f" ({one.receipt.url})" if one.receipt else ""
            what = f"{OWED[one.act]}{one.title}: {one.note or 'its turn comes'}{where}"
            terminal.tell(label, f"{networks.title(one.network)}: {what}")
        if len(found) > _LISTED:
            terminal.say(f"{'':10} and {len(found) - _LISTED} more; utrop status lists them")
    if report.of(State.PENDING):
        terminal.tell("Next", "run make publish again, or utrop announce, to announce what waits")


def tell_by_hand(
    outcomes: Sequence[Outcome], page: str, posts: Mapping[str, str], terminal: Terminal
) -> None:
    """Hand over what a person is to post; ``posts`` says how each is named to `utrop posted`."""
    ready = [one for one in outcomes if one.message is not None]
    for one in outcomes:
        if one.message is None:
            terminal.tell("By hand", f"{networks.title(one.network)}: {one.title}: {one.note}")
    for one in ready[:_SHOWN_WHOLE]:
        _show_whole(one, posts.get(one.guid, one.guid), terminal)
    if ready:
        number = f"{len(ready)} posts are" if len(ready) > 1 else "1 post is"
        terminal.tell("By hand", f"{number} ready in {page}, for the phone too")


def _show_whole(one: Outcome, post: str, terminal: Terminal) -> None:
    message = one.message
    if message is None:
        return
    terminal.tell("By hand", f"{networks.title(one.network)}: {one.title}")
    for line in message.text.splitlines():
        terminal.say(f"{'':10} │ {line}")
    if message.image is not None:
        terminal.say(f"{'':10} picture {message.image.url}")
        terminal.say(f"{'':10} its alt text: {message.image.alt}")
    if link := networks.composer_link(one.network, message):
        terminal.say(f"{'':10} open {link}")
    terminal.say(f"{'':10} then run: utrop posted {post} {one.network} ADDRESS")


def _list(outcomes: Sequence[Outcome], terminal: Terminal) -> None:
    real = [one for one in outcomes if one.receipt and not networks.is_local(one.network)]
    for one in real[:_LISTED]:
        terminal.say(f"{'':10} {one.network}: {one.title} → {one.receipt and one.receipt.url}")
    if len(real) > _LISTED:
        terminal.say(f"{'':10} and {len(real) - _LISTED} more; utrop status lists them")


def _sums(outcomes: Iterable[Outcome]) -> str:
    counted: dict[str, int] = {}
    for one in outcomes:
        counted[one.network] = counted.get(one.network, 0) + 1
    return ", ".join(
        f"{number} in the preview" if networks.is_local(name) else f"{number} on {name}"
        for name, number in counted.items()
    )


def status(site: Site, *, now: datetime, as_json: bool, terminal: Terminal) -> int:
    """Tell what waits and every delivery; return the exit status."""
    opened = ledger.read_ledger(site.ledger, site.root)
    try:
        deliveries = opened.deliveries()
    finally:
        opened.close()
    titles, manifest = _published(site)
    if as_json:
        terminal.hand_over(statuses.as_json(statuses.rows(deliveries, titles)))
        return 0
    result = 0
    try:
        held = held_documents(site, now)
        tell_embargoed(held, site, terminal)
        tell_held(held, site, terminal)
    except ProblemsFound as found:
        terminal.show(found.problems)
        result = 1
    _tell_networks(site, terminal)
    if manifest is not None:
        _tell_reminders(manifest, now, site, terminal)
        _tell_left_out(site, manifest, deliveries, now, terminal)
    lines = statuses.in_words(deliveries, titles, site.timezone)
    for line in lines:
        terminal.say(line)
    if not lines:
        terminal.say("Nothing has been announced yet.")
    return result


def _tell_networks(site: Site, terminal: Terminal) -> None:
    """Say what each configured network can promise."""
    for one in overviews(site, site.environ):
        if one.configured and not one.local:
            how = "by hand" if one.by_hand else one.guarantee
            terminal.tell("Network", f"{one.title}: {how}")


def _tell_reminders(manifest: Manifest, now: datetime, site: Site, terminal: Terminal) -> None:
    """Name the reminders whose moment has not come."""
    found = [(again.at, one.title) for one in manifest.announcements for again in coming(one, now)]
    for at, title in sorted(found):
        terminal.tell("Reminder", f"{title} ({at.astimezone(site.timezone):%Y-%m-%d %H:%M})")


def _published(site: Site) -> tuple[dict[str, str], Manifest | None]:
    """Return the titles of the current release by guid, where it can be read on this machine."""
    target = target_of(site)
    data = None if target.is_remote else target.manifest()
    if data is None:
        return {}, None
    try:
        manifest = from_bytes(data)
    except ProblemsFound:
        return {}, None
    return {one.guid: one.title for one in manifest.announcements}, manifest


def _tell_left_out(
    site: Site,
    manifest: Manifest,
    deliveries: Sequence[Delivery],
    now: datetime,
    terminal: Terminal,
) -> None:
    for name in site.networks:
        if name not in networks.names() or networks.is_by_hand(name, site.environ):
            continue
        try:
            audience = channels.audience_of(name, site.settings)
        except ProblemsFound as found:
            terminal.show(found.problems)
            continue
        # What is out already is not left out because its last day has passed since.
        out = {row.guid for row in deliveries if row.network == name and row.receipt is not None}
        reasons = [
            left_out(one, audience, None if one.guid in out else now)
            for one in manifest.announcements
        ]
        for reason in Reason:
            number = reasons.count(reason)
            if number:
                posts = "1 post" if number == 1 else f"{number} posts"
                terminal.say(f"{name}: {posts} left out: {reason}")
