"""Settings: every mistake is named with its file and line, all at once, before anything runs."""

from __future__ import annotations

import os
import py_compile
import sys
from pathlib import Path

import pytest

from utrop import configuration
from utrop.problem import ProblemsFound

GOOD = """from utrop import plugins
SITENAME = "Blogg"
SITEURL = "https://blogg.inkop.example.org"
FEED_AUTHORITY = "inkop.example.org"
FEED_AUTHORITY_YEAR = 2026
"""


def write_site(root: Path, publishconf: str = GOOD, pelicanconf: str = "") -> Path:
    (root / "content").mkdir(exist_ok=True)
    (root / "pelicanconf.py").write_text(pelicanconf, "utf-8")
    (root / "publishconf.py").write_text(publishconf, "utf-8")
    return root


def problems(root: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ProblemsFound) as caught:
        configuration.load(root, environ or {}, production=True)
    assert caught.value.exit_status == 2
    return [str(problem) for problem in caught.value.problems]


def test_defaults_are_enough(tmp_path: Path) -> None:
    site = configuration.load(write_site(tmp_path), {}, production=True)
    assert site.siteurl == "https://blogg.inkop.example.org"
    assert site.deploy == "file:public"
    assert site.networks == ("preview",)
    assert site.ledger == "sqlite:///ledger.sqlite3"
    assert site.languages == ("sv", "en")
    assert site.content == tmp_path / "content"
    assert site.base_path == "/"


@pytest.mark.parametrize(
    ("line", "variable", "days"),
    [
        ("", "", (14, 7, 1)),
        ("REMINDERS = ()", "", ()),
        ("REMINDERS = [1, 7, 7]", "", (7, 1)),
        ("", "7, 2", (7, 2)),
        ("REMINDERS = (3,)", "7,2", (7, 2)),
    ],
)
def test_reminders_are_days(
    tmp_path: Path, line: str, variable: str, days: tuple[int, ...]
) -> None:
    write_site(tmp_path, f"{GOOD}{line}\n")
    environ = {"UTROP_REMINDERS": variable} if variable else {}
    site = configuration.load(tmp_path, environ, production=True)
    assert site.settings["REMINDERS"] == days


def test_environment_overrides_every_documented_name(tmp_path: Path) -> None:
    (tmp_path / "annat").mkdir()
    environ = {
        "UTROP_SITEURL": "http://127.0.0.1:8123/blogg/",
        "UTROP_CONTENT": str(tmp_path / "annat"),
        "UTROP_DEPLOY": "file:///srv/www",
        "UTROP_LEDGER": "sqlite:///annan.db",
        "UTROP_NETWORKS": "mastodon, bluesky",
        "UTROP_KEEP_RELEASES": "3",
        "UTROP_TYPOGRIFY": "yes",
        "MASTODON_URL": "http://127.0.0.1:9",
        "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
        "UTROP_BLUESKY_LANG": "all",
    }
    site = configuration.load(write_site(tmp_path), environ, production=True)
    assert site.siteurl == "http://127.0.0.1:8123/blogg"
    assert site.base_path == "/blogg/"
    assert site.content == tmp_path / "annat"
    assert site.deploy == "file:///srv/www"
    assert site.ledger == "sqlite:///annan.db"
    assert site.networks == ("mastodon", "bluesky")
    assert site.keep_releases == 3
    assert site.settings["TYPOGRIFY"] is True
    assert site.settings["MASTODON_URL"] == "http://127.0.0.1:9"
    assert site.settings["MASTODON_SINCE"] == "2026-01-01T00:00:00+01:00"
    assert site.settings["BLUESKY_LANG"] == "all"


