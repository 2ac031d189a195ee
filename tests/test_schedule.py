"""`utrop schedule`: what it writes publishes what is due, from the second at which it is due."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.sites import STRICT, SmallSite
from utrop.problem import ProblemsFound
from utrop.scheduling import Every, crontab_line, every, github, gitlab, systemd

BEFORE, DUE = "2026-12-01T08:59:59+01:00", "2026-12-01T09:00:00+01:00"
COMMAND = ("/opt/utrop/bin/utrop",)
INTERVALS = ["1min", "5min", "15 minutes", "30m", "1h", "2h", "6 hours", "24h"]

needs_systemd = pytest.mark.skipif(
    not STRICT and not shutil.which("systemd-analyze"),
    reason="systemd-analyze is not installed; apt install systemd",
)


def analyze(tmp_path: Path, *arguments: str) -> str:
    """Run systemd-analyze; what it has to say against a file fails."""
    done = subprocess.run(
        ["systemd-analyze", *arguments],
        env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(tmp_path), "TZ": "UTC"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def unit(path: Path) -> dict[str, str]:
    """Read a unit file of ours: keys are said once, %% is a per cent sign and % begins a name."""
    lines = [line.partition("=") for line in path.read_text("utf-8").splitlines()]
    assert not re.search(r"(?<!%)%(?!%)", path.read_text("utf-8").replace("%%", ""))
    return {key: value.replace("%%", "%") for key, sign, value in lines if sign}


@needs_systemd
@pytest.mark.parametrize("often", INTERVALS)
def test_systemd_takes_the_units_without_a_word(tmp_path: Path, often: str) -> None:
    site = tmp_path / "blogg 100% år"
    program = tmp_path / "bin here" / "utrop"
    for folder in (site, program.parent):
        folder.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = systemd(site, (str(program), "-m", 'ut"r\\op', "100%"), every(often), tmp_path / "u")
    assert unit(units[0])["WorkingDirectory"] == str(site)
    assert shlex.split(unit(units[0])["ExecStart"]) == [
        str(program),
        "-m",
        'ut"r\\op',
        "100%",
        "publish",
    ]
    said = analyze(tmp_path, "verify", "--user", "--man=no", *map(str, units))
    assert not [line for line in said.splitlines() if "utrop-publish" in line]


@needs_systemd
def test_systemd_would_have_something_to_say_against_a_wrong_unit(tmp_path: Path) -> None:
    units = systemd(tmp_path, ("/nowhere/utrop",), Every(5), tmp_path / "u")
    with pytest.raises(AssertionError, match="nowhere"):
        analyze(tmp_path, "verify", "--user", "--man=no", *map(str, units))


@needs_systemd
@pytest.mark.parametrize("often", INTERVALS)
def test_the_calendar_comes_as_often_as_asked_and_on_the_hour(tmp_path: Path, often: str) -> None:
    interval = every(often)
    said = analyze(
        tmp_path, "calendar", "--iterations=4", "--base-time=2026-12-01 22:30", interval.calendar
    )
    times = [
        datetime.fromisoformat(f"{found}+00:00")
        for found in re.findall(
            r"(?:Next elapse|Iteration #\d|Iter\. #\d): \w+ (\S+ \S+) UTC", said
        )
    ]
    assert len(times) == 4, said
    gaps = {later - sooner for sooner, later in pairwise(times)}
    assert gaps == {timedelta(minutes=interval.minutes)}
    assert all(at.timestamp() % (interval.minutes * 60) == 0 for at in times)


def run_as_systemd_does(service: Path, now: str) -> subprocess.CompletedProcess[str]:
    """Run ExecStart with what a user's service manager leaves in the environment."""
    said = unit(service)
    argv = shlex.split(said["ExecStart"])
    done = subprocess.run(
        argv,
        cwd=said["WorkingDirectory"],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(service.parent), "UTROP_NOW": now},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, *map(int, said["SuccessExitStatus"].split())), done.stderr
    return done


def test_the_service_publishes_a_post_from_its_second_on(site: SmallSite, tmp_path: Path) -> None:
    site.post("kommande0001", "Ett kommande inlägg", date="2026-12-01 09:00")
    told = site.run("schedule", "--systemd", str(tmp_path / "units")).stdout
    assert "enable --now utrop-publish.timer" in told
    service = tmp_path / "units" / "utrop-publish.service"
    page = site.current / "ett-kommande-inlagg" / "index.html"
    run_as_systemd_does(service, BEFORE)
    assert (site.current / "index.html").is_file()
    assert not page.exists()
    run_as_systemd_does(service, DUE)
    assert page.is_file()


