from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.syndication.announcing import announcement
from utrop.syndication import live
from utrop.syndication.announcement import Announcement, ShareImage
from utrop.syndication.live import PageLook, Verdict

PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<title>{title} – Bloggen</title><link rel="canonical" href="{canonical}">
<meta property="og:title" content="{title}"><meta property="og:image" content="{image}">
</head><body></body></html>"""


class Site:
    """A real server on loopback; ``answers`` are (status, headers, body) by path."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, headers, body = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def show(self, one: Announcement, **changes: str) -> None:
        image = one.image.url if one.image else ""
        values = {"lang": one.lang, "title": one.title, "canonical": one.url, "image": image}
        body = PAGE.format(**values | changes).encode()
        self.answers["/inlagg/"] = (200, {"Content-Type": "text/html; charset=utf-8"}, body)
        self.answers["/a.png"] = (200, {"Content-Type": "image/png"}, b"png")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def one(site: Site) -> Announcement:
    image = ShareImage(url=f"{site.url}/a.png", alt="", media_type="image/png", width=2, height=1)
    return announcement(1, url=f"{site.url}/inlagg/", title="Så går <b>det</b>", image=image)


def looked(site: str, one: Announcement, released: Path = Path("/nowhere"), **how: Any) -> Verdict:
    with httpx.Client(trust_env=False) as http:
        look = PageLook(http, site=site, released=released, monotonic=itertools.count().__next__)
        return look(one, live=how.get("live", True))


def test_a_page_that_is_what_the_manifest_says_is_ready(site: Site, one: Announcement) -> None:
    site.show(one, title="Så går &lt;b&gt;det&lt;/b&gt;")
    assert looked(site.url, one) == Verdict(ready=True)
    assert site.asked == ["/inlagg/", "/a.png"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": "Något annat"}, "has the title"),
        ({"canonical": "http://127.0.0.1/annat/"}, "canonical link is http://127.0.0.1/annat/"),
        ({"canonical": ""}, "canonical link is missing"),
        ({"lang": "en"}, "language is en, not sv"),
        ({"lang": ""}, "language is missing"),
        ({"image": "http://127.0.0.1/b.png"}, "share image is http://127.0.0.1/b.png"),
    ],
)
def test_another_page_is_not_ready(
    site: Site, one: Announcement, changes: dict[str, str], says: str
) -> None:
    one = replace(one, title="Rubrik")
    site.show(one, **changes)
    verdict = looked(site.url, one)
    assert not verdict.ready
    assert says in verdict.reason


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        ("/inlagg/", (404, {}, b""), "the page is not live"),
        ("/inlagg/", (503, {}, b""), "answers 503"),
        ("/inlagg/", (301, {"Location": "https://annan.example.org/"}, b""), "redirects to"),
        ("/inlagg/", (200, {"Content-Type": "image/png"}, b""), "not of type text/html"),
        ("/a.png", (404, {}, b""), "its share image is not live"),
        ("/a.png", (200, {"Content-Type": "text/html"}, b""), "its share image"),
    ],
)
def test_only_a_plain_200_is_ready(
    site: Site, one: Announcement, path: str, answer: Any, says: str
) -> None:
    one = replace(one, title="Rubrik")
    site.show(one)
    site.answers[path] = answer
    verdict = looked(site.url, one)
    assert not verdict.ready
    assert says in verdict.reason


def test_an_endless_page_is_given_up(
    site: Site, one: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PAGE_BYTES", 1000)
    site.answers["/inlagg/"] = (200, {"Content-Type": "text/html"}, b"x" * 100_000)
    assert "too large" in looked(site.url, one).reason


def test_a_slow_page_is_given_up(
    site: Site, one: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "WHOLE_ANSWER", 0.5)
    site.show(one)
    assert "too slow" in looked(site.url, one).reason


def test_an_unreachable_site_is_not_ready(site: Site, one: Announcement) -> None:
    site.close()
    verdict = looked(site.url, one)
    site.__init__()  # type: ignore[misc] # for the fixture to close
    assert "cannot be reached" in verdict.reason


def test_an_image_elsewhere_is_not_asked_for(site: Site, one: Announcement) -> None:
    elsewhere = "http://127.0.0.1:9/a.png"
    image = ShareImage(url=elsewhere, alt="", media_type="image/png", width=2, height=1)
    one = replace(one, title="Rubrik", image=image)
    site.show(one)
    assert "on another host" in looked(site.url, one).reason


def test_each_page_is_asked_for_once(site: Site, one: Announcement) -> None:
    one = replace(one, title="Rubrik")
    site.show(one)
    with httpx.Client(trust_env=False) as http:
        look = PageLook(http, site=site.url, released=Path("/nowhere"), monotonic=lambda: 0.0)
        assert look(one, live=True) == look(one, live=True) == Verdict(ready=True)
    assert site.asked == ["/inlagg/", "/a.png"]


@pytest.mark.parametrize("base", ["https://blogg.inkop.example.org", "https://a.example.org/blogg"])
def test_the_released_file_does_for_the_preview(tmp_path: Path, base: str) -> None:
    one = announcement(1, url=f"{base}/sm%C3%B6rg%C3%A5s/", title="Rubrik")
    file = tmp_path / "smörgås" / "index.html"
    assert "has no page" in looked(base, one, tmp_path, live=False).reason
    file.parent.mkdir()
    file.write_text(PAGE.format(lang="sv", title="Rubrik", canonical=one.url, image=""), "utf-8")
    assert looked(base, one, tmp_path, live=False) == Verdict(ready=True)
    other = replace(one, title="En annan")
    assert "has the title" in looked(base, other, tmp_path, live=False).reason
    assert "not below" in looked("https://b.example.org", one, tmp_path, live=False).reason
