"""Making the environment: what a fresh machine lacks is named in one line, with its package."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.sites import REPOSITORY


def python_that(folder: Path, *, fails_on: str) -> Path:
    """A stand-in for python3 that fails as an incomplete installation does."""
    program = folder / "python3"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *"{fails_on}"*) exit 1;; *) exit 0;; esac\n', "utf-8"
    )
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("fails_on", "named"),
    [
        ("ensurepip", "Python's venv module is missing; install it (Debian, Ubuntu: apt install"),
        ("version_info", "is older than 3.11; name a later one: make PYTHON=python3.12"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, fails_on: str, named: str) -> None:
    done = subprocess.run(
        [REPOSITORY / "tools" / "environment", str(tmp_path / "venv"), "requirements.lock"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(python_that(tmp_path, fails_on=fails_on))},
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all(tmp_path: Path) -> None:
    done = subprocess.run(
        [REPOSITORY / "tools" / "environment", str(tmp_path / "venv"), "requirements.lock"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": "python-that-is-not-there"},
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "install Python 3.11 or later" in done.stderr


def test_the_locks_name_no_download_address() -> None:
    locks = [*REPOSITORY.glob("requirements*.lock"), *REPOSITORY.glob("tests/**/package-lock.json")]
    locks = [lock for lock in locks if "node_modules" not in lock.parts]
    assert len(locks) >= 5
    for lock in locks:
        text = lock.read_text("utf-8")
        assert "index-url" not in text
        assert '"resolved": "http' not in text
        assert " @ http" not in text
