"""The announcer: takes each announcement to each account once, whatever fails on the way.

::

    pending ──claim──▶ sending ──receipt──▶ delivered ──its post is withdrawn──▶ withdrawn
       ▲                 │ │ └──refused──▶ failed
       └────not sent─────┘ └──who knows──▶ uncertain ──looked up──▶ delivered, or sent once more

The message and its key are on disk before the first byte leaves. What may have arrived is looked
up, never blindly repeated; a repeat sends the same frozen message under the same key, and only in
a later run than the attempt whose outcome was unknown. Every account has a thread of its own, so
that a network that hangs delays no other.

``reached`` is called with the name of each point that a run passes ("before publish",
"after publish", "before find", "after find"; the SQLite ledger calls one likewise around each
commit): tests end the process there.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent import futures
from threading import Event, Lock

from utrop.syndication.announcement import Announcement
from utrop.syndication.by_hand_run import ByHandRun
from utrop.syndication.channel_run import ChannelRun
from utrop.syndication.channels import Channel
from utrop.syndication.delivering import Clock, Delivering, OriginOf, Progress, Reached, Wait
from utrop.syndication.delivery import Origin
from utrop.syndication.ledger.protocol import Ledger
from utrop.syndication.ledger.shared import taking_turns
from utrop.syndication.live import Look
from utrop.syndication.reminding import with_reminders
from utrop.syndication.report import Outcome, Report
from utrop.syndication.selection import oldest_first


def announce(
    announcements: Iterable[Announcement],
    channels: Iterable[Channel],
    ledger: Ledger,
    *,
    look: Look,
    clock: Clock,
    withdrawn: Iterable[str] = (),
    origin_of: OriginOf = lambda _announcement: Origin(),
    dry_run: bool = False,
    look_first: bool = False,
    site: str = "",
    wait: Wait = lambda _duration: None,
    progress: Progress = lambda _outcome: None,
    reached: Reached = lambda _point: None,
) -> Report:
    """Announce what is owed, oldest first; a failing network never stops the others.

    ``clock`` gives aware moments; ``progress`` hears of each outcome as it comes. ``withdrawn``
    are the guids of posts that were taken back: what was announced of them is deleted.
    ``origin_of`` tells where a post comes from, for the record. A dry run changes nothing, looks
    at no page, and reports what would be sent as pending. ``look_first`` looks a post up on the
    network even before its first announcement, in case the ledger is an older copy that does not
    know of it; ``site``, the site's URL, lets it look below the post's former addresses too.
    ``wait`` lets time pass before a repeat that would come too soon. Raises ``ProblemsFound``
    where the ledger can no longer be written; what had left by then is looked up in the next run.
    """
    ordered = oldest_first(tuple(with_reminders(announcements, clock())))
    known = {one.guid: one for one in ordered}
    if not dry_run:
        ledger.recover(at=clock())
    stopping, shared, told = Event(), taking_turns(ledger), Lock()

    def heard(outcome: Outcome) -> None:
        with told:
            progress(outcome)

    runs: list[ChannelRun | ByHandRun] = []
    for channel in channels:
        act = Delivering(
            channel.name,
            channel.network,
            shared,
            known,
            clock=clock,
            progress=heard,
            reached=reached,
            origin_of=origin_of,
        )
        kind = ByHandRun if channel.by_hand else ChannelRun
        runs.append(
            kind(
                channel,
                ordered,
                act,
                look,
                withdrawn=frozenset(withdrawn),
                look_first=look_first,
                site=site,
                wait=wait,
                stopping=stopping,
            )
        )
    _run(runs, stopping, dry_run=dry_run)
    acts = [run.act for run in runs]
    return Report(
        outcomes=tuple(outcome for act in acts for outcome in act.outcomes),
        troubles=tuple(trouble for act in acts for trouble in act.troubles),
        already=sum(act.already for act in acts),
        dry_run=dry_run,
    )


def _run(runs: list[ChannelRun | ByHandRun], stopping: Event, *, dry_run: bool) -> None:
    """Run all at once. Where one cannot go on, or a person interrupts, none begins anything new."""
    if len(runs) == 1:
        # No thread: whoever interrupts, or ends the process, meets just this one.
        (run,) = runs
        run.rehearse() if dry_run else run.run()
        return
    with futures.ThreadPoolExecutor(max_workers=max(len(runs), 1)) as threads:
        try:
            begun = [threads.submit(run.rehearse if dry_run else run.run) for run in runs]
            done, _ = futures.wait(begun, return_when=futures.FIRST_EXCEPTION)
        finally:
            stopping.set()
        for one in done:
            one.result()
