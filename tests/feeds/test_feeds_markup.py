"""A post's HTML as readers carry it."""

from __future__ import annotations

import pytest

from utrop.feeds.markup import for_readers, relative_addresses


def test_ordinary_html_goes_untouched() -> None:
    content = '<p>Rad<br />med &nbsp; <a href="https://x.example.org/?a=1&amp;b">länk</a></p>\n'
    assert for_readers(content) is content


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a &amp; b<script>x()</script>c", "a &amp; bc"),
        ('<p style="color: red" onclick="x()">a</p>', "<p>a</p>"),
        ('<sup role="doc-noteref" aria-label="Not" class="n">1</sup>', '<sup class="n">1</sup>'),
        (
            '<p>Se <iframe src="https://film.example.org/1" title="Filmen"></iframe>!</p>',
            '<p>Se <a href="https://film.example.org/1">Filmen</a>!</p>',
        ),
        (
            '<p>a</p>\n<iframe src="https://film.example.org/1"></iframe>\n<p>b</p>',
            '<p>a</p>\n<p><a href="https://film.example.org/1">https://film.example.org/1</a></p>\n'
            "<p>b</p>",
        ),
        ('<object data="/a.swf"></object>kvar', "kvar"),
    ],
)
def test_what_no_reader_shows_is_left_out(content: str, expected: str) -> None:
    assert for_readers(content) == expected


def test_relative_addresses_are_found_wherever_they_stand() -> None:
    content = (
        '<a href="/om/">a</a><a href="#not">b</a><a href="https://x.example.org/">c</a>'
        '<img src="a.png" srcset="https://x.example.org/a.png 1x, b.png 2x">'
        '<video poster="//x.example.org/p.png"></video><a href="mailto:a@x.example.org">d</a>'
    )
    assert relative_addresses(content) == [
        "/om/",
        "#not",
        "a.png",
        "b.png",
        "//x.example.org/p.png",
    ]
