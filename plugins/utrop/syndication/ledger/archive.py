"""The record for others: CSV for a registrar, JSON Lines for an archive.

The CSV is made for Excel with Swedish regional settings, where a double click opens it right:
UTF-8 with a byte order mark (Excel takes a file without one for Windows-1252), semicolons (the
comma is the decimal sign), CRLF as RFC 4180 has it. A text that Excel would run as a formula gets
an apostrophe in front, https://owasp.org/www-community/attacks/CSV_Injection, so the CSV is for
reading. The JSON Lines (https://jsonlines.org/) are exact: the chain can be verified from them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final, Literal

from utrop.syndication.delivery import State
from utrop.syndication.ledger.protocol import Event

Language = Literal["sv", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The post that an event is about, as far as it is known; no part of the chain."""

    title: str = ""
    url: str = ""


_HEADINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    "sv": (
        *("Nummer", "Tid", "Rubrik", "Sidans adress", "Id", "Kanal", "Konto", "Försök"),
        *(
            "Tidigare läge",
            "Läge",
            "Text",
            "Publicerat på",
            "Anmärkning",
            "Bild",
            "Bildbeskrivning",
        ),
        *("Bildens SHA-256", "Git-version", "Godkänt av", "Kontrollsumma"),
    ),
    "en": (
        *("Number", "Time", "Title", "Page address", "Id", "Channel", "Account", "Attempt"),
        *("Former state", "State", "Text", "Published at", "Note", "Image", "Image description"),
        *("Image SHA-256", "Git commit", "Approved by", "Hash"),
    ),
}
_STATES: Final[Mapping[Language, Mapping[State, str]]] = {
    "sv": {
        State.PENDING: "väntar",
        State.SENDING: "skickas",
        State.DELIVERED: "publicerat",
        State.UNCERTAIN: "osäkert",
        State.FAILED: "misslyckat",
        State.SKIPPED: "utelämnat",
        State.WITHDRAWN: "borttaget",
    },
    "en": {
        State.PENDING: "waiting",
        State.SENDING: "being sent",
        State.DELIVERED: "published",
        State.UNCERTAIN: "uncertain",
        State.FAILED: "failed",
        State.SKIPPED: "left out",
        State.WITHDRAWN: "removed",
    },
}
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What Excel takes for the beginning of a formula; the wide ones too."""


def as_csv(
    events: Iterable[Event],
    pages: Mapping[str, Page],
    *,
    language: Language,
    zone: tzinfo,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return the record as CSV, one row for each event; times are in ``zone``, with its offset.

    ``titles`` say how people write the networks' names. The record outlives the modules: one that
    is not among them is named as the record does.
    """
    states = _STATES[language]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADINGS[language])
    for one in events:
        page = pages.get(one.guid, Page())
        cells = (
            *(one.at.astimezone(zone).isoformat(timespec="seconds"), page.title, page.url),
            *(one.guid, titles.get(one.network, one.network), one.account, str(one.attempt)),
            *(states[one.former] if one.former else "", states[one.state], one.text, one.url),
            *(one.note, one.image, one.image_alt, one.image_sha256, one.commit, one.approver),
            one.hash,
        )
        writer.writerow([one.number, *map(_harmless, cells)])
    return text.getvalue().encode("utf-8-sig")


def as_json_lines(events: Iterable[Event], pages: Mapping[str, Page]) -> bytes:
    """Return the record as JSON Lines: of each event all that its hash covers, and its page."""
    lines = (
        json.dumps(_written(one, pages.get(one.guid, Page())), ensure_ascii=False) + "\n"
        for one in events
    )
    return "".join(lines).encode()


def from_json_lines(data: bytes) -> list[Event]:
    """Return the events that ``as_json_lines`` wrote.

    Raises ``ValueError`` that names the first line that is none.
    """
    events = []
    # Not splitlines, which takes more for an end of line than JSON Lines do.
    for number, line in enumerate(data.removesuffix(b"\n").split(b"\n") if data else (), start=1):
        try:
            events.append(_read(json.loads(line)))
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OverflowError,
            RecursionError,
        ) as error:
            raise ValueError(f"line {number} is no event of a ledger") from error
    return events


def _written(event: Event, page: Page) -> dict[str, Any]:
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    return values | {
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "title": page.title,
        "page": page.url,
    }


def _read(values: Any) -> Event:
    texts = {field.name: values[field.name] for field in fields(Event)}
    at, former, state = (texts.pop(name) for name in ("at", "former", "state"))
    for name, value in texts.items():
        if type(value) is not (int if name in ("number", "attempt") else str):
            raise TypeError(name)
        str(value).encode()  # half of a surrogate pair is no text
    return Event(
        at=_moment(at),
        former=None if former is None else State(former),
        state=State(state),
        **texts,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    return moment.astimezone(UTC)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
