"""`utrop import`: a folder of other generators' posts, twice, with everything noted by line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from utrop.authoring.importing import ImportReport, import_posts
from utrop.authoring.library import Library, read_library
from utrop.problem import ProblemsFound

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OLD = "https://gamla.example.org"


class Import:
    """An old site and a new one in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.old = folder / "old"
        self.content = folder / "new" / "content"
        self.old.mkdir()
        self.content.mkdir(parents=True)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.old / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def post(self, name: str, *keys: str, body: str = "Text.") -> Path:
        return self.write(name, "\n".join(["---", *keys, "---", body, ""]))

    def run(self, **changed: Any) -> ImportReport:
        arguments: dict[str, Any] = {"base_url": OLD, "lang": None, "timezone": STOCKHOLM}
        return import_posts(self.old, self.content, **(arguments | changed))

    def notes(self, **changed: Any) -> list[str]:
        """Import, and return each note as `file:line what`."""
        return [
            f"{note.path.name if note.path else ''}:{note.line} {note.what}"
            for note in self.run(**changed).notes
        ]

    def keys(self, name: str) -> dict[str, Any]:
        text = (self.content / "posts" / name).read_text("utf-8")
        loaded = yaml.load(text.split("---\n")[1], Loader=yaml.BaseLoader)  # noqa: S506 - only texts
        assert isinstance(loaded, dict)
        return loaded

    def body(self, name: str) -> str:
        return (self.content / "posts" / name).read_text("utf-8").split("---\n\n", 1)[1]

    def library(self) -> Library:
        return read_library(
            self.content,
            timezone=STOCKHOLM,
            default_lang="sv",
            languages=("sv", "en"),
            now=datetime(2026, 11, 23, tzinfo=UTC),
        )


@pytest.fixture
def site(tmp_path: Path) -> Import:
    return Import(tmp_path)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_post_as_a_whole(site: Import) -> None:
    site.post(
        "_posts/2016-05-04-Ramavtal-i-Delar.md",
        "layout: post",
        'title: "Ramavtal: i delar"',
        "date: 2016-05-04 14:45:00 -5",
        "updated: 2016-06-01",
        "authors:",
        "- anna-b",
        "- Bo Ek",
        "tags: [ramavtal, 'dynamiska inköp ', ramavtal]",
        "categories: [Nyheter]",
        "excerpt: >",
        "  Så delar vi",
        "  upp ett avtal.",
        "redirect_from: /gammalt/",
        "image:",
        body="\n\nHej.",
    )

    report = site.run()

    path = site.content / "posts" / "2016-05-04-ramavtal-i-delar.md"
    assert report.written == (path,)
    assert report.notes == ()
    assert path.read_text("utf-8") == (
        "---\n"
        'title: "Ramavtal: i delar"\n'
        "date: 2016-05-04 14:45:00-05:00\n"
        "modified: 2016-06-01\n"
        f"uid: {site.keys(path.name)['uid']}\n"
        "slug: ramavtal-i-delar\n"
        'category: "Nyheter"\n'
        "tags:\n"
        '  - "ramavtal"\n'
        '  - "dynamiska inköp"\n'
        "authors:\n"
        '  - "anna-b"\n'
        '  - "Bo Ek"\n'
        'summary: "Så delar vi upp ett avtal."\n'
        "aliases:\n"
        '  - "/2016/05/04/Ramavtal-i-Delar/"\n'
        '  - "/gammalt/"\n'
        "---\n"
        "\n"
        "Hej.\n"
    )
    assert site.library().posts[0].title == "Ramavtal: i delar"


def test_a_second_import_changes_nothing(site: Import) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01", body="[b](b.md) och [c](c.md)")
    site.post("sub/b.md", "title: B", "date: 2016-01-01", body="![x](x.png)")
    site.post("other/b.md", "title: B igen", "date: 2016-01-01")
    site.write("sub/x.png", b"picture")
    first = site.run()
    before = snapshot(site.content)

    second = site.run()

    assert len(first.written) == 3
    assert (second.written, second.kept, second.files) == ((), (), ())
    assert sorted(second.unchanged) == sorted(first.written)
    assert second.notes == first.notes
    assert snapshot(site.content) == before