def test_pelicans_name_for_the_content_folder_holds(tmp_path: Path) -> None:
    (tmp_path / "texter").mkdir()
    site = configuration.load(write_site(tmp_path, GOOD + 'PATH = "texter"\n'), {}, production=True)
    assert site.content == tmp_path / "texter"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('SITEULR = "x"', "publishconf.py:7: unknown setting SITEULR; write SITEURL"),
        ('TIMEZONE = "Europe/Stokholm"', "'Europe/Stokholm' is no time zone; write one like"),
        ('LANGUAGES = ["sv", "xx"]', "'xx' is no language code"),
        ('LANGUAGES = "sv"', "LANGUAGES: 'sv' is a text; write a list like ['sv']"),
        ('SITEURL = "blogg.se"', "SITEURL: 'blogg.se' is no web address"),
        ("KEEP_RELEASES = 0", "KEEP_RELEASES: 0: input should be greater than or equal to 1"),
        ('CONTENT = "saknas"', "does not exist; make it, or set CONTENT"),
        ("import saknat_tillagg", "no module named 'saknat_tillagg'; install it"),
        ("PLUGINS = []", "publishconf.py:7: PLUGINS: utrop's own utrop.authoring.plugin, "),
        (
            'PLUGINS = [*plugins.all(), "saknat_tillagg"]',
            "no plugin named 'saknat_tillagg' is installed",
        ),
        (
            "REMINDERS = (14, 0)",
            "publishconf.py:7: REMINDERS: (14, 0): days are whole numbers from 1 to 365; write"
            " (14, 7, 1), or () for none",
        ),
        ('REMINDERS = "ofta"', "publishconf.py:7: REMINDERS: 'ofta': days are whole numbers"),
        ("REMINDERS = 7", "publishconf.py:7: REMINDERS: 7 is no list of days; write (14, 7, 1)"),
        (
            'REMINDER_HOURS = "16-9"',
            "publishconf.py:7: REMINDER_HOURS: '16-9' end before they begin; write the hours like"
            " 9-16 or 8.30-16.30",
        ),
        ("SITENAME = (", "publishconf.py:7: is not valid Python: '(' was never closed"),
        ("SITENAME = odefinierad", "publishconf.py:7: NameError: name 'odefinierad'"),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, line: str, message: str) -> None:
    found = problems(write_site(tmp_path, GOOD.strip() + "\n\n" + line + "\n"))
    assert len(found) == 1
    assert message in found[0]
    assert "\n" not in found[0]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    write_site(tmp_path, GOOD + 'SITEULR = "x"\nDEPLOYY = "y"\n')
    found = problems(tmp_path, {"UTROP_NETWROKS": "preview"})
    assert [text.split(";")[-1].strip() for text in found] == [
        "write DEPLOY",
        "write SITEURL",
        "write UTROP_NETWORKS",
    ]


def test_publishing_needs_a_site_of_ones_own(tmp_path: Path) -> None:
    found = problems(write_site(tmp_path, "SITENAME = ''\n"))
    assert {text.split(": ")[1].split(" ")[0] for text in found} == {
        "SITEURL",
        "SITENAME",
        "FEED_AUTHORITY",
        "FEED_AUTHORITY_YEAR",
    }


def test_two_sites_in_one_process_do_not_mix(tmp_path: Path) -> None:
    star = "from pelicanconf import *\n"
    for name in ("ett", "tva"):
        (tmp_path / name).mkdir()
        write_site(tmp_path / name, star + GOOD, f'SITESUBTITLE = "{name}"\n')
    ett = configuration.load(tmp_path / "ett", {}, production=True)
    tva = configuration.load(tmp_path / "tva", {}, production=True)
    assert (ett.settings["SITESUBTITLE"], tva.settings["SITESUBTITLE"]) == ("ett", "tva")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://upphandling.norrvik.example.org", True),
        ("https://example.com/blogg", True),
        ("blogg.example", True),
        ("https://exempel.se", False),
        ("https://myexample.org", False),
        ("http://127.0.0.1:8000", False),
    ],
)
def test_example_addresses_are_known(address: str, expected: bool) -> None:
    assert configuration.is_example(address) is expected


def test_a_settings_file_is_never_taken_from_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    star = "from pelicanconf import *\n"
    write_site(tmp_path, star + GOOD, 'SITESUBTITLE = "ett"\n')
    conf = tmp_path / "pelicanconf.py"
    # As Pelican leaves it behind, or an editor that saves twice in a second.
    py_compile.compile(str(conf))
    os.utime(conf, (1_700_000_000, 1_700_000_000))
    py_compile.compile(str(conf))
    conf.write_text('SITESUBTITLE = "två"\n'.replace("å", "a"), "utf-8")
    os.utime(conf, (1_700_000_000, 1_700_000_000))
    site = configuration.load(tmp_path, {}, production=True)
    assert site.settings["SITESUBTITLE"] == "tva"
    assert not list((tmp_path / "__pycache__").glob("publishconf*"))
