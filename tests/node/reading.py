"""The networks' own libraries for texts (npm twitter-text and @atproto/api), in one Node process.

Installed once from ``package-lock.json``, without running any package's scripts, with the Node 22
that the strict lock brings. Nothing is fetched when they are installed already.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

FOLDER = Path(__file__).parent
END_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Asks the libraries, many texts at a time."""

    process: subprocess.Popen[str]
    errors: IO[str]

    def x(self, texts: Sequence[str]) -> list[int]:
        """Return the weighted length of each text by X's own library."""
        return self._ask("x", texts)

    def bluesky(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Return graphemes, bytes and facets of each text by Bluesky's own library.

        A facet is its kind (``link`` or ``tag``), its bytes from and to, and what it means.
        """
        return self._ask("bluesky", texts)

    def _ask(self, of: str, texts: Sequence[str]) -> list[Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        # Escaped as JSON, so that no line end within a text ends the line.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps({"of": of, "texts": list(texts)}) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise RuntimeError(f"texts.mjs ended:\n{self.errors.read()}")
        answer: list[Any] = json.loads(line)
        assert len(answer) == len(texts)
        return answer


@contextlib.contextmanager
def running(program: Path, folder: Path) -> Iterator[Reader]:
    """Run the process until the block ends; ``folder`` takes its errors."""
    with (
        (folder / "errors.txt").open("w+", encoding="utf-8") as errors,
        subprocess.Popen(
            [program, FOLDER / "texts.mjs"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Reader(process=process, errors=errors)
        finally:
            assert process.stdin is not None
            process.stdin.close()  # it ends by itself then, also when we are killed
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
