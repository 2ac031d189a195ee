"""Accounts: where the publisher writes elsewhere, as the setting ACCOUNTS lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from utrop.languages import language

_REQUIRED: Final = ("network", "name", "url")
_KEYS: Final = (*_REQUIRED, "purpose", "since", "lang")
_FOR_MEMBERS: Final = frozenset({"newsletter", "slack", "teams"})
_EXAMPLE: Final = "{'network': 'Mastodon', 'name': '@inkop@social.exempel.se', 'url': 'https://…'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of the publisher's."""

    network: str
    """As people call the network: ``Mastodon``."""
    name: str
    """As the network shows it: ``@inkop@social.exempel.se``."""
    url: str
    """The account's own page."""
    purpose: tuple[tuple[str, str], ...] = ()
    """(language, text) of what it is for; the language is empty where there is one text for all."""
    since: date | None = None
    """The day it was opened."""
    lang: str = ""
    """The language that it writes in, ISO 639-1; empty where it is not said."""

    def purpose_in(self, lang: str) -> tuple[str, str]:
        """Return what the account is for, and its language where that is another than ``lang``."""
        texts = dict(self.purpose)
        if lang in texts:
            return texts[lang], ""
        other, text = next(iter(self.purpose), ("", ""))
        return text, other


def read(value: object) -> tuple[Account, ...]:
    """Return the accounts that a setting lists.

    Raises ``ValueError`` with every mistake in one line, each with the entry's number from 1.
    """
    if isinstance(value, str | Mapping) or not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is no list; write one of mappings like [{_EXAMPLE}]")
    mistakes: list[str] = []
    found = []
    for number, entry in enumerate(value, 1):
        if isinstance(entry, Account):
            found.append(entry)
            continue
        wrong: list[str] = []
        account = _account(entry, wrong)
        mistakes += [f"entry {number}: {one}" for one in wrong]
        if account is not None:
            found.append(account)
    if mistakes:
        raise ValueError("; ".join(mistakes))
    return tuple(found)


def without_entry(networks: Mapping[str, str], accounts: Iterable[Account]) -> tuple[str, ...]:
    """Return those of a site's networks (name to title) whose account the page does not list.

    An account stands for a network whose name or title it has, whatever the case and the signs
    between words. Channels that only their members read have no page to link to.
    """
    listed = {_plain(account.network) for account in accounts}
    return tuple(
        name
        for name, title in networks.items()
        if name not in _FOR_MEMBERS and not {_plain(name), _plain(title)} & listed
    )


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _account(entry: object, wrong: list[str]) -> Account | None:
    if not isinstance(entry, Mapping):
        wrong.append(f"{entry!r} is no mapping; write {_EXAMPLE}")
        return None
    unknown = [str(key) for key in entry if key not in _KEYS]
    if unknown:
        wrong.append(f"unknown {', '.join(unknown)}; the keys are {', '.join(_KEYS)}")
    wrong += [
        f"{key} is missing; write it as a text"
        for key in _REQUIRED
        if not isinstance(entry.get(key), str) or not entry[key].strip()
    ]
    url = entry.get("url")
    if isinstance(url, str) and url.strip() and not _is_address(url.strip()):
        wrong.append(f"url {url!r} is no web address; write the account's, https://…")
    purpose = _purpose(entry.get("purpose"), wrong)
    since = _since(entry.get("since"), wrong)
    lang = _lang("lang", entry.get("lang"), wrong)
    if wrong:
        return None
    return Account(
        network=entry["network"].strip(),
        name=entry["name"].strip(),
        url=entry["url"].strip(),
        purpose=purpose,
        since=since,
        lang=lang,
    )


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not re.search(r"\s", text)


def _purpose(value: Any, wrong: list[str]) -> tuple[tuple[str, str], ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (("", value.strip()),)
    if isinstance(value, Mapping) and all(isinstance(text, str) for text in value.values()):
        langs = [_lang("purpose", code, wrong) for code in value]
        texts = [text.strip() for text in value.values()]
        return tuple((lang, text) for lang, text in zip(langs, texts, strict=True) if text)
    wrong.append("purpose is no text; write one, or one for each language: {'sv': …, 'en': …}")
    return ()


def _since(value: Any, wrong: list[str]) -> date | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        wrong.append(f"since {str(value)!r} is no day; write one like '2026-09-01'")
        return None


def _lang(key: str, value: Any, wrong: list[str]) -> str:
    if value is None or value == "":
        return ""
    try:
        return language(str(value)).code
    except ValueError as error:
        wrong.append(f"{key}: {error}; write 'sv'")
        return ""
