"""Small built sites for the deployers' tests."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from deployment_sites import Write


@pytest.fixture
def build(tmp_path: Path) -> Write:
    """Return a builder: it empties the output folder and writes the given files there."""
    output = tmp_path / "output"

    def write(files: Mapping[str, str]) -> Path:
        for path in sorted(output.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        output.mkdir(exist_ok=True)
        for name, text in files.items():
            path = output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            # As a build that touches everything: times tell nothing of what changed.
            os.utime(path, (1, 1))
        return output

    return write


@pytest.fixture
def old() -> dict[str, str]:
    """A site."""
    return {
        "index.html": "home, old",
        "announcements.json": '{"version": 1, "posts": []}',
        "inlagg/index.html": "the post",
        "inlagg/ett namn med åäö.txt": "odd name",
        "borta/index.html": "goes away",
        "tom.txt": "",
    }


@pytest.fixture
def new(old: dict[str, str]) -> dict[str, str]:
    """The same site later: one file changed (in as many bytes), one new, one gone."""
    later = dict(old) | {"index.html": "home, new", "nytt/djupt/index.html": "new"}
    del later["borta/index.html"]
    return later