def test_what_was_edited_here_since_is_left_alone_and_told(site: Import) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01")
    (path,) = site.run().written
    path.write_text(path.read_text("utf-8") + "Tillagt.\n", "utf-8")
    moved = site.content / "posts" / "arkiv" / "annat-namn.md"
    moved.parent.mkdir()
    path.rename(moved)
    before = snapshot(site.content)

    report = site.run()

    assert report.kept == (moved,)
    assert [note.path for note in report.notes] == [moved]
    assert "left as it is" in report.notes[0].what
    assert snapshot(site.content) == before


def test_no_file_of_the_writers_is_overwritten(site: Import) -> None:
    own = site.content / "posts" / "2016-01-01-a.md"
    own.parent.mkdir()
    own.write_text("---\ntitle: Min\ndate: 2026-01-01\nuid: x\nslug: a\n---\n")
    site.post("a.md", "title: A", "date: 2016-01-01")

    (path,) = site.run().written

    assert path.name == "2016-01-01-a-2.md"
    assert site.keys(path.name)["slug"] == "a-2"
    assert "title: Min" in own.read_text()
    assert site.run().unchanged == (path,)
    assert len(site.library().posts) == 2


def test_the_uid_follows_from_the_path_alone(site: Import, tmp_path: Path) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01")
    site.run()
    (tmp_path / "elsewhere").mkdir()
    other = Import(tmp_path / "elsewhere")
    other.post("a.md", "title: Changed", "date: 2017-02-02")
    other.run()

    assert site.keys("2016-01-01-a.md")["uid"] == other.keys("2017-02-02-a.md")["uid"]


def test_slugs_that_years_kept_apart_stay_apart(site: Import) -> None:
    for year in (2015, 2016):
        site.post(f"{year}-03-01-arsrapport.md", "title: Årsrapport")

    notes = site.notes()

    assert notes == ['2016-03-01-arsrapport.md:None the slug "arsrapport" became "arsrapport-2"']
    assert site.keys("2016-03-01-arsrapport-2.md")["aliases"] == ["/2016/03/01/arsrapport/"]
    assert len(site.library().posts) == 2


def test_a_slug_that_the_site_itself_uses_is_changed(site: Import) -> None:
    site.post("2016-03-01-arkiv.md", "title: Arkiv")

    assert 'the slug "arkiv" became "arkiv-post"' in site.notes()[0]
    assert site.library().posts[0].slug == "arkiv-post"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2016-11-14", "2016-11-14"),
        ("'2016-11-14'", "2016-11-14"),
        ("2016-11-14 09:05", "2016-11-14 09:05"),
        ("2016-11-14T09:05:10", "2016-11-14 09:05:10"),
        ("2016-11-14T09:05:10.250Z", "2016-11-14 09:05:10Z"),
        ("2016-11-14 9:05:00 +0100", "2016-11-14 09:05:00+01:00"),
        ("2016-11-14 09:05 UTC", "2016-11-14 09:05Z"),
        ("2016-11-14 14:45:00 -5", "2016-11-14 14:45:00-05:00"),
    ],
)
def test_dates(site: Import, written: str, expected: str) -> None:
    site.post("a.md", "title: A", f"date: {written}")

    assert site.notes() == []
    assert site.keys("2016-11-14-a.md")["date"] == expected
    assert site.library().posts[0].published is not None


def test_a_date_in_the_files_name_is_enough(site: Import) -> None:
    site.post("2016-11-04-a.md", "title: A")

    assert site.notes() == []
    assert site.keys("2016-11-04-a.md")["date"] == "2016-11-04"