def test_the_service_lifts_an_embargo_without_a_person(site: SmallSite, tmp_path: Path) -> None:
    site.post(
        "annons000001", "En hemlig annons", kind="notice", regime="national",
        deadline="2027-01-15 23:59", database_url="https://annonser.example.org/1",
        database_name="Annonsdatabasen", database_published_at="2026-12-01 09:00",
    )  # fmt: skip
    site.run("schedule", "--systemd", str(tmp_path / "units"))
    service = tmp_path / "units" / "utrop-publish.service"
    page = site.current / "en-hemlig-annons" / "index.html"
    held = run_as_systemd_does(service, BEFORE)
    assert "En hemlig annons" in held.stdout
    assert not page.exists()
    run_as_systemd_does(service, DUE)
    assert page.is_file()


def test_the_line_for_a_crontab_does_the_same_in_a_folder_with_any_name(
    make_site: Callable[..., SmallSite],
) -> None:
    site = make_site("plats 100% 'här'")
    site.post("forsta000001", "Första inlägget")
    site.post("kommande0001", "Ett kommande inlägg", date="2026-12-01 09:00")
    line = site.run("schedule", "--cron", "--every", "15min").stdout
    assert line.startswith("*/15 * * * * ")
    assert line.count("\n") == 1
    # cron ends a command at a bare per cent sign, see crontab(5).
    assert not re.search(r"(?<!\\)%", line)
    command = line.split(maxsplit=5)[5].replace("\\%", "%")
    page = site.current / "ett-kommande-inlagg" / "index.html"
    for now, is_out in ((BEFORE, False), (DUE, True)):
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            env={"PATH": "/usr/bin:/bin", "HOME": str(site.root), "UTROP_NOW": now},
            cwd="/",
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == "", "cron would mail it"
        assert page.exists() is is_out


@pytest.mark.parametrize(("status", "is_failure"), [(0, False), (75, False), (1, True), (2, True)])
def test_cron_hears_of_what_failed_and_not_of_what_waits(
    tmp_path: Path, status: int, is_failure: bool
) -> None:
    program = tmp_path / "utrop"
    program.write_text(f"#!/bin/sh\nexit {status}\n")
    program.chmod(0o755)
    command = crontab_line(tmp_path, (str(program),), Every(5)).split(maxsplit=5)[5]
    done = subprocess.run(["/bin/sh", "-c", command], check=False)
    assert bool(done.returncode) is is_failure


