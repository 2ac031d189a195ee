"""A sound output passes the gate; each fault, put in by hand, is found and named."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from site_for_checks import GUID, HEAD, SITEURL, TAIL, Site

from utrop.checks import check_output
from utrop.checks.gate import CHECKS


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "output")


def test_a_sound_output_has_no_problem(site: Site) -> None:
    assert site.check() == []


def test_hidden_pages_and_files_of_writers_are_let_through(site: Site) -> None:
    site.page("gomd/", "Gömd")
    site.change(
        "gomd/index.html",
        "<meta property",
        '<meta name="robots" content="noindex">\n<meta property',
    )
    site.write("files/gammal.html", "<p onclick='x()'>Bilaga")
    assert site.check() == []


def test_an_empty_or_missing_output_is_a_problem(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        found = check_output(folder, siteurl=SITEURL, base_path="/blogg/", default_lang="sv")
        assert [problem.what for problem in found] == ["there is nothing in the output"]


POST = "forsta/index.html"
BROKEN = [
    # pages
    (POST, "<title>Första – Bloggen</title>", "", "has no <title>"),
    (POST, "</title>", "</title><title>Två</title>", "has 2 <title>"),
    (POST, "Första – Bloggen", " ", "has an empty <title>"),
    (POST, '<html lang="sv">', "<html>", "says no language"),
    (POST, '<html lang="sv">', '<html lang="svenska språket">', "says no language"),
    (POST, "<h1>Första</h1>", "", "has no <h1>"),
    (POST, "<h1>", "<h1>Ett</h1><h1>", "has 2 <h1>"),
    (POST, '<link rel="canonical"', '<link rel="x"', "has no canonical link"),
    (POST, '"canonical" href="https://blogg.', '"canonical" href="https://annan.', "not below"),
    (POST, "<p><a", '<p style="color: red"><a', "a style attribute on <p>"),
    (POST, "</head>", "<style>p { color: red }</style></head>", "a <style> element"),
    (POST, "</body>", "<script>x()</script></body>", "an inline <script>"),
    (POST, "<p><a", '<p onclick="x()"><a', "an onclick attribute"),
    (POST, 'href="#del"', 'href="javascript:x()"', "a javascript: address"),
    (POST, '{"@type"', '{@type"', "JSON-LD that is not JSON"),
    (POST, '<h2 id="del">', '<p id="del">x</p><h2 id="del">', "has the id 'del' more than once"),
    (POST, "</body>", '<script src="https://x.example.org/a.js"></script></body>', "another site"),
    (POST, "/blogg/theme/site.css?v=1", "https://x.example.org/a.css", "another site"),
    (POST, "/blogg/theme/site.css?v=1", "//x.example.org/a.css", "another site"),
    (POST, "</html>", "", "ends before </html>"),
    # links
    (POST, 'href="../om/"', 'href="../om-oss/"', "leads nowhere"),
    (POST, 'href="../om/"', 'href="/om/"', "leads nowhere"),
    (POST, 'href="../om/"', 'href="/blogg/Om/"', "leads nowhere"),
    (POST, 'href="../om/"', 'href=""', "an empty href"),
    (POST, 'href="../om/"', 'href="http://["', "leads nowhere"),
    (POST, 'href="#del"', 'href="#dal"', "a place that forsta/index.html does not have"),
    (POST, "/om/#kontakt", "/om/#annat", "a place that om/index.html does not have"),
    (POST, 'src="/blogg/images/a.png"', 'src="/blogg/images/b.png"', "leads nowhere"),
    (POST, "a.png 2x", "b.png 2x", "leads nowhere"),
    (POST, "/blogg/feed.rss", "/blogg/etikett/lou/feed.rss", "leads nowhere"),
    (POST, '/images/a.png">\n<script', '/images/c.png">\n<script', "leads nowhere"),
    # redirects
    ("gammal/index.html", "url=/blogg/forsta/", "url=/blogg/borta/", "is not in this site"),
    ("gammal/index.html", "url=/blogg/forsta/", "url=/blogg/gammal/", "redirects to itself"),
    ("gammal/index.html", "url=/blogg/forsta/", "url=https://x.example.org/", "another site"),
    ("gammal/index.html", "0; url=/blogg/forsta/", "", "redirects to no address"),
    ("gammal/index.html", "0; url=/blogg/forsta/", "0; url=/blogg/om/", "calls"),
    # feeds
    ("feed.rss", "</channel>", "", "not well-formed"),
    ("feed.rss", "<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss', "declares a document type"),
    ("feed.rss", "<description>Om</description>", "", "has no description"),
    ("feed.rss", "<language>sv</language>", "", "has no language"),
    ("feed.rss", "/feed.rss", "/feed.xml", "its own address"),
    ("feed.rss", ">Tue, 03", ">Wed, 03", "a pubDate that is no date"),
    ("feed.rss", "03 Nov 2026", "03 nov 26", "no date"),
    ("feed.rss", 'isPermaLink="false"', "", "a guid that claims to be an address"),
    ("feed.rss", GUID, "tag:x", "is in no manifest"),
    ("feed.rss", "/forsta/</link>", "/andra/</link>", "which is not in the site"),
    ("feed.rss", f'href="{SITEURL}/om/"', 'href="/blogg/om/"', "a relative address"),
    ("feed.rss", 'length="12"', 'length="0"', "has 12 bytes"),
    ("feed.rss", "a.png", "b.png", "which is not in the site"),
    ("feed.rss", "<title>Första", "<title>Fö\x92rsta", "a control character: U+0092"),
    ("feed.atom", "<author><name>Bloggen</name></author>", "", "has no author"),
    ("feed.atom", ' xml:lang="sv"', "", "says no language"),
    ("feed.atom", "2026-11-03T09:15:00+01:00", "2026-11-03T09:15:00", "that is none"),
    ("feed.atom", "2026-11-03T09", "2026-13-03T09", "that is none"),
    ("feed.atom", 'rel="self"', 'rel="via"', "its own address"),
    ("feed.atom", "<title>Första</title>", "", "has no title"),
    ("feed.atom", f"<id>{GUID}</id>", "", "has no id"),
    ("feed.json", "version/1.1", "version/2", "is no JSON Feed 1.1"),
    ("feed.json", '"items"', '"entries"', "has no list of items"),
    ("feed.json", '"content_html"', '"content"', "has no content_html"),
    ("feed.json", "T09:15:00+01:00", " 09:15", "that is none"),
    ("feed.json", '{"name"', '{"nom"', "an author without a name"),
    ("feed.json", '["LOU"]', "[1]", "tags that are no texts"),
    ("feed.json", "{", "[", "is not JSON"),
    # manifest
    ("announcements.json", "{", "[", "is not JSON"),
    ("announcements.json", '"version": 1', '"version": 2', "has version 2"),
    ("announcements.json", f'"{SITEURL}"', '"https://x.example.org"', "is of the site"),
    ("announcements.json", '"posts"', '"items"', "has no list of posts"),
    ("announcements.json", '"lang": "sv"', '"lang": ""', "has no lang"),
    ("announcements.json", '"lang": "sv"', '"lang": "en"', "says lang='sv'"),
    ("announcements.json", "tag:", "urn:", "which is no tag URI"),
    ("announcements.json", "/forsta/", "/andra/", "where there is no page"),
    ("announcements.json", "/forsta/", "/om/", "does not stand as the title"),
    ("announcements.json", "/forsta/", "/gammal/", "only redirects"),
    ("announcements.json", "/forsta/", "/forsta", "calls itself"),
    ("announcements.json", "a.png", "b.png", "which is not in the site"),
    # sitemap
    ("sitemap.xml", "/forsta/", "/borta/", "is not in the site"),
    ("sitemap.xml", "/forsta/", "/", "is listed twice"),
    ("sitemap.xml", "/forsta/", "/gammal/", "asked not to list"),
    ("sitemap.xml", "</urlset>", "", "not well-formed"),
    ("sitemap.xml", "https://blogg", "https://annan", "is not below"),
]


@pytest.mark.parametrize(("name", "old", "new", "what"), BROKEN)
def test_a_fault_is_found_and_its_file_named(
    site: Site, name: str, old: str, new: str, what: str
) -> None:
    text = (site.root / name).read_text("utf-8")
    if old.startswith("<h1>") or name.endswith((".json", ".rss", ".atom", ".xml")):
        site.change(name, old, new)
    else:
        (site.root / name).write_text(text.replace(old, new, 1), "utf-8")
        assert (site.root / name).read_text("utf-8") != text
    found = [problem for problem in site.check() if what in problem.what]
    assert found, [str(problem) for problem in site.check()]
    assert {problem.path for problem in found} == {site.root / name}
    assert {problem.severity for problem in found} == {"error"}


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("posts/utkast.md", "is a source file"),
        ("drafts/utkast.html", "folder of drafts"),
        (".git/config", "is a hidden file"),
        (".env", "is a hidden file"),
        ("ledger.sqlite3", "looks like a private file"),
        ("anteckningar.txt~", "looks like a private file"),
    ],
)
def test_what_must_not_be_public_is_found(site: Site, name: str, what: str) -> None:
    site.write(name, HEAD.format(title="Utkast", siteurl=SITEURL, path=name) + TAIL)
    assert [problem.path for problem in site.check() if what in problem.what] == [site.root / name]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("announcements.json", "nothing could be announced"),
        ("feed.rss", "leads nowhere"),
        ("images/a.png", "leads nowhere"),
        ("om/index.html", "leads nowhere"),
    ],
)
def test_what_is_missing_is_found(site: Site, name: str, what: str) -> None:
    (site.root / name).unlink()
    assert any(what in problem.what for problem in site.check())


def test_a_picture_of_another_site_in_a_text_is_the_writers_to_decide(site: Site) -> None:
    site.change(POST, 'src="/blogg/images/a.png"', 'src="https://x.example.org/a.png"')
    found = site.check()
    assert [(problem.severity, problem.line) for problem in found] == [("warning", 21)]
    assert "x.example.org/a.png" in found[0].what


def test_a_missing_final_slash_is_a_warning(site: Site) -> None:
    site.change(POST, 'href="../om/"', 'href="/blogg/om"')
    assert [problem.severity for problem in site.check()] == ["warning"]


def test_a_redirect_to_a_redirect_is_found(site: Site) -> None:
    shutil.copytree(site.root / "gammal", site.root / "aldre")
    site.change("aldre/index.html", "url=/blogg/forsta/", "url=/blogg/gammal/")
    assert any("redirects again" in problem.what for problem in site.check())


def test_a_redirect_may_stand_where_drafts_once_stood(site: Site) -> None:
    shutil.copytree(site.root / "gammal", site.root / "drafts" / "x")
    assert site.check() == []


def test_two_posts_with_one_id_are_found(site: Site) -> None:
    manifest = json.loads((site.root / "announcements.json").read_bytes())
    manifest["posts"] *= 2
    site.write("announcements.json", json.dumps(manifest))
    feed = json.loads((site.root / "feed.json").read_bytes())
    feed["items"] *= 2
    site.write("feed.json", json.dumps(feed))
    whats = [problem.what for problem in site.check()]
    assert f"has 2 posts with the guid {GUID}" in whats
    assert f"has 2 entries with the id {GUID}" in whats


def test_a_link_broken_on_every_page_is_told_of_once(site: Site) -> None:
    for name in ("index.html", "om/index.html", POST):
        site.change(name, 'href="/blogg/"', 'href="/blogg/borta/"')
    found = site.check()
    assert len(found) == 1
    assert "and on 2 other pages" in found[0].what


def test_a_fault_on_the_page_of_a_post_names_the_post(site: Site) -> None:
    site.change(POST, 'href="../om/"', 'href="../om-oss/"')
    (found,) = site.check()
    assert found.what.endswith("(in the post “Första”)")


def test_a_name_that_is_not_utf8_is_found(site: Site) -> None:
    try:
        Path(os.fsdecode(os.fsencode(site.root) + b"/bl\xe5.html")).write_text("x", "utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert [str(problem).encode() and problem.path for problem in site.check()] == [site.root]


def test_a_page_of_bytes_that_are_no_text_is_found(site: Site) -> None:
    site.write("om/index.html", b"\xff\xfe<html>")
    assert any("is not UTF-8" in problem.what for problem in site.check())
    site.write("om/index.html", b"")
    assert any("is empty" in problem.what for problem in site.check())


@given(data=st.data())
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example makes its own site
)
def test_damage_gives_problems_and_never_an_exception(tmp_path: Path, data: st.DataObject) -> None:
    shutil.rmtree(tmp_path / "damaged", ignore_errors=True)
    site = Site(tmp_path / "damaged")
    names = sorted(path.relative_to(site.root).as_posix() for path in site.root.rglob("*.*"))
    name = data.draw(st.sampled_from([each for each in names if (site.root / each).is_file()]))
    before = (site.root / name).read_bytes()
    start = data.draw(st.integers(0, len(before)))
    junk = data.draw(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [b"]]>", b"<", b'"', b"[" * 3000, b"null", b'<a href="http://[x">', b"&#0;"]
            ),
        )
    )
    kept = data.draw(st.integers(0, 40))
    site.write(name, before[:start] + junk + before[start + kept :])
    for problem in site.check():
        assert problem.path is not None
        assert str(problem)


@pytest.mark.parametrize(
    "text", ["null", "1", "[]", '{"posts": [null, 1, {"guid": 3}]}', "[" * 99999]
)
def test_json_of_any_shape_gives_problems(site: Site, text: str) -> None:
    for name in ("announcements.json", "feed.json"):
        site.write(name, text)
    assert {problem.path.name for problem in site.check() if problem.path} >= {
        "announcements.json",
        "feed.json",
    }


def test_the_table_of_contents_names_each_check_once() -> None:
    assert len(set(CHECKS)) == len(CHECKS) == 9