def test_front_matter_goes_before_the_files_name(site: Import) -> None:
    site.post("2016-11-14-a.md", "title: A", "date: 2016-11-15")

    assert site.notes() == [
        "2016-11-14-a.md:3 the date 2016-11-15 differs from 2016-11-14 in the file's name;"
        " 2016-11-15 was taken"
    ]
    assert site.keys("2016-11-15-a.md")["aliases"] == ["/2016/11/15/a/"]


def test_another_zones_day_is_no_difference(site: Import) -> None:
    site.post("2016-11-15-a.md", "title: A", "date: 2016-11-14T23:30:00Z")

    assert site.notes() == []


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.md", b"---\ntitle: Sm\xf6r\ndate: 2016-01-01\n---\n", "a.md:2 is not UTF-8"),
        ("a.md", "---\ntitle: A\n---\n", "a.md:1 has no date"),
        ("a.md", "---\ndate: 2016-01-01\n---\n", "a.md:1 has no title"),
        ("a.md", "---\ntitle: A\ndate: 03/04/2016\n---\n", 'a.md:3 "03/04/2016" is no date'),
        ("2016-01-01-a.md", "---\ntitle: A\ndate: 2016-13-45\n---\n", "a.md:3 "),
        ("a.md", "---\ntitle: A\ndate: Last Modified\n---\n", 'a.md:3 "Last Modified" is no date'),
        ("a.md", "Bara text.\n", "a.md:1 there is no front matter"),
        ("a.md", "Obs: bara text.\n", "a.md:1 there is no front matter"),
        ("a.md", "", "a.md:1 is empty"),
        ("a.md", "---\ntitle: A: B\n---\n", "a.md:2 a colon"),
        ("a.md", "+++\ntitle = A\n+++\n", "a.md:2 the front matter is not valid TOML"),
        ("a.md", '+++\ntitle = "A"\n', "a.md:1 the front matter has no end"),
    ],
)
def test_what_cannot_be_imported_is_told_and_the_rest_is_imported(
    site: Import, name: str, text: str | bytes, what: str
) -> None:
    site.post("good.md", "title: Good", "date: 2016-01-01")
    path = site.write(name, text)

    report = site.run()

    assert report.failed
    (error,) = [note for note in report.notes if note.severity == "error"]
    assert error.path == path
    assert what in f"{path.name}:{error.line} {error.what}"
    assert [made.name for made in report.written] == ["2016-01-01-good.md"]


def test_unknown_keys_are_noted_and_not_carried(site: Import) -> None:
    site.post(
        "a.md",
        "title: A",
        "date: 2016-01-01",
        "toc: true",
        "sidebar:",
        "  nav: docs",
        "comments:",
        "layout: wide",
    )

    assert site.notes() == [
        'a.md:4 "toc: true" was left out',
        'a.md:5 "sidebar: nav: docs" was left out',
        'a.md:8 "layout: wide" was left out',
    ]
    assert set(site.keys("2016-01-01-a.md")) == {"title", "date", "uid", "slug"}


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("draft: true", "draft"),
        ("draft: false", None),
        ("published: false", "draft"),
        ("published: true", None),
        ("permalink: false", "draft"),
        ("hidden: true", "hidden"),
        ("eleventyExcludeFromCollections: true", "hidden"),
    ],
)
def test_states(site: Import, key: str, status: str | None) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01", key)

    assert site.notes() == []
    assert site.keys("2016-01-01-a.md").get("status") == status


def test_a_state_that_cannot_be_understood_never_publishes(site: Import) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01", "draft: maybe")

    assert "it became a draft" in site.notes()[0]
    assert site.keys("2016-01-01-a.md")["status"] == "draft"


def test_drafts_of_jekyll_stay_drafts(site: Import) -> None:
    site.post("_drafts/a.md", "title: A", "date: 2016-01-01")

    site.run()

    assert site.keys("2016-01-01-a.md")["status"] == "draft"


