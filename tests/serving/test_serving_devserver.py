"""The development server, run as a person runs it, with a real build in a process of its own."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from utrop.problem import ProblemsFound
from utrop.serving.devserver import Sources, develop

BUILD = """
import pathlib, sys
source, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
output.mkdir(exist_ok=True)
text = (source / "post.md").read_text()
(output / "index.html").write_text("half-built")
if "WRONG" in text:
    print("post.md:1: WRONG is not allowed; write RIGHT", file=sys.stderr)
    raise SystemExit(1)
(output / "index.html").write_text(text)
"""
SERVER = """
import sys
from pathlib import Path
from utrop.serving.devserver import develop
root = Path(sys.argv[1])
develop(
    [sys.executable, str(root / "build.py"), str(root / "content"), str(root / "output")],
    [root / "content", root / "pelicanconf.py"],
    root / "output",
    port=0,
    base_path=sys.argv[2],
    say=lambda line: print(line, flush=True),
)
print("ended", flush=True)
"""


class Running:
    """A development server and what it says, line by line."""

    def __init__(self, root: Path, base_path: str = "/") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, root, base_path],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.url = ""
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, words: str) -> list[str]:
        """Wait until a line has the words; return all lines up to it."""
        said = []
        while not said or words not in said[-1]:
            try:
                said.append(self._lines.get(timeout=30))
            except queue.Empty:
                pytest.fail(f"never said {words!r}, but {said}")
            if said[-1].startswith("Serving "):
                self.url = said[-1].split()[1]
        return said

    def get(self) -> httpx.Response:
        return httpx.get(self.url, trust_env=False)

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(by)
        self.process.wait(30)
        self._reader.join(30)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "build.py").write_text(BUILD)
    (tmp_path / "pelicanconf.py").write_text("SITENAME = 'x'")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "post.md").write_text("first")
    return tmp_path


@pytest.fixture
def server(root: Path) -> Iterator[Running]:
    running = Running(root)
    running.until("Serving ")
    yield running
    if running.process.poll() is None:
        running.stop()


def test_a_change_is_built_and_shown(server: Running, root: Path) -> None:
    assert server.get().text == "first"

    (root / "content" / "post.md").write_text("second")
    server.until("Built: ")

    assert server.get().text == "second"


def test_changed_code_counts(server: Running, root: Path) -> None:
    (root / "build.py").write_text(BUILD.replace("write_text(text)", "write_text(text.upper())"))
    (root / "content" / "ny.md").write_text("a new file is a change as well")
    server.until("Built: ")

    assert server.get().text == "FIRST"


def test_a_settings_file_counts_also_where_an_editor_replaces_it(
    server: Running, root: Path
) -> None:
    for text in ("SITENAME = 'y'", "SITENAME = 'z'"):
        (root / "pelicanconf.py.new").write_text(text)
        (root / "pelicanconf.py.new").replace(root / "pelicanconf.py")
        server.until("Built: ")


def test_a_failed_build_is_told_and_the_last_good_one_stays(server: Running, root: Path) -> None:
    (root / "content" / "post.md").write_text("WRONG")
    said = server.until("The build failed")

    assert "post.md:1: WRONG is not allowed; write RIGHT" in said
    assert said[-1] == "The build failed (exit status 1): the last good build is still served."
    assert (root / "output" / "index.html").read_text() == "half-built"
    assert server.get().text == "first"

    (root / "content" / "post.md").write_text("RIGHT")
    server.until("Built: ")
    assert server.get().text == "RIGHT"


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("content/post.md", True),
        ("content/djupt/ner/bild.jpg", True),
        ("content/.well-known/x", True),
        ("pelicanconf.py", True),
        ("content/post.md~", False),
        ("content/.post.md.swp", False),
        ("content/.#post.md", False),
        ("content/__pycache__/x.cpython-311.pyc", False),
        ("content/.git/index", False),
        ("content/output/index.html", False),
        ("other.txt", False),
        ("djupt/pelicanconf.py", False),
    ],
)
def test_what_counts_as_a_change(path: str, counts: bool) -> None:
    # In a folder whose own name would be noise below a watched one.
    root = Path("/home/x/.venv/site")
    sources = Sources(
        folders=(root / "content",),
        files=frozenset({root / "pelicanconf.py"}),
        built=root / "content" / "output",
    )

    assert sources.count(root / path) is counts


def test_nothing_to_show_until_the_first_build_that_succeeds(root: Path) -> None:
    (root / "content" / "post.md").write_text("WRONG")
    server = Running(root, "/blogg/")
    try:
        said = server.until("Serving ")
        assert "The build failed (exit status 1): nothing to show yet." in said
        assert server.url.endswith("/blogg/")
        assert server.get().status_code == 503

        (root / "content" / "post.md").write_text("RIGHT")
        server.until("Built: ")
        assert server.get().text == "RIGHT"
    finally:
        server.stop()


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_and_leaves_nothing(
    server: Running, root: Path, by: signal.Signals
) -> None:
    server.stop(by)

    assert server.process.returncode == 0
    assert server.until("ended") == ["ended"]
    assert list((root / "tmp").iterdir()) == []


def test_a_build_under_way_is_ended_with_it(root: Path) -> None:
    (root / "build.py").write_text(
        "import os, sys, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(600)\n"
    )
    server = Running(root)
    pid = int(server.until("pid ")[-1].split()[1])

    server.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

    assert server.process.returncode == 0
    assert server.until("ended") == ["ended"]


def test_what_cannot_be_watched_is_named_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        develop(["true"], [tmp_path / "a", tmp_path / "b"], tmp_path / "output", port=0, say=print)

    assert [problem.path for problem in found.value.problems] == [tmp_path / "a", tmp_path / "b"]
    assert found.value.exit_status == 2


def test_a_build_that_cannot_be_run(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="no-such-command cannot be run"):
        develop(["no-such-command"], [tmp_path], tmp_path / "output", port=0, say=print)
