from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from utrop.absolute import absolute

BASE = "https://blogg.inkop.example.org/a/ett-inlagg/"
HOST = "https://blogg.inkop.example.org"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="../annat/">x</a>', f'<a href="{HOST}/a/annat/">x</a>'),
        ('<a href="/om/?a=1&amp;b=2">x</a>', f'<a href="{HOST}/om/?a=1&amp;b=2">x</a>'),
        ("<a class='b' href='/om/'>x</a>", f"<a class='b' href=\"{HOST}/om/\">x</a>"),
        ("<a href=/om/>x</a>", f'<a href="{HOST}/om/">x</a>'),
        ("<A HREF = '/om/'>x</A>", f'<A HREF = "{HOST}/om/">x</A>'),
        ('<a href="#fn:1">1</a>', f'<a href="{BASE}#fn:1">1</a>'),
        ('<a href="">x</a>', f'<a href="{BASE}">x</a>'),
        ('<img src="b.png" alt="a > b">', f'<img src="{BASE}b.png" alt="a > b">'),
        ('<video poster="/p.jpg" src="v.mp4">', f'<video poster="{HOST}/p.jpg" src="{BASE}v.mp4">'),
        ('<blockquote cite="/k/">', f'<blockquote cite="{HOST}/k/">'),
        (
            '<img srcset="a.png, b.png 2x,c.png 3x">',
            f'<img srcset="{BASE}a.png, {BASE}b.png 2x, {BASE}c.png 3x">',
        ),
        (
            '<source srcset="/a,b.png 400w, /c.png 800w">',
            f'<source srcset="{HOST}/a,b.png 400w, {HOST}/c.png 800w">',
        ),
        (
            '<script src="/s.js">"<a href=\'/x/\'>"</script>',
            f'<script src="{HOST}/s.js">"<a href=\'/x/\'>"</script>',
        ),
    ],
)
def test_addresses_are_resolved_against_the_post(html: str, expected: str) -> None:
    assert absolute(html, BASE) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://www.example.org/">x</a>',
        "<a href='mailto:inkop@example.org'>x</a>",
        '<a href="tel:+46701234567">x</a>',
        '<img src="data:image/png;base64,AAAA">',
        '<a href="http://[">trasig</a>',
        "<!-- <a href='/om/'> -->",
        "<style>a{background:url(/x.png)}</style>",
        '<p>href="/om/" är text</p>',
        '<p data-href="/om/" title="href=&quot;/om/&quot;">x</p>',
        "a < b och href='/c/'",
        "<a name=href>x</a>",
    ],
)
def test_all_else_keeps_its_bytes(html: str) -> None:
    assert absolute(html, BASE) == html


@given(st.text())
def test_text_without_tags_is_never_touched(text: str) -> None:
    text = text.replace("<", "")
    assert absolute(text, BASE) == text


@given(st.text(alphabet=st.sampled_from("<>/\"'= ahrefsc-!&;,x\n"), max_size=60))
def test_no_text_breaks_it_and_twice_is_as_once(text: str) -> None:
    once = absolute(text, BASE)
    assert absolute(once, BASE) == once


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40))
def test_a_parser_sees_absolute_addresses_only(path: str) -> None:
    quoted = path.replace("&", "&amp;").replace('"', "&quot;")
    made = absolute(f'<p><a href="/{quoted}">x</a></p>', BASE)
    link = lxml_html.fragment_fromstring(made).find("a")
    assert link.get("href").startswith(("https://", "http://")) or "[" in path or "]" in path
