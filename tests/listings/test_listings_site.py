"""A whole site, built by Pelican, read as a browser reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from tests.listings.small_site import SITEURL, build, picture, write
from utrop import articles
from utrop.problem import ProblemsFound

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def fill(content: Path) -> None:
    for number in range(25):
        write(
            content,
            f"inlagg-{number:02}.md",
            title=f"Inlägg nummer {number}",
            date=f"{2025 + number % 2}-{1 + number % 10:02}-{1 + number:02} 09:00",
            category="Debatt" if number % 2 else "Kunskap",
            tags="[LOU, innovation]",
            author="Maja Ek",
            body="Ett stycke.\n\n## Rubrik\n\nMer i [det andra](inlagg-01.md).",
        )
    picture(content / "images" / "a.png", (1200, 630))
    write(
        content,
        "anbud.md",
        title="Fler anbud </script><b>& åter",
        date="2026-11-20 09:00",
        modified="2026-11-22 10:00",
        category="Debatt",
        tags="[lou, anbud]",
        authors="[Maja Ek, Åke Öst]",
        image="images/a.png",
        image_alt='En grön "ruta" & mer',
        image_credit="Maja Ek",
        summary="Varannan upphandling får <ett> eller två anbud.",
        aliases="[/gammal/, gammal.html, /2024/01/anbud]",
        responsible_editor="Sten Gran",
        slug="fler-anbud",
        body="Se ![en bild]({static}/images/a.png) och [om](pages/om.md).\n",
    )
    write(
        content,
        "tenders.md",
        title="More tenders",
        lang="en",
        translation_of="u-anbud",
        date="2026-11-20 10:00",
        category="Opinion",
        authors="[Maja Ek]",
        tags="[LOU]",
    )
    write(content, "dold.md", title="Dold sida", status="hidden", category="Hemligt", tags="[dolt]")
    write(content, "snart.md", title="Snart här", date="2026-12-13 09:00", category="Framtid")
    write(content, "utkast.md", title="Bara ett utkast", status="draft")
    write(content, "pages/om.md", title="Om bloggen", menu="2", uid="om", date="-")
    write(content, "pages/folj.md", title="Följ oss", menu="1", uid="-", date="-")
    write(
        content,
        "pages/about.md",
        title="About",
        lang="en",
        translation_of="om",
        uid="about",
        date="-",
        menu="no",
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    fill(root / "content")
    build(root / "content", root / "output")
    return root / "output"


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "lxml")


def html_files(site: Path) -> Iterator[Path]:
    yield from sorted(site.rglob("*.html"))


def is_redirect(page: BeautifulSoup) -> bool:
    return page.find("meta", attrs={"http-equiv": "refresh"}) is not None


def test_every_edition_has_its_lists(site: Path) -> None:
    for path in (
        "",
        "sida/2/",
        "sida/3/",
        "arkiv/",
        "arkiv/2025/",
        "arkiv/2026/sida/2/",
        "kategori/debatt/",
        "kategori/debatt/sida/2/",
        "etikett/lou/",
        "forfattare/maja-ek/",
        "forfattare/ake-ost/",
        "en/",
        "en/archive/",
        "en/archive/2026/",
        "en/category/opinion/",
        "en/tag/lou/",
        "en/author/maja-ek/",
    ):
        assert (site / path / "index.html").is_file(), path
    for path in ("sida/4", "kategori/opinion", "en/page/2", "kategori/allmant", "en/tag/anbud"):
        assert not (site / path).exists(), path


def test_the_unlisted_are_in_no_list(site: Path) -> None:
    assert (site / "dold-sida" / "index.html").is_file()
    assert not (site / "kategori" / "hemligt").exists()
    assert not (site / "snart-har").exists()
    assert not (site / "bara-ett-utkast").exists()
    for file in html_files(site):
        if file.parent.name != "dold-sida":
            assert "Dold sida" not in file.read_text("utf-8"), file
        assert "Snart här" not in file.read_text("utf-8"), file
    assert "dold-sida" not in (site / "sitemap.xml").read_text("utf-8")


def test_pages_show_every_post_of_a_list_once(site: Path) -> None:
    titles = []
    for path in ("", "sida/2", "sida/3"):
        page = soup(site / path / "index.html")
        titles += [each.get_text() for each in page.select(".card-title")]
    assert len(titles) == 26
    assert len(set(titles)) == 26
    assert titles[0] == "Fler anbud </script><b>& åter"


def test_every_page_names_its_language_and_itself(site: Path) -> None:
    for file in html_files(site):
        page = soup(file)
        relative = file.relative_to(site)
        lang = "en" if relative.parts[0] == "en" else "sv"
        assert page.html is not None
        assert page.html["lang"] == lang, file
        assert len(page.find_all("h1")) == 1, file
        assert page.title is not None
        assert page.title.get_text().strip()
        canonical = page.find("link", rel="canonical")
        if relative.name == "404.html":
            assert canonical is None
        elif not is_redirect(page):
            assert canonical is not None
            path = str(relative.parent.as_posix()) + "/" if relative.parent.parts else ""
            assert canonical["href"] == f"{SITEURL}/{path}", file


def test_only_what_may_be_found_is_indexed(site: Path) -> None:
    for file in html_files(site):
        page = soup(file)
        robots = page.find("meta", attrs={"name": "robots"})
        hidden = file.name == "404.html" or file.parent.name == "dold-sida" or is_redirect(page)
        assert (robots is not None and robots["content"] == "noindex") == hidden, file


def test_lists_say_what_they_are(site: Path) -> None:
    descriptions = {}
    for path in ("kategori/debatt", "etikett/lou", "arkiv", "arkiv/2026", "en/archive"):
        meta = soup(site / path / "index.html").select_one('meta[name="description"]')
        assert meta is not None, path
        descriptions[path] = meta["content"]
    name = soup(site / "index.html").select_one('meta[property="og:site_name"]')
    assert name is not None
    assert descriptions == {
        "kategori/debatt": f"Inlägg i kategorin Debatt, från {name['content']}.",
        "etikett/lou": f"Inlägg med etiketten LOU, från {name['content']}.",
        "arkiv": f"Alla inlägg från {name['content']}, efter år och ämne.",
        "arkiv/2026": f"Inlägg från 2026, av {name['content']}.",
        "en/archive": f"All posts from {name['content']}, by year and topic.",
    }


def test_hreflang_is_answered_by_the_other_page(site: Path) -> None:
    seen = 0
    for file in html_files(site):
        page = soup(file)
        links = {link["hreflang"]: link["href"] for link in page.select("head link[hreflang]")}
        if not links:
            continue
        seen += 1
        canonical = page.select_one("link[rel=canonical]")
        assert canonical is not None
        assert page.html is not None
        assert links[page.html["lang"]] == canonical["href"]
        assert links["x-default"] == links["sv"]
        for lang, address in links.items():
            if lang == "x-default":
                continue
            other = soup(site / urlsplit(str(address)).path.lstrip("/") / "index.html")
            assert {
                link["hreflang"]: link["href"] for link in other.select("head link[hreflang]")
            } == links
    assert seen == 2 * 6  # home, archive, a year, an author, a post, a page, in both languages


def test_links_lead_to_files_and_not_to_a_host(site: Path) -> None:
    for file in html_files(site):
        here = "/" + file.relative_to(site).as_posix().removesuffix("index.html")
        page = soup(file)
        for element in page.select("body [href], body [src], head link[rel=stylesheet]"):
            address = str(element.get("href") or element.get("src"))
            assert not address.startswith(SITEURL), (file, address)
            parts = urlsplit(urljoin(here, address))
            if parts.scheme or parts.netloc:
                continue
            target = site / unquote(parts.path).lstrip("/")
            if parts.path.endswith("/"):
                target /= "index.html"
            assert target.is_file(), (file, address)
        for element in page.select("head link[rel=alternate][type], head link[rel~=icon]"):
            assert (site / str(element["href"]).lstrip("/")).is_file(), (file, element)


def test_no_inline_style_or_script_and_no_third_party(site: Path) -> None:
    for file in html_files(site):
        page = soup(file)
        assert not page.select("[style], style, iframe, object, embed"), file
        for element in page.find_all(True):
            assert not any(name.startswith("on") for name in element.attrs), file
        for script in page.find_all("script"):
            assert script.get("type") == "application/ld+json", file
            assert "src" not in script.attrs, file
        for element in page.select("[src], link[rel=stylesheet], link[rel~=icon]"):
            address = str(element.get("src") or element.get("href"))
            assert not urlsplit(address).netloc, (file, address)


def test_a_post_describes_itself_to_machines(site: Path) -> None:
    page = soup(site / "fler-anbud" / "index.html")

    def content(property_: str) -> list[str]:
        return [str(meta["content"]) for meta in page.select(f'meta[property="{property_}"]')]

    assert content("og:type") == ["article"]
    assert content("og:title") == ["Fler anbud </script><b>& åter"]
    assert content("og:locale") == ["sv_SE"]
    assert content("og:locale:alternate") == ["en_GB"]
    assert content("og:url") == [f"{SITEURL}/fler-anbud/"]
    assert content("og:image") == [f"{SITEURL}/images/a.png"]
    assert content("og:image:width") == ["1200"]
    assert content("og:image:height") == ["630"]
    assert content("og:image:alt") == ['En grön "ruta" & mer']
    assert content("article:published_time") == ["2026-11-20T09:00:00+01:00"]
    assert content("article:tag") == ["LOU", "anbud"]
    card = page.find("meta", attrs={"name": "twitter:card"})
    assert card is not None
    assert card["content"] == "summary_large_image"
    script = page.find("script")
    assert script is not None
    data = json.loads(script.get_text())
    assert data["@type"] == "BlogPosting"
    assert data["headline"] == "Fler anbud </script><b>& åter"
    assert data["inLanguage"] == "sv"
    assert data["dateModified"] == "2026-11-22T10:00:00+01:00"
    assert [author["name"] for author in data["author"]] == ["Maja Ek", "Åke Öst"]
    assert data["publisher"]["@type"] == "GovernmentOrganization"
    assert data["editor"]["name"] == "Sten Gran"
    assert data["image"]["url"] == f"{SITEURL}/images/a.png"


def test_a_post_shows_what_its_writer_said(site: Path) -> None:
    page = soup(site / "fler-anbud" / "index.html")
    lead = page.select_one(".lead")
    assert lead is not None
    assert lead.get_text() == "Varannan upphandling får <ett> eller två anbud."
    byline = page.select_one(".byline")
    assert byline is not None
    assert [time["datetime"] for time in byline.select("time")] == [
        "2026-11-20T09:00+01:00",
        "2026-11-22T10:00+01:00",
    ]
    assert "Publicerad den 20 november 2026" in byline.get_text()
    assert "Uppdaterad den 22 november 2026" in byline.get_text()
    caption = page.select_one("figcaption")
    assert caption is not None
    assert caption.get_text() == "Bild: Maja Ek"
    assert "Ansvarig för innehållet: Sten Gran" in page.get_text()
    english = soup(site / "en" / "more-tenders" / "index.html")
    assert "Published 20 November 2026" in english.get_text()
    switch = page.select_one(".languages a")
    assert switch is not None
    assert (switch["href"], switch["lang"]) == ("/en/more-tenders/", "en")


def test_the_own_feeds_come_before_the_editions(site: Path) -> None:
    page = soup(site / "kategori" / "debatt" / "index.html")
    assert [link["href"] for link in page.select("head link[rel=alternate][type]")] == [
        "/kategori/debatt/feed.rss",
        "/kategori/debatt/feed.atom",
        "/feed.rss",
        "/feed.atom",
        "/feed.json",
    ]
    english = soup(site / "en" / "index.html")
    assert [link["href"] for link in english.select("head link[rel=alternate][type]")] == [
        "/en/feed.rss",
        "/en/feed.atom",
        "/en/feed.json",
    ]


def test_the_menu_has_the_pages_in_their_order(site: Path) -> None:
    page = soup(site / "om-bloggen" / "index.html")
    assert [(link.get_text(), link.get("aria-current")) for link in page.select(".menu a")] == [
        ("Arkiv", None),
        ("Följ oss", None),
        ("Om bloggen", "page"),
    ]
    english = soup(site / "en" / "about" / "index.html")
    assert [link.get_text() for link in english.select(".menu a")] == ["Archive"]
    assert [link["href"] for link in english.select(".languages a")] == ["/om-bloggen/"]


def test_the_sitemap_lists_what_may_be_indexed(site: Path) -> None:
    root = etree.parse(site / "sitemap.xml").getroot()
    found = {
        url.findtext("s:loc", namespaces=SITEMAP): url for url in root.findall("s:url", SITEMAP)
    }
    indexable = set()
    for file in html_files(site):
        page = soup(file)
        canonical = page.select_one("link[rel=canonical]")
        if page.find("meta", attrs={"name": "robots"}) is None and "/sida/" not in file.as_posix():
            assert canonical is not None
            indexable.add(canonical["href"])
    assert set(found) == indexable
    post = found[f"{SITEURL}/fler-anbud/"]
    assert post.findtext("s:lastmod", namespaces=SITEMAP) == "2026-11-22T09:00:00Z"
    assert [
        (link.get("hreflang"), link.get("href")) for link in post.findall("x:link", SITEMAP)
    ] == [
        ("en", f"{SITEURL}/en/more-tenders/"),
        ("sv", f"{SITEURL}/fler-anbud/"),
        ("x-default", f"{SITEURL}/fler-anbud/"),
    ]
    assert f"Sitemap: {SITEURL}/sitemap.xml" in (site / "robots.txt").read_text("utf-8")


def test_old_addresses_lead_on(site: Path) -> None:
    for file in ("gammal/index.html", "gammal.html", "2024/01/anbud/index.html"):
        page = soup(site / file)
        refresh = page.find("meta", attrs={"http-equiv": "refresh"})
        assert refresh is not None
        assert refresh["content"] == "0; url=/fler-anbud/"
        link = page.select_one("main a")
        assert link is not None
        assert link["href"] == "/fler-anbud/"


def test_a_site_below_a_path(tmp_path: Path) -> None:
    fill(tmp_path / "content")
    siteurl = "https://www.inkop.example.org/blogg"
    settings = build(tmp_path / "content", tmp_path / "output", SITEURL=siteurl)
    page = soup(tmp_path / "output" / "fler-anbud" / "index.html")
    for element in page.select("[href], [src]"):
        address = str(element.get("href") or element.get("src"))
        if address.startswith("#"):
            continue
        assert address.startswith(("/blogg/", siteurl + "/")), address
    post = next(each for each in articles.built(settings) if each.path == "fler-anbud/")
    assert post.url == f"{siteurl}/fler-anbud/"
    assert 'src="/blogg/images/a.png"' in post.body
    assert f'src="{siteurl}/images/a.png"' in post.content
    assert f'href="{siteurl}/om-bloggen/"' in post.content
    redirect = soup(tmp_path / "output" / "gammal" / "index.html")
    assert redirect.select_one('meta[content="0; url=/blogg/fler-anbud/"]') is not None


def test_the_writer_sees_what_is_not_yet_public(tmp_path: Path) -> None:
    fill(tmp_path / "content")
    build(tmp_path / "content", tmp_path / "output", unpublished=True)
    draft = soup(tmp_path / "output" / "bara-ett-utkast" / "index.html")
    band = draft.select_one(".band")
    assert band is not None
    assert "Utkast" in band.get_text()
    assert (band.name, band["aria-label"]) == ("section", "Utkast")  # a landmark of its own
    assert draft.find("meta", attrs={"name": "robots"}) is not None
    scheduled = soup(tmp_path / "output" / "snart-har" / "index.html")
    band = scheduled.select_one(".band")
    assert band is not None
    assert "Publiceras den 13 december 2026 kl. 9.00" in band.get_text()
    assert "Snart här" in (tmp_path / "output" / "index.html").read_text("utf-8")
    assert "snart-har" not in (tmp_path / "output" / "sitemap.xml").read_text("utf-8")
    lone = soup(tmp_path / "output" / "kategori" / "framtid" / "index.html")
    assert not lone.select('link[href^="/kategori/framtid/feed"]')  # there is no such feed


def test_an_empty_site_has_a_home_page_only(tmp_path: Path) -> None:
    build(tmp_path / "content", tmp_path / "output")
    assert sorted(
        path.relative_to(tmp_path / "output").as_posix() for path in html_files(tmp_path / "output")
    ) == ["404.html", "index.html"]
    page = soup(tmp_path / "output" / "index.html")
    assert "Inget har publicerats ännu." in page.get_text()
    assert not page.select("head link[type^=application]")


def test_posts_at_an_address_of_the_site_are_named(tmp_path: Path) -> None:
    source = write(tmp_path / "content", "fel.md", title="Fel", slug="kategori/debatt")
    write(tmp_path / "content", "b.md", category="Debatt")
    with pytest.raises(ProblemsFound) as raised:
        build(tmp_path / "content", tmp_path / "output")
    assert any(problem.path == source for problem in raised.value.problems)
    assert not (tmp_path / "output" / "index.html").exists()


def test_the_same_bytes_whatever_the_machine_thinks_of_time_and_place(tmp_path: Path) -> None:
    fill(tmp_path / "content")
    repository = Path(__file__).resolve().parents[2]
    outputs = []
    for number, (zone, locale, seed) in enumerate(
        (("UTC", "C", "1"), ("America/Los_Angeles", "en_US.UTF-8", "2"))
    ):
        output = tmp_path / f"output-{number}"
        subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from pathlib import Path;"
                "from tests.listings.small_site import build;"
                "build(Path(sys.argv[1]), Path(sys.argv[2]))",
                str(tmp_path / "content"),
                str(output),
            ],
            check=True,
            cwd=repository,
            env={**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
        )
        outputs.append(
            {
                path.relative_to(output).as_posix(): path.read_bytes()
                for path in output.rglob("*")
                if path.is_file()
            }
        )
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 50
