"""Summaries, Markdown and links on their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.authoring import links
from utrop.authoring.content_files import ContentFiles
from utrop.authoring.links import Missing, Targets
from utrop.authoring.markdown import Renderer
from utrop.authoring.summary import LONGEST, summary_of


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        ("", ""),
        ("<p>Kort.</p>", "Kort."),
        ("<h2>Rubrik</h2>\n<p>Ett <em>ord</em>\n&amp; två.</p>", "Ett ord & två."),
        ("<p>Ett.</p><p>Två.</p>", "Ett. Två."),
        ("<p>rad<br>rad</p>", "rad rad"),
        ("<p>Text<sup id='fnref'><a>1</a></sup>.</p>", "Text."),
        ('<div class="admonition"><p class="admonition-title">Obs</p><p>Text.</p></div>', "Text."),
        ('<p>Text.</p><div class="footnote"><p>Not.</p></div>', "Text."),
        ("<ul><li>ett</li><li>två</li></ul>", "ett två"),
        ("<p><img src='a.png' alt='x'></p><p>Text.</p>", "Text."),
        (f"<p>{'Ord ' * 30}slut. Nästa {'mening ' * 40}</p>", "Ord " * 30 + "slut."),
        (f"<p>Enligt 4 kap. {'ord ' * 60}</p>", "Enligt 4 kap. " + "ord " * 45 + "ord…"),
        (f"<p>{'å' * 300}</p>", "å" * 199 + "…"),
    ],
)
def test_summaries(html: str, summary: str) -> None:
    assert summary_of(html) == summary


@given(st.text())
def test_a_summary_is_never_too_long(html: str) -> None:
    assert len(summary_of(f"<p>{html}")) <= LONGEST


def test_one_instance_carries_nothing_over() -> None:
    renderer = Renderer()
    text = "# Rubrik\n\nText[^1] och ABC.\n\n*[ABC]: A B C\n[ref]: /x/\n[^1]: Not"
    first = renderer.render(text, key="a", lang="sv")
    plain = renderer.render("ABC [ref] Rubrik[^1]", key="b", lang="sv")
    assert plain == "<p>ABC [ref] Rubrik[^1]</p>"
    assert renderer.render(text, key="a", lang="sv") == first
    assert renderer.render(text, key="b", lang="sv") != first
    assert 'title="Tillbaka till fotnot 1 i texten"' in first
    assert '<h2 id="rubrik">' in first


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ('<a name="x">y</a>', '<p><a id="x">y</a></p>'),
        ('<a id="z" name="x">y</a>', '<p><a id="z">y</a></p>'),
        ('<p style="color: red" class="c">y</p>', '<p class="c">y</p>'),
        ('<p align="right">y</p>', '<p class="align-right">y</p>'),
        ('<p class="c" align="right">y</p>', '<p class="c">y</p>'),
        ("text {: style='x' }", "<p>text {: style='x' }</p>"),
        ("text\n{: style='x' .lead }", '<p class="lead">text</p>'),
        ('`<a name="x">`', '<p><code>&lt;a name="x"&gt;</code></p>'),
        ('<input name="x">', '<p><input name="x"></p>'),
    ],
)
def test_presentational_attributes_become_classes_or_go(text: str, html: str) -> None:
    assert Renderer().render(text, key="a", lang="sv").replace("\n", "") == html


def _targets(tmp_path: Path, *names: str) -> Targets:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return Targets(ContentFiles.below(tmp_path), {"x/draft.md": "a draft"})


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("b.md", "{filename}/x/b.md"),
        ("./b.md?a=1#del", "{filename}/x/b.md?a=1#del"),
        ("../a.md", "{filename}/a.md"),
        ("../../a.md", None),
        ("/x/b.md", "{filename}/x/b.md"),
        ("{static}/images/a b%.png", "{static}/images/a%20b%25.png"),
        ("|filename|../a.md", "{filename}/a.md"),
        ("{attach}c.pdf", "{attach}/x/c.pdf"),
        ("../images/a%20b%25.png", "{static}/images/a%20b%25.png"),
        ("/files/x.md", "{static}/files/x.md"),
        ("{filename}b", None),
        ("/files/saknas.pdf", None),
        ("/other/saknas.pdf", "/other/saknas.pdf"),
        ("/saknas.md", None),
        ("b", "b"),
        ("mailto:x", "mailto:x"),
        ("", ""),
    ],
)
def test_targets(tmp_path: Path, target: str, address: str | None) -> None:
    targets = _targets(
        tmp_path, "a.md", "x/b.md", "x/c.pdf", "images/a b%.png", "files/x.md", "x/draft.md"
    )
    found = targets.address(target, "x/a.md")
    assert (None if isinstance(found, Missing) else found) == address


def test_a_link_to_what_is_not_out_is_unwrapped(tmp_path: Path) -> None:
    targets = _targets(tmp_path, "a.md", "x/draft.md", "i.png")
    html = (
        '<p><a title="t>" href="x/draft.md">ett <img alt="" src="i.png"></a>'
        ' <a href="a.md">två</a></p>'
    )
    assert links.linked(html, "a.md", targets) == (
        '<p>ett <img alt="" src="{static}/i.png"> <a href="{filename}/a.md">två</a></p>',
        [],
    )


@given(st.text())
def test_any_html_comes_through(text: str) -> None:
    targets = Targets(ContentFiles(Path("content"), frozenset(), {}))
    html, _ = links.linked(text, "a.md", targets)
    assert html == text
