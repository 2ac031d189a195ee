"""A publish that is killed at any moment leaves the old site or the new one, whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from deployment_sites import Write, an_id, contents, leftovers

from utrop.deployment.targets.file import FileTarget

Site = dict[str, str]

CHILD = """
import os, signal, sys
from pathlib import Path
from utrop.deployment.targets.file import FileTarget

folder, output, release, last = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
steps = []

def step(name):
    steps.append(name)
    if len(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)

print("begins", flush=True)
FileTarget(folder=folder, keep=2, step=step).release(output, release_id=release)
print(len(steps), steps[-1])
"""


def publish(folder: Path, output: Path, release: str, *, kill_at: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, folder, output, release, str(kill_at)],
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


def released_twice(public: Path, build: Write, old: Site) -> None:
    """Have two releases there, so that the next one also prunes."""
    target = FileTarget(folder=public, keep=2)
    target.release(build(old | {"index.html": "older"}), release_id=an_id(1))
    target.release(build(old), release_id=an_id(2))


def is_whole(public: Path, *sites: Site) -> bool:
    return contents(public / "current") in sites


def test_killed_after_each_step(public: Path, build: Write, old: Site, new: Site) -> None:
    steps, found = 0, set()
    for kill_at in range(1, 100):
        folder = public / str(kill_at)
        folder.parent.mkdir(exist_ok=True)
        released_twice(folder, build, old)
        output = build(new)

        with publish(folder, output, an_id(3), kill_at=kill_at) as child:
            said = child.communicate(timeout=60)[0]
        if child.returncode == 0:
            break
        steps += 1

        assert child.returncode == -signal.SIGKILL
        assert is_whole(folder, old, new), f"after step {kill_at}"
        found.add(contents(folder / "current")["index.html"])
        target = FileTarget(folder=folder, keep=2)
        for info in target.releases():
            assert is_whole_release(folder / "releases" / info.id, old, new), info
        outcome = target.release(output, release_id=an_id(4))
        assert outcome.changed == (outcome.release_id == an_id(4))
        assert is_whole(folder, new)
        assert leftovers(folder) == []
    assert said == f"begins\n{steps} removed\n", "the last step is the last that changes the disk"
    assert found == {"home, old", "home, new"}
    assert steps >= len(new) + 6


def is_whole_release(release: Path, old: Site, new: Site) -> bool:
    return contents(release) in (old, new, old | {"index.html": "older"})


def test_killed_at_any_time(public: Path, build: Write) -> None:
    old = {f"{number}/index.html": f"old {number}" for number in range(150)}
    new = {f"{number}/index.html": f"new {number}" for number in range(150)}
    target = FileTarget(folder=public, keep=2)
    target.release(build(old), release_id=an_id(1))
    sites = {"old": old, "new": new}
    chance = random.Random(20261123)  # noqa: S311 - moments to kill at, no secrets
    live, killed = "old", 0

    for number in range(2, 22):
        other = "new" if live == "old" else "old"
        with publish(public, build(sites[other]), an_id(number)) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "begins\n"
            try:
                child.wait(chance.uniform(0, 0.08))
            except subprocess.TimeoutExpired:
                child.kill()
            killed += child.wait() == -signal.SIGKILL

        assert is_whole(public, old, new), f"run {number}"
        live = "new" if contents(public / "current") == new else "old"
    assert killed

    target.release(build(sites["old"]), release_id=an_id(90))
    target.release(build(sites["new"]), release_id=an_id(91))
    assert is_whole(public, new)
    assert leftovers(public) == []


FULL_DISK = """
import json, subprocess, sys
from pathlib import Path
from utrop.deployment.targets.file import FileTarget
from utrop.problem import ProblemsFound

folder, output, release = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
said = []
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", folder], check=True)
target = FileTarget(folder=folder, keep=9)

def publish(text, id):
    (output / "index.html").write_text(text)
    try:
        said.append(target.release(output, release_id=id).changed)
    except ProblemsFound as found:
        said.append(str(found))

publish("x" * 50_000, release)
publish("y" * 400_000, release)
said.append(sorted(path.name for path in (folder / "releases").iterdir()) == [release])
said.append((folder / "current" / "index.html").read_text() == "x" * 50_000)
subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
publish("z", release)
try:
    target.check()
except ProblemsFound as found:
    said.append([str(found), found.exit_status])
publish("x" * 50_000, release)
print(json.dumps(said))
"""


def test_a_disk_that_is_really_full_and_one_that_is_read_only(public: Path, build: Write) -> None:
    own = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    try:
        able = subprocess.run([*own, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs unshare, to make a small disk")
    if able.returncode:
        pytest.skip("needs the right to mount a small disk in a namespace of its own")
    public.mkdir()
    output = build({"index.html": ""})

    done = subprocess.run(
        [*own, sys.executable, "-c", FULL_DISK, public, output, an_id(1)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    first, full, only_one, whole, read_only, checked, again = json.loads(done.stdout)
    assert first is True
    assert "no disk space left for the release; the site that was live is still live" in full
    assert only_one
    assert whole
    assert "cannot be written to" in read_only
    assert "cannot be written to" in checked[0]
    assert checked[1] == 2
    assert "cannot be written to" in again
