"""What every test may use: small sites, and the networks' test servers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from tests.sites import PELICANCONF, PUBLISHCONF, STRICT, SmallSite

pytest_plugins = ["tests.servers.fixtures"]

# How long something takes is measured in benchmarks, never here.
settings.register_profile("utrop", deadline=None, derandomize=STRICT)
settings.load_profile("utrop")


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., SmallSite]:
    """Return a maker of small sites."""

    def make(name: str = "plats", *, publishconf: str = "", pelicanconf: str = "") -> SmallSite:
        root = tmp_path / name
        (root / "content" / "posts").mkdir(parents=True)
        (root / "pelicanconf.py").write_text(PELICANCONF + pelicanconf, "utf-8")
        (root / "publishconf.py").write_text(PUBLISHCONF + publishconf, "utf-8")
        return SmallSite(root)

    return make


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> SmallSite:
    """A site with two posts in Swedish, one with an English translation."""
    small = make_site()
    small.post("forsta000001", "Första inlägget", date="2026-10-01 09:00", tags="[lou, dialog]")
    small.post("andra0000002", "Andra inlägget", date="2026-10-02 09:00")
    small.post(
        "second000002",
        "The second post",
        date="2026-10-02 09:00",
        lang="en",
        translation_of="andra0000002",
    )
    return small
