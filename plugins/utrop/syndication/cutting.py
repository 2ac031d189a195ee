"""Cutting: shorter forms of a text that still say nothing false.

A cut stands after a sentence, or between words, but never inside a URL, a number, an amount, a
date or a word with its unit, and never inside a grapheme (https://www.unicode.org/reports/tr29/).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

ELLIPSIS: Final = "…"
_FEWEST: Final = 20
"""A torso of fewer characters tells nothing; better none."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ABBREVIATIONS: Final = _words(
    "art bl bilaga ca dnr dr dvs eg el etc exkl f fr inkl jfr kap kl kr max min mr mrs ms nr no"
    " obs osv prop red resp s sid sk st t tel tex tom vol"
)
_COUNTED: Final = _words(
    "kr kronor krona öre tkr mkr mnkr mdkr sek msek euro eur dollar usd miljon miljoner miljard"
    " miljarder million millions billion billions thousand tusen hundra hundred procent percent"
    " procentenhet procentenheter promille km m m2 m² m3 kvm cm mm kg g ton tonnes liter kwh mwh"
    " gwh timmar timme hours minuter minutes dagar days veckor weeks månader months år years"
    " januari februari mars april maj juni juli augusti september oktober november december"
    " january february march may june july august october"
)
_COUNTING: Final = _words(
    "noll två tre fyra fem sex sju åtta nio tio elva tolv tjugo trettio fyrtio femtio hundra tusen"
    " two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred"
    " kl ca nr no sek eur usd § art den the måndag tisdag onsdag torsdag fredag lördag söndag"
    " måndagen tisdagen onsdagen torsdagen fredagen lördagen söndagen monday tuesday wednesday"
    " thursday friday saturday sunday halv"
)
_SENTENCE_END: Final = re.compile(r"[.!?…]+[\"”’»)\]]*$")
_WORD: Final = re.compile(r"[^ \n]+")
_TRAILING: Final = " \n,;:–—-/(«“\"'"


def shortened(text: str, fits: Callable[[str], bool], *, sentences: bool) -> str:
    """Return the longest form of a text that fits, or an empty text where none does.

    ``sentences`` prefers whole sentences to a cut between words.
    """
    if not text or fits(text):
        return text
    if sentences:
        for end in reversed(sentence_ends(text)):
            if fits(text[:end]):
                return text[:end]
    torsos = [_torso(text[:end]) for end in gaps(text)]
    torsos = [torso for torso in torsos if len(torso) >= _FEWEST]
    low, high = 0, len(torsos)
    while low < high:  # the longest that fits: a longer torso never counts less
        middle = (low + high) // 2
        if fits(torsos[middle]):
            low = middle + 1
        else:
            high = middle
    return torsos[low - 1] if low else ""


def _torso(text: str) -> str:
    """Return a cut text with its ellipsis, which never touches an address."""
    if "://" in text.rpartition(" ")[2]:
        return f"{text} {ELLIPSIS}"
    return text.rstrip(_TRAILING) + ELLIPSIS


def sentence_ends(text: str) -> list[int]:
    """Return the offsets just after each sentence but the last."""
    ends = []
    for left, right in pairwise(_WORD.finditer(text)):
        match = _SENTENCE_END.search(left.group())
        if match is None or not _begins_sentence(right.group()):
            continue
        if match.group().startswith(".") and _is_abbreviation(left.group()[: match.start()]):
            continue
        ends.append(left.end())
    return ends


def gaps(text: str) -> list[int]:
    """Return the offsets between words at which a cut separates nothing that belongs together."""
    words = list(_WORD.finditer(text))
    return [
        left.end()
        for left, right in pairwise(words)
        if not _belong_together(left.group(), right.group())
    ]


def _belong_together(left: str, right: str) -> bool:
    if _has_digit(right) or _bare(right) in _COUNTED:
        return True
    if left[-1] in ",;:!?":
        return False
    return _has_digit(left) or _bare(left) in _COUNTING or left[-1] in "§€$£([{"


def _has_digit(word: str) -> bool:
    return any(character.isnumeric() for character in word)


def _bare(word: str) -> str:
    return word.strip('.,;:!?()[]"”“’»«%').casefold()


def _begins_sentence(text: str) -> bool:
    first = text.lstrip('"”“’»«(–- ')[:1]
    # A caseless script has no capitals to look for; a digit more often goes on than begins.
    return first.isalpha() and not first.islower()


def _is_abbreviation(word: str) -> bool:
    bare = word.lstrip('("”“«').casefold()
    if "." in bare and not bare[0].isnumeric():
        return True
    return bare in _ABBREVIATIONS or (len(bare) == 1 and bare.isalpha())
