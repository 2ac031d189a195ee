"""Recording: the ledger's record verified, handed to an archive, and moved to another database."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from utrop import packing
from utrop.configuration import Site
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.releasing import target_of
from utrop.syndication import ledger, networks
from utrop.syndication.delivery import Delivery, State
from utrop.syndication.ledger import archive, moving
from utrop.syndication.ledger.agreement import disagreeing
from utrop.syndication.ledger.chain import broken
from utrop.syndication.ledger.moving import Contents
from utrop.syndication.ledger.protocol import Event
from utrop.syndication.manifest import from_bytes
from utrop.syndication.reminding import post_of
from utrop.terminal import Terminal

Format = Literal["csv", "jsonl", "bagit"]
_LISTED = 10
"""How many deliveries a report names one by one."""


def verify(site: Site, *, expect: str, terminal: Terminal) -> int:
    """Tell whether the ledger's record is as it was written; return the exit status.

    ``expect`` is a hash that somebody kept: the record must hold it.
    """
    contents = _contents(site)
    wrong = disagreeing(contents.deliveries, contents.events)
    problems = _chain_problems(contents.events, expect) + [
        Problem(
            what=f"the ledger says of {one} what its record does not tell",
            instead="it was changed behind the record; compare it with a copy",
        )
        for one in wrong[:_LISTED]
    ]
    if len(wrong) > _LISTED:
        problems.append(Problem(what=f"and so of {len(wrong) - _LISTED} more"))
    return _verified(contents.events, problems, terminal)


def verify_file(path: Path, *, expect: str, terminal: Terminal) -> int:
    """Tell whether an export in JSON Lines is as it was written; no site is needed."""
    try:
        events = archive.from_json_lines(path.read_bytes())
    except OSError as error:
        raise configuration_error(
            f"cannot be read: {error.strerror}", "name a file of `utrop ledger export`", path
        ) from error
    except ValueError as error:
        raise ProblemsFound(
            [
                Problem(
                    path=path,
                    what=str(error),
                    instead="only what `utrop ledger export --format jsonl` wrote can be verified",
                )
            ]
        ) from error
    return _verified(events, _chain_problems(events, expect), terminal)


def export(
    site: Site,
    *,
    form: Format,
    output: Path | None,
    language: archive.Language | None,
    now: datetime,
    terminal: Terminal,
) -> int:
    """Write the whole record to a new file, or to standard output; return the exit status.

    A package (``bagit``) is a new folder, dated by ``now`` (aware) in the site's time zone. A
    record that is not as it was written is handed over all the same, and said to be so.
    """
    if output is not None and output.exists():
        raise configuration_error(
            "is there already, and an export overwrites nothing", "name a new file", output
        )
    if form == "bagit" and output is None:
        raise configuration_error(
            "a BagIt package is a folder, so it cannot go to standard output",
            "name a new folder with -o",
        )
    contents = _contents(site)
    exact, table = _exported(site, contents, language)
    problems = _chain_problems(contents.events, "")
    if output is None:
        terminal.hand_over_file(exact if form == "jsonl" else table)
    else:
        left_out = ""
        if form == "bagit":
            files = {"record.csv": table, "record.jsonl": exact}
            left_out = packing.write_package(site, output, contents.events, files, now=now)
        else:
            _write(output, exact if form == "jsonl" else table)
        terminal.tell("Written", f"{output}: {_counted(contents.events)}")
        if left_out:
            terminal.tell("Left out", left_out)
        if not problems:
            terminal.tell("Last hash", _last(contents.events))
    terminal.show(problems)
    return 1 if problems else 0


def _exported(
    site: Site, contents: Contents, language: archive.Language | None
) -> tuple[bytes, bytes]:
    """Return the record as JSON Lines and as CSV."""
    pages = _pages(site, contents.deliveries)
    default: archive.Language = "sv" if site.default_lang == "sv" else "en"
    table = archive.as_csv(
        contents.events,
        pages,
        language=language or default,
        zone=site.timezone,
        titles={name: networks.title(name) for name in networks.names()},
    )
    return archive.as_json_lines(contents.events, pages), table


def move(site: Site, url: str, *, terminal: Terminal) -> None:
    """Copy the whole ledger into an empty one; the old one stays as it is.

    Raises ``ProblemsFound`` with exit status 2 where that cannot be done, and then nothing is
    moved.
    """
    if url == site.ledger:
        raise configuration_error(f"LEDGER is {url} already", "name another address")
    ledger.exists(url, site.root)  # an address that is none is found before anything is read
    contents = _contents(site)
    if problems := _chain_problems(contents.events, ""):
        raise ProblemsFound(problems, exit_status=2)
    if any(one.state is State.SENDING for one in contents.deliveries):
        raise configuration_error(
            "an announcer is sending at this moment, or was ended while it was",
            "wait until it is done, or run `utrop announce`; then move the ledger",
        )

    def still_so() -> None:
        if _contents(site).events != contents.events:
            raise configuration_error(
                "an announcer wrote into the ledger meanwhile, so nothing was moved", "run it again"
            )

    moving.fill(url, site.root, contents, before_commit=still_so)
    with closing(ledger.read_ledger(url, site.root)) as moved:
        there = moving.contents_of(moved)
    moving.refuse_different(contents, there)
    if problems := _chain_problems(there.events, ""):
        raise ProblemsFound(problems)
    terminal.tell("Moved", f"{_counted(there.events)}, {len(there.deliveries)} deliveries")
    terminal.tell("Last hash", _last(there.events))
    name = site.settings_file.name
    if "UTROP_LEDGER" in site.environ:
        terminal.tell("Next", f"set UTROP_LEDGER={url} before anything is published")
    else:
        terminal.tell("Next", f"write in {name} before anything is published: LEDGER = {url!r}")
    terminal.tell(
        "", "the old ledger is as it was: keep it as a copy, and let nobody announce with it"
    )


def _contents(site: Site) -> Contents:
    if not ledger.exists(site.ledger, site.root):
        raise configuration_error(
            "there is no ledger where LEDGER says, so there is no record",
            "the first `make publish` makes it; if there was one, restore it from a copy",
        )
    with closing(ledger.read_ledger(site.ledger, site.root)) as opened:
        return moving.contents_of(opened)


def _chain_problems(events: Sequence[Event], expect: str) -> list[Problem]:
    if (event := broken(events)) is not None:
        place = f"event {event.number} ({event.at:%Y-%m-%d %H:%M:%S} UTC"
        return [
            Problem(
                what=f"the record is not as it was written: {place}, {event.guid} on"
                f" {event.network}) is the first whose hash is wrong",
                instead="it, or what stood before it, was changed or taken out; see a copy",
            )
        ]
    if expect and expect.lower() not in {one.hash for one in events}:
        return [
            Problem(
                what=f"the record does not hold the hash {expect}",
                instead="it was cut off or written anew since that hash was kept; see a copy",
            )
        ]
    return []


def _verified(events: Sequence[Event], problems: Sequence[Problem], terminal: Terminal) -> int:
    if problems:
        terminal.show(problems)
        return 1
    terminal.tell("Record", f"{_counted(events)}, each as it was written")
    if events:
        terminal.tell("Last hash", _last(events))
    return 0


def _counted(events: Sequence[Event]) -> str:
    return f"{len(events)} event{'' if len(events) == 1 else 's'}"


def _last(events: Sequence[Event]) -> str:
    return events[-1].hash if events else "none"


def _pages(site: Site, deliveries: Sequence[Delivery]) -> dict[str, archive.Page]:
    """Return what each post is called: as it is released now, else as it was announced."""
    pages = {
        one.guid: archive.Page(title=one.message.card_title, url=one.message.url)
        for one in deliveries
        if one.message is not None
    }
    target = target_of(site)
    data = None if target.is_remote else target.manifest()
    released = {}
    if data is not None:
        # A release that an older utrop made is no reason to keep the record back.
        with suppress(ProblemsFound):
            released = {one.guid: one for one in from_bytes(data).announcements}
    for guid in {one.guid for one in deliveries}:
        if (post := released.get(post_of(guid))) is not None:
            pages[guid] = archive.Page(title=post.title, url=post.url)
    return pages


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                path.unlink()
                raise
    except OSError as error:
        raise configuration_error(
            f"cannot be written: {error.strerror}", "name a file in a folder that is there", path
        ) from error
