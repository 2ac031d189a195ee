"""The small values of OCDS: texts in languages, moments, amounts, addresses, identifiers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final
from urllib.parse import quote, urlsplit

from utrop.procurement.notice import Amount, Multilingual

Json = dict[str, Any]

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LANG: Final = re.compile(r"[a-z]{2,3}")
_SPECIAL: Final = "!#$%&'()*+,/:;=?@[]~"


def filled(values: Mapping[str, Any]) -> Json:
    """Return the fields that say something: OCDS has no empty texts, lists or objects."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}


def clean(text: str) -> str:
    """Return a text without control characters, which JSON escapes and readers stumble over."""
    return _CONTROL.sub(" ", text).strip()


def texts(name: str, text: Multilingual, lang: str) -> Json:
    """Return a text as a field, and its other languages as ``<field>_<language>``.

    ``lang`` is the release's language, which fields without a suffix are in.
    """
    versions = {code: clean(words) for code, words in text.versions if clean(words)}
    if not versions:
        return {}
    first = lang if lang in versions else next(iter(versions))
    found = {name: versions.pop(first)}
    for code, words in versions.items():
        if _LANG.fullmatch(code):
            found[f"{name}_{code}"] = words
    return found


def moment(at: datetime | None) -> str | None:
    """Return an aware moment with its own offset (RFC 3339)."""
    return at.replace(microsecond=0).isoformat() if at is not None else None


def start_of(day: date | None) -> str | None:
    """Return a day without a time, as the standard writes one that begins something."""
    return f"{day.isoformat()}T00:00:00Z" if day is not None else None


def end_of(day: date | None) -> str | None:
    """Return a day without a time, as the standard writes one that ends something."""
    return f"{day.isoformat()}T{time(23, 59, 59)}Z" if day is not None else None


def value(amount: Amount | None) -> Json | None:
    """Return an amount; None where there is none, and for zero, which means that none is given."""
    if amount is None or not amount.value or not amount.value.is_finite():
        return None
    number = int(amount.value) if amount.value == int(amount.value) else float(amount.value)
    return filled({"amount": number, "currency": amount.currency})


def web_address(text: str) -> str | None:
    """Return a web address as a URI (RFC 3986); None where it is none."""
    try:
        parts = urlsplit(text.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # of which UnicodeError is one
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9.-]+", host):
        return None
    path = quote(parts.path, safe=_SPECIAL.replace("#", "").replace("?", "").strip("[]"))
    query = quote(parts.query, safe=_SPECIAL.replace("#", "").replace("[", "").replace("]", ""))
    fragment = quote(parts.fragment, safe="!$&'()*+,/:;=?@~%")
    path, query, fragment = (
        re.sub("%(?![0-9A-Fa-f]{2})", "%25", one) for one in (path, query, fragment)
    )
    return (
        f"{parts.scheme}://{host}{port}{path.replace('[', '%5B').replace(']', '%5D')}"
        + (f"?{query}" if query else "")
        + (f"#{fragment}" if fragment else "")
    )


def short(text: str) -> str:
    """Return a short id made of a text, the same whenever it is made."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
