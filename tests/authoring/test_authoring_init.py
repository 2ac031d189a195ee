"""`utrop init`: the site that it makes is whole, and its Makefile and workflow do what they say."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from utrop.authoring import front_matter, header
from utrop.authoring.init import LANGUAGES, init_site
from utrop.authoring.values import Rules
from utrop.problem import ProblemsFound

NOW = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
NAME = 'Köp & "sälj" i Norrvik'


def make_site(directory: Path, **changed: Any) -> list[Path]:
    arguments: dict[str, Any] = {
        "name": NAME,
        "siteurl": "https://blogg.example.org",
        "lang": "sv",
        "now": NOW,
        "utrop_command": "/nowhere/utrop",
        "version": "0.1.0",
    }
    return init_site(directory, **(arguments | changed))


def settings(path: Path) -> dict[str, Any]:
    """Run a settings file without what it imports."""
    lines = path.read_text("utf-8").splitlines()
    own = [line for line in lines if "import" not in line and "plugins." not in line]
    found: dict[str, Any] = {}
    exec(compile("\n".join(own), str(path), "exec"), found)  # noqa: S102 - a template of our own
    return found


def test_the_files(tmp_path: Path) -> None:
    written = make_site(tmp_path / "site")

    assert [str(path.relative_to(tmp_path / "site")) for path in written] == [
        ".github/workflows/publish.yml",
        ".gitignore",
        ".utrop/command",
        "Makefile",
        "README.md",
        "content/pages/kontakt.md",
        "content/pages/om.md",
        "content/posts/2026-11-23-sa-publicerar-och-sprider-du.md",
        "content/posts/2026-11-23-sa-skriver-du-ett-inlagg.md",
        "pelicanconf.py",
        "publishconf.py",
        "requirements.txt",
    ]
    assert (tmp_path / "site" / "content" / "images").is_dir()
    assert all("@@" not in path.read_text("utf-8") for path in written)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_posts_and_pages_are_valid_and_out_at_once(tmp_path: Path, lang: str) -> None:
    make_site(tmp_path, lang=lang)
    zone = ZoneInfo("Europe/Stockholm")
    rules = Rules(timezone=zone, default_lang=lang, languages=(lang,), networks=("preview",))
    uids = []
    for path in sorted((tmp_path / "content").rglob("*.md")):
        kind: front_matter.Kind = "page" if path.parent.name == "pages" else "post"
        file = header.split(header.decode(path.read_bytes()))
        parsed = front_matter.parse(file, kind, path, rules)
        assert parsed.problems == []
        assert parsed.front_matter is not None
        assert parsed.front_matter.status == "published"
        assert file.body.strip()
        if kind == "post":
            assert parsed.front_matter.date is not None
            assert parsed.front_matter.date < NOW
            assert f"{parsed.front_matter.date:%Y-%m-%d}-{parsed.front_matter.slug}.md" == path.name
            uids.append(parsed.front_matter.uid)
    assert len(set(uids)) == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_posts_link_to_each_other_by_file_name(tmp_path: Path, lang: str) -> None:
    make_site(tmp_path, lang=lang)
    first, second = sorted((tmp_path / "content" / "posts").iterdir())

    assert f"]({second.name})" in first.read_text("utf-8")
    assert f"]({first.name})" in second.read_text("utf-8")


def test_the_settings(tmp_path: Path) -> None:
    make_site(tmp_path, siteurl="https://inkop.example.org/blogg/")

    writing = settings(tmp_path / "pelicanconf.py")
    publishing = settings(tmp_path / "publishconf.py")

    assert writing["SITENAME"] == NAME
    assert writing["AUTHOR"] == NAME
    assert (writing["DEFAULT_LANG"], writing["LANGUAGES"]) == ("sv", ["sv"])
    assert writing["FEED_AUTHORITY"] == "inkop.example.org"
    assert writing["FEED_AUTHORITY_YEAR"] == 2026
    assert writing["SITEURL"] == "http://localhost:8000"
    assert publishing["SITEURL"] == "https://inkop.example.org/blogg"
    assert publishing["DEPLOY"] == "file:public"
    assert publishing["NETWORKS"] == ["preview"]
    assert "from pelicanconf import *  # noqa: F403" in (tmp_path / "publishconf.py").read_text(
        "utf-8"
    )
    assert "PLUGINS = plugins.all()" in (tmp_path / "pelicanconf.py").read_text("utf-8")


@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_name_is_a_setting(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("site")
    try:
        make_site(folder, name=name)
    except ProblemsFound as found:
        assert not name.strip(), found  # noqa: PT017 - the only name that is refused
        return

    assert settings(folder / "pelicanconf.py")["SITENAME"] == " ".join(name.split())


def test_a_folder_that_holds_other_files_is_welcome(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("ours")

    make_site(tmp_path)

    assert (tmp_path / "LICENSE").read_text() == "ours"


def test_nothing_is_written_where_anything_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("mine")
    (tmp_path / "content").write_text("a file")
    (tmp_path / "publishconf.py").symlink_to("nowhere")

    with pytest.raises(ProblemsFound) as caught:
        make_site(tmp_path)

    assert [problem.path for problem in caught.value.problems] == [
        tmp_path / "Makefile",
        tmp_path / "content",
        tmp_path / "publishconf.py",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Makefile",
        "content",
        "publishconf.py",
    ]


@pytest.mark.parametrize("siteurl", ["blogg.example.org", "ftp://blogg.example.org", "https://"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, siteurl: str) -> None:
    with pytest.raises(ProblemsFound, match="no web address") as caught:
        make_site(tmp_path, siteurl=siteurl)

    assert caught.value.exit_status == 2
    assert not list(tmp_path.iterdir())


def run_make(
    site: Path, *arguments: str, path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": path, "HOME": str(site)}
    return subprocess.run(
        ["make", *arguments],
        cwd=site,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def stand_in(path: Path, status: int = 0) -> Path:
    """Put a program there that tells how it was called."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nprintf "%s|" "{path.parent.name}" "$@"\nexit {status}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    recorded = stand_in(tmp_path / "with space" / "utrop")
    make_site(tmp_path / "site", utrop_command=str(recorded))
    return tmp_path / "site"


