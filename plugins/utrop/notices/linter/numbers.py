"""Numbers in running text: amounts of money, quantities and CPV codes, in Swedish and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

WORDS: Final = {
    "en": 1, "ett": 1, "en enda": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7,
    "åtta": 8, "nio": 9, "tio": 10, "elva": 11, "tolv": 12, "tretton": 13, "fjorton": 14,
    "femton": 15, "sexton": 16, "sjutton": 17, "arton": 18, "nitton": 19, "tjugo": 20,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip
"""Numbers that texts write in letters."""

_SPACE: Final = "[ \u00a0\u202f\u2009]"
_NUMBER: Final = (
    rf"(?:\d{{1,3}}(?:(?:{_SPACE}|[.,])\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)"
    r"|\d{1,15}(?:[.,]\d{1,4})?)"
)
_IN_LETTERS: Final = "|".join(sorted(WORDS, key=len, reverse=True))
_CURRENCY: Final = r"kronor|kr|sek|euros?|eur|€|us-dollar|dollars?|usd|gbp|pund|nok|dkk|£|\$"
_MULTIPLE: Final = (
    r"miljoner|miljon|milj\.|miljarder|miljard|tusen|mn|millions?|billions?|thousand|bn"
)
_UNIT: Final = r"mkr|mnkr|msek|tkr|tsek|mdkr|mdr|meur|keur"
_AMOUNT: Final = re.compile(
    rf"(?<![\w.,–-])(?P<number>{_NUMBER}|(?:{_IN_LETTERS})(?=\s+(?:mil|tusen|bil|thou)))\s{{0,3}}"
    rf"(?:(?P<unit>{_UNIT})\b"
    rf"|(?:(?P<multiple>{_MULTIPLE})\s{{0,3}})?(?P<currency>{_CURRENCY})(?!\w)"
    rf"|(?P<bare>{_MULTIPLE})(?=\s{{0,3}}(?:[.,;:!?)]|$|exkl|inkl|utan|exclu|inclu|per\b|om året)))"
    rf"|(?<!\w)(?P<before>sek|eur|€|\$|£|usd|gbp)\s?(?P<after>{_NUMBER})"
    rf"(?:\s?(?P<times>millions?|billions?|thousand|mn|bn|m|k)\b)?",
    re.IGNORECASE,
)
_HAS_MONEY: Final = re.compile(rf"{_CURRENCY}|{_UNIT}|mil(?:j|l)|tusen|thousand", re.IGNORECASE)
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
    rf"(?<![\w.,–-])(?P<number>{_NUMBER}|{_IN_LETTERS}){_SPACE}?\n?"
    rf"(?P<unit>{_QUANTITIES}|{_DURATIONS})(?!\w)",
    re.IGNORECASE,
)
_CONTRACT: Final = re.compile(
    r"avtal|kontrakt|option|förläng|löptid|contract|agreement|exten[ds]|renew", re.IGNORECASE
)
_DAYS: Final = {"d": 1, "v": 7, "w": 7, "m": 30, "å": 360, "y": 360}
_CPV: Final = re.compile(r"(?<![\w.,/-])(?P<code>\d{8})(?P<check>-\d)?(?![\w/]|[.,]\d|-\d)")
_NUMBERS: Final = re.compile(rf"(?<![\w.,–-])(?:{_NUMBER}|(?:{_IN_LETTERS})(?!\w))", re.IGNORECASE)


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


def amounts(text: str) -> Iterator[Money]:
    """Find amounts of money: ``1 500 000 kronor``, ``1,5 miljoner``, ``MSEK``, ``EUR 90,000``."""
    if not _HAS_MONEY.search(text):
        return
    for found in _AMOUNT.finditer(text):
        multiple = found["multiple"] or found["bare"] or found["times"] or found["unit"] or ""
        times = _times(multiple)
        value, step = _number(found["number"] or found["after"], scaled=times > 1)
        name = found["currency"] or found["before"] or ""
        currency = _CODES.get(name.lower()[:2].strip(), "") or _CODES.get(name[:1], "")
        if unit := found["unit"]:
            currency = "EUR" if unit.lower().endswith("eur") else "SEK"
        yield Money(found.start(), found[0], value * times, currency, step * times)


def quantities(text: str, *, lengths_everywhere: bool = True) -> Iterator[Quantity]:
    """Find numbers with a unit.

    Lengths of time count everywhere, or only near a word such as "contract".
    """
    for found in _QUANTITY.finditer(text):
        unit = found["unit"].lower()
        days = _DAYS.get(unit[0], 0) if re.fullmatch(_DURATIONS, unit) else 0
        if days and not lengths_everywhere:
            around = text[max(0, found.start() - 120) : found.end() + 120]
            if not _CONTRACT.search(around):
                continue
        value, _ = _number(found["number"], scaled=False)
        yield Quantity(found.start(), found[0], value, days)


def cpv_codes(text: str) -> Iterator[tuple[int, str]]:
    """Find CPV codes: eight digits and a check digit, or eight digits after the word CPV."""
    for found in _CPV.finditer(text):
        before = text[max(0, found.start() - 80) : found.start()].lower()
        if found["check"] or "cpv" in before:
            yield found.start(), found["code"]


def numbers(text: str) -> set[Decimal]:
    """Return every number of a text."""
    return {_number(found[0], scaled=False)[0] for found in _NUMBERS.finditer(text)}


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
