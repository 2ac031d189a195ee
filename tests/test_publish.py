"""The whole way, as a person runs it: Markdown becomes page, feed item and one announcement."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest

from tests.sites import REPOSITORY, SmallSite


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def without_times(text: str) -> str:
    return re.sub(r"in \d+\.\d s", "in … s", text)


def deliveries(site: SmallSite) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(site.run("status", "--json", expect=None).stdout)
    return rows


def test_one_command_does_the_whole(site: SmallSite) -> None:
    done = site.run("publish")
    assert (site.current / "forsta-inlagget" / "index.html").is_file()
    assert (site.current / "en" / "the-second-post" / "index.html").is_file()
    feed = feedparser.parse((site.current / "feed.rss").read_bytes())
    assert [entry.id for entry in feed.entries] == [
        "tag:blogg.prov.example.org,2026:andra0000002",
        "tag:blogg.prov.example.org,2026:forsta000001",
    ]
    manifest = json.loads((site.current / "announcements.json").read_bytes())
    assert len(manifest["posts"]) == 3
    assert {row["state"] for row in deliveries(site)} == {"delivered"}
    assert len(deliveries(site)) == 3
    assert (site.root / "public" / "announcements.html").is_file()
    assert not (site.current / "announcements.html").exists()
    for label in ("Built", "Released", "Announced", "Next"):
        assert label in done.stdout


def test_a_second_publish_changes_and_announces_nothing(site: SmallSite) -> None:
    site.run("publish")
    before, rows = tree(site.current), deliveries(site)
    release = site.current.resolve()
    done = site.run("publish", now="2026-11-24T12:00:00+01:00")
    assert tree(site.current) == before
    assert site.current.resolve() == release
    assert deliveries(site) == rows
    assert "unchanged" in done.stdout


def test_a_post_in_the_future_waits_for_its_time(site: SmallSite) -> None:
    site.post("framtid00003", "Framtiden", date="2026-12-01 08:00")
    done = site.run("publish")
    assert not any("framtid" in name.lower() for name in tree(site.current))
    assert not any(b"Framtiden" in data for data in tree(site.current).values())
    assert "Framtiden" in done.stdout
    assert "Framtiden" in site.run("status", expect=None).stdout
    site.run("publish", now="2026-12-01T07:59:59+01:00")
    assert not (site.current / "framtiden").exists()
    site.run("publish", now="2026-12-01T08:00:00+01:00")
    assert (site.current / "framtiden" / "index.html").is_file()
    assert len(deliveries(site)) == 4


def test_a_changed_slug_redirects_and_keeps_its_id(site: SmallSite) -> None:
    site.run("publish")
    site.post("forsta000001", "Första inlägget", slug="nytt-namn", date="2026-10-01 09:00")
    site.run("publish")
    old = (site.current / "forsta-inlagget" / "index.html").read_text("utf-8")
    assert "/nytt-namn/" in old
    assert "http-equiv" in old
    feed = feedparser.parse((site.current / "feed.rss").read_bytes())
    assert "tag:blogg.prov.example.org,2026:forsta000001" in [e.id for e in feed.entries]
    assert len(deliveries(site)) == 3
    # It goes on to redirect after the next change, and one in between.
    site.post("forsta000001", "Första inlägget", slug="tredje-namnet", date="2026-10-01 09:00")
    site.run("publish")
    site.post("andra0000002", "Andra inlägget", body="Ändrat.", date="2026-10-02 09:00")
    site.run("publish")
    for former in ("forsta-inlagget", "nytt-namn"):
        assert "/tredje-namnet/" in (site.current / former / "index.html").read_text("utf-8")


def test_a_terminal_without_the_letters_does_not_end_a_publish(site: SmallSite) -> None:
    site.post("framtid00003", "Framtiden → 日本", date="2026-12-01 08:00")
    site.run(
        "publish", environ={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}, encoding="latin-1"
    )
    assert site.current.is_dir()


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_what_is_not_published_reaches_no_output(site: SmallSite, status: str) -> None:
    site.post("hemlig000004", "Hemligheten", body="Mycket hemligt.", status=status)
    site.run("publish")
    for data in tree(site.current).values():
        assert b"hemligt" not in data
        assert b"Hemligheten" not in data


def test_a_hidden_post_is_reached_by_its_address_alone(site: SmallSite) -> None:
    site.post("gomd00000004", "Gömd sida", status="hidden")
    site.run("publish")
    found = {name for name, data in tree(site.current).items() if "Gömd sida".encode() in data}
    assert found == {"gomd-sida/index.html"}
    assert b"noindex" in (site.current / "gomd-sida/index.html").read_bytes()
    assert not any("gomd-sida" in str(row["url"]) for row in deliveries(site))


def test_a_mistake_leaves_the_old_site_whole(site: SmallSite) -> None:
    site.run("publish")
    before, rows = tree(site.current), deliveries(site)
    site.post("trasig000005", "Trasig", date="2026-13-45")
    site.write("posts/utanuid00006.md", "---\ntitle: Utan uid\ndate: 2026-10-01\n---\n\nText.\n")
    site.post("felnyckel007", "Fel nyckel", statsu="draft")
    site.post("forsta000001x", "Första inlägget")
    site.write("posts/tom.md", "")
    (site.root / "content/posts/latin.md").write_bytes("---\ntitle: åäö\n---\n".encode("latin-1"))
    done = site.run("publish", expect=1)
    lines = done.stderr.splitlines()
    for expected in (
        "content/posts/trasig000005.md:3:",
        "content/posts/utanuid00006.md",
        'content/posts/felnyckel007.md:5: unknown key "statsu"',
        "content/posts/forsta000001x.md",
        "content/posts/tom.md",
        "content/posts/latin.md",
    ):
        assert any(expected in line for line in lines), f"{expected} not in\n{done.stderr}"
    assert any("utrop uid content/posts/utanuid00006.md" in line for line in lines)
    assert tree(site.current) == before
    assert deliveries(site) == rows


def test_announce_0_leaves_announcing_out(site: SmallSite) -> None:
    site.run("publish", "--no-announce")
    assert site.current.is_dir()
    assert deliveries(site) == []
    site.run("publish")
    assert len(deliveries(site)) == 3


def test_building_neither_deploys_nor_announces(site: SmallSite) -> None:
    site.run("build")
    assert (site.root / "output" / "forsta-inlagget" / "index.html").is_file()
    site.run("build", "--development")
    assert not (site.root / "public").exists()
    assert deliveries(site) == []


def test_hidden_files_are_not_published(site: SmallSite) -> None:
    site.write("images/.gitkeep", "")
    site.write("images/.DS_Store", "x")
    site.run("publish")
    assert not any("/." in f"/{name}" for name in tree(site.current))


@pytest.mark.parametrize("output", [".", "content", "dokument", "fil.txt"])
def test_an_output_path_of_someone_elses_is_left_alone(site: SmallSite, output: str) -> None:
    (site.root / "dokument").mkdir()
    (site.root / "dokument" / "viktigt.txt").write_text("kvar", "utf-8")
    (site.root / "fil.txt").write_text("kvar", "utf-8")
    before = tree(site.root)
    done = site.run("build", environ={"UTROP_OUTPUT_PATH": output}, expect=2)
    assert "OUTPUT_PATH" in done.stderr
    assert tree(site.root) == before


def test_own_words_that_do_not_fit_are_told_before_they_are_sent(site: SmallSite) -> None:
    site.post("langaord0001", "Långa ord", announce='{bluesky: "' + "Ord och text. " * 30 + '"}')
    done = site.run("build")
    assert "content/posts/langaord0001.md:5: warning:" in done.stderr
    assert "bluesky" in done.stderr
    assert "shorten the words" in done.stderr


def test_unpublished_builds_never_touch_the_output_folder(site: SmallSite) -> None:
    site.post("utkast000001", "Utkastet", status="draft")
    site.run("build", "--development", "--unpublished")
    assert not (site.root / "output").exists()
    draft = site.root / ".utrop" / "devserver" / "utkastet" / "index.html"
    assert "Utkast" in draft.read_text("utf-8")


def test_a_site_does_not_lose_every_post_by_mistake(site: SmallSite) -> None:
    site.run("publish")
    before = tree(site.current)
    (site.root / "tomt").mkdir()
    done = site.run("publish", environ={"UTROP_CONTENT": "tomt"}, expect=1)
    assert "holds no published post, and the live release has 3" in done.stderr
    assert tree(site.current) == before
    site.run("publish", "--allow-empty", environ={"UTROP_CONTENT": "tomt"})
    assert not (site.current / "forsta-inlagget").exists()


def test_identities_never_change_by_a_setting(site: SmallSite) -> None:
    moved = {"UTROP_FEED_AUTHORITY": "nya.prov.se"}
    site.run("publish", environ={"UTROP_FEED_AUTHORITY": "prov.se"})
    before = tree(site.current)
    done = site.run("publish", environ=moved, expect=2)
    assert "write FEED_AUTHORITY = 'prov.se' and FEED_AUTHORITY_YEAR = 2026 again" in done.stderr
    assert tree(site.current) == before
    assert site.run("publish", environ={"UTROP_FEED_AUTHORITY": "prov.se"})


def test_the_examples_authority_may_be_left_behind(site: SmallSite) -> None:
    site.run("publish")
    site.run("publish", environ={"UTROP_FEED_AUTHORITY": "prov.se"})
    assert b"tag:prov.se,2026:" in (site.current / "feed.atom").read_bytes()


def test_rollback_goes_back_one_release(site: SmallSite) -> None:
    site.run("publish")
    first = tree(site.current)
    site.post("tredje000003", "Tredje inlägget")
    site.run("publish", now="2026-11-23T13:00:00+01:00")
    assert tree(site.current) != first
    site.run("rollback")
    assert tree(site.current) == first


def test_the_same_content_gives_the_same_bytes_anywhere(
    make_site: Callable[..., SmallSite], site: SmallSite
) -> None:
    other = make_site("annan")
    shutil.copytree(site.root / "content", other.root / "content", dirs_exist_ok=True)
    other.environ = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    site.environ = {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
    site.run("build")
    other.run("build", now="2026-11-25T01:00:00+01:00")
    assert tree(site.root / "output") == tree(other.root / "output")


def test_demo_posts_never_reach_a_real_network_or_server(site: SmallSite) -> None:
    site.post("demo00000009", "Demo", demo="true")
    network = {
        "UTROP_SITEURL": "http://127.0.0.1:9",
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": "http://127.0.0.1:9",
        "MASTODON_TOKEN": "hemligt",
        "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
    }
    done = site.run("publish", environ=network, expect=2)
    assert "demo" in done.stderr
    assert "hemligt" not in done.stderr + done.stdout
    assert not (site.root / "public" / "current").exists()
    server = {"UTROP_DEPLOY": "rsync+ssh://www@127.0.0.1:9/srv", "UTROP_SITEURL": "http://[::1]:9"}
    assert site.run("publish", environ=server, expect=2).stderr


@pytest.mark.parametrize(
    "environ",
    [
        {"UTROP_NETWORKS": "mastodon", "MASTODON_URL": "http://127.0.0.1:9", "MASTODON_TOKEN": "x"},
        {"UTROP_DEPLOY": "rsync+ssh://www@127.0.0.1:9/srv"},
    ],
)
def test_an_example_address_is_refused_where_something_would_leave(
    site: SmallSite, environ: dict[str, str]
) -> None:
    done = site.run("publish", environ=environ, expect=2)
    assert "SITEURL is still the example" in done.stderr


def test_the_demo_publishes(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    root.mkdir()
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(REPOSITORY / name, root / name)
    shutil.copytree(REPOSITORY / "content", root / "content")
    demo = SmallSite(root)
    done = demo.run("publish")
    # The README shows what a person sees.
    assert without_times(done.stdout) in without_times(
        (REPOSITORY / "README.md").read_text("utf-8")
    )
    manifest = json.loads((demo.current / "announcements.json").read_bytes())
    languages = [post["lang"] for post in manifest["posts"]]
    assert languages.count("sv") >= 12
    assert languages.count("en") >= 6
    assert all(post["demo"] for post in manifest["posts"])
