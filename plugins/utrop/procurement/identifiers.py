"""Identifiers of organisations: which of them may be a person's number, and how it is masked.

A Swedish organisation number is ``NNNNNN-NNNN`` with a third digit of 2 or more; a sole trader's is
the owner's personal number, which begins with a birth date. Skatteverket describes both; the check
digit is Luhn's (ISO/IEC 7812-1).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from utrop.procurement.notice import Organisation

MASK: Final = "XXXX"
"""What stands for the last four digits."""

_PERSONAL: Final = re.compile(
    r"(?<![0-9])(?P<century>1[89]|20)?(?P<birth>[0-9]{6})[ \t]*(?P<sign>[-+\u2010\u2011\u2013])?"
    r"[ \t]*(?P<last>[0-9]{4})(?:01)?(?![0-9])"
)
"""The two digits at the end are those of a VAT number."""
_SIX_DIGITS: Final = re.compile(r"[0-9]{6,}")
_LAST: Final = re.compile(
    r"(?P<head>[0-9]{6})[ \t]*(?P<sign>[-+\u2010\u2011\u2013])?[ \t]*[0-9]{4}(?:01)?(?![0-9])"
)
_COORDINATION: Final = 60
"""What a coordination number (samordningsnummer) adds to the day."""


def passes_luhn(digits: str) -> bool:
    """Whether the last of these ASCII digits is the check digit of the rest."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + at % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def looks_like_personal_number(identifier: str) -> bool:
    """Whether an identifier holds what may be a Swedish personal number.

    Ten digits, or twelve with the century, of which the first tell a possible date of birth (or
    of a coordination number), with the right check digit.
    """
    return bool(personal_numbers(identifier))


def personal_numbers(text: str) -> list[re.Match[str]]:
    """Return where in a text numbers stand that may be personal numbers."""
    # Looking for six digits first is far quicker in a long text.
    found = (_PERSONAL.match(text, six.start()) for six in _SIX_DIGITS.finditer(text))
    return [one for one in found if one is not None and _is_personal(one)]


def _is_personal(found: re.Match[str]) -> bool:
    """Whether a match of six and four digits may be a personal number."""
    birth = found["birth"]
    month, day = int(birth[2:4]), int(birth[4:6])
    # An organisation's third digit is 2 or more, which no month begins with.
    return _is_day(found["century"], birth[:2], month, day) and passes_luhn(birth + found["last"])


def mask(identifier: str) -> str:
    """Return an identifier without the last four digits of what may be a personal number.

    ``811218-9876`` becomes ``811218-XXXX``; an identifier of another form comes back as it is.
    """
    return _LAST.sub(lambda found: f"{found['head']}{found['sign'] or '-'}{MASK}", identifier)


def masked(organisation: Organisation) -> tuple[str, ...]:
    """Return an organisation's identifiers as they may be published.

    A natural person's are masked whatever they look like, others where they may be a personal
    number. What cannot be masked of a natural person is left out.
    """
    found = []
    for identifier in organisation.identifiers:
        if not (organisation.is_natural_person or looks_like_personal_number(identifier)):
            found.append(identifier)
            continue
        hidden = mask(identifier)
        is_hidden = MASK in hidden or sum(letter.isdecimal() for letter in hidden) < 4
        if is_hidden or not organisation.is_natural_person:
            found.append(hidden)
    return tuple(found)


def _is_day(century: str | None, year: str, month: int, day: int) -> bool:
    day -= _COORDINATION if day > _COORDINATION else 0
    for hundreds in (century,) if century else ("19", "20"):
        try:
            date(int(hundreds + year), month, day)
        except ValueError:
            continue
        return True
    return False
