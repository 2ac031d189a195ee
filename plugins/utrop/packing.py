"""Packing: the record and the pictures it tells of, as one package for an archive."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from utrop import __version__
from utrop.configuration import Site
from utrop.problem import configuration_error
from utrop.releasing import released_folder
from utrop.syndication.ledger import bag
from utrop.syndication.ledger.protocol import Event


def write_package(
    site: Site, folder: Path, events: Sequence[Event], files: Mapping[str, bytes], *, now: datetime
) -> str:
    """Write a BagIt package: these files and the events' pictures. Return what had to be left out.

    ``now`` (aware) gives the package's date, in the site's time zone. Raises ``ProblemsFound``
    where the folder cannot be written, and then there is none.
    """
    pictures, missing = _pictures(site, events)
    days = [one.at.astimezone(site.timezone).date().isoformat() for one in events]
    number = f"{len(events)} event{'' if len(events) == 1 else 's'}"
    info = {
        "Source-Organization": str(site.settings["PUBLISHER_NAME"]) or site.name,
        "External-Description": f"What {site.name} ({site.siteurl}/) announced on networks, as"
        f" recorded: {number}" + (f" from {days[0]} to {days[-1]}" if days else ""),
        "Bagging-Date": now.astimezone(site.timezone).date().isoformat(),
        "Bag-Software-Agent": f"Utrop {__version__}",
        "Last-Hash": events[-1].hash if events else "",
    }
    try:
        bag.write_folder(folder, bag.bag_of({**files, **pictures}, info))
    except OSError as error:
        raise configuration_error(
            f"cannot be written: {error.strerror or 'it is there already'}",
            "name a new folder, in one that is there",
            folder,
        ) from error
    if not missing:
        return ""
    return (
        f"{missing} of {missing + len(pictures)} pictures, not at hand as they were announced;"
        " the record has their hashes"
    )


def _pictures(site: Site, events: Sequence[Event]) -> tuple[dict[str, bytes], int]:
    """Return each picture as it was announced, named by its hash, and how many are not at hand."""
    released, found = released_folder(site), {}
    wanted = {one.image_sha256: one.image for one in events if one.image_sha256}
    for digest, url in sorted(wanted.items()):
        below = unquote(urlsplit(url.removeprefix(f"{site.siteurl}/")).path).lstrip("/")
        with suppress(OSError, ValueError):
            path = released / below
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() == digest:
                found[f"pictures/{digest}{_ending(path)}"] = data
    return found, len(wanted) - len(found)


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    return ending if re.fullmatch(r"\.[a-z0-9]{1,5}", ending) else ""
