"""Every mistake a writer can make, and the exact words that name it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from utrop.authoring.library import Library, read_library
from utrop.problem import ProblemsFound

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def read(folder: Path, files: dict[str, str | bytes]) -> Library:
    for name, text in files.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_library(
        folder / "content",
        timezone=STOCKHOLM,
        default_lang="sv",
        languages=("sv", "en"),
        now=NOW,
        networks=("bluesky", "linkedin", "mastodon"),
    )


def mistakes(
    folder: Path, files: dict[str, str | bytes], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    monkeypatch.chdir(folder)
    with pytest.raises(ProblemsFound) as raised:
        read(folder, files)
    assert raised.value.exit_status == 1
    return [str(problem) for problem in raised.value.problems]


def head(*lines: str) -> str:
    """A right post, with some lines added; a line for a key that is there replaces it."""
    own = {"title": "title: A", "date": "date: 2026-01-01", "uid": "uid: a"}
    for line in lines:
        own[line.split(":")[0]] = line
    return "---\n" + "\n".join(own.values()) + "\n---\n\nText.\n"


ONE_FILE = {
    "misspelt key": (head("statsu: draft"), ':5: unknown key "statsu"; write "status"'),
    "key of another generator": (
        head("draft: true"),
        ':5: unknown key "draft"; write "status: draft"',
    ),
    "misspelt draft": (head("darft: true"), ':5: unknown key "darft"; write "status: draft"'),
    "draft in capitals": (head("Draft: true"), ':5: unknown key "Draft"; write "status: draft"'),
    "hugo's lastmod": (head("lastmod: 2026-01-01"), ':5: unknown key "lastmod"; write "modified"'),
    "key of pages": (head("menu: 1"), ':5: the key "menu" is for pages only; remove it'),
    "misspelt status": (head("status: drfat"), ':5: unknown status "drfat"; write "draft"'),
    "unlike any status": (
        head("status: xyz"),
        ':5: unknown status "xyz"; write "draft", "published", "hidden" or "withdrawn"',
    ),
    "empty status": (
        head("status:"),
        ':5: "status" is empty; write "draft" or "published", or remove the line',
    ),
    "empty title": (
        head("title: ''"),
        ":2: the title is empty; write the post's heading after title:",
    ),
    "month 13": (
        head("date: 2026-13-45"),
        ':3: "2026-13-45" is no date: there is no month 13;'
        " write one like 2026-11-23 or 2026-11-23 09:00",
    ),
    "slashes": (
        head("date: 03/04/2026"),
        ':3: "03/04/2026" is no date; write 2026-04-03 or 2026-03-04',
    ),
    "no day": (
        head("date: 2026-10"),
        ':3: "2026-10" is no date; write the day too, such as 2026-10-01',
    ),
    "words": (
        head("date: i går"),
        ':3: "i går" is no date; write one like 2026-11-23 or 2026-11-23 09:00',
    ),
    "clocks forward": (
        head("date: 2026-03-29 02:30"),
        ':3: "2026-03-29 02:30" does not exist in Europe/Stockholm, where clocks are put forward'
        " then; write 2026-03-29 03:30",
    ),
    "clocks back": (
        head("date: 2026-10-25 02:30"),
        ':3: "2026-10-25 02:30" happens twice in Europe/Stockholm, where clocks are put back then;'
        " write 2026-10-25 02:30+02:00 or 2026-10-25 02:30+01:00",
    ),
    "empty date": (
        head("date:"),
        ':3: the post has no date; write "date:" and a date such as 2026-11-23',
    ),
    "date as a list": (head("date: [2026-01-01]"), ':3: "date" is a list; write one line of text'),
    "uid": (
        head("uid: å 1"),
        ':4: "å 1" is no uid; use at most 128 letters, digits and . _ ~ -'
        " beginning with a letter or a digit",
    ),
    "slug": (head("slug: Ett Inlägg!"), ':5: "Ett Inlägg!" is no slug; write "ett-inlagg"'),
    "slug of the site": (
        head("slug: kategori"),
        ":5: the address kategori/ is one that the site itself uses;"
        ' write another one, such as "slug: om-kategori"',
    ),
    "language": (head("lang: ru"), ':5: unknown language "ru"; write "sv" or "en"'),
    "locale": (head("lang: sv-SE"), ':5: unknown language "sv-SE"; write "sv"'),
    "image on another site": (
        head("image: https://bild.example.org/a.png", "image_alt: x"),
        ':5: the image "https://bild.example.org/a.png" lies on another site;'
        " put a copy into images/ and write its path, such as images/name.jpg",
    ),
    "image without alt": (
        head("image: a.png"),
        ':5: the image has no image_alt; write "image_alt:" and what the picture shows',
    ),
    "alt without image": (
        head("image_alt: x"),
        ':5: "image_alt" stands without an image;'
        ' write "image:" and the path of the picture, or remove it',
    ),
    "no such image": (
        head("image: a.png", "image_alt: x"),
        ':5: there is no image "a.png"; put it there, or correct the path',
    ),
    "image that is none": (
        head("image: a.md", "image_alt: x"),
        ':5: "a.md" is no picture that can be shared; use one of avif, gif, jpeg, jpg, png, webp',
    ),
    "demo": (head("demo: maybe"), ':5: "demo" is "maybe"; write true or false'),
    "network": (head("announce: [mastodn]"), ':5: unknown network "mastodn"; write "mastodon"'),
    "network's words": (
        head("announce:\n  blusky: Hej"),
        ':6: unknown network "blusky"; write "bluesky"',
    ),
    "author twice": (
        head("author: A", "authors: [B]"),
        ':6: "author" and "authors" say the same; keep one of the two',
    ),
    "translation of nothing": (
        head("translation_of: b"),
        ':5: no post has the uid "b"; write the uid of the original',
    ),
    "translation of itself": (
        head("translation_of: a"),
        ":5: the post names itself as its original; remove this line",
    ),
    "alias elsewhere": (
        head("aliases: [/x/, 'https://blogg.example.org/y']"),
        ':5: the alias "https://blogg.example.org/y" is a whole address;'
        " write a path such as /old/address/",
    ),
    "alias at home": (
        head("aliases: [/]"),
        ':5: the alias "/" is the home page; write a path such as /old/address/',
    ),
    "alias of a feed": (
        head("aliases: [en/feed.rss]"),
        ':5: the alias "en/feed.rss" is an address that the site itself uses; remove it',
    ),
    "alias of itself": (
        head("aliases:\n- /gammal/\n- /a/index.html"),
        ':7: the alias "a/index.html" is this post\'s own address; remove it',
    ),
    "key twice": (
        head().replace("uid: a", "uid: a\nuid: b"),
        ':5: the key "uid" stands here for the second time;'
        " keep one of the two; the first is on line 4",
    ),
    "colon": (
        head().replace("title: A", "title: A: B"),
        ':2: a colon stands inside a value that is not quoted; write title: "A: B"',
    ),
    "quote": (
        head().replace("title: A", 'title: "A'),
        ":2: a quotation mark is opened but not closed; close it at the value's end",
    ),
    "anchor": (
        head("tags: &x [*x]"),
        ":5: anchors and aliases have no place here; write the value itself",
    ),
    "no end": (
        "---\ntitle: A\n\nText",
        ":1: the front matter has no end; write --- on a line below the last key",
    ),
    "empty file": ("", ":1: is empty; write a post, or delete the file"),
    "white space": (" \n\n", ":1: is empty; write a post, or delete the file"),
    "no front matter": (
        "\n# Rubrik\n",
        ':2: there is no front matter; begin with --- then "title: …", "date: …" and ---'
        " each on a line of its own",
    ),
    "classic header without an empty line": (
        "Title: A\nDate: 2026-01-01\nUid: a\nHär börjar texten\n",
        ':4: "Här börjar texten" is no Key: value; put an empty line between the keys and the text',
    ),
    "classic key twice": (
        "Title: A\ntitle: B\n\nText\n",
        ':2: the key "title" stands here for the second time;'
        " keep one of the two; the first is on line 1",
    ),
    "Latin-1": (
        head("summary: går").encode("latin-1"),
        ":5: is not UTF-8: the byte 0xE5 at offset 47; save it as UTF-8",
    ),
    "UTF-16": (head().encode("utf-16"), ":1: is UTF-16, not UTF-8; save it as UTF-8"),
    "control character": (
        head() + "a\n\x0c",
        ":9: contains the control character U+000C; delete it",
    ),
    "missing file": (
        head() + "\n[x](b.md)\n",
        ':9: there is no file "b.md"; correct the path, or put the file into the content folder',
    ),
    "missing picture": (
        head() + "`![x](a.png)`\n\n    ![x](a.png)\n\n![x](a.png)",
        ':12: there is no file "a.png"; correct the path, or put the file into the content folder',
    ),
    "missing picture at the root": (
        head() + "![x](/bilder/a.png)",
        ':8: there is no file "/bilder/a.png"; correct the path,'
        " or put the file into the content folder",
    ),
    "missing file, Pelican's way": (
        head() + "[x]({filename}/b.md)",
        ':8: there is no file "/b.md"; correct the path, or put the file into the content folder',
    ),
    "Pelican's listings": (
        head() + "[x]({tag}lou)",
        ':8: the link "{tag}lou" is not understood;'
        " write the address itself, such as /etikett/lou/",
    ),
    "a template's rest": (
        head() + "![x]({{ site.baseurl }}/a.png)",
        ':8: the link "{{ site.baseurl }}/a.png" is not understood;'
        " write the path of a file, such as annan-post.md or /images/karta.png",
    ),
    "reference": (
        head() + "[x][1]\n\n[1]: b.md\n",
        ':10: there is no file "b.md"; correct the path, or put the file into the content folder',
    ),
    "HTML": (
        head() + '<p><img src="b.png" alt="x"></p>\n',
        ':8: there is no file "b.png"; correct the path, or put the file into the content folder',
    ),
    "address without https": (
        head() + "[x](www.example.org)",
        ':8: there is no file "www.example.org"; write https://www.example.org',
    ),
    "mail address": (
        head() + "[x](a@inkop.example.org)",
        ':8: there is no file "a@inkop.example.org"; write mailto:a@inkop.example.org',
    ),
    "backslash": (
        head() + "![x](images\\\\a.png)",
        ':8: there is no file "images\\a.png"; write images/a.png',
    ),
}


@pytest.mark.parametrize("name", ONE_FILE)
def test_one_mistake_is_named_exactly(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, expected = ONE_FILE[name]
    assert mistakes(tmp_path, {"a.md": text}, monkeypatch) == [f"content/a.md{expected}"]


def test_a_post_without_anything_is_told_everything_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {
        "a.md": "---\nsummary: x\n---\nText",
        "b c.md": "---\ntitle: B\ndate: 2026-01-01\n---\nText",
        "pages/om.md": "---\nuid: x\nstatus: gone\ntags: [a]\n---\nText",
    }
    assert mistakes(tmp_path, files, monkeypatch) == [
        'content/a.md:1: the post has no date; write "date:" and a date such as 2026-11-23',
        "content/a.md:1: the post has no uid; run utrop uid content/a.md",
        'content/a.md:1: there is no title; write "title:" and the heading',
        'content/b c.md:1: the post has no uid; run utrop uid "content/b c.md"',
        'content/pages/om.md:1: there is no title; write "title:" and the heading',
        'content/pages/om.md:3: unknown status "gone";'
        ' write "draft", "published", "hidden" or "withdrawn"',
        'content/pages/om.md:4: the key "tags" is for posts only; remove it',
    ]


def test_files_that_contradict_each_other_are_both_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {
        "a.md": head("title: Samma"),
        "b.md": head("title: Annat", "slug: samma"),
        "c.md": head("title: C", "uid: c", "aliases: [/samma/, /gammal/]"),
        "d.md": head("title: D", "uid: d", "aliases: gammal"),
        "en.md": head("title: Samma", "uid: e", "lang: en"),
        "pages/p.md": "---\ntitle: Samma\nlang: en\n---\n",
    }
    assert mistakes(tmp_path, files, monkeypatch) == [
        'content/b.md:4: the uid "a" is also that of content/a.md:4;'
        " remove this line and run utrop uid content/b.md",
        "content/b.md:5: the address samma/ is also that of content/a.md:2;"
        ' write another "slug" in one of the two',
        'content/c.md:5: the alias "samma/" is the address of content/a.md:2; remove it',
        'content/d.md:5: the alias "gammal" is also one of content/c.md:5; remove it',
        "content/pages/p.md:2: the address en/samma/ is also that of content/en.md:2;"
        ' write another "slug" in one of the two',
    ]


def test_translations_that_cannot_be_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, str | bytes] = {
        "a.md": head("uid: original"),
        "b.md": head("title: B", "uid: b", "lang: en", "translation_of: orignal"),
        "c.md": head("title: C", "uid: c", "translation_of: original"),
        "d.md": head("title: D", "uid: d", "lang: en", "translation_of: original"),
        "e.md": head("title: E", "uid: e", "lang: en", "translation_of: original"),
        "f.md": head("title: F", "uid: f", "translation_of: e"),
    }
    assert mistakes(tmp_path, files, monkeypatch) == [
        'content/b.md:6: no post has the uid "orignal"; write "original"',
        'content/c.md:5: the original content/a.md:2 is in the same language, "sv";'
        ' write this one\'s language, such as "lang: en"',
        'content/e.md:6: content/d.md:6 is in the same language, "en", and of the same original;'
        ' correct "lang" or "translation_of" in one of the two',
        'content/f.md:5: "e" is itself a translation; write "original"',
    ]


def test_a_mistake_in_the_original_is_not_told_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, str | bytes] = {
        "a.md": head("statsu: draft"),
        "b.md": head("title: B", "uid: b", "lang: en", "translation_of: a"),
    }
    assert mistakes(tmp_path, files, monkeypatch) == [
        'content/a.md:5: unknown key "statsu"; write "status"'
    ]


def test_a_misspelt_path_is_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, str | bytes] = {
        "2026/a.md": head() + "[x](ett-inlagg.md)\n![x](images/Karta.png)\n[x](/ett-inlgg.md)",
        "ett-inlägg.md": head("title: B", "uid: b"),
        "images/karta.png": b"",
    }
    assert mistakes(tmp_path, files, monkeypatch) == [
        'content/2026/a.md:8: there is no file "ett-inlagg.md"; write ../ett-inlägg.md',
        'content/2026/a.md:9: there is no file "images/Karta.png"; write ../images/karta.png',
        'content/2026/a.md:10: there is no file "/ett-inlgg.md"; write /ett-inlägg.md',
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").symlink_to(tmp_path / "nowhere.md")
    assert mistakes(tmp_path, {}, monkeypatch) == [
        '"a.md" cannot be read: No such file or directory; correct its permissions, or remove it'
    ]
