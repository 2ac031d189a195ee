from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def cases(folder: Path, control: str = "") -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.syndication.crashing", str(folder), control],
        cwd=REPOSITORY,
        env={"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'plugins'}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_killed_announcer_loses_and_doubles_nothing(tmp_path: Path) -> None:
    found = cases(tmp_path)
    assert all(case["killed"] for case in found)
    points = {case["point"].partition(": ")[2] for case in found}
    assert points >= {
        "before expect is written",
        "before claim is written",
        "after claim is written",
        "before publish",
        "before the request",
        "after the request",
        "after publish",
        "before settle is written",
        "after settle is written",
        "before find",
        "before the search",
        "after find",
    }
    assert [case for case in found if case["lost"] or case["doubled"]] == []
    assert [case for case in found if case["statuses"][-1] != 0] == []


@pytest.mark.parametrize("control", ["no-intent", "no-search"])
def test_the_cases_notice_a_missing_safeguard(tmp_path: Path, control: str) -> None:
    assert any(case["doubled"] for case in cases(tmp_path, control))
