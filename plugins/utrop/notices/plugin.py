"""Pelican's hooks: calendars and open data, written when Pelican writes its pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from pelican import signals
from pelican.generators import Generator

from utrop import articles, outputs
from utrop.inputs import SETTING, BuildInputs
from utrop.notices.calendar import calendars
from utrop.notices.calendar_events import CalendarSite
from utrop.notices.ocds.packages import OpenDataSite, open_data
from utrop.outputs import Inputs
from utrop.post import Post
from utrop.procurement.ocid import UNREGISTERED

_CALENDAR_FIELDS: Final = frozenset(
    {
        "course", "deadlines_seen", "ends", "kind", "lang", "modified", "path", "place",
        "plain_summary", "procedure", "published", "registration_url", "starts", "status",
        "summary", "title", "uid", "url",
    }
)  # fmt: skip
_CALENDAR_SETTINGS: Final = frozenset(
    {"SITEURL", "SITENAME", "TIMEZONE", "DEFAULT_LANG", "FEED_AUTHORITY", "FEED_AUTHORITY_YEAR"}
)
_OPEN_DATA_FIELDS: Final = frozenset(
    {
        "course", "guid", "kind", "lang", "modified", "notice", "plain_summary", "procedure",
        "published", "starts", "status", "summary", "title", "translations", "uid", "url",
    }
)  # fmt: skip
_OPEN_DATA_SETTINGS: Final = frozenset(
    {"SITEURL", "SITENAME", "PUBLISHER_NAME", "DEFAULT_LANG", "OCID_PREFIX", "OPEN_DATA_LICENSE"}
)


class NoticesGenerator(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes what programs read of procurements."""

    def generate_context(self) -> None:
        """Do nothing: posts can be read only once every generator has its context."""

    def generate_output(self, writer: Any) -> None:  # noqa: ARG002 - nothing here needs a template
        """Write the files; Pelican calls it with the writer of its pages."""
        inputs: BuildInputs = self.settings[SETTING]
        write(articles.posts(self.context), self.settings, now=inputs.now)


def write(
    posts: Iterable[Post], settings: MutableMapping[str, Any], *, now: datetime
) -> list[Path]:
    """Write calendars and open data below OUTPUT_PATH and return the files.

    Files that would not change stay untouched.
    ``now`` (aware) is the moment as of which the site is built.
    """
    posts = list(posts)
    written = []
    for file in calendars(posts, calendar_site(settings), now=now):
        inputs = Inputs(posts=file.posts, fields=_CALENDAR_FIELDS, settings=_CALENDAR_SETTINGS)
        written.append(_put(file.path, file.data, inputs, settings))
    for told in open_data(posts, open_data_site(settings)):
        inputs = Inputs(posts=told.posts, fields=_OPEN_DATA_FIELDS, settings=_OPEN_DATA_SETTINGS)
        written.append(_put(told.path, told.data, inputs, settings))
    return written


def calendar_site(settings: Mapping[str, Any]) -> CalendarSite:
    """Return what the settings say of the site, as far as its calendars show it."""
    return CalendarSite(
        url=str(settings["SITEURL"]).rstrip("/"),
        name=str(settings["SITENAME"]),
        zone=ZoneInfo(settings["TIMEZONE"]),
        default_lang=settings["DEFAULT_LANG"],
        authority=settings["FEED_AUTHORITY"],
        authority_year=settings["FEED_AUTHORITY_YEAR"],
    )


def open_data_site(settings: Mapping[str, Any]) -> OpenDataSite:
    """Return what the settings say of the site, as far as its open data shows it."""
    return OpenDataSite(
        url=str(settings["SITEURL"]).rstrip("/"),
        publisher=str(settings.get("PUBLISHER_NAME") or settings["SITENAME"]),
        default_lang=settings["DEFAULT_LANG"],
        prefix=settings.get("OCID_PREFIX") or UNREGISTERED,
        license=settings.get("OPEN_DATA_LICENSE") or "",
    )


def register() -> None:
    """Connect to Pelican's signals; Pelican calls it once for each site."""
    signals.get_generators.connect(_generator)


def _put(path: str, data: bytes, inputs: Inputs, settings: MutableMapping[str, Any]) -> Path:
    outputs.declare(settings, path, inputs)
    file = Path(settings["OUTPUT_PATH"]) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.is_file() or file.read_bytes() != data:
        file.write_bytes(data)
    return file


def _generator(pelican: Any) -> type[NoticesGenerator]:  # noqa: ARG001 - the signal's argument
    return NoticesGenerator
