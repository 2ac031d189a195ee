"""The notices that tests of the reader read: our own fictional ones, and the real ones."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.sites import SHARED
from utrop.procurement.eforms import Reading, read_notice
from utrop.procurement.notice import Notice

OWN: Final = Path(__file__).resolve().parents[1] / "notices_xml"
REAL: Final = SHARED / "data" / "notices"

real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real notices in ../shared/data/notices are not here"
)


def reading_of(path: Path) -> Reading:
    return read_notice(path.read_bytes(), path=path)


def own(name: str) -> Notice:
    notice = reading_of(OWN / f"reader-{name}.xml").notice
    assert notice is not None
    return notice


def of_ted(name: str) -> Notice:
    notice = reading_of(REAL / f"{name}.xml").notice
    assert notice is not None
    return notice
