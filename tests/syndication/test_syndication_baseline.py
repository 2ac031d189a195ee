from __future__ import annotations

import runpy
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from utrop.problem import ProblemsFound
from utrop.syndication import ledger as ledgers
from utrop.syndication.baseline import begin, write_baseline

MOMENT = datetime(2026, 11, 23, 21, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
SINCE = "2026-11-23T21:00:00+01:00"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "publishconf.py"
    path.write_text('# Räksmörgås\nNETWORKS = ["mastodon"]  # behåll\n', "utf-8")
    path.chmod(0o640)
    return path


def value(path: Path, name: str = "MASTODON_SINCE") -> object:
    return runpy.run_path(str(path))[name]


def refusal(path: Path, *names: str, again: bool = False) -> str:
    before = path.read_bytes()
    with pytest.raises(ProblemsFound) as caught:
        write_baseline(path, names or ("mastodon",), MOMENT, again=again)
    assert caught.value.exit_status == 2
    assert path.read_bytes() == before
    return str(caught.value)


def test_appends_a_line_for_each_real_network_and_keeps_the_rest(conf: Path) -> None:
    before = conf.read_text("utf-8")
    lines = write_baseline(conf, ["mastodon", "preview", "bluesky"], MOMENT)
    assert lines == (f'MASTODON_SINCE = "{SINCE}"', f'BLUESKY_SINCE = "{SINCE}"')
    after = conf.read_text("utf-8")
    assert after.startswith(before)
    assert (value(conf), value(conf, "BLUESKY_SINCE")) == (SINCE, SINCE)
    assert conf.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in conf.parent.iterdir()] == ["publishconf.py"]


def test_replaces_only_when_asked_to(conf: Path) -> None:
    write_baseline(conf, ["mastodon"], MOMENT)
    assert "publishconf.py:5: MASTODON_SINCE is set already" in refusal(conf).replace(
        str(conf), "publishconf.py"
    )
    write_baseline(conf, ["mastodon"], MOMENT + timedelta(days=1), again=True)
    assert value(conf) == "2026-11-24T21:00:00+01:00"
    assert conf.read_text("utf-8").count("MASTODON_SINCE") == 1


@pytest.mark.parametrize(
    "line",
    [
        'ÅÄÖ = "åäö"; MASTODON_SINCE = "2020-01-01T00:00:00+01:00"  # åäö',
        'MASTODON_SINCE: str = ("2020-01-01"\n    "T00:00:00+01:00")',
        "MASTODON_SINCE = 'a'\nMASTODON_SINCE = 'b'",
    ],
)
def test_replaces_the_value_wherever_it_stands(conf: Path, line: str) -> None:
    conf.write_text(f"{line}\nSITENAME = 'x'\n", "utf-8")
    write_baseline(conf, ["mastodon"], MOMENT, again=True)
    assert value(conf) == SINCE
    assert conf.read_text("utf-8").endswith("SITENAME = 'x'\n")
    assert "2020" not in conf.read_text("utf-8")


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n    MASTODON_SINCE = 'x'\n",
        "MASTODON_SINCE, OTHER = 'x', 'y'\n",
        "MASTODON_SINCE = OTHER = 'x'\n",
    ],
)
def test_leaves_what_it_cannot_change_safely(conf: Path, source: str) -> None:
    conf.write_text(source, "utf-8")
    assert "write MASTODON_SINCE" in refusal(conf, again=True)


def test_keeps_windows_line_endings_and_a_missing_last_one(conf: Path) -> None:
    conf.write_bytes(b"A = 1\r\nB = 2")
    write_baseline(conf, ["mastodon"], MOMENT)
    assert b"\n" not in conf.read_bytes().replace(b"\r\n", b"")
    assert value(conf) == SINCE
    assert value(conf, "B") == 2


def test_refuses_a_file_that_is_no_python(conf: Path) -> None:
    conf.write_text("NETWORKS = [\n", "utf-8")
    assert "is not valid Python" in refusal(conf)
    conf.write_bytes(b"A = '\xe5'\n")
    assert "is no Python text" in refusal(conf)


def test_a_link_stays_a_link(conf: Path) -> None:
    link = conf.with_name("link.py")
    link.symlink_to(conf)
    write_baseline(link, ["mastodon"], MOMENT)
    assert link.is_symlink()
    assert value(conf) == SINCE


def test_beginning_makes_the_ledger(conf: Path) -> None:
    url = "sqlite:///ledger.sqlite3"
    begin(conf, ["mastodon"], MOMENT, ledger_url=url, root=conf.parent)
    assert ledgers.exists(url, conf.parent)
    assert value(conf) == SINCE


def test_beginning_makes_no_ledger_where_the_file_cannot_be_changed(conf: Path) -> None:
    conf.write_text("MASTODON_SINCE = 'x'\n", "utf-8")
    with pytest.raises(ProblemsFound):
        begin(conf, ["mastodon"], MOMENT, ledger_url="sqlite:///ledger.sqlite3", root=conf.parent)
    assert not ledgers.exists("sqlite:///ledger.sqlite3", conf.parent)


def test_a_moment_without_an_offset_is_a_mistake_of_the_caller(conf: Path) -> None:
    with pytest.raises(ValueError, match="offset"):
        write_baseline(conf, ["mastodon"], MOMENT.replace(tzinfo=None))
