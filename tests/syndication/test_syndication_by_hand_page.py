"""The page to post from by hand: complete in itself, copied from with and without a script."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tests.sites import STRICT
from tests.syndication.announcing import START, announcement
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.announcement import Announcement, ShareImage
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Message
from utrop.syndication.networks.preview.by_hand import Item, render_by_hand
from utrop.syndication.preview_page import write_by_hand

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
IMAGE = ShareImage(
    url="https://blogg.inkop.example.org/a.png",
    alt="En tidslinje",
    media_type="image/png",
    width=1200,
    height=630,
)


def message(one: Announcement, network: str = "linkedin") -> Message:
    return compose(one, network, networks.limits(network), created_at=START)


def item(network: str = "linkedin", data: bytes | None = PNG, **changes: Any) -> Item:
    one = announcement(1, **{"image": IMAGE} | changes)
    return network, message(one, network), one.title, data


def page(*items: Item, lang: str = "sv") -> BeautifulSoup:
    return BeautifulSoup(render_by_hand(items, site_name="Inköp & <N>", lang=lang), "lxml")


def test_each_network_has_its_text_and_its_composer_and_what_to_run() -> None:
    soup = page(item("linkedin"), item("facebook"))
    assert [one.get_text() for one in soup.select("h2, h3")] == ["Inlägg 1", "LinkedIn", "Facebook"]
    texts = [one.get_text() for one in soup.select("textarea")]
    assert texts == [
        "En tidslinje",
        item("linkedin")[1].text,
        "utrop posted 000000000001 linkedin ADRESS",
        item("facebook")[1].text,
        "utrop posted 000000000001 facebook ADRESS",
    ]
    assert all(one.has_attr("readonly") for one in soup.select("textarea"))
    links = {str(one["href"]) for one in soup.select("a.go")}
    made = [networks.composer_link(name, item(name)[1]) for name in ("linkedin", "facebook")]
    assert links == set(filter(None, made))
    assert all("noopener" in one["rel"] for one in soup.select("a.go"))


def test_the_picture_is_inside_once_for_all_networks_and_can_be_saved() -> None:
    soup = page(item("linkedin"), item("facebook"))
    (image,) = soup.select("img")
    assert base64.b64decode(str(image["src"]).partition("base64,")[2]) == PNG
    assert image["alt"] == "En tidslinje"
    (save,) = soup.select("a[download]")
    assert (save["download"], save["href"]) == ("inlagg-1.png", image["src"])


@pytest.mark.parametrize("data", [None, b"", b"<svg onload=alert(1)>", b"GIF8", b"\x89PN"])
def test_what_is_no_picture_is_left_out(data: bytes | None) -> None:
    assert page(item(data=data)).select("img, a[download]") == []


def test_a_network_without_a_composer_has_no_button() -> None:
    assert page(item("slack")).select("a.go") == []


def test_a_missing_alternative_text_is_said() -> None:
    bare = ShareImage(url=IMAGE.url, alt="", media_type="image/png", width=1200, height=630)
    assert "saknar alternativtext" in page(item(image=bare)).get_text()


def test_nothing_is_asked_of_anybody() -> None:
    soup = page(item())
    assert soup.find_all(["link", "iframe", "form"]) == []
    assert all(str(tag["src"]).startswith("data:") for tag in soup.find_all(src=True))
    assert "url(" not in soup.style.get_text()  # type: ignore[union-attr] # it is there
    assert len(soup.find_all("script")) == 1


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_any_text_is_copied_as_it_is(text: str) -> None:
    evil = f"</textarea><script>x()</script>{text}"
    one = announcement(1, texts={"linkedin": evil})
    given_ = message(one)
    soup = page(("linkedin", given_, evil, None))
    assert len(soup.find_all("script")) == 1
    assert given_.text in [one.get_text() for one in soup.select("textarea")]


def test_an_empty_page_says_so_in_both_languages() -> None:
    assert "inget att lägga ut" in page().get_text()
    assert "nothing to post" in page(lang="en").get_text()


def test_is_written_in_one_step_and_the_same_each_time(tmp_path: Path) -> None:
    path = tmp_path / "below" / "by-hand.html"
    write_by_hand(path, [item()], site_name="N", lang="sv")
    first = path.read_bytes()
    write_by_hand(path, (one for one in [item()]), site_name="N", lang="sv")
    assert path.read_bytes() == first
    assert [one.name for one in path.parent.iterdir()] == ["by-hand.html"]
    with pytest.raises(ProblemsFound, match="cannot be written"):
        write_by_hand(tmp_path / "below", [], site_name="N", lang="sv")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        if STRICT:
            pytest.fail("Chromium is not installed, and STRICT=1 asks for it")
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.parametrize("clipboard", [True, False])
def test_a_press_copies_the_text_with_and_without_a_clipboard(
    browser: Any, tmp_path: Path, clipboard: bool
) -> None:
    path = tmp_path / "by-hand.html"
    write_by_hand(path, [item(tags=("räksmörgås",))], site_name="N", lang="sv")
    context = browser.new_context(viewport={"width": 390, "height": 800})
    if not clipboard:
        # As on an address that is not secure.
        context.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
            "document.addEventListener('copy', () =>"
            " { window.taken = String(document.activeElement.value); });"
        )
    else:
        context.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', {value:"
            " {writeText: async text => { window.taken = text; }}});"
        )
    page_ = context.new_page()
    page_.goto(path.as_uri())
    page_.locator("button.copy").nth(1).click()
    page_.wait_for_function("window.taken !== undefined")
    assert page_.evaluate("window.taken") == item(tags=("räksmörgås",))[1].text
    page_.wait_for_function("document.querySelector('#told').textContent === 'Kopierat'")
    context.close()


@pytest.mark.browser
def test_without_a_script_there_is_no_dead_button(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "by-hand.html"
    write_by_hand(path, [item()], site_name="N", lang="sv")
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page_ = context.new_page()
    page_.goto(path.as_uri())
    assert page_.locator("button.copy:visible").count() == 0
    assert page_.locator("textarea").first.is_visible()
    context.close()
