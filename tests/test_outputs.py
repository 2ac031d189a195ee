"""Every output declares its inputs, and truly: the same inputs give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from tests.sites import SmallSite
from utrop import building, configuration

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    bytes: dict[str, bytes]
    fingerprints: dict[str, str]


def build(site: SmallSite) -> Result:
    loaded = configuration.load(site.root, {}, production=True)
    built = building.build(loaded, now=NOW)
    files = {
        path.relative_to(built.output).as_posix(): path.read_bytes()
        for path in built.output.rglob("*")
        if path.is_file()
    }
    prints = {path: one.fingerprint(loaded.settings) for path, one in built.inputs.items()}
    return Result(files, prints)


@pytest.fixture
def full(make_site: Callable[..., SmallSite]) -> SmallSite:
    """A site in which everything that a page shows of another page occurs."""
    site = make_site(publishconf="DEFAULT_PAGINATION = 3\n")
    for number in range(7):
        site.post(
            f"inlagg00000{number}",
            f"Inlägg {number}",
            date=f"2026-0{number + 1}-01 09:00",
            tags=f"[lou, t{number % 3}]",
            category=("Debatt", "Rapport")[number % 2],
            body=f"Text {number}. Se [sidan](../pages/om.md).",
        )
    (site.root / "content/images").mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (1200, 630), (name[0] == "a" and "red") or "blue").save(
            site.root / "content/images" / name
        )
    site.post(
        "medbild00001",
        "Med bild",
        image="images/a.png",
        image_alt="Röd",
        image_credit="Fotografen",
        aliases="[/gammal/]",
    )
    site.post("english00001", "In English", lang="en", translation_of="inlagg000003")
    site.write("pages/om.md", "---\ntitle: Om\nmenu: 1\n---\n\nOm oss.\n")
    site.write("pages/kontakt.md", "---\ntitle: Kontakt\nmenu: 2\n---\n\nKontakta oss.\n")
    return site


def change(name: str, old: str, new: str) -> Callable[[SmallSite], None]:
    def edit(site: SmallSite) -> None:
        path = site.root / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    return edit


def in_post(number: int, old: str, new: str) -> Callable[[SmallSite], None]:
    return change(f"content/posts/inlagg00000{number}.md", old, new)


EDITS: dict[str, Callable[[SmallSite], None]] = {
    "body": in_post(2, "Text 2.", "Ny text."),
    "title": in_post(3, "Inlägg 3", "Annan rubrik"),
    "date": in_post(1, "2026-02-01 09:00", "2026-06-15 10:30"),
    "modified": in_post(4, "uid:", "modified: 2026-08-01\nuid:"),
    "slug": in_post(5, "uid:", "slug: ny-slug\nuid:"),
    "new tag": in_post(0, "[lou, t0]", "[lou, helt-ny]"),
    "category": in_post(6, "Debatt", "Ny kategori"),
    "author": in_post(2, "uid:", "authors: [Ny Person]\nuid:"),
    "summary": in_post(6, "uid:", "summary: En ny ingress.\nuid:"),
    "editor": in_post(1, "uid:", "responsible_editor: Ny Person\nuid:"),
    "announce": in_post(1, "uid:", "announce: {text: Egna ord}\nuid:"),
    "draft": in_post(6, "uid:", "status: draft\nuid:"),
    "hidden": in_post(3, "uid:", "status: hidden\nuid:"),
    "alias": in_post(3, "uid:", "aliases: [/forr/]\nuid:"),
    "image": change("content/posts/medbild00001.md", "images/a.png", "images/b.png"),
    "alt text": change("content/posts/medbild00001.md", "Röd", "En röd yta"),
    "credit": change("content/posts/medbild00001.md", "Fotografen", "Någon annan"),
    "translation": change("content/posts/english00001.md", "inlagg000003", "inlagg000004"),
    "translated title": change("content/posts/english00001.md", "In English", "Renamed"),
    "page title": change("content/pages/om.md", "title: Om", "title: Om bloggen"),
    "page body": change("content/pages/om.md", "Om oss.", "Mer om oss."),
    "menu": change("content/pages/om.md", "menu: 1", "menu: 9"),
    "site name": change("pelicanconf.py", "Provbloggen", "Nya bloggen"),
    "site address": change("publishconf.py", "blogg.prov", "nya.prov"),
    "publisher": change("publishconf.py", "SITEURL", 'PUBLISHER_NAME = "Verket"\nSITEURL'),
    "new post": lambda site: site.post("nyttinlagg01", "Nytt", tags="[lou]") and None,
    "deleted post": lambda site: (site.root / "content/posts/inlagg000002.md").unlink(),
    "last of a language": lambda site: (site.root / "content/posts/english00001.md").unlink(),
}


@pytest.mark.parametrize("edit", EDITS)
def test_equal_inputs_give_equal_bytes(full: SmallSite, edit: str) -> None:
    before = build(full)
    assert set(before.bytes) == set(before.fingerprints)
    EDITS[edit](full)
    after = build(full)
    assert set(after.bytes) == set(after.fingerprints)
    assert before.bytes != after.bytes
    lying = {
        path
        for path in before.bytes.keys() & after.bytes.keys()
        if before.fingerprints[path] == after.fingerprints[path]
        and before.bytes[path] != after.bytes[path]
    }
    assert not lying


def test_the_declarations_are_narrow(full: SmallSite) -> None:
    """A changed body touches its page, its feeds, and the lists that show its summary."""
    before = build(full)
    EDITS["body"](full)
    after = build(full)
    touched = {path for path, one in after.fingerprints.items() if before.fingerprints[path] != one}
    changed = {path for path in after.bytes if before.bytes[path] != after.bytes[path]}
    assert changed <= touched
    assert len(touched) < len(after.bytes) / 2
    assert "inlagg-1/index.html" not in touched
    assert "arkiv/index.html" not in touched
    assert Path("images/a.png").as_posix() not in touched
