"""The emoji that X counts as one: sequences of several characters that its own library knows.

The sequences are those of Unicode Emoji 11, as npm's twemoji-parser 11.0.2 has them (MIT License,
© Twitter, Inc.), which X's twitter-text 3.1.0 counts with. An emoji of one character needs no
rule: it weighs two like every character beyond the alphabets. A sequence that is newer is counted
by its parts, which is more.
"""

from __future__ import annotations

from typing import Final

import regex

JOINER: Final = "\u200d"
AS_EMOJI, AS_TEXT = "\ufe0f", "\ufe0e"
"""The variation selectors: the sign before it is meant as a picture, or as a letter."""


def _spans(written: str) -> str:
    """Return the inside of a character class for code points and spans in hexadecimal."""
    return "".join(
        "-".join(chr(int(point, 16)) for point in span.split("-")) for span in written.split()
    )


_MAN, _WOMAN, _BOY, _GIRL = "\U0001f468", "\U0001f469", "\U0001f466", "\U0001f467"
_ADULT = f"[{_MAN}{_WOMAN}]"
_HEART, _KISS = f"\u2764{AS_EMOJI}", "\U0001f48b"
_SKIN = f"[{_spans('1F3FB-1F3FF')}]"
_GENDER = f"{JOINER}[\u2640\u2642]{AS_EMOJI}"
_ROLE = (
    f"(?:[\u2695\u2696\u2708]{AS_EMOJI}|["
    + _spans(
        "1F33E 1F373 1F393 1F3A4 1F3A8 1F3EB 1F3ED 1F4BB 1F4BC 1F527 1F52C 1F680 1F692 1F9B0-1F9B3"
    )
    + "])"
)
_GENDERED = _spans(
    "1F3C3 1F3C4 1F3CA 1F46E 1F471 1F473 1F477 1F481 1F482 1F486 1F487 1F645-1F647 1F64B 1F64D"
    " 1F64E 1F6A3 1F6B4-1F6B6 1F926 1F935 1F937-1F939 1F93D 1F93E 1F9B8 1F9B9 1F9D6-1F9DD"
)
_WITH_SKIN = _spans(
    "1F385 1F3C2-1F3C4 1F3C7 1F3CA 1F442 1F443 1F446-1F450 1F466-1F469 1F46E 1F470-1F478 1F47C"
    " 1F481-1F483 1F485-1F487 1F4AA 1F57A 1F595 1F596 1F645-1F647 1F64B-1F64F 1F6A3 1F6B4-1F6B6"
    " 1F6C0 1F6CC 1F918-1F91C 1F91E 1F91F 1F926 1F930-1F939 1F93D 1F93E 1F9B5 1F9B6 1F9B8 1F9B9"
    " 1F9D1-1F9DD 270A 270B"
)
_WITH_SKIN_OR_SELECTOR = _spans("1F3CB 1F3CC 1F574 1F575 1F590 261D 26F7 26F9 270C 270D")
_WITH_SELECTOR = _spans(
    "1F004 1F170 1F171 1F17E 1F17F 1F202 1F21A 1F22F 1F237 1F321 1F324-1F32C 1F336 1F37D 1F396"
    " 1F397 1F399-1F39B 1F39E 1F39F 1F3CD 1F3CE 1F3D4-1F3DF 1F3F3 1F3F5 1F3F7 1F43F 1F441 1F4FD"
    " 1F549 1F54A 1F56F 1F570 1F573 1F576-1F579 1F587 1F58A-1F58D 1F5A5 1F5A8 1F5B1 1F5B2 1F5BC"
    " 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8 1F5EF 1F5F3 1F5FA 1F6CB 1F6CD-1F6CF"
    " 1F6E0-1F6E5 1F6E9 1F6F0 1F6F3 A9 AE 203C 2049 2122 2139 2194-2199 21A9 21AA 231A 231B 2328"
    " 23CF 23ED-23EF 23F1 23F2 23F8-23FA 24C2 25AA 25AB 25B6 25C0 25FB-25FE 2600-2604 260E 2611"
    " 2614 2615 2618 2620 2622 2623 2626 262A 262E 262F 2638-263A 2640 2642 2648-2653 265F 2660"
    " 2663 2665 2666 2668 267B 267F 2692-2697 2699 269B 269C 26A0 26A1 26AA 26AB 26B0 26B1 26BD"
    " 26BE 26C4 26C5 26C8 26CF 26D1 26D3 26D4 26E9 26EA 26F0-26F5 26F8 26FA 26FD 2702 2708 2709"
    " 270F 2712 2714 2716 271D 2721 2733 2734 2744 2747 2757 2763 2764 27A1 2934 2935 2B05-2B07"
    " 2B1B 2B1C 2B50 2B55 3030 303D 3297 3299"
)
# The second letters of the flags that begin with the first one: SE is below S.
_FLAGS = (
    "ACDEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTVWYZ CACDFGHIKLMNOPRUVWXYZ DEGJKMOZ EACEGHRSTU FIJKMOR"
    " GABDEFGHILMNPQRSTUWY HKMNRTU ICDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY"
    " MACDEFGHKLMNOPQRSTUVWXYZ NACEFGILOPRUZ OM PAEFGHKLMNRSTWY QA REOSUW SABCDEGHIJKLMNORSTVXYZ"
    " TACDFGHJKLMNORTVWZ UAGMNSYZ VACEGINU WFS XK YET ZAMW"
)


def _regional(letters: str) -> str:
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in letters)


def _tagged(letters: str) -> str:
    """Return the flag of a part of a country, such as ``gbsct``."""
    return "\U0001f3f4" + "".join(chr(0xE0000 + ord(one)) for one in letters) + "\U000e007f"


_SEQUENCES = (
    f"{_ADULT}{_SKIN}?{JOINER}{_ROLE}",
    f"[{_spans('1F3CB 1F3CC 1F574 1F575 26F9')}](?:{_SKIN}|{AS_EMOJI}){_GENDER}",
    f"[{_GENDERED}]{_SKIN}?{_GENDER}",
    f"(?:{_MAN}{JOINER}{_HEART}{JOINER}(?:{_KISS}{JOINER})?{_MAN})",
    f"(?:{_WOMAN}{JOINER}{_HEART}{JOINER}(?:{_KISS}{JOINER})?{_ADULT})",
    f"(?:{_MAN}{JOINER}{_ADULT}|{_WOMAN}{JOINER}{_WOMAN}|{_ADULT}){JOINER}"
    f"(?:{_BOY}{JOINER}{_BOY}|{_GIRL}{JOINER}[{_BOY}{_GIRL}]|[{_BOY}{_GIRL}])",
    f"\U0001f3f3{AS_EMOJI}{JOINER}\U0001f308",
    f"\U0001f3f4{JOINER}\u2620{AS_EMOJI}",
    f"\U0001f441{JOINER}\U0001f5e8",
    f"[{_spans('1F46F 1F93C 1F9DE 1F9DF')}]{_GENDER}",
    f"[#*0-9]{AS_EMOJI}?\u20e3",
    f"[{_WITH_SELECTOR}]{AS_EMOJI}",
    f"[{_WITH_SKIN_OR_SELECTOR}](?:{AS_EMOJI}|(?!{AS_TEXT})){_SKIN}?",
    f"[{_WITH_SKIN}]{_SKIN}?",
    *(_tagged(part) for part in ("gbeng", "gbsct", "gbwls")),
    *(f"{_regional(row[0])}[{_regional(row[1:])}]" for row in _FLAGS.split()),
)
SEQUENCE: Final = regex.compile("|".join(_SEQUENCES))
"""Finds each emoji that is more than one character, and some that are one."""
