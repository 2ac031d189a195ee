"""The theme in a real browser, under the strictest policy: nothing overflows or is refused."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import utrop.syndication.plugin
from tests.listings.small_site import PLUGINS, build, picture, write
from tests.sites import STRICT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
TORTURE = """\
Kompetensförsörjningsupphandlingsdokumentationssystemförvaltningsorganisation i ett ord.

| Förfarande | Dagar | Med elektroniska anbud | Efter förhandsannons | Påskyndat | Anmärkning |
|---|---:|---:|---:|---:|---|
| Förhandlatförfarandemedföregåendeannonsering | 35 | 30 | 15 | 10 | Upphandlingsförordningen |

```
en-rad-kod-som-inte-kan-brytas-en-rad-kod-som-inte-kan-brytas-en-rad-kod-som-inte-kan-brytas
```

> 👩🏽‍💻 “اقتباس من اليمين إلى اليسار” och vidare.

![En bred bild](../images/bred.png) Se https://www.example.org/en/mycket/lang/adress/som/inte/kan/brytas/nagonstans
"""
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        if STRICT:
            pytest.fail("Chromium is not installed, and STRICT=1 asks for it")
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("browser")
    fill(root / "content")
    # With the share kit, which is syndication's.
    plugins = [*PLUGINS, utrop.syndication.plugin]
    build(root / "content", root / "output", unpublished=True, PLUGINS=plugins)

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", POLICY)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=root / "output"))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def fill(content: Path) -> None:
    picture(content / "images" / "bred.png", (2400, 400))
    write(
        content,
        "posts/plaga.md",
        title="Upphandlingsmyndighetsdokumentationssystemförvaltningen " + "en lång rubrik " * 8,
        slug="plaga",
        date="2026-11-20 09:00",
        body=TORTURE,
        category="Innovationsupphandlingsdokumentationsansvar",
        tags="[" + ", ".join(f"etikett nummer {number}" for number in range(60)) + "]",
        image="images/bred.png",
        image_alt="Bred",
    )
    write(content, "posts/the.md", title="The post", lang="en", translation_of="u-plaga")
    write(content, "posts/snart.md", date="2026-12-13")
    for number in range(12):
        write(content, f"posts/nr{number}.md", date=f"2026-{number % 9 + 1:02}-02")
    write(content, "pages/om.md", title="Om bloggen", uid="-", date="-", body=TORTURE)


PAGES = ("", "plaga/", "en/the-post/", "snart/", "om-bloggen/", "arkiv/", "sida/2/", "404.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways_or_breaks_the_policy(
    browser: Any, address: str, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, (path, wide)
    page.close()
    assert said == []
    assert {url for url in asked if not url.startswith(address)} == set()


def test_the_keyboard_goes_to_the_content_first_and_is_seen(browser: Any, address: str) -> None:
    page = browser.new_page(java_script_enabled=True)
    page.goto(address + "plaga/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.close()


def test_the_share_kit_is_reached_and_opened_by_the_keyboard(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme="dark")
    page.goto(address + "plaga/")
    assert page.locator(".share textarea").first.is_hidden()
    page.locator(".share summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.share textarea')")
    page.keyboard.press("Control+a")
    text = page.evaluate("getSelection().toString()")
    assert text.endswith(page.evaluate("document.activeElement.value").strip()[-20:])
    page.emulate_media(media="print")
    assert page.locator(".share").is_hidden()
    page.close()


def test_lines_of_text_are_of_a_length_that_reads_well(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address + "plaga/")
    characters = page.evaluate(
        """() => {
            const line = document.createElement('span');
            line.textContent = 'Den som vill ha fler anbud talar med marknaden innan kraven är '
                + 'skrivna och svarar på frågor medan det finns tid att ändra något.';
            line.style.whiteSpace = 'nowrap';
            const prose = document.querySelector('.prose');
            prose.querySelector('p').replaceChildren(line);
            const each = line.getBoundingClientRect().width / line.textContent.length;
            return prose.getBoundingClientRect().width / each;
        }"""
    )
    assert 60 <= characters <= 75
    page.close()
