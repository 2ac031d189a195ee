"""Mistake: what is wrong with one value, before it is known in which file and line it stands."""

from __future__ import annotations


class Mistake(ValueError):  # noqa: N818 - it is the writer's, and becomes a Problem
    """A value that front matter cannot have; the parser adds the file and the line."""

    def __init__(self, what: str, instead: str = "", at: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.instead = instead
        #: Keys below the front matter's key, where the mistake lies deeper in its value.
        self.at = at


def quoted(text: str) -> str:
    """Return text as it stands in a message: in double quotes, on one line, not too long."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= 60 else flat[:59] + "…"}"'
