"""Values of golden files: what is written anew when an XPath's finding is put into one."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from lxml import etree

LANGUAGES: Final = {
    "BUL": "bg", "CES": "cs", "DAN": "da", "DEU": "de", "ELL": "el", "ENG": "en", "EST": "et",
    "FIN": "fi", "FRA": "fr", "GLE": "ga", "HRV": "hr", "HUN": "hu", "ITA": "it", "LAV": "lv",
    "LIT": "lt", "MLT": "mt", "NLD": "nl", "POL": "pl", "POR": "pt", "RON": "ro", "SLK": "sk",
    "SLV": "sl", "SPA": "es", "SWE": "sv",
}  # fmt: skip
_LONG: Final = 200


def shortened(text: str) -> str:
    """Return a text as it stands in a golden file."""
    if len(text) <= _LONG:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{text[:60]}… ({len(text)} characters, {digest})"


def ted_number(text: str) -> str:
    """Return a publication number of TED without leading zeros, anything else unchanged."""
    return text.lstrip("0") if re.fullmatch(r"0+[1-9]\d*-\d{4}", text) else text


def day(text: str) -> str:
    """Return the day of a date, whatever its offset."""
    return text[:10]


def moment(on: str, at: str) -> str:
    """Return a date and a time as one moment, in the time's own offset."""
    written = f"{on[:10]}T{at}" if at else f"{on[:10]}T23:59:59{on[10:]}"
    return datetime.fromisoformat(written).isoformat()


def number(text: str) -> str:
    """Return a number in its shortest form."""
    return f"{Decimal(text).normalize():f}"


def said(value: Any) -> Any:
    """Leave out what the notice does not say."""
    if isinstance(value, dict):
        kept = {key: said(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in ("", None, [], {})}
    if isinstance(value, list):
        return [said(one) for one in value]
    return value


def text_of(found: Any) -> str:
    return (found if isinstance(found, str) else found.text or "").strip()


def texts_of(found: list[Any]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(text_of, found))))


def first_of(found: list[Any]) -> str:
    return next((text_of(one) for one in found), "")


def within(found: list[Any], parent: etree._Element) -> list[Any]:
    return [one for one in found if parent in one.iterancestors()]


def amount(found: list[Any]) -> str:
    if not found or not Decimal(text_of(found[0])):
        return ""
    return f"{number(text_of(found[0]))} {found[0].get('currencyID')}"


def measure(found: list[Any]) -> str:
    return f"{number(text_of(found[0]))} {found[0].get('unitCode')}" if found else ""
