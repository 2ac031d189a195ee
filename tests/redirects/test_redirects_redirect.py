from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tests.listings.small_site import SITEURL, build, post, write
from utrop.problem import ProblemsFound
from utrop.redirects.redirect import redirect_pages, redirects

CONTENT = Path("content")
SENTENCES = {
    ("sv", "This page has moved"): "Sidan har flyttat",
    ("sv", "You find it here: %(link)s"): "Här: %(link)s",
    ("en", "This page has moved"): "This page has moved",
    ("en", "You find it here: %(link)s"): "Here: %(link)s",
}


def pages(
    *moved: Any, taken: dict[str, str] | None = None, base_path: str = "/"
) -> dict[str, bytes]:
    found = redirects(moved, taken or {}, content=CONTENT)
    return redirect_pages(
        found, base_path=base_path, say=lambda lang, text: SENTENCES[(lang, text)]
    )


def problems(*moved: Any, taken: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ProblemsFound) as raised:
        pages(*moved, taken=taken)
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("alias", "file"),
    [
        ("/gammal/", "gammal/index.html"),
        ("gammal", "gammal/index.html"),
        ("/2024/01/gammal.html", "2024/01/gammal.html"),
        ("/2024/01/gammal.HTM", "2024/01/gammal.HTM"),
        ("/gammal/index.html", "gammal/index.html"),
        ("/g%C3%A5s/", "gås/index.html"),
        ("/v1.2", "v1.2/index.html"),
        ("/inlagg.php", "inlagg.php/index.html"),
    ],
)
def test_each_old_address_has_its_file(alias: str, file: str) -> None:
    assert list(pages(post("ny", aliases=(alias,)))) == [file]


def test_the_page_is_read_by_people_browsers_and_search_engines() -> None:
    moved = post("ny", title='A < B & "C"', aliases=("gammal",), lang="en")
    page = BeautifulSoup(pages(moved, base_path="/blogg/")["gammal/index.html"], "lxml")
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert page.select_one('meta[name=robots][content="noindex"]') is not None
    canonical = page.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == f"{SITEURL}/ny/"
    refresh = page.select_one("meta[http-equiv=refresh]")
    assert refresh is not None
    assert refresh["content"] == "0; url=/blogg/ny/"
    link = page.select_one("a")
    assert link is not None
    assert (link["href"], link.get_text()) == ("/blogg/ny/", 'A < B & "C"')
    assert not page.select("script, style, [style]")


def test_its_own_address_needs_no_redirect() -> None:
    assert pages(post("ny", aliases=("ny", "/ny/", "ny/index.html")), taken={"ny/": "ny.md"}) == {}


def test_the_same_alias_twice_is_one() -> None:
    assert list(pages(post("ny", aliases=("a", "/a/")))) == ["a/index.html"]


@pytest.mark.parametrize("alias", ["om", "/om/", "om/index.html"])
def test_a_page_is_never_overwritten(alias: str) -> None:
    found = problems(post("ny", aliases=(alias,)), taken={"om/": "pages/om.md"})
    assert len(found) == 1
    assert found[0].startswith("content/ny.md: ")
    assert "pages/om.md" in found[0]


def test_two_posts_cannot_have_been_at_one_address() -> None:
    found = problems(post("a", aliases=("x",)), post("b", aliases=("/x/",)))
    assert len(found) == 1
    assert found[0].startswith("content/b.md: ")
    assert "a.md" in found[0]


@pytest.mark.parametrize(
    "alias",
    [
        "https://www.example.org/a/",
        "//www.example.org/a/",
        "/?p=12",
        "/a/#b",
        "/",
        "",
        "../a/",
        "a/../../b/",
        "a//b/",
        "a\\b",
        "%2e%2e/a",
        "a\x00b",
        "/feed.xml",
        "/bild.png",
    ],
)
def test_what_is_no_address_of_a_page_is_named(alias: str) -> None:
    found = problems(post("ny", aliases=(alias,)))
    assert len(found) == 1
    assert found[0].startswith("content/ny.md: the alias ")
    assert "write the old address' path" in found[0]


def test_all_problems_are_told_at_once() -> None:
    assert len(problems(post("a", aliases=("/", "//x")), post("b", aliases=("/?p=1",)))) == 3


@given(st.text(max_size=40))
def test_no_alias_leaves_the_output_folder(alias: str) -> None:
    try:
        found = pages(post("ny", aliases=(alias,)))
    except ProblemsFound:
        return
    for file in found:
        assert not file.startswith("/")
        assert not {"..", "."} & set(file.split("/"))
        assert file.lower().endswith((".html", ".htm"))


def test_a_page_that_moved_and_a_list_in_the_way(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write(content, "pages/om.md", title="Om", uid="-", date="-", aliases="/om-oss/")
    build(content, tmp_path / "output")
    assert (tmp_path / "output" / "om-oss" / "index.html").is_file()
    source = write(content, "a.md", category="Debatt", aliases="/kategori/debatt")
    with pytest.raises(ProblemsFound) as raised:
        build(content, tmp_path / "output2")
    assert [problem.path for problem in raised.value.problems] == [source]
    assert not (tmp_path / "output2" / "index.html").exists()
