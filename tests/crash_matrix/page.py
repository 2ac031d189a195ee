"""The page docs/crash-matrix.md, made from what came of the cases."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tests.crash_matrix.cases import Ended
from tests.crash_matrix.scenario import POSTS
from tests.crash_matrix.stand_ins import STAND_INS
from tests.sites import REPOSITORY
from utrop import __version__

_CONTROLS: Final = {
    "no intent": "what was being sent counts as never sent",
    "no read-back": "every look-up finds nothing",
    "no waiting": "a repeat does not wait until the network's window has passed",
}


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one network, with or without a safeguard."""

    control: str
    network: str
    cases: tuple[Ended, ...]

    @property
    def failed(self) -> int:
        """How many cases break what is promised."""
        return sum(case.failed for case in self.cases)

    def count(self, name: str) -> int:
        """How many posts of all cases are ``lost``, ``doubled`` or ``uncertain``."""
        return sum(len(getattr(case, name)) for case in self.cases)

    @property
    def row(self) -> list[str]:
        """The cells that every table has."""
        points = len({case.point for case in self.cases})
        stuck = sum(bool(case.wrong) for case in self.cases)
        numbers = [points, len(self.cases), self.count("lost"), self.count("doubled")]
        return [*map(str, numbers), str(self.count("uncertain")), str(stuck)]


def page(groups: Sequence[Group], *, seeds: int, minutes: float, day: date) -> str:
    """Return the whole page."""
    whole = [group for group in groups if not group.control]
    controls = [group for group in groups if group.control]
    cases = sum(len(group.cases) for group in whole)
    killed = sum(case.killed for group in whole for case in group.cases)
    lines = [
        "<!-- Written by `make crash-matrix`. -->",
        "",
        "# Crash matrix",
        "",
        "What a network shows after the announcer was killed in the midst of its work and run",
        "again until nothing was owed.",
        "",
        f"Measured {day.isoformat()} with Utrop {__version__} ({_commit()}): {seeds} seeds,",
        f"{cases:,} cases of {POSTS} posts, {killed:,} processes killed, {minutes:.0f} minutes.",
        "",
        *_EXPLAINED.splitlines(),
        "",
        "| network | read back | points | cases | lost | doubled | uncertain and reported |"
        " anything else wrong |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        _line([group.network, "yes" if STAND_INS[group.network].read_back else "no", *group.row])
        for group in whole
    ]
    lines += ["", *_CONTROLLED.splitlines(), ""]
    lines += [f"- **{name}**: {said}." for name, said in _CONTROLS.items()]
    lines += [
        "",
        "| without | network | cases | lost | doubled | uncertain | anything else wrong |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        _line([group.control.removeprefix("no "), group.network, *group.row[1:]])
        for group in controls
    ]
    return "\n".join([*lines, "", *_REPEATED.splitlines(), ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty=, with changes"]
    told = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "no commit"


_EXPLAINED: Final = """\
Each case is a new ledger, two posts that are owed, and an account that shows nothing yet. A real
process announces, against a stand-in for the network on a real socket (Bluesky is the real server
of Bluesky, the PDS; the mail server is aiosmtpd), and is ended by SIGKILL at one point: before or
after a write of the ledger was committed, before or after the announcer publishes or looks up, and
at every step of every request: before and after connecting, sending the head and the body, the
answer's head (mid-answer), its body, and closing. Half of the time the run after it is killed as
well. Then others run until nothing is owed. (The PDS's answer to a login, which takes it a third of
a second, is kept and given again.)

A seed chooses what else goes wrong: one write's answer is lost, or cut in half, or says 500
although the post was made, or it takes effect only later, or is reset before that, or is refused
with 429; how long what was written is missing from the network's own lists, up to the window that
Utrop waits out; whether an idempotency key is heeded; and how soon the next run comes.

*Lost* is a post that is not there in the end and of which nobody was told; *doubled* is one that is
there twice. On a network that can be read back nothing may stay uncertain. On the others a post
may, and is told of with exit status 1 until a person has looked. *Anything else wrong* counts cases
that do not come to rest, whose ledger says something else than the network shows, or whose chain of
events is broken.
"""
_CONTROLLED: Final = """\
## Without a safeguard

The same with one of the announcer's safeguards taken out, to show that the matrix would notice. Not
every network needs every safeguard: LinkedIn and X refuse the same words again, Facebook twice in a
row, and Bluesky has a place for each post that only one can take.
"""
_REPEATED: Final = """\
## Repeat it

```console
$ make crash-matrix STRICT=1
$ make crash-matrix STRICT=1 CRASH_MATRIX="--seeds 5"
$ .venv/bin/python -m tests.crash_matrix --networks mastodon x --from-seed 14 --seeds 1
```

The first takes all cores. The ledgers lie on a RAM disk where there is one: what a process wrote
before SIGKILL is there afterwards whatever the disk. What a loss of power does to a disk is
SQLite's promise (<https://www.sqlite.org/atomiccommit.html>), which this does not test. A short
form runs with `make test`.
"""
