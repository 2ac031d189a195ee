"""The page that lists the publisher's accounts, as plain values in the edition's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

from utrop.accounts import read
from utrop.listings.wording import day_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account as the page shows it."""

    network: str
    name: str
    url: str
    purpose: str
    purpose_lang: str
    """The language of the purpose where it is not the page's."""
    since: str
    """The day it was opened, in words."""
    machine: str
    language: str
    """The language that it writes in, in the page's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage:
    """What the page shows beside its words."""

    rows: tuple[AccountRow, ...]
    email: str
    """The mailbox for questions; empty where the site names none."""
    is_authority: bool
    """Whether what stands on the accounts are official documents (TF chapter 2)."""


def accounts_page(settings: Mapping[str, Any], lang: str) -> AccountsPage | None:
    """Return the page of one language's edition; None for a site that lists no accounts."""
    accounts = read(settings.get("ACCOUNTS") or ())
    if not accounts:
        return None
    rows = []
    for account in accounts:
        purpose, purpose_lang = account.purpose_in(lang)
        rows.append(
            AccountRow(
                network=account.network,
                name=account.name,
                url=account.url,
                purpose=purpose,
                purpose_lang=purpose_lang,
                since=_day(account.since, lang),
                machine=account.since.isoformat() if account.since else "",
                language=_language(account.lang, lang),
            )
        )
    publisher = settings.get("PUBLISHER_TYPE") or "GovernmentOrganization"
    return AccountsPage(
        rows=tuple(rows),
        email=settings.get("CONTACT_EMAIL") or "",
        is_authority=publisher == "GovernmentOrganization",
    )


def _day(day: date | None, lang: str) -> str:
    return day_in_words(day, lang) if day else ""


def _language(code: str, lang: str) -> str:
    return (Locale.parse(code).get_display_name(lang) or code) if code else ""