def workflow(path: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_github_gets_the_workflow_that_init_writes(tmp_path: Path, site: SmallSite) -> None:
    site.run("init", str(tmp_path / "new"))
    from_init = tmp_path / "new/.github/workflows/publish.yml"
    written = github(site.root, Every(15))
    # YAML 1.1 reads the key `on` as true.
    assert workflow(written)[True]["schedule"] == [{"cron": "*/15 * * * *"}]
    assert "and every 15 minutes, for posts" in written.read_text("utf-8")
    github(tmp_path / "new", Every(15))
    assert from_init.read_bytes() == written.read_bytes()


def test_a_workflow_that_is_there_keeps_all_but_how_often(site: SmallSite) -> None:
    path = github(site.root, Every(60))
    assert 'cron: "17 * * * *"' in path.read_text("utf-8")
    own = path.read_text("utf-8").replace("MASTODON_TOKEN", "OUR_TOKEN")
    path.write_text(own, "utf-8")
    site.run("schedule", "--github", "--every", "30min")
    expected = own.replace("17 * * * *", "*/30 * * * *").replace("every 1 hour", "every 30 minutes")
    assert path.read_text("utf-8") == expected


def test_a_workflow_with_no_time_or_several_is_left_to_its_owner(site: SmallSite) -> None:
    path = site.root / ".github/workflows/publish.yml"
    path.parent.mkdir(parents=True)
    for text in ("on: push\n", 'x:\n  - cron: "1 2 * * *"\n  - cron: "2 2 * * *"\n'):
        path.write_text(text, "utf-8")
        said = site.run("schedule", "--github", expect=2).stderr
        assert "publish.yml" in said
        assert path.read_text("utf-8") == text
    assert "GitHub" in site.run("schedule", "--github", "--every", "1min", expect=2).stderr


class GitLab:
    """Runs the job's script as GitLab's runner does: one shell, in a clone with its variables."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        written = gitlab(folder, Every(5))
        self.job = workflow(written)["publish"]
        self.git(folder, "init", "-q", "--bare", "--initial-branch=main", str(self.origin))
        clone = self.clone("first")
        self.git(clone, "commit", "-q", "--allow-empty", "-m", "A post")
        self.git(clone, "push", "-q", "origin", "HEAD:main")
        make = folder / "bin" / "make"
        make.parent.mkdir()
        make.write_text(
            "#!/bin/sh\n"
            "cat ledger.sqlite3 2>/dev/null\n"
            'printf %s "$1" >> ledger.sqlite3\n'
            'exit "$MADE"\n'
        )
        make.chmod(0o755)

    def git(self, folder: Path, *arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
        ).stdout

    def clone(self, name: str) -> Path:
        self.git(self.folder, "clone", "-q", str(self.origin), name)
        return self.folder / name

    def run(self, clone: Path, *, made: int = 0) -> subprocess.CompletedProcess[str]:
        script = "\n".join(["set -eo pipefail", *self.job["script"]])
        environ = {"CI_PROJECT_DIR": str(clone), "CI_PIPELINE_ID": "7"}
        environ |= {
            name: value.replace("$CI_PROJECT_DIR", str(clone)).replace("$CI_PIPELINE_ID", "7")
            for name, value in self.job["variables"].items()
        }
        return subprocess.run(
            ["bash", "-c", script.replace('sleep "$pause"', ":")],
            cwd=clone,
            env={**environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                 "HOME": str(self.folder), "MADE": str(made)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture
def pipeline(tmp_path: Path) -> GitLab:
    return GitLab(tmp_path)


def test_gitlab_keeps_the_ledger_from_run_to_run_also_when_publishing_fails(
    pipeline: GitLab,
) -> None:
    first = pipeline.run(pipeline.clone("one"), made=1)
    assert first.returncode == 1, first.stderr
    assert "this run begins one" in first.stdout
    second = pipeline.run(pipeline.clone("two"))
    assert second.returncode == 0, second.stderr
    assert "publish\n" not in first.stdout
    assert "publish" in second.stdout, "make saw the ledger of the first run"
    kept = pipeline.git(pipeline.origin, "show", "utrop-ledger:ledger.sqlite3")
    assert kept == "publishpublish"


def test_gitlab_stops_where_the_ledger_cannot_be_had(pipeline: GitLab) -> None:
    clone = pipeline.clone("one")
    shutil.move(pipeline.origin, pipeline.folder / "away")
    done = pipeline.run(clone)
    assert done.returncode == 1
    assert "cannot be found out" in done.stdout
    assert not (clone / "ledger.sqlite3").exists(), "nothing was published"


def test_gitlab_runs_one_after_the_other_and_by_the_clock(pipeline: GitLab) -> None:
    assert pipeline.job["resource_group"]
    assert pipeline.job["interruptible"] is False
    assert "schedule" in pipeline.job["rules"][0]["if"]


def test_files_that_say_something_else_are_kept(tmp_path: Path) -> None:
    systemd(tmp_path, COMMAND, Every(5), tmp_path)
    systemd(tmp_path, COMMAND, Every(5), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(ProblemsFound) as found:
        systemd(tmp_path / "other", COMMAND, Every(10), tmp_path)
    assert len(found.value.problems) == 2
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("folder", ["a\nb", "a\x07b"])
def test_a_folder_that_no_unit_can_name_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ProblemsFound):
        systemd(tmp_path / folder, COMMAND, Every(5), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("--cron", "--github"), ("--cron", "--every", "7min")])
def test_what_is_not_said_clearly_is_refused(site: SmallSite, arguments: tuple[str, ...]) -> None:
    assert site.run("schedule", *arguments, expect=2).stderr.count("\n") == 1


@given(st.integers(0, 3000), st.sampled_from(["min", "h"]))
def test_an_interval_is_even_or_refused(number: int, unit: str) -> None:
    minutes = number * (60 if unit == "h" else 1)
    is_even = minutes > 0 and (60 % minutes == 0 or (minutes % 60 == 0 and 1440 % minutes == 0))
    if not is_even:
        with pytest.raises(ProblemsFound):
            every(f"{number}{unit}")
        return
    assert every(f"{number} {unit}") == Every(minutes)


@given(st.integers(1, 24).filter(lambda hours: 24 % hours == 0) | st.just(0))
def test_a_crontab_starts_it_as_often_as_asked(hours: int) -> None:
    for interval in [Every(hours * 60)] if hours else [Every(m) for m in (1, 5, 10, 20, 30)]:
        minute, hour, *rest = crontab_line(Path("/s"), COMMAND, interval).split()[:5]
        assert rest == ["*", "*", "*"]
        assert matches(minute, 60) * matches(hour, 24) == 24 * 60 // interval.minutes


def matches(field: str, whole: int) -> int:
    """Return how many values of a field of crontab(5) there are."""
    if field.startswith("*"):
        return whole // int(field[2:] or 1)
    return len(field.split(","))
