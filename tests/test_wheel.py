"""The wheel carries what a site of one's own needs: theme, templates, schema."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.sites import REPOSITORY


def test_the_wheel_is_whole(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    package = REPOSITORY / "plugins" / "utrop"
    wanted = {
        f"utrop/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    theme = REPOSITORY / "theme"
    wanted |= {
        f"utrop/theme/{path.relative_to(theme).as_posix()}"
        for folder in ("templates", "static", "translations")
        for path in (theme / folder).rglob("*")
        if path.is_file()
    }
    assert wanted <= names
