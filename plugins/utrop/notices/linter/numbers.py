"""Numbers in running text: amounts of money, quantities and CPV codes, in Swedish and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

WORDS: Final = {
    "en": 1, "ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7,
    "åtta": 8, "nio": 9, "tio": 10, "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14,
    "femton": 15, "sexton": 16, "sjutton": 17, "arton": 18, "nitton": 19, "tjugo": 20,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip
"""Numbers that texts write in letters."""

_SPACE: Final = "[ \u00a0\u202f\u2009]"
# A pattern that begins with a digit is quick to look for: what may not stand before it comes after.
_NUMBER: Final = (
    r"[0-9](?<![\w.,–-][0-9])"
    rf"(?:[0-9]{{0,2}}(?:(?:{_SPACE}|[.,])[0-9]{{3}})+(?:[.,][0-9]{{1,2}})?(?![0-9])"
    r"|[0-9]{0,14}(?:[.,][0-9]{1,4})?)"
)
_DIGITS: Final = (
    rf"(?:[0-9]{{1,3}}(?:(?:{_SPACE}|[.,])[0-9]{{3}})+(?:[.,][0-9]{{1,2}})?(?![0-9])"
    r"|[0-9]{1,15}(?:[.,][0-9]{1,4})?)"
)
_IN_LETTERS: Final = "|".join(sorted(WORDS, key=len, reverse=True))
_CURRENCY: Final = r"kronor|kr|sek|euros?|eur|€|us-dollar|dollars?|usd|gbp|pund|nok|dkk|£|\$"
_MULTIPLE: Final = (
    r"miljoner|miljon|milj\.|miljarder|miljard|tusen|mn|millions?|billions?|thousand|bn"
)
_UNIT: Final = r"mkr|mnkr|msek|tkr|tsek|mdkr|mdr|meur|keur"
_MONEY: Final = (
    rf"\s{{0,3}}(?:(?P<unit>{_UNIT})\b"
    rf"|(?:(?P<multiple>{_MULTIPLE})\s{{0,3}})?(?P<currency>{_CURRENCY})(?!\w)"
    rf"|(?P<bare>{_MULTIPLE})(?=\s{{0,3}}(?:[.,;:!?)]|$|exkl|inkl|utan|exclu|inclu|per\b|om året)))"
)
_AMOUNTS: Final = (
    # What the text must have, in small letters, and the pattern.
    (
        (
            "kr",
            "sek",
            "eur",
            "€",
            "$",
            "usd",
            "gbp",
            "pund",
            "nok",
            "dkk",
            "£",
            "dollar",
            "mil",
            "tusen",
            "mn",
            "thousand",
            "bn",
            "md",
            "bil",
        ),
        re.compile(rf"(?P<number>{_NUMBER}){_MONEY}", re.IGNORECASE),
    ),
    (
        ("miljon", "miljard", "tusen", "million", "billion", "thousand"),
        re.compile(
            rf"(?<!\w)(?P<number>{_IN_LETTERS})(?=\s{{1,3}}(?:mil|tusen|bil|thou)){_MONEY}",
            re.IGNORECASE,
        ),
    ),
    (
        ("sek", "eur", "€", "$", "£", "usd", "gbp"),
        re.compile(
            rf"(?<!\w)(?P<currency>sek|eur|€|\$|£|usd|gbp)\s?(?P<number>{_DIGITS})"
            r"(?:\s?(?P<multiple>millions?|billions?|thousand|mn|bn|m|k)\b)?",
            re.IGNORECASE,
        ),
    ),
)
_TIMES: Final = {
    "t": 1_000, "k": 1_000, "mil": 1_000_000, "mn": 1_000_000, "m": 1_000_000,
    "milja": 1_000_000_000, "bil": 1_000_000_000, "bn": 1_000_000_000, "md": 1_000_000_000,
}  # fmt: skip
_CODES: Final = {
    "kr": "SEK", "se": "SEK", "eu": "EUR", "€": "EUR", "us": "USD", "do": "USD", "$": "USD",
    "gb": "GBP", "£": "GBP", "pu": "GBP", "no": "NOK", "dk": "DKK",
}  # fmt: skip

_QUANTITIES: Final = (
    r"stycken|styck|st|kvm|kvadratmeter|m²|m2|m³|m3|kubikmeter|meter|km|kilometer|mil|hektar|ha|kg"
    r"|kilo|kilogram|ton|tonnes?|tons?|liter|litres?|exemplar|enheter|units?|licenser|licen[cs]es?"
    r"|fordon|bilar|bussar|vehicles?|cars?|buses|datorer|computers?|laptops?|platser|användare|users?"
    r"|timmar|hours?|square met(?:res|ers)|procent|per ?cent|%"
)
_DURATIONS: Final = r"år|månader|veckor|dagar|years?|months?|weeks?|days?"
_QUANTITY: Final = re.compile(
    rf"(?P<number>{_NUMBER}){_SPACE}?\n?(?P<unit>{_QUANTITIES}|{_DURATIONS})(?!\w)", re.IGNORECASE
)
_UNIT_AFTER: Final = re.compile(rf"\s(?P<unit>{_QUANTITIES}|{_DURATIONS})(?!\w)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_CONTRACT: Final = re.compile(
    r"avtal|kontrakt|option|förläng|löptid|contract|agreement|exten[ds]|renew", re.IGNORECASE
)
_DAYS: Final = {"d": 1, "v": 7, "w": 7, "m": 30, "å": 360, "y": 360}
_IS_DURATION: Final = re.compile(_DURATIONS, re.IGNORECASE)
_CPV: Final = re.compile(
    r"(?P<code>[0-9](?<![\w.,/-][0-9])[0-9]{7})(?P<check>-[0-9])?(?![\w/]|[.,][0-9]|-[0-9])"
)
_NUMBERS: Final = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as a text has it."""

    at: int
    shown: str
    value: Decimal
    currency: str
    """ISO 4217; empty where the text names none."""
    step: Decimal
    """What the last digit written is worth, for amounts that a text rounds."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something, or a length of time."""

    at: int
    shown: str
    value: Decimal
    days: int
    """How many days the unit has, in months of 30 and years of 360; 0 for other units."""