def test_make_alone_prints_a_line_for_each_target(site: Path) -> None:
    done = run_make(site)

    assert done.returncode == 0
    targets = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  make ")]
    assert targets == [
        *("help", "new", "devserver", "html", "build", "publish", "serve", "status", "clean"),
        "publish",
    ]


@pytest.mark.parametrize(
    ("arguments", "called"),
    [
        (["publish"], "publish|"),
        (["publish", "ANNOUNCE=1"], "publish|"),
        (["publish", "ANNOUNCE=0"], "publish|--no-announce|"),
        (["html"], "build|--development|"),
        (["build"], "build|"),
        (["serve", "PORT=8001"], "serve|--port|8001|"),
        (["devserver"], "devserver|--port|8000|"),
        (["status"], "status|"),
        (["new", 'TITLE=Ett "citat" & 5 $$'], 'new|Ett "citat" & 5 $|'),
    ],
)
def test_the_targets_call_the_recorded_command(
    site: Path, arguments: list[str], called: str
) -> None:
    done = run_make(site, *arguments)

    assert done.stderr == ""
    assert done.stdout == f"with space|{called}"


def test_a_command_on_the_path_comes_before_the_recorded_one(site: Path, tmp_path: Path) -> None:
    on_path = stand_in(tmp_path / "bin" / "utrop")

    done = run_make(site, "build", path=f"{on_path.parent}:/usr/bin:/bin")

    assert done.stdout == "bin|build|"


def test_the_sites_own_installation_comes_first(site: Path, tmp_path: Path) -> None:
    on_path = stand_in(tmp_path / "path" / "utrop")
    stand_in(site / ".venv" / "bin" / "utrop")

    done = run_make(site, "build", path=f"{on_path.parent}:/usr/bin:/bin")

    assert done.stdout == "bin|build|"


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (75, 0), (1, 2), (2, 2)])
def test_what_waits_is_no_failure(site: Path, tmp_path: Path, status: int, expected: int) -> None:
    stand_in(tmp_path / "with space" / "utrop", status)

    assert run_make(site, "publish").returncode == expected


def test_where_there_is_no_utrop_it_is_installed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "with space" / "utrop").unlink()
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\necho "python $*"\n[ "$2" = venv ] || exit 0\nmkdir -p .venv/bin\n'
        "printf '#!/bin/sh\\necho \"pip $*\"; ln -s ../../utrop .venv/bin/utrop\\n'"
        " > .venv/bin/python\nchmod +x .venv/bin/python\n"
    )
    python.chmod(0o755)
    stand_in(site / "utrop")

    done = run_make(site, "build", f"PYTHON={python}")

    assert done.returncode == 0, done.stderr
    assert "install -r requirements.txt\n" in done.stdout
    assert done.stdout.endswith("|build|")
    assert (site / "requirements.txt").read_text().endswith("utrop==0.1.0\n")


def test_a_python_that_is_too_old_is_told(site: Path, tmp_path: Path) -> None:
    (tmp_path / "with space" / "utrop").unlink()

    done = run_make(site, "build", "PYTHON=false")

    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "Traceback" not in done.stderr


def test_clean_leaves_releases_and_the_ledger(site: Path) -> None:
    for name in ("output", "public"):
        (site / name).mkdir()
    (site / "ledger.sqlite3").write_bytes(b"kept")

    run_make(site, "clean")

    assert not (site / "output").exists()
    assert (site / "public").is_dir()
    assert (site / "ledger.sqlite3").read_bytes() == b"kept"


@pytest.fixture
def workflow(tmp_path: Path) -> dict[str, Any]:
    make_site(tmp_path / "for-workflow")
    text = (tmp_path / "for-workflow" / ".github" / "workflows" / "publish.yml").read_text()
    loaded = yaml.safe_load(text)
    assert isinstance(loaded, dict)
    return loaded


def steps(workflow: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in workflow["jobs"]["publish"]["steps"]}


