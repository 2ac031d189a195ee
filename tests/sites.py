"""Small sites for whole-run tests, and the command run in them as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"
STRICT = os.environ.get("STRICT") == "1"

PELICANCONF = """\
from utrop import plugins

PLUGINS = plugins.all()
THEME = plugins.theme()
SITENAME = "Provbloggen"
SITESUBTITLE = "Om upphandling"
AUTHOR = "Redaktionen"
DEFAULT_CATEGORY = "Nyheter"
TIMEZONE = "Europe/Stockholm"
FEED_AUTHORITY = "blogg.prov.example.org"
FEED_AUTHORITY_YEAR = 2026
"""
PUBLISHCONF = """\
from pelicanconf import *  # noqa: F403

SITEURL = "https://blogg.prov.example.org"
"""


@dataclass
class SmallSite:
    """A site in a temporary folder, and the command run in it."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def current(self) -> Path:
        return self.root / "public" / "current"

    def write(self, name: str, text: str) -> Path:
        path = self.root / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def post(self, uid: str, title: str, *, body: str = "Text.", **keys: str) -> Path:
        keys = {"title": f'"{title}"', "date": "2026-10-01 09:00", "uid": uid, **keys}
        header = "\n".join(f"{key}: {value}" for key, value in keys.items() if value)
        return self.write(f"posts/{uid}.md", f"---\n{header}\n---\n\n{body}\n")

    def run(
        self,
        *arguments: str,
        expect: int | None = 0,
        environ: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
        now: str = "2026-11-23T12:00:00+01:00",
        answers: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``utrop`` as a process of its own; the time is handed in, ``answers`` are typed."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("UTROP_", "MASTODON_", "BLUESKY_", "PYTHONDONTWRITE"))
        }
        done = subprocess.run(
            [sys.executable, "-m", "utrop", *arguments],
            cwd=self.root,
            env={**inherited, "UTROP_NOW": now, **self.environ, **(environ or {})},
            input=answers,
            capture_output=True,
            encoding=encoding,
            timeout=120,
            check=False,
        )
        if expect is not None:
            assert done.returncode == expect, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done