@lru_cache(maxsize=256)
def amounts(text: str) -> tuple[Money, ...]:
    """Find amounts of money: ``1 500 000 kronor``, ``1,5 miljoner``, ``MSEK``, ``EUR 90,000``."""
    lower = text.lower()
    found = []
    for parts, pattern in _AMOUNTS:
        if any(part in lower for part in parts):
            found += [_money(one.groupdict(), one) for one in pattern.finditer(text)]
    # The same amount may be written with its currency on both sides.
    once = {one.at + len(one.shown): one for one in sorted(found, key=lambda one: -one.at)}
    return tuple(sorted(once.values(), key=lambda one: one.at))


def _money(parts: dict[str, str | None], found: re.Match[str]) -> Money:
    unit, name = parts.get("unit") or "", parts.get("currency") or ""
    times = _times(parts.get("multiple") or parts.get("bare") or unit)
    value, step = _number(found["number"], scaled=times > 1)
    currency = _CODES.get(name.lower()[:2], "") or _CODES.get(name[:1], "")
    if unit:
        currency = "EUR" if unit.lower().endswith("eur") else "SEK"
    return Money(found.start(), found[0], value * times, currency, step * times)


def quantities(text: str, *, lengths_everywhere: bool = True) -> Iterator[Quantity]:
    """Find numbers with a unit.

    Lengths of time count everywhere, or only near a word such as "contract".
    """
    told = [
        (one.start(), one.end(), one["number"], one["unit"]) for one in _QUANTITY.finditer(text)
    ]
    told += [
        (word.start(), unit.end(), word[0], unit["unit"])
        for word in _WORD.finditer(text)
        if word[0].lower() in WORDS and (unit := _UNIT_AFTER.match(text, word.end()))
    ]
    for start, end, number, unit_told in sorted(told):
        days = _DAYS.get(unit_told[0].lower(), 0) if _IS_DURATION.fullmatch(unit_told) else 0
        is_near = lengths_everywhere or _CONTRACT.search(text, max(0, start - 120), end + 120)
        if days and not is_near:
            continue
        value, _ = _number(number, scaled=False)
        yield Quantity(start, text[start:end], value, days)


def cpv_codes(text: str) -> Iterator[tuple[int, str]]:
    """Find CPV codes: eight digits and a check digit, or eight digits after the word CPV."""
    for found in _CPV.finditer(text):
        before = text[max(0, found.start() - 80) : found.start()].lower()
        if found["check"] or "cpv" in before:
            yield found.start(), found["code"]


def numbers(text: str) -> set[Decimal]:
    """Return every number of a text."""
    found = {_number(one, scaled=False)[0] for one in set(_NUMBERS.findall(text))}
    words = {word.strip(".,;:!?()") for word in text.lower().split()}
    return found | {Decimal(WORDS[word]) for word in words & WORDS.keys()}


def _times(word: str) -> int:
    word = word.lower().rstrip(".")
    for beginning in sorted(_TIMES, key=len, reverse=True):
        if word.startswith(beginning):
            return _TIMES[beginning]
    return 1


def _number(written: str, *, scaled: bool) -> tuple[Decimal, Decimal]:
    """Return a number and what its last digit is worth.

    ``1.500`` is one thousand five hundred, but one and a half where ``scaled`` by a million.
    """
    word = " ".join(written.lower().split())
    if word in WORDS:
        return Decimal(WORDS[word]), Decimal(1)
    text = re.sub(_SPACE, "", written)
    marks = [letter for letter in text if letter in ".,"]
    tail = len(text) - 1 - max(text.rfind("."), text.rfind(","))
    if marks and (tail != 3 or (scaled and len(marks) == 1)):
        whole, fraction = text[: -tail - 1], text[-tail:]
    else:
        whole, fraction = text, ""
    whole = re.sub(r"[.,]", "", whole)
    return Decimal(f"{whole or '0'}.{fraction or '0'}"), Decimal(1).scaleb(-len(fraction))
