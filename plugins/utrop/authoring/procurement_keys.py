"""Front matter's keys on procurement: how the text of each becomes its typed value."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationInfo

from utrop.authoring.dates import parse_date
from utrop.authoring.mistake import Mistake, quoted
from utrop.authoring.values import items, line_of_text, one_of, rules_of, stated
from utrop.procurement.kinds import KINDS
from utrop.procurement.notice import Amount
from utrop.procurement.override import Override

LUXEMBOURG: Final = ZoneInfo("Europe/Luxembourg")
TED_HOUR: Final = time(9)
"""By this hour in Luxembourg TED has published the day's issue."""
REGIMES: Final = ("eu", "national", "direct")

_CPV: Final = re.compile(r"([0-9]{8})(?:-[0-9])?")
_NUTS: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}")
_AMOUNT: Final = re.compile(r"([0-9][0-9 \u00a0\u202f]*)(?:[.,]([0-9]{1,2}))?[ \u00a0]*([A-Z]{3})?")
_OVERRIDE: Final = "write a list of mappings with rule:, by: and reason:"


def kind(value: object, info: ValidationInfo) -> str:
    """Return what the post is."""
    text = line_of_text(value, info)
    return one_of(text.replace("-", "_"), "kind", KINDS) if text else ""


def regime(value: object, info: ValidationInfo) -> str:
    """Return which rules hold: eu, national or direct."""
    text = line_of_text(value, info)
    return one_of(text, "regime", REGIMES) if text else ""


def ted_moment(value: object, info: ValidationInfo) -> datetime | None:
    """Return when TED published; a bare date means 09:00 in Luxembourg that day."""
    text = line_of_text(value, info)
    if not text:
        return None
    at = parse_date(text, rules_of(info).timezone)
    if re.fullmatch(r"[0-9-]+", text):
        return datetime.combine(date.fromisoformat(text), TED_HOUR, tzinfo=LUXEMBOURG)
    return at


def day(value: object, info: ValidationInfo) -> date | None:
    """Return a day."""
    text = line_of_text(value, info)
    if not text:
        return None
    zone = rules_of(info).timezone
    return parse_date(text, zone).astimezone(zone).date()


def standstill(value: object, info: ValidationInfo) -> date | Literal["none"] | None:
    """Return the standstill's last day, ``"none"`` where the law asks for none."""
    text = line_of_text(value, info)
    return "none" if text.lower() in ("none", "no", "ingen", "nej") else day(value, info)


def amount(value: object, info: ValidationInfo) -> Amount | None:
    """Return an amount without VAT, in Swedish kronor where no currency is named."""
    text = line_of_text(value, info)
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Mistake(f"{quoted(text)} is no amount", "write one like 1500000 SEK")
    whole = re.sub(r"\s", "", found[1])
    number = Decimal(f"{whole}.{found[2] or '0'}")
    if not number:
        raise Mistake("the amount is zero", "remove the line where no amount is given")
    return Amount(number, found[3] or "SEK")


def cpv(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """Return CPV codes of eight digits; a check digit is dropped."""
    return tuple(dict.fromkeys(_cpv(one, at) for at, one in enumerate(items(value, info))))


def _cpv(text: str, at: int) -> str:
    found = _CPV.fullmatch(text)
    if found is None:
        raise Mistake(f"{quoted(text)} is no CPV code", "write eight digits", (str(at),))
    return found[1]


def nuts(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """Return NUTS codes."""
    codes = tuple(one.upper() for one in items(value, info))
    for at, code in enumerate(codes):
        if not _NUTS.fullmatch(code):
            raise Mistake(f"{quoted(code)} is no NUTS code", "write one like SE313", (str(at),))
    return codes


def url(value: object, info: ValidationInfo) -> str:
    """Return a web address."""
    text = line_of_text(value, info)
    if text and not re.fullmatch(r"https?://[^\s/?#]+[^\s]*", text):
        raise Mistake(
            f'"{info.field_name}" is no web address: {quoted(text)}', "write one with https://"
        )
    return text


def xml_file(value: object, info: ValidationInfo) -> str:
    """Return the path of a notice's XML."""
    text = line_of_text(value, info)
    if text and (not text.lower().endswith(".xml") or "\\" in text or "://" in text):
        raise Mistake(f"{quoted(text)} is no eForms file", "write the path of an .xml file")
    return text


def overrides(value: object, info: ValidationInfo) -> tuple[Override, ...]:
    """Return which rules are set aside for this post, by whom and why."""
    entries = value if isinstance(value, list) else [value]
    return tuple(_override(entry, str(at), info) for at, entry in enumerate(entries))


def _override(entry: object, at: str, info: ValidationInfo) -> Override:
    if not isinstance(entry, dict) or set(entry) != {"rule", "by", "reason"}:
        raise Mistake("an item of overrides is not complete", _OVERRIDE, (at,))
    return Override(
        rule=stated(entry["rule"], info, "the rule's id"),
        by=stated(entry["by"], info, "who answers for it"),
        reason=stated(entry["reason"], info, "the reason"),
    )
