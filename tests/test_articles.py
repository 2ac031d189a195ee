"""Posts as they come out of Pelican's articles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.listings.small_site import SITEURL, build, picture, write
from utrop import articles
from utrop.problem import ProblemsFound


def test_a_post_carries_what_the_writer_said(tmp_path: Path) -> None:
    content = tmp_path / "content"
    picture(content / "serie" / "bild.jpg", (800, 450))
    write(content, "pages/om.md", title="Om oss", uid="-", date="-", aliases="/om/")
    write(
        content,
        "serie/ett.md",
        title="Ett inlägg",
        date="2026-07-01 09:00",
        modified="2026-07-02 10:30",
        category="Debatt",
        tags="[LOU, små företag]",
        authors="[Maja Ek]",
        summary="Kort sagt.",
        image="bild.jpg",
        image_alt="En bild",
        announce="[mastodon]",
        aliases="/gammal",
        demo="true",
        body="[Om](../pages/om.md) och [två](two.md#rubrik). ![B](bild.jpg)\n\n[^1]\n\n[^1]: Not.",
    )
    write(content, "serie/two.md", lang="en", translation_of="u-ett", body="## Rubrik")
    settings = build(content, tmp_path / "output")
    two, one = articles.built(settings)
    assert one.guid == "tag:blogg.inkop.example.org,2026:u-ett"
    assert (one.url, one.path) == (f"{SITEURL}/ett-inlagg/", "ett-inlagg/")
    assert (two.url, two.path, two.lang) == (f"{SITEURL}/en/two/", "en/two/", "en")
    assert one.published == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    assert one.modified == datetime(2026, 7, 2, 8, 30, tzinfo=UTC)
    assert one.category.path == "kategori/debatt/"
    assert [tag.slug for tag in one.tags] == ["lou", "sma-foretag"]
    assert one.summary == "Kort sagt."
    assert one.announce.networks == ("mastodon",)
    assert one.aliases == ("gammal",)
    assert one.demo
    assert one.source == "serie/ett.md"
    assert [(each.lang, each.path, each.title) for each in one.translations] == [
        ("en", "en/two/", "Two")
    ]
    assert [each.path for each in two.translations] == ["ett-inlagg/"]
    assert one.image is not None
    assert one.image.url == f"{SITEURL}/serie/bild.jpg"
    assert (one.image.width, one.image.height, one.image.media_type) == (800, 450, "image/jpeg")
    assert one.image.length == (tmp_path / "output" / one.image.path).stat().st_size
    for address in (f"{SITEURL}/om-oss/", f"{SITEURL}/en/two/#rubrik", f"{SITEURL}/serie/bild.jpg"):
        assert f'="{address}"' in one.content
        assert f'="{address}"' not in one.body
        assert f'="{address.removeprefix(SITEURL)}"' in one.body
    assert f'href="{SITEURL}/ett-inlagg/#fn' in one.content


def test_the_oldest_spelling_of_a_tag_stands_for_all(tmp_path: Path) -> None:
    write(tmp_path / "content", "a.md", tags="[lou]", date="2026-02-01")
    write(tmp_path / "content", "b.md", tags="[LOU, Lou]", date="2026-01-01")
    posts = articles.built(build(tmp_path / "content", tmp_path / "output"))
    assert [[tag.name for tag in post.tags] for post in posts] == [["LOU"], ["LOU"]]


def test_names_that_share_an_address_stop_the_build(tmp_path: Path) -> None:
    write(tmp_path / "content", "a.md", tags="[får]", date="2026-01-01")
    source = write(tmp_path / "content", "b.md", tags="[far]", date="2026-02-01")
    with pytest.raises(ProblemsFound) as raised:
        build(tmp_path / "content", tmp_path / "output")
    assert [problem.path for problem in raised.value.problems] == [source]


def test_former_addresses_follow_unless_someone_has_them_now(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write(content, "a.md", date="2026-01-01", slug="ny")
    write(content, "b.md", date="2026-02-01", slug="gammal")
    write(content, "c.md", date="2026-03-01", aliases="/sagd/")
    guid = "tag:blogg.inkop.example.org,2026:u-"
    former = {
        guid + "a": ("gammal/", "forst/", "delad/", "ny/", "sagd/"),
        guid + "b": ("delad/",),
        guid + "borta": ("borta/",),
    }
    posts = {
        post.uid: post.aliases
        for post in articles.built(build(content, tmp_path / "output", former_paths=former))
    }
    assert posts == {"u-a": ("forst/",), "u-b": ("delad/",), "u-c": ("sagd/",)}
    assert (tmp_path / "output" / "forst" / "index.html").is_file()


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "images").mkdir(parents=True)
    (content / "images" / "a.png").write_bytes(b"not a picture")
    source = write(content, "a.md", image="images/a.png", image_alt="Något")
    with pytest.raises(ProblemsFound) as raised:
        build(content, tmp_path / "output")
    assert [problem.path for problem in raised.value.problems] == [source]
    assert "no picture" in str(raised.value)


def test_a_small_picture_is_mentioned(tmp_path: Path) -> None:
    content = tmp_path / "content"
    picture(content / "images" / "liten.png", (599, 300))
    picture(content / "images" / "stor.png", (600, 300))
    source = write(content, "a.md", image="images/liten.png", image_alt="Liten")
    write(content, "b.md", image="images/stor.png", image_alt="Stor")
    (warning,) = articles.warnings(build(content, tmp_path / "output"))
    assert (warning.path, warning.severity) == (source, "warning")
    assert "599 pixels wide" in str(warning)
    assert warning.line is not None


def test_a_heavy_picture_and_a_new_format_are_mentioned(tmp_path: Path) -> None:
    content = tmp_path / "content"
    picture(content / "images" / "tung.png", (1200, 630))
    picture(content / "images" / "ny.avif", (1200, 630))
    with (content / "images" / "tung.png").open("ab") as file:
        file.write(b"\0" * 5_000_001)
    write(content, "a.md", image="images/tung.png", image_alt="Tung")
    write(content, "b.md", image="images/ny.avif", image_alt="Ny")
    heavy, new = articles.warnings(build(content, tmp_path / "output"))
    assert "networks show none above 5" in str(heavy)
    assert "is AVIF" in str(new)


def test_the_share_picture_may_be_the_sites_own(tmp_path: Path) -> None:
    content = tmp_path / "content"
    picture(content / "profil" / "dela.png", (600, 315))
    write(content, "a.md")
    build(content, tmp_path / "output", SHARE_IMAGE="profil/dela.png", SHARE_IMAGE_ALT="Vår profil")
    html = (tmp_path / "output" / "a" / "index.html").read_text("utf-8")
    assert f'<meta property="og:image" content="{SITEURL}/profil/dela.png">' in html
    assert '<meta property="og:image:alt" content="Vår profil">' in html
    assert (tmp_path / "output" / "profil" / "dela.png").is_file()
    with pytest.raises(ProblemsFound, match=r"SHARE_IMAGE: borta\.png: there is no such file"):
        build(content, tmp_path / "output2", SHARE_IMAGE="borta.png")


def test_a_hidden_translation_is_never_pointed_at(tmp_path: Path) -> None:
    write(tmp_path / "content", "a.md")
    write(tmp_path / "content", "b.md", lang="en", translation_of="u-a", status="hidden")
    posts = {p.uid: p for p in articles.built(build(tmp_path / "content", tmp_path / "output"))}
    assert posts["u-a"].translations == ()
    assert [each.path for each in posts["u-b"].translations] == ["a/"]
    assert posts["u-b"].status == "hidden"