def test_the_workflow_publishes_on_push_and_by_the_clock_and_never_twice_at_once(
    workflow: dict[str, Any],
) -> None:
    # YAML 1.1 reads the key `on` as true.
    assert workflow[True]["push"] == {"branches": ["main"]}
    assert workflow[True]["schedule"] == [{"cron": "17 * * * *"}]
    assert workflow["concurrency"] == {"group": "publish", "cancel-in-progress": False}
    assert workflow["permissions"] == {"contents": "write"}
    assert workflow["defaults"]["run"]["shell"] == "bash"
    assert list(steps(workflow)) == [
        "Fetch the site",
        "Set up Python",
        "Fetch the ledger",
        "Prepare SSH",
        "Publish",
        "Keep the ledger",
    ]
    publish, keep = steps(workflow)["Publish"], steps(workflow)["Keep the ledger"]
    assert publish["run"] == "make publish"
    assert all(value.startswith("${{ secrets.") for value in publish["env"].values())
    assert keep["if"] == "always() && steps.ledger.outcome == 'success'"


class Runner:
    """Runs the workflow's own scripts in clones of a repository on this machine."""

    def __init__(self, folder: Path, workflow: dict[str, Any]) -> None:
        self.folder, self.steps = folder, steps(workflow)
        self.origin = folder / "origin.git"
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "RUNNER_TEMP": str(folder),
            "GITHUB_RUN_ID": "7",
        }
        self.git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
        clone = self.clone("first")
        (clone / "post.md").write_text("text")
        self.git(clone, "add", "post.md")
        self.git(clone, "commit", "--quiet", "-m", "A post")
        self.git(clone, "push", "--quiet", "origin", "HEAD:main")

    def git(self, folder: Path, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
        return subprocess.run(
            ["git", *identity, *arguments],
            cwd=folder,
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    def clone(self, name: str) -> Path:
        self.git(self.folder, "clone", "--quiet", str(self.origin), name)
        return self.folder / name

    def run(self, step: str, clone: Path) -> subprocess.CompletedProcess[str]:
        script = self.steps[step]["run"].replace('sleep "$pause"', ":")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            cwd=clone,
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture
def runner(tmp_path: Path, workflow: dict[str, Any]) -> Runner:
    return Runner(tmp_path, workflow)


def test_the_ledger_survives_from_run_to_run(runner: Runner) -> None:
    first = runner.clone("run1")
    assert "this run begins one" in runner.run("Fetch the ledger", first).stdout
    (first / "ledger.sqlite3").write_bytes(b"one\0")
    (first / "ledger.sqlite3-wal").write_bytes(b"log")
    assert runner.run("Keep the ledger", first).returncode == 0

    second = runner.clone("run2")
    assert runner.run("Fetch the ledger", second).returncode == 0
    assert (second / "ledger.sqlite3").read_bytes() == b"one\0"
    assert (second / "ledger.sqlite3-wal").read_bytes() == b"log"
    (second / "ledger.sqlite3").write_bytes(b"two\0")
    (second / "ledger.sqlite3-wal").unlink()
    assert runner.run("Keep the ledger", second).returncode == 0

    third = runner.clone("run3")
    assert runner.run("Fetch the ledger", third).returncode == 0
    assert (third / "ledger.sqlite3").read_bytes() == b"two\0"
    assert not (third / "ledger.sqlite3-wal").exists()
    assert "as it was" in runner.run("Keep the ledger", third).stdout
    log = runner.git(runner.origin, "log", "--format=%s", "--name-only", "utrop-ledger")
    assert log.count("The ledger after run 7") == 2
    assert "post.md" not in log


def test_a_run_that_recorded_nothing_keeps_nothing(runner: Runner) -> None:
    clone = runner.clone("run1")

    assert runner.run("Keep the ledger", clone).returncode == 0
    assert "utrop-ledger" not in runner.git(runner.origin, "branch")


def test_a_ledger_that_cannot_be_asked_for_stops_the_run(runner: Runner) -> None:
    clone = runner.clone("run1")
    shutil.rmtree(runner.origin)

    done = runner.run("Fetch the ledger", clone)

    assert done.returncode == 1
    assert "::error::" in done.stdout


def test_a_branch_without_its_ledger_stops_the_run(runner: Runner) -> None:
    clone = runner.clone("run1")
    runner.git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/utrop-ledger")

    done = runner.run("Fetch the ledger", clone)

    assert done.returncode == 1
    assert "holds no ledger.sqlite3" in done.stdout


def test_a_ledger_that_another_run_has_brought_further_is_not_overwritten(runner: Runner) -> None:
    one, other = runner.clone("run1"), runner.clone("run2")
    for clone, ledger in ((one, b"one"), (other, b"other")):
        runner.run("Fetch the ledger", clone)
        (clone / "ledger.sqlite3").write_bytes(ledger)
    assert runner.run("Keep the ledger", one).returncode == 0

    done = runner.run("Keep the ledger", other)

    assert done.returncode == 1
    assert "::error::" in done.stdout
    assert runner.git(runner.origin, "show", "utrop-ledger:ledger.sqlite3") == "one"
