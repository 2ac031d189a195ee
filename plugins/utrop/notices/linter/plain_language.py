"""R13: whether the plain summary is plain (språklagen, 11 §): LIX and the length of sentences.

LIX (Björnsson 1968) is the number of words in a sentence plus the share of words longer than six
letters, in per cent: below 30 very easy, 30–40 easy, 40–50 middling, 50–60 hard, above that
very hard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from utrop.notices.linter.subject import Sighting, Subject
from utrop.notices.linter.text import Passage, shown

MOST_LIX: Final = 50
MOST_WORDS: Final = 25
"""In one sentence."""
_LONG_WORD: Final = 6
_LEAST_WORDS: Final = 20
"""Below which LIX says little."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-’'.:][^\W_]+)*")


def lix(text: str) -> int:
    """Return the readability index of a text, 0 of one without words."""
    sentences = [count for _, count in _counted(Passage(text, None)) if count]
    words = _WORD.findall(text)
    if not sentences:
        return 0
    long = sum(len(word) > _LONG_WORD for word in words)
    return round(len(words) / len(sentences) + 100 * long / len(words))


def not_plain(subject: Subject) -> Iterator[Sighting]:
    """A plain summary whose LIX is above 50."""
    text = subject.plain_summary
    if len(_WORD.findall(text)) < _LEAST_WORDS or (found := lix(text)) <= MOST_LIX:
        return
    yield Sighting(
        line=subject.line("plain_summary"),
        what=f"the plain summary is hard to read: LIX {found}, where {MOST_LIX} is the most",
        instead="write shorter sentences and shorter words",
    )


def long_sentences(subject: Subject) -> Iterator[Sighting]:
    """Sentences of the plain summary with more than 25 words."""
    for sentence, count in _counted(Passage(subject.plain_summary, None)):
        if count > MOST_WORDS:
            yield Sighting(
                line=subject.line("plain_summary"),
                what=f"a sentence has {count} words: {shown(sentence)}",
                instead=f"divide it; {MOST_WORDS} words are the most",
            )


def _counted(passage: Passage) -> Iterator[tuple[str, int]]:
    for sentence in passage.sentences:
        yield sentence.text, len(_WORD.findall(sentence.text))