def test_old_addresses(site: Import) -> None:
    site.post(
        "2016-01-01-a.md",
        "title: A",
        "permalink: /nyheter/a.html",
        "aliases: [/ett/, '/ett/', 'https://x.example.org/a', 'utan-snedstreck', '/q?id=1']",
    )
    site.post("2016-01-02-b.md", "title: B", "permalink: /:year/:title/", "redirect_from: /ett/")

    notes = site.notes()

    assert site.keys("2016-01-01-a.md")["aliases"] == ["/nyheter/a.html", "/ett/"]
    assert "aliases" not in site.keys("2016-01-02-b.md")
    assert [note.split(" was left")[0] for note in notes] == [
        '2016-01-01-a.md:4 the old address "https://x.example.org/a"',
        '2016-01-01-a.md:4 the old address "utan-snedstreck"',
        '2016-01-01-a.md:4 the old address "/q?id=1"',
        '2016-01-02-b.md:3 the old address "/:year/:title/"',
    ]
    assert len(site.library().posts) == 2


def test_an_alias_that_is_a_posts_own_address_is_not_written(site: Import) -> None:
    site.post("2016-01-01-a.md", "title: A", "permalink: /a/")

    site.run()

    assert "aliases" not in site.keys("2016-01-01-a.md")


def test_further_categories_are_noted(site: Import) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01", "categories:", "  - Ett", "  - Två")

    assert site.notes() == ['a.md:4 the category "Två" was left out: a post has one']
    assert site.keys("2016-01-01-a.md")["category"] == "Ett"


def test_a_description_that_differs_from_the_excerpt_is_noted(site: Import) -> None:
    site.post(
        "a.md",
        "title: A",
        "date: 2016-01-01",
        'excerpt: "Ett <em>kort</em> [utdrag](/x)."',
        "description: Något annat.",
    )

    assert site.notes() == ['a.md:5 "description" differs from "excerpt" and was left out']
    assert site.keys("2016-01-01-a.md")["summary"] == "Ett kort utdrag."


def test_languages(site: Import) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01", "lang: en-GB")
    site.post("b.en.md", "title: B", "date: 2016-01-01")
    site.post("c.md", "title: C", "date: 2016-01-01", "lang: klingon")
    site.post("b.md", "title: B", "date: 2016-01-01")

    assert site.notes(lang="sv") == ['c.md:4 "klingon" is no language and was left out']
    langs = {name: site.keys(name)["lang"] for name in snapshot(site.content / "posts")}
    assert langs == {
        "2016-01-01-a.md": "en",
        "2016-01-01-b.md": "en",
        "2016-01-01-b-2.md": "sv",
        "2016-01-01-c.md": "sv",
    }
    assert len(site.library().posts) == 4


def test_hugo(site: Import) -> None:
    site.write(
        "content/posts/forsta-inkopet/index.md",
        "+++\n"
        'title = "Första inköpet"\n'
        "date = 2020-02-03T04:05:06+01:00\n"
        "lastmod = 2020-03-01\n"
        "draft = false\n"
        'tags = ["inköp"]\n'
        "weight = 3\n"
        "[cover]\n"
        'image = "bild.png"\n'
        'alt = "En bild"\n'
        "+++\n"
        "\n"
        'Se {{< ref "andra.md" >}} och {{< figure src="bild.png" alt="Bild" >}}.\n',
    )
    site.write("content/posts/forsta-inkopet/bild.png", b"picture")
    site.write("content/posts/andra.md", '+++\ntitle = "Andra"\ndate = 2020-01-01\n+++\nText\n')

    report = site.run()

    keys = site.keys("2020-02-03-forsta-inkopet.md")
    assert keys["date"] == "2020-02-03 04:05:06+01:00"
    assert keys["modified"] == "2020-03-01"
    assert keys["image"] == "images/bild.png"
    assert keys["image_alt"] == "En bild"
    assert report.files == (site.content / "images" / "bild.png",)
    assert [f"{note.line} {note.what}" for note in report.notes] == ['7 "weight: 3" was left out']
    assert "![Bild](../images/bild.png)" in site.body("2020-02-03-forsta-inkopet.md")
    assert len(site.library().posts) == 2


