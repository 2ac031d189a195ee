"""Bad input, from outside: one line that names place and remedy, the right status, all whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sites import SmallSite

PLUGIN = """\
from pelican import signals


def fail(sender):
    raise KeyError("pang")


def register():
    {what}
"""


def lines(site: SmallSite, *arguments: str, expect: int, **environ: str) -> list[str]:
    """Return what a failing command says, and see that it says nothing as an outcome."""
    done = site.run(*arguments, expect=expect, environ=environ)
    assert "did not expect" not in done.stderr
    assert not done.stdout
    return done.stderr.splitlines()


def whole(site: SmallSite) -> tuple[str, list[str], str]:
    """Return what must not change: the release, its files, and what was announced."""
    files = sorted(str(path) for path in site.current.rglob("*"))
    return str(site.current.readlink()), files, site.run("status", "--json").stdout


def with_plugin(site: SmallSite, text: str) -> None:
    (site.root / "egna").mkdir()
    (site.root / "egna" / "minplugin.py").write_text(text, "utf-8")
    conf = site.root / "publishconf.py"
    more = 'PLUGIN_PATHS = ["egna"]\nPLUGINS = [*PLUGINS, "minplugin"]  # noqa: F405\n'
    conf.write_text(conf.read_text("utf-8") + more, "utf-8")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% endif %}", "Encountered unknown tag 'endif'; correct it there, or leave it out"),
        ("{{ article.titel.nope }}", "'pelican.contents.Article object' has no attribute 'titel'"),
        ('{% include "nej.html" %}', "there is no template nej.html"),
        ("{{ 1 / 0 }}", "ZeroDivisionError: division by zero"),
        ("{{ article|nej }}", "No filter named 'nej'"),
    ],
)
def test_an_error_in_ones_own_template_is_named_with_its_line(
    site: SmallSite, template: str, expected: str
) -> None:
    (site.root / "mall").mkdir()
    (site.root / "mall" / "article.html").write_text(f"<p>\n{template}\n", "utf-8")
    mall = {"UTROP_THEME_TEMPLATES_OVERRIDES": "mall"}
    (line,) = lines(site, "build", expect=1, **mall)
    assert line.startswith(f"mall/article.html:2: {expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLUGIN.format(what="1 / 0"), "9: Cannot register plugin `minplugin`: ZeroDivisionError"),
        (
            PLUGIN.format(what="signals.article_generator_finalized.connect(fail)"),
            "5: KeyError: 'pang'; correct it there, or leave it out",
        ),
        (PLUGIN.format(what="raise SystemExit(3)"), "9: SystemExit: 3"),
        (PLUGIN.format(what="open('finns-inte.csv')"), "9: Cannot register plugin `minplugin`: F"),
        ("import finns_inte\n", "1: Cannot load plugin `minplugin`"),
        ("def register(:\n", "1: SyntaxError: invalid syntax"),
    ],
)
def test_an_error_in_ones_own_plugin_is_named_with_its_line(
    site: SmallSite, text: str, expected: str
) -> None:
    with_plugin(site, text)
    (line,) = lines(site, "build", expect=1)
    assert line.startswith(f"egna/minplugin.py:{expected}")


def test_a_plugin_that_hinders_reading_is_named_and_publishes_nothing(site: SmallSite) -> None:
    site.run("publish")
    before = whole(site)
    with_plugin(site, PLUGIN.format(what="signals.content_object_init.connect(fail)"))
    found = lines(site, "publish", expect=1)
    assert any(line.startswith("egna/minplugin.py:5: Could not process") for line in found)
    shutil.rmtree(site.root / "egna")
    (site.root / "publishconf.py").write_text(
        (site.root / "publishconf.py").read_text("utf-8").split("PLUGIN_PATHS")[0], "utf-8"
    )
    assert whole(site) == before


def test_a_plugin_relative_to_the_site_is_found_from_elsewhere(
    site: SmallSite, tmp_path: Path
) -> None:
    with_plugin(site, PLUGIN.format(what="pass"))
    elsewhere = SmallSite(tmp_path)
    elsewhere.run("-C", str(site.root), "build")


def test_mistakes_in_settings_and_variables_come_in_one_round(site: SmallSite) -> None:
    conf = site.root / "publishconf.py"
    wrong = 'SITEULR = "x"\nKEEP_RELEASES = "x"\nTHEME = "mitt"\nFEED_AUTHORITY = "https://x.se"\n'
    conf.write_text(conf.read_text("utf-8") + wrong, "utf-8")
    found = lines(
        site,
        "publish",
        expect=2,
        UTROP_TIMEZONE="Mars/Phobos",
        UTROP_NETWROKS="preview",
        UTROP_MARKDOWN="x",
        UTROP_CONTENT="saknas",
        UTROP_SITEURL="https://x.example.org/?a=b",
    )
    for expected in (
        "publishconf.py:4: unknown setting SITEULR; write SITEURL",
        "publishconf.py:5: KEEP_RELEASES: 'x'",
        "publishconf.py:6: THEME: 'mitt' is no theme",
        "publishconf.py:7: FEED_AUTHORITY: 'https://x.se' is no domain",
        "UTROP_TIMEZONE: 'Mars/Phobos' is no time zone; write one like 'Europe/Stockholm'",
        "unknown setting UTROP_NETWROKS; write UTROP_NETWORKS",
        "UTROP_MARKDOWN: no variable can carry a mapping",
        f"UTROP_CONTENT: the content folder {site.root / 'saknas'} does not exist",
        "UTROP_SITEURL: 'https://x.example.org/?a=b' is no web address",
    ):
        assert any(line.startswith(expected) for line in found), f"{expected} not in {found}"
    assert len(found) == 9


def test_ledger_and_networks_are_looked_at_in_one_round(site: SmallSite) -> None:
    where = {"UTROP_LEDGER": "mysql://x", "UTROP_NETWORKS": "mastodn"}
    found = lines(site, "publish", expect=2, UTROP_SITEURL="http://127.0.0.1:9", **where)
    assert [line.split(";")[0] for line in found] == [
        "LEDGER: there is no ledger for the address 'mysql://x'",
        "publishconf.py: NETWORKS: there is no network 'mastodn'",
    ]


def test_an_empty_variable_of_a_network_is_an_unset_one(site: SmallSite) -> None:
    site.run("build", environ={"MASTODON_URL": "", "BLUESKY_SINCE": ""})


def test_a_site_may_leave_plugins_and_theme_to_us_but_not_half(site: SmallSite) -> None:
    conf = site.root / "pelicanconf.py"
    kept = [line for line in conf.read_text("utf-8").splitlines() if "plugins" not in line]
    conf.write_text("\n".join(kept), "utf-8")
    site.run("build")
    conf.write_text("\n".join([*kept, "PLUGINS = []"]), "utf-8")
    (line,) = lines(site, "build", expect=2)
    assert "utrop's own utrop.authoring.plugin" in line
    assert "plugins.all()" in line


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"UTROP_OUTPUT_PATH": "public/current"}, "would lie inside each other"),
        ({"UTROP_OUTPUT_PATH": "public"}, "would lie inside each other"),
        ({"UTROP_DEPLOY": "file:output/x"}, "would lie inside each other"),
        ({"UTROP_DEPLOY": "file:content/x"}, "lies in the content folder"),
        ({"UTROP_LEDGER": "sqlite:///output/ledger.sqlite3"}, "holds the LEDGER"),
    ],
)
def test_no_build_replaces_releases_sources_or_ledger(
    site: SmallSite, environ: dict[str, str], expected: str
) -> None:
    site.run("publish")
    before = whole(site)
    (line,) = lines(site, "publish", expect=2, **environ)
    assert expected in line
    assert whole(site) == before


def test_several_publishes_at_once_take_turns(site: SmallSite) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "utrop", "publish"],
            cwd=site.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], told
    assert len(json.loads(site.run("status", "--json").stdout)) == 3
    assert len(list((site.root / "public" / "releases").iterdir())) == 1


def test_a_reader_who_goes_away_ends_no_publish(site: SmallSite) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "utrop", "publish"],
            cwd=site.root,
            stdout=gone,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(json.loads(site.run("status", "--json").stdout)) == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_script_learns_that_it_has_not_the_whole_status(site: SmallSite) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "utrop", "status", "--json"],
            cwd=site.root,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_an_unreadable_folder_empties_no_site(site: SmallSite) -> None:
    if shutil.which("setpriv") is None and os.geteuid() == 0:
        pytest.skip("root reads every folder, and setpriv is not there to hinder it")
    site.run("publish")
    before = whole(site)
    (site.root / "content" / "posts").chmod(0)
    hinder = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    try:
        for arguments in (["publish"], ["uid", "--all"]):
            done = subprocess.run(
                [
                    *(hinder if os.geteuid() == 0 else []),
                    *(sys.executable, "-m", "utrop"),
                    *arguments,
                ],
                cwd=site.root,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 1
            assert done.stderr.startswith("content/posts: cannot be read: Permission denied;")
    finally:
        (site.root / "content" / "posts").chmod(0o755)
    assert whole(site) == before


def test_a_linked_file_with_other_letters_is_published(site: SmallSite) -> None:
    site.write("bilagor/förfrågan å.txt", "text")
    site.post("lankar000003", "Länkar", body="[a](../bilagor/förfrågan%20å.txt)")
    assert not site.run("build").stderr
    assert (site.root / "output" / "bilagor" / "förfrågan å.txt").is_file()
    page = (site.root / "output" / "lankar" / "index.html").read_text("utf-8")
    assert 'href="/bilagor/f%C3%B6rfr%C3%A5gan%20%C3%A5.txt"' in page


def test_a_wrong_folder_is_named(tmp_path: Path, make_site: Callable[..., SmallSite]) -> None:
    (tmp_path / "tom").mkdir()
    (line,) = lines(SmallSite(tmp_path / "tom"), "publish", expect=2)
    assert line.startswith(f"there is no publishconf.py in {tmp_path / 'tom'}; go to the site's")
    site = make_site()
    (site.root / "pelicanconf.py").unlink()
    (line,) = lines(site, "publish", expect=2)
    assert line.endswith("put pelicanconf.py beside publishconf.py")


def test_words_that_fit_no_network_are_found_at_the_build_with_their_line(site: SmallSite) -> None:
    words = "Ord " * 200
    site.post("langt0000003", "Långt", announce=f'{{mastodon: "{words}"}}')
    done = site.run("build")
    (line,) = [line for line in done.stderr.splitlines() if "langt0000003" in line]
    assert "langt0000003.md:5:" in line
    assert "mastodon takes 500" in line
