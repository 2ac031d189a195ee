"""Whole runs of Pelican with the plugin, from a folder of Markdown to a folder of HTML."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from blinker import ANY, Signal
from pelican import Pelican
from pelican.log import console
from pelican.plugins import signals
from pelican.settings import read_settings

from utrop.authoring import plugin
from utrop.inputs import SETTING, BuildInputs
from utrop.problem import ProblemsFound

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEMPLATE = """\
{%- set c = article or page -%}
<html lang="{{ c.lang }}"><title>{{ c.title }}</title><meta name="description" \
content="{{ c.summary }}"><p id="state">{{ c.utrop_state }}</p>
{%- for t in c.translations %}<link hreflang="{{ t.lang }}" href="{{ t.url }}">{% endfor %}
<main>{{ c.content }}</main></html>
"""


def post(title: str, uid: str, body: str = "Brödtext.", **keys: str) -> str:
    lines = {"title": title, "date": "2026-11-20", "uid": uid, **keys}
    head = "".join(f"{key}: {value}\n" for key, value in lines.items())
    return f"---\n{head}---\n\n{body}\n"


class Site:
    """A content folder that can be built."""

    def __init__(self, root: Path) -> None:
        self.content = root / "content"
        self.output = root / "output"
        self.theme = root / "theme"
        (self.theme / "templates").mkdir(parents=True)
        for name in ("article", "page"):
            (self.theme / "templates" / f"{name}.html").write_text(TEMPLATE, "utf-8")
        self.content.mkdir()

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.content / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def pelican(self, *, unpublished: bool = False, **settings: Any) -> Pelican:
        override = {
            "PATH": str(self.content),
            "OUTPUT_PATH": str(self.output),
            "THEME": str(self.theme),
            "PLUGINS": [plugin],
            "SITEURL": "https://blogg.inkop.example.org",
            "TIMEZONE": "Europe/Stockholm",
            "DEFAULT_LANG": "sv",
            "LANGUAGES": ["sv", "en"],
            "AUTHOR": "Redaktionen",
            "DEFAULT_CATEGORY": "Nyheter",
            "STATIC_PATHS": ["images"],
            "DIRECT_TEMPLATES": [],
            "CATEGORY_SAVE_AS": "",
            "TAG_SAVE_AS": "",
            "AUTHOR_SAVE_AS": "",
            **dict.fromkeys(
                [
                    "FEED_ALL_ATOM",
                    "CATEGORY_FEED_ATOM",
                    "AUTHOR_FEED_ATOM",
                    "AUTHOR_FEED_RSS",
                    "TRANSLATION_FEED_ATOM",
                ]
            ),
            SETTING: BuildInputs(now=NOW, unpublished=unpublished),
        }
        for kind in ("ARTICLE", "PAGE"):
            override[f"{kind}_URL"] = "{slug}/"
            override[f"{kind}_SAVE_AS"] = "{slug}/index.html"
            override[f"{kind}_LANG_URL"] = "{lang}/{slug}/"
            override[f"{kind}_LANG_SAVE_AS"] = "{lang}/{slug}/index.html"
        return Pelican(read_settings(None, override={**override, **settings}))

    def build(self, **settings: Any) -> dict[str, str]:
        self.pelican(**settings).run()
        return self.pages()

    def pages(self) -> dict[str, str]:
        return {
            path.parent.relative_to(self.output).as_posix(): path.read_text("utf-8")
            for path in sorted(self.output.rglob("index.html"))
        }


@pytest.fixture
def alone() -> Iterator[None]:
    """Only this plugin hears Pelican: its signals live as long as the process, across tests."""
    heard = [
        (signal, receiver)
        for signal in vars(signals).values()
        if isinstance(signal, Signal)
        for receiver in list(signal.receivers_for(ANY))
    ]
    for signal, receiver in heard:
        signal.disconnect(receiver)
    yield
    for signal, receiver in heard:
        signal.connect(receiver)


@pytest.fixture
def site(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: Any, alone: None) -> Site:
    monkeypatch.setattr(console, "quiet", True)
    monkeypatch.setattr(logging.getLogger("pelican"), "propagate", True)
    caplog.set_level(logging.WARNING)
    return Site(tmp_path)


def test_only_what_is_out_reaches_the_output(site: Site) -> None:
    site.write(
        {
            "ute.md": post("Ute", "p1"),
            "utkast.md": post("Hemligt utkast", "p2", status="draft"),
            "indraget.md": post("Indraget", "p3", status="withdrawn"),
            "senare.md": post("Senare", "p4", date="2026-11-23 09:01"),
            "nyss.md": post("Nyss", "p5", date="2026-11-23 09:00"),
            "gömt.md": post("Gömt", "p6", status="hidden"),
            "pages/om.md": "---\ntitle: Om oss\n---\nText",
            "pages/utkast.md": "---\ntitle: Sidutkast\nstatus: draft\n---\nText",
        }
    )
    assert sorted(site.build()) == ["gomt", "nyss", "om-oss", "ute"]
    assert "emligt" not in "".join(site.pages().values())


def test_the_development_server_builds_what_is_not_yet_out_and_says_what_it_is(site: Site) -> None:
    site.write(
        {
            "ute.md": post("Ute", "p1", "Se [utkastet](utkast.md) och [bort](bort.md)."),
            "utkast.md": post("Utkast", "p2", status="draft"),
            "senare.md": post("Senare", "p3", date="2027-01-01"),
            "bort.md": post("Bort", "p4", status="withdrawn"),
        }
    )
    pages = site.build(unpublished=True)
    states = {name: re.findall('"state">(.*?)<', html) for name, html in pages.items()}
    assert states == {"senare": ["scheduled"], "ute": ["published"], "utkast": ["draft"]}
    assert (
        'Se <a href="https://blogg.inkop.example.org/utkast/">utkastet</a> och bort.'
        in pages["ute"]
    )


@pytest.mark.parametrize(
    "line", ["statsu: draft", "Status : draft", "draft: true", "status: drfat"]
)
def test_a_misspelt_draft_stops_the_build_before_anything_is_written(site: Site, line: str) -> None:
    site.write(
        {
            "a.md": post("Ute", "p1"),
            "b.md": f"---\ntitle: B\ndate: 2026-01-01\nuid: b\n{line}\n---\nX",
        }
    )
    with pytest.raises(ProblemsFound):
        site.build()
    assert site.pages() == {}


def test_translations_are_paired(site: Site) -> None:
    site.write(
        {
            "a.md": post("Ett inlägg", "p1"),
            "a.en.md": post("A post", "p2", lang="en", translation_of="p1"),
            "c.en.md": post("English first", "p3", lang="en"),
            "c.md": post("Svenska sedan", "p4", translation_of="p3"),
            "pages/om.md": "---\ntitle: Om oss\n---\nText",
            "pages/about.md": "---\ntitle: About\nlang: en\ntranslation_of: om-oss\n---\nText",
        }
    )
    pages = site.build()
    assert {
        name: re.findall('<link hreflang="(..)" href="(.*?)">', html)
        for name, html in pages.items()
    } == {
        "ett-inlagg": [("en", "en/a-post/")],
        "en/a-post": [("sv", "ett-inlagg/")],
        "en/english-first": [("sv", "svenska-sedan/")],
        "svenska-sedan": [("en", "en/english-first/")],
        "om-oss": [("en", "en/about/")],
        "en/about": [("sv", "om-oss/")],
    }
    assert '<html lang="en">' in pages["en/a-post"]


def test_links_between_files_become_addresses(site: Site, caplog: Any) -> None:
    site.write(
        {
            "2026/a.md": post(
                "A",
                "p1",
                "[b](../b.md#del) [rot](/b.md) [p]({filename}/b.md) ![bild](bild.png)\n"
                "![r](/images/stor%20bild.png) [om](/om/) [ut](https://example.org/x.md)\n\n"
                "[utkast **med fetstil**](../utkast.md)\n\n`[kod](saknas.md)`\n",
            ),
            "b.md": post("B", "p2"),
            "utkast.md": post("Utkast", "p3", status="draft"),
            "2026/bild.png": b"png",
            "images/stor bild.png": b"png",
            "pages/om.md": "---\ntitle: Om\n---\nText",
        }
    )
    html = site.build()["a"]
    base = "https://blogg.inkop.example.org"
    assert re.findall('(?:href|src)="(.*?)"', html) == [
        f"{base}/b/#del",
        f"{base}/b/",
        f"{base}/b/",
        f"{base}/2026/bild.png",
        f"{base}/images/stor%20bild.png",
        "/om/",
        "https://example.org/x.md",
    ]
    assert "<p>utkast <strong>med fetstil</strong></p>" in html
    assert (site.output / "2026/bild.png").is_file()
    assert "utkast.md" in caplog.text
    assert "a draft" in caplog.text


@pytest.mark.parametrize(
    ("siteurl", "root"),
    [("https://blogg.inkop.example.org", "/"), ("https://x.example.org/blogg", "/blogg/")],
)
def test_addresses_from_the_root_hold_where_the_site_has_a_path(
    site: Site, siteurl: str, root: str
) -> None:
    body = (
        "[RSS](/feed.rss), [hem](/), [annan värd](//www.example.org/a), [ut](https://example.org/b)"
        " [LOU](/etikett/lou/?s=1#x) [redan](/blogg/feed.rss) [hit](#x)\n"
        '<a href="/feed.atom"><img src="/theme/a" alt="a"></a> `[kod](/feed.rss)`'
    )
    site.write({"ett.md": post("Ett", "p1", body)})
    page = site.build(SITEURL=siteurl)["ett"]
    assert re.findall(r'<(?:a|img)[^>]* (?:href|src)="([^"]*)"', page) == [
        f"{root}feed.rss",
        root,
        "//www.example.org/a",
        "https://example.org/b",
        f"{root}etikett/lou/?s=1#x",
        "/blogg/feed.rss",
        "#x",
        f"{root}feed.atom",
        f"{root}theme/a",
    ]
    assert "[kod](/feed.rss)" in page


def test_a_share_picture_beside_the_post_is_copied(site: Site) -> None:
    site.write(
        {
            "x/a.md": post("A", "p1", image="bild.png", image_alt="En bild"),
            "x/bild.png": b"png",
        }
    )
    site.build()
    assert (site.output / "x/bild.png").is_file()


def test_nothing_has_a_style(site: Site) -> None:
    table = (
        "| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n[^1] <a name='x' style='color:red'>y</a>\n\n[^1]: Not"
    )
    site.write({"a.md": post("A", "p1", table), "b.md": post("B", "p2", "Text[^1]\n\n[^1]: Not")})
    pages = site.build()
    assert "style" not in pages["a"]
    assert "name='x'" not in pages["a"]
    assert '<td class="align-right">2</td>' in pages["a"]
    ids = [re.findall(r'id="(fn:[^"]*)"', html) for html in pages.values()]
    assert ids[0] != ids[1]


def test_two_builds_are_the_same_to_the_byte(site: Site) -> None:
    site.write({f"{n}.md": post(f"Inlägg {n}", f"p{n}", "Text[^1]\n\n[^1]: Not") for n in range(9)})
    assert site.build() == site.build()


def test_the_summary_is_the_writers_or_the_beginning(site: Site) -> None:
    site.write(
        {
            "a.md": post("A", "p1", "## Rubrik\n\nFörsta *stycket*[^1].\n\n[^1]: Not"),
            "b.md": post("B", "p2", summary="Egna ord"),
        }
    )
    pages = site.build()
    assert 'content="Första stycket."' in pages["a"]
    assert 'content="Egna ord"' in pages["b"]


def test_a_post_that_pelican_drops_stops_the_build(site: Site, monkeypatch: Any) -> None:
    site.write({"a.md": post("A", "p1"), "b.md": post("B", "p2")})

    def fail(html: str) -> str:
        raise ZeroDivisionError("prov")

    monkeypatch.setattr(plugin, "summary_of", fail)
    with pytest.raises(ProblemsFound) as raised:
        site.build()
    assert [str(one).split("/")[-1] for one in raised.value.problems] == [
        f"{name}.md: Pelican left this file out: ZeroDivisionError: prov;"
        " build with DEBUG logging to see where"
        for name in "ab"
    ]
    assert site.pages() == {}


def test_other_markup_is_not_published_unchecked(site: Site, caplog: Any) -> None:
    site.write(
        {
            "a.md": post("A", "p1"),
            "b.html": "<title>B</title><meta name=date content=2026-01-01><body>x",
            "c.rst": "C\n=\n\n:date: 2026-01-01\n\ntext\n",
            ".d.md": "hemligt",
            "e.md~": "hemligt",
        }
    )
    assert sorted(site.build()) == ["a"]
    assert "b.html: is no .md file and is not read" in caplog.text


def test_names_in_any_form_and_links_in_a_circle(site: Site) -> None:
    site.write(
        {
            "a\u030a r.md": post("Ett", "p1"),
            "b\\c.md": post("Två", "p2", "[ett](\u00e5%20r.md)"),
        }
    )
    (site.content / "ring").symlink_to(site.content, target_is_directory=True)
    pages = site.build()
    assert sorted(pages) == ["ett", "tva"]
    assert 'href="https://blogg.inkop.example.org/ett/"' in pages["tva"]


def test_the_sites_own_markdown_options_hold(site: Site) -> None:
    site.write({"a.md": post("A", "p1", "rad ett\nrad två\n\n|a|\n|-:|\n|1|")})
    html = site.build(MARKDOWN={"extensions": ["nl2br", "tables", "meta"]})["a"]
    assert "rad ett<br" in html
    assert '<td class="align-right">' in html


def test_running_the_same_object_again_reads_again(site: Site) -> None:
    site.write({"a.md": post("A", "p1")})
    pelican = site.pelican()
    pelican.run()
    site.write({"b.md": post("B", "p2")})
    pelican.run()
    assert sorted(site.pages()) == ["a", "b"]


def test_without_its_inputs_the_build_says_what_to_run(site: Site) -> None:
    with pytest.raises(ProblemsFound, match="build with `utrop build`"):
        site.pelican(**{SETTING: None})
