"""The settings of a site: what each means, its type and its default."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError
from rapidfuzz import process

from utrop import accounts
from utrop.procurement.rules import LEVELS, RULES
from utrop.procurement.working_hours import WorkingHours

Text = Annotated[str, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]


_ADDRESS = re.compile(r"https?://[^/\s?#]+(/[^\s?#]*)?")
_AUTHORITY = re.compile(r"([\w.+-]+@)?[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
"""A domain or a mail address in ASCII, as in https://www.rfc-editor.org/rfc/rfc4151#section-2.1"""


MOST_DAYS = 365
_DAYS_EXAMPLE = "write (14, 7, 1), or () for none"

_MAILBOX = re.compile(r"[^\s@<>\"?&]+@[^\s@<>\"?&]+\.[^\s@<>\"?&]+")


def _address(value: object) -> object:
    if isinstance(value, str) and not _ADDRESS.fullmatch(value):
        raise ValueError(f"{value!r} is no web address; write one like 'https://blogg.exempel.se'")
    return value


def _authority(value: object) -> object:
    if isinstance(value, str) and value and not _AUTHORITY.fullmatch(value):
        raise ValueError(f"{value!r} is no domain; write one like 'exempel.se', without https://")
    return value


def _mailbox(value: object) -> object:
    if isinstance(value, str) and value and not _MAILBOX.fullmatch(value):
        raise ValueError(f"{value!r} is no mail address; write one like 'upphandling@exempel.se'")
    return value


def _folder(value: object) -> object:
    if value == "":
        raise ValueError("is empty; write the name of a folder")
    return value


def _items(value: object) -> object:
    if isinstance(value, str):
        raise ValueError(f"{value!r} is a text; write a list like ['{value}']")
    return value


def _days(value: object) -> object:
    items = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise ValueError(f"{value!r} is no list of days; {_DAYS_EXAMPLE}")
    days = [
        int(one) if isinstance(one, str) and one.isascii() and one.isdigit() else one
        for one in items
    ]
    if not all(type(one) is int and 1 <= one <= MOST_DAYS for one in days):
        raise ValueError(
            f"{value!r}: days are whole numbers from 1 to {MOST_DAYS}; {_DAYS_EXAMPLE}"
        )
    return tuple(sorted(set(days), reverse=True))


def _hours(value: object) -> object:
    if isinstance(value, str):
        WorkingHours.parse(value)
    return value