def test_a_picture_that_is_not_there_is_dropped(site: Import) -> None:
    site.post("a.md", "title: A", "date: 2016-01-01", "image: /assets/x.png")

    assert 'a.md:4 the picture "/assets/x.png" is not among the files' in site.notes()[0]
    assert "image" not in site.keys("2016-01-01-a.md")


def test_a_picture_without_words_waits_for_them(site: Import) -> None:
    site.write("_config.yml", "")
    site.write("assets/x.png", b"picture")
    site.old = site.old / "_posts"
    site.post("a.md", "title: A", "date: 2016-01-01", "image: /assets/x.png")

    (note,) = site.notes()

    assert "has no words for those who cannot see it" in note
    assert (site.content / "images" / "x.png").read_bytes() == b"picture"
    assert "# image: images/x.png\n" in (site.content / "posts/2016-01-01-a.md").read_text()
    assert site.library().posts[0].image == ""


def test_two_pictures_of_one_name_both_arrive(site: Import) -> None:
    for name in ("a", "b"):
        site.post(f"{name}/post-{name}.md", "title: T", "date: 2016-01-01", body="![x](x.png)")
        site.write(f"{name}/x.png", name.encode())

    report = site.run()

    assert len(report.files) == 2
    for name in ("a", "b"):
        target = site.body(f"2016-01-01-post-{name}.md").split("](")[1].split(")")[0]
        assert (site.content / "posts" / target).resolve().read_bytes() == name.encode()


def test_nothing_outside_of_the_old_site_is_copied(site: Import, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    (site.old / "link.png").symlink_to(tmp_path / "secret.png")
    site.post("a.md", "title: A", "date: 2016-01-01", body="![x](../secret.png) ![y](link.png)")

    report = site.run()

    assert report.files == ()
    assert "](https://gamla.example.org/" in site.body("2016-01-01-a.md")


@pytest.mark.parametrize("base", ["gamla.example.org", "ftp://x.example.org", "https://", ""])
def test_a_base_url_that_is_none_is_refused(site: Import, base: str) -> None:
    with pytest.raises(ProblemsFound, match="no web address") as caught:
        site.run(base_url=base)

    assert caught.value.exit_status == 2


def test_a_folder_without_posts_is_refused(site: Import) -> None:
    with pytest.raises(ProblemsFound, match="no Markdown file"):
        site.run()


def test_the_sites_own_content_is_never_imported_into_itself(site: Import, tmp_path: Path) -> None:
    (site.content / "egen.md").write_text("---\ntitle: T\ndate: 2026-01-01\nuid: x\n---\n")
    site.post("a.md", "title: A", "date: 2016-01-01")
    whole = tmp_path

    report = import_posts(whole, site.content, base_url=OLD, lang=None, timezone=STOCKHOLM)

    assert [path.name for path in report.written] == ["2016-01-01-a.md"]
    with pytest.raises(ProblemsFound, match="no folder of posts"):
        import_posts(site.content, site.content, base_url=OLD, lang=None, timezone=STOCKHOLM)


def test_a_full_disk_is_told_and_a_later_import_goes_on(
    site: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        site.post(f"{name}.md", "title: T", "date: 2016-01-01")
    real = Path.open

    def full(path: Path, mode: str = "r", *arguments: Any, **named: Any) -> Any:
        if mode == "w" and path.name.endswith("-b.md.new"):
            raise OSError(28, "No space left on device", str(path))
        return real(path, mode, *arguments, **named)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(ProblemsFound, match="No space left"):
        site.run()
    monkeypatch.undo()
    assert list(snapshot(site.content)) == ["posts/2016-01-01-a.md"]

    report = site.run()

    assert [path.name for path in report.unchanged] == ["2016-01-01-a.md"]
    assert [path.name for path in report.written] == ["2016-01-01-b.md"]
