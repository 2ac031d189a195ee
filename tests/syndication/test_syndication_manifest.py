from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.syndication.announcing import START, announcement
from utrop.post import Announce, Image, Post, Term
from utrop.problem import ProblemsFound
from utrop.syndication.announcement import ShareImage
from utrop.syndication.manifest import announcement_of, from_bytes, to_bytes
from utrop.syndication.plugin import write

SITE = "https://blogg.inkop.example.org"
FULL = announcement(
    1,
    modified=START + timedelta(days=1),
    category="Debatt",
    tags=("LOU", "överprövning"),
    authors=("Eva Ek",),
    image=ShareImage(url=f"{SITE}/a.png", alt="En bild", media_type="image/png", width=2, height=1),
    networks=("mastodon",),
    texts=MappingProxyType({"mastodon": "Två\nrader", "text": "Egna"}),
    aliases=("gammal/",),
    demo=True,
)


def term(name: str) -> Term:
    return Term(name=name, slug=name, path=f"{name}/", url=f"{SITE}/{name}/")


def post(**changes: Any) -> Post:
    values: dict[str, Any] = {
        "guid": "tag:blogg.inkop.example.org,2026:a",
        "uid": "a",
        "title": "Rubrik",
        "url": f"{SITE}/rubrik/",
        "path": "rubrik/",
        "lang": "sv",
        "published": START,
        "modified": None,
        "authors": (term("Eva Ek"),),
        "category": term("Debatt"),
        "tags": (term("LOU"),),
        "summary": "Kort.",
        "content": "",
        "body": "",
        "image": Image(
            url=f"{SITE}/a.png",
            path="a.png",
            alt="En bild",
            media_type="image/png",
            length=9,
            width=2,
            height=1,
        ),
        "translations": (),
        "status": "published",
        "announce": Announce(networks=("mastodon",), texts={"text": "Egna"}),
        "aliases": ("gammal/",),
        "source": "rubrik.md",
    }
    return Post(**values | changes)


def refusal(data: bytes) -> str:
    with pytest.raises(ProblemsFound) as caught:
        from_bytes(data, path=Path("announcements.json"))
    assert all(str(one).startswith("announcements.json: ") for one in caught.value.problems)
    return str(caught.value)


def document(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_bytes([FULL], site=SITE))
    found["posts"][0] |= changes
    return found


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_what_was_written_is_read_again() -> None:
    plain = announcement(2)
    manifest = from_bytes(to_bytes([FULL, plain], site=SITE + "/"))
    assert manifest.site == SITE
    assert manifest.announcements == (plain, FULL)


@given(
    title=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    summary=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_text_survives(title: str, summary: str) -> None:
    one = replace(FULL, title=title, summary=summary)
    assert from_bytes(to_bytes([one], site=SITE)).announcements == (one,)


def test_bytes_depend_on_nothing_but_the_posts() -> None:
    posts = [announcement(number) for number in (1, 2, 3)]
    assert to_bytes(posts, site=SITE) == to_bytes(reversed(posts), site=SITE)


def test_has_the_keys_that_scripts_read() -> None:
    found = document()
    assert list(found) == ["version", "site", "posts", "withdrawn"]
    assert set(found["posts"][0]) == {
        *("guid", "url", "title", "summary", "lang", "published", "modified", "category", "tags"),
        *("authors", "image", "networks", "texts", "aliases", "demo", "update", "again"),
        "until",
    }
    assert found["posts"][0]["published"] == "2026-11-23T10:00:00+00:00"


def test_a_post_becomes_an_announcement() -> None:
    made = announcement_of(post())
    assert (made.category, made.tags, made.authors) == ("Debatt", ("LOU",), ("Eva Ek",))
    assert made.image == FULL.image
    assert (made.networks, dict(made.texts)) == (("mastodon",), {"text": "Egna"})
    assert announcement_of(post(image=None)).image is None


def test_only_published_posts_are_in_it(tmp_path: Path) -> None:
    posts = [post(guid=status, status=status) for status in ("published", "hidden", "draft")]
    path = write(posts, {"OUTPUT_PATH": str(tmp_path), "SITEURL": SITE})
    assert [one.guid for one in from_bytes(path.read_bytes()).announcements] == ["published"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "names no version"),
        (encoded({"posts": []}), "names no version"),
        (encoded(document() | {"version": 2}), "install the newer utrop"),
        (encoded(document() | {"version": "1"}), "version '1'"),
        (encoded(document(url="javascript:alert(1)")), "posts.0.url: is no web address"),
        (encoded(document(url="https://[/")), "is no web address"),
        (encoded(document(published="2026-11-23T10:00:00")), "posts.0.published"),
        (encoded(document(title="")), "posts.0.title"),
        (encoded(document(title="\ud800")), "invalid json"),
        (encoded(document(lang="svenska")), "posts.0.lang"),
        (encoded(document(embargo="x")), "posts.0.embargo"),
        (encoded(document(demo="nej")), "posts.0.demo"),
    ],
)
def test_refuses_what_is_broken_or_newer(data: bytes, says: str) -> None:
    assert says in refusal(data)


def test_refuses_a_guid_that_stands_twice() -> None:
    found = document()
    found["posts"] *= 2
    assert "twice" in refusal(encoded(found))