def _lint(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no mapping; write one like {{'R2-date': 'off'}}")
    for rule, level in value.items():
        if rule not in RULES:
            near = nearest(str(rule), list(RULES))
            advice = f"; did you mean {near!r}?" if near else "; docs/rules.md lists them"
            raise ValueError(f"{rule!r} is no rule of the linter{advice}")
        if level not in LEVELS:
            near = nearest(str(level), list(LEVELS))
            advice = f"; did you mean {near!r}?" if near else f"; write one of {', '.join(LEVELS)}"
            raise ValueError(f"{level!r} is no level for {rule}{advice}")
    return value


Address = Annotated[str, BeforeValidator(_address)]
OptionalAddress = Annotated[str, BeforeValidator(lambda value: value and _address(value))]
Authority = Annotated[str, BeforeValidator(_authority)]
Mailbox = Annotated[str, BeforeValidator(_mailbox)]
Accounts = Annotated[Any, BeforeValidator(accounts.read)]
Folder = Annotated[str, BeforeValidator(_folder)]
Names = Annotated[list[str], BeforeValidator(_items)]
Days = Annotated[tuple[int, ...], BeforeValidator(_days)]
Hours = Annotated[str, BeforeValidator(_hours)]


class SettingError(ValueError):
    """A value that a setting cannot have; the message says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of ours."""

    meaning: str
    type: Any
    default: Any = None
    required: bool = False
    """Whether publishing needs it."""
    plain_variable: bool = False
    """Whether the environment variable carries the setting's own name, without ``UTROP_``."""

    def check(self, value: Any) -> Any:
        """Return the value in its type; ``SettingError`` where it has another."""
        if value is None and self.default is None:
            return None
        try:
            return TypeAdapter(self.type).validate_python(value)
        except ValidationError as error:
            first = error.errors()[0]
            reason = first["msg"].removeprefix("Value error, ")
            if first["type"] != "value_error":
                reason = f"{value!r}: {reason.lower()}"
            raise SettingError(reason) from error


KNOWN: dict[str, Setting] = {
    "SITEURL": Setting(
        meaning="The site's address, without a slash at the end.",
        type=Address,
        default="http://localhost:8000",
        required=True,
    ),
    "SITENAME": Setting(meaning="The site's name.", type=Text, default="Utrop", required=True),
    "SITESUBTITLE": Setting(
        meaning="One line below the name, and the feeds' description.", type=Text, default=""
    ),
    "CONTENT": Setting(
        meaning="The folder of posts and pages, relative to the settings file.",
        type=Folder,
        default="content",
    ),
    "OUTPUT_PATH": Setting(
        meaning="The folder that builds write to, relative to the settings file.",
        type=Folder,
        default="output",
    ),
    "TIMEZONE": Setting(
        meaning="The time zone of dates that are written without an offset (IANA name).",
        type=Text,
        default="Europe/Stockholm",
    ),
    "DEFAULT_LANG": Setting(
        meaning="The language of posts that name none; its edition has no language in its address.",
        type=Text,
        default="sv",
    ),
    "LANGUAGES": Setting(
        meaning="Every language that the site publishes in.", type=Names, default=["sv", "en"]
    ),
    "FEED_AUTHORITY": Setting(
        meaning="A domain of yours, for the ids of posts in feeds. Never change it once published.",
        type=Authority,
        default="",
        required=True,
    ),
    "FEED_AUTHORITY_YEAR": Setting(
        meaning="A year in which that domain was yours (RFC 4151). Never change it once published.",
        type=Annotated[int, Field(ge=1990, le=9999)],
        default=0,
        required=True,
    ),
    "FEED_MAX_ITEMS": Setting(
        meaning="How many posts a feed holds.", type=Annotated[int, Field(ge=1)], default=50
    ),
    "AUTHOR": Setting(meaning="The author of posts that name none.", type=Text, default=""),
    "DEFAULT_CATEGORY": Setting(
        meaning="The category of posts that name none.", type=Text, default=""
    ),
    "DEFAULT_PAGINATION": Setting(
        meaning="How many posts a list page shows.",
        type=Annotated[int, Field(ge=1)],
        default=10,
    ),
    "SHARE_IMAGE": Setting(
        meaning="The picture for posts without one, below the content folder.",
        type=Text,
        default="",
    ),
    "SHARE_IMAGE_ALT": Setting(meaning="What that picture shows, in words.", type=Text, default=""),
    "PUBLISHER_NAME": Setting(
        meaning="Who publishes, for machines that read the page; SITENAME if empty.",
        type=Text,
        default="",
    ),
    "PUBLISHER_TYPE": Setting(
        meaning="What the publisher is: GovernmentOrganization or Organization (schema.org).",
        type=Annotated[str, Field(pattern="^(Government)?Organization$")],
        default="GovernmentOrganization",
    ),
    "ACCOUNTS": Setting(
        meaning="Your accounts elsewhere, for the page that lists them: a list of mappings with"
        " network, name and url; purpose (a text, or one for each language), since (a day such as"
        " '2026-09-01') and lang may be added. An empty list: no such page.",
        type=Accounts,
        default=[],
    ),
    "CONTACT_EMAIL": Setting(
        meaning="A mailbox of the function, not of a person, for questions about the accounts and"
        " the documents that they are.",
        type=Mailbox,
        default="",
    ),
    "OCID_PREFIX": Setting(
        meaning="The prefix of procurements' ids in open data, as the Open Contracting Partnership"
        " issued it (docs/open-data.md). Never change it once published.",
        type=Annotated[str, Field(pattern="^[a-z]+-[a-z0-9]{6}$")],
        default="ocds-xxxxxx",
    ),
    "OPEN_DATA_LICENSE": Setting(
        meaning="The address of the licence of the open data; none is claimed if empty.",
        type=OptionalAddress,
        default="",
    ),
    "PUBLISHER_ORGANISATION_NUMBER": Setting(
        meaning="The publisher's organisation number, for machines that read the page, such as"
        " 212000-0142.",
        type=Annotated[str, Field(pattern="^([0-9]{6}-[0-9]{4})?$")],
        default="",
    ),
    "DEPLOY": Setting(
        meaning="Where releases go: file:FOLDER or rsync+ssh://user@host/path.",
        type=Text,
        default="file:public",
    ),
    "KEEP_RELEASES": Setting(
        meaning="How many releases are kept for `utrop rollback`.",
        type=Annotated[int, Field(ge=1)],
        default=10,
    ),
    "LEDGER": Setting(
        meaning="Where the record of announcements is: sqlite:///FILE, or postgresql://… for"
        " several publishers (docs/announcing.md).",
        type=Text,
        default="sqlite:///ledger.sqlite3",
    ),
    "NETWORKS": Setting(
        meaning="Where new posts are announced: preview, mastodon, bluesky … (docs/announcing.md).",
        type=Names,
        default=["preview"],
    ),
    "REMINDERS": Setting(
        meaning="How many days before its last day a procurement notice is announced again by"
        " itself; empty: not at all (docs/announcing.md).",
        type=Days,
        default=(14, 7, 1),
    ),
    "REMINDER_HOURS": Setting(
        meaning="Working hours on working days (site's time zone) in which those reminders fall.",
        type=Hours,
        default="9-16",
    ),
    "LINT": Setting(
        meaning="How much each rule of the linter matters, as a mapping from its id to error,"
        " warning or off: {'R8-vague': 'error'} (docs/rules.md).",
        type=Annotated[dict[str, str], BeforeValidator(_lint)],
        default={},
    ),
    "CPV_FILE": Setting(
        meaning="A list of CPV codes, relative to the settings file, that goes before the one of"
        " `utrop codelists update`: code, Swedish and English label, with tabs between.",
        type=Text,
        default="",
    ),
    "OWN_SETTINGS": Setting(
        meaning="Names of settings of your own, for templates of your own.", type=Names, default=[]
    ),
}

NETWORK_SETTINGS = {
    "URL": Setting(meaning="The network's base address.", type=Address, plain_variable=True),
    "SINCE": Setting(
        meaning="Nothing published before this moment is announced there; `utrop baseline`"
        " writes it.",
        type=Text,
        plain_variable=True,
    ),
    "LANG": Setting(
        meaning="The language that the account announces, or all; DEFAULT_LANG if not set.",
        type=Text,
        plain_variable=True,
    ),
    "DELIVERY": Setting(
        meaning="at-least-once: where the network cannot be read back, an announcement whose"
        " outcome nobody knows is sent again and may then be doubled; at-most-once: it is not.",
        type=Annotated[str, Field(pattern="^at-(most|least)-once$")],
        default="at-most-once",
        plain_variable=True,
    ),
}
NETWORK_NAMES: tuple[str, ...] = tuple(
    sorted(
        module.name
        for module in pkgutil.iter_modules(
            [str(Path(__file__).parent / "syndication" / "networks")]
        )
        if not module.name.startswith("_")
    )
)
KNOWN |= {
    f"{network.upper()}_{suffix}": setting
    for network in NETWORK_NAMES
    if network != "preview"
    for suffix, setting in NETWORK_SETTINGS.items()
}
KNOWN["X_MONTHLY_CAP"] = Setting(
    meaning="US dollars that announcing on X may cost in a calendar month (UTC).",
    type=Annotated[Decimal, Field(ge=0)],
    default=None,
    plain_variable=True,
)


def typed(name: str, text: str, former: Any = None) -> Any:
    """Return an environment variable's text as the setting's value; ``SettingError`` if it is not.

    Lists are separated by commas; 1 and 0, true and false, yes and no are the two truth values.
    ``former`` is what the variable overrides: it tells the type of a setting that is Pelican's.
    """
    setting = KNOWN.get(name)
    if setting is None and isinstance(former, dict):
        raise SettingError("no variable can carry a mapping; write it in the settings file")
    if isinstance(former, list | tuple) or (setting is not None and setting.type is Names):
        return [item.strip() for item in text.split(",") if item.strip()]
    if setting is not None:
        return setting.check(text)
    lowered = text.strip().lower()
    if lowered in ("true", "yes"):
        return True
    if lowered in ("false", "no"):
        return False
    return int(lowered) if re.fullmatch(r"-?\d{1,9}", lowered) else text


def nearest(name: str, names: list[str]) -> str:
    """Return the name most like the one given, or an empty text where none is near."""
    found = process.extractOne(name, names, score_cutoff=75)
    return str(found[0]) if found else ""
