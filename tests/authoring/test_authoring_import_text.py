"""Imported texts: templating, links, HTML and lists, each held against what it becomes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utrop.authoring.importing import import_posts
from utrop.authoring.importing.lists import relaid
from utrop.authoring.importing.passage import Passage, code_spans
from utrop.authoring.library import read_library
from utrop.authoring.markdown import Renderer

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OLD = "https://gamla.example.org"
FIRST_LINE = 5
"""The line of the text below the front matter that `carried` writes."""


def carried(folder: Path, body: str, *, base_url: str = OLD) -> tuple[str, list[str]]:
    """Import one post beside another, and return its text and its notes as `line what`."""
    old, content = folder / "old", folder / "content"
    (old / "sub").mkdir(parents=True)
    content.mkdir()
    (old / "2016-01-01-a.md").write_text(f"---\ntitle: A\nlang: sv\n---\n{body}\n", "utf-8")
    (old / "sub" / "2016-02-02-Other-Post.md").write_text("---\ntitle: B\n---\nText\n")
    report = import_posts(old, content, base_url=base_url, lang=None, timezone=STOCKHOLM)
    text = (content / "posts" / "2016-01-01-a.md").read_text("utf-8").split("---\n\n", 1)[1]
    notes = [f"{note.line} {note.what}" for note in report.notes]
    assert all(note.path == old / "2016-01-01-a.md" for note in report.notes)
    return text.removesuffix("\n"), notes


OTHER = "2016-02-02-other-post.md"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[x]({{ "/om/" | url }})', f"[x]({OLD}/om/)"),
        ("[x]({{ '/om/' | relative_url }})", f"[x]({OLD}/om/)"),
        ('[x]({{ "/om/" | prepend: site.baseurl | prepend: site.url }})', f"[x]({OLD}/om/)"),
        ("[x]({{ site.baseurl }}/om/)", f"[x]({OLD}/om/)"),
        ("[x]({{site.url}}/om/)", f"[x]({OLD}/om/)"),
        ('<img src="{{ "/a.png" | url }}" alt="A" />', f'<img src="{OLD}/a.png" alt="A" />'),
        ('{{ "bara text" }}', "bara text"),
        ("{{ '{{' }} x }}", "{{ x }}"),
        (
            '{% image "bilder/a.png" "Ord [om] bilden" %}',
            f"![Ord \\[om\\] bilden]({OLD}/bilder/a.png)",
        ),
        ('{% image "/a b.png", "Ord" %}', f"![Ord]({OLD}/a%20b.png)"),
        ('{% image src="/a.png", alt="Ord" %}', f"![Ord]({OLD}/a.png)"),
        (
            '<figure>\n{% image "/a.png" "Ord" %}\n</figure>',
            f'<figure>\n<img src="{OLD}/a.png" alt="Ord">\n</figure>',
        ),
        ("[x]({% link sub/2016-02-02-Other-Post.md %})", f"[x]({OTHER})"),
        ("[x]({% post_url 2016-02-02-Other-Post %})", f"[x]({OTHER})"),
        ('[x]({{< ref "2016-02-02-Other-Post.md#del" >}})', f"[x]({OTHER}#del)"),
        ("{% raw %}{{ x }} {% y %}{% endraw %}", "{{ x }} {% y %}"),
        ("{{</* figure */>}}", "{{< figure >}}"),
        (
            "{% highlight python linenos %}\na = {{ b }}\n{% endhighlight %}",
            "```python\na = {{ b }}\n```",
        ),
        ('{{< highlight go "linenos=table" >}}\na\n{{< /highlight >}}', "```go\na\n```"),
        ("* Innehåll\n{:toc}\n\n## A", "[TOC]\n\n## A"),
        ("## A\n{: #del }", "## A\n{: #del }"),
        ("## A {#del}", "## A {#del}"),
        ("`{{ x }}` och ``{% y %} ` z``", "`{{ x }}` och ``{% y %} ` z``"),
        ("```liquid\n{{ x | url }}\n[a](/b)\n```", "```liquid\n{{ x | url }}\n[a](/b)\n```"),
        ("~~~~\n{% x %}\n~~~\n{{ y }}\n~~~~", "~~~~\n{% x %}\n~~~\n{{ y }}\n~~~~"),
        ("Så:\n\n    {{ kod }}\n\n    {% mer %}", "Så:\n\n    {{ kod }}\n\n    {% mer %}"),
        ("<pre>\n{{ kod }}\n</pre>", "<pre>\n{{ kod }}\n</pre>"),
        (
            '1.  Ett [x\n    y]({{ "/om/" | url }})\n\n    {{ "mer" }}',
            f"1.  Ett [x\n    y]({OLD}/om/)\n\n    mer",
        ),
        ("[x](/2016/02/02/Other-Post/)", f"[x]({OTHER})"),
        ("[x](/2016/02/02/other-post.html#del)", f"[x]({OTHER}#del)"),
        (f"[x]({OLD}/2016/02/02/other-post)", f"[x]({OTHER})"),
        ("[x](http://GAMLA.example.org/2016/02/02/other-post/)", f"[x]({OTHER})"),
        ("[x](sub/2016-02-02-Other-Post.md)", f"[x]({OTHER})"),
        ("[x](../../../../2016/02/02/other-post/)", f"[x]({OTHER})"),
        ("[x](../granne/)", f"[x]({OLD}/2016/01/01/granne/)"),
        ('[x](/om "Titel")', f'[x]({OLD}/om "Titel")'),
        ("[x](</om oss>)", f"[x](<{OLD}/om oss>)"),
        ("[x](/om_(oss))", f"[x]({OLD}/om_(oss))"),
        ("[x]\n\n[x]: /om 'T'", f"[x]\n\n[x]: {OLD}/om 'T'"),
        ("[x]: </om>", f"[x]: <{OLD}/om>"),
        ("Not[^1].\n\n[^1]: /om är ett ord", "Not[^1].\n\n[^1]: /om är ett ord"),
        ("<a href='/om?a=1&amp;b=2'>x</a>", f"<a href='{OLD}/om?a=1&amp;b=2'>x</a>"),
        ('<a data-href="/om">x</a>', '<a data-href="/om">x</a>'),
        (
            "[a](#del) [b](mailto:a@b.example.org) [c](//x.example.org/) [d](https://y.example.org/z)",
            "[a](#del) [b](mailto:a@b.example.org) [c](//x.example.org/) [d](https://y.example.org/z)",
        ),
        ("Ett {klamrat} ord och { % } och 100 %}", "Ett {klamrat} ord och { % } och 100 %}"),
    ],
)
def test_carried_without_a_note(tmp_path: Path, before: str, after: str) -> None:
    assert carried(tmp_path, before) == (after, [])


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("x {{ page.title }} y", "x  y", "5 {{ page.title }} has no counterpart"),
        ("a\n\n{% include cta.html a=1 %}\n", "a", "7 {% include cta.html a=1 %} has no counter"),
        ("{% if x %}text{% endif %}", "text", "5 {% if x %} has no counterpart"),
        ("{{< gist a b >}}", "", "5 {{< gist a b >}} has no counterpart"),
        ("{{% notice %}}\nord\n{{% /notice %}}", "ord", "5 {{% notice %}} has no counterpart"),
        (
            "{{< youtube abc >}}",
            "[https://www.youtube.com/watch?v=abc](https://www.youtube.com/watch?v=abc)",
            "5 the film in {{< youtube abc >}} became a link",
        ),
        ("a{% comment %}hemligt{% endcomment %}b", "ab", "5 the comment"),
        ("a\n{# dolt\nord #}\nb", "a\n\nb", "6 the comment {# dolt ord #}"),
        ("Ord\n{: .lead #del}", "Ord\n{: #del }", "6 {: .lead} has no counterpart"),
        ("{::options toc_levels='2' /}\nOrd", "Ord", "5 {::options"),
        (
            "[x]({% post_url 2000-01-01-borta %})",
            f"[x]({OLD}/2000-01-01-borta)",
            "5 {% post_url 2000-01-01-borta %} names a post that is not imported",
        ),
        ("a\n![](/a.png)", f"a\n![]({OLD}/a.png)", '6 the picture "/a.png" has no words'),
        ('<img src="/a.png" alt="">', f'<img src="{OLD}/a.png" alt="">', "5 the picture"),
        ("<img src=x>", "<img src=x>", "5 the picture"),
        ("[x]()", "[x]()", "5 a link leads nowhere"),
        ('<p style="color: red">x</p>', "<p>x</p>", '5 the attribute style="color: red" was left'),
        ('<p onclick="x()">x</p>', "<p>x</p>", "5 the attribute onclick="),
        ("<script>\nalert({{ 1 }})\n</script>\nOrd", "Ord", None),
        (
            '<iframe title="En &amp; film"\nsrc="https://www.youtube-nocookie.com/embed/a-b?x=1">'
            "</iframe>",
            '<a href="https://www.youtube.com/watch?v=a-b">En &amp; film</a>',
            "5 <iframe> became a link to https://www.youtube.com/watch?v=a-b",
        ),
        (
            '<iframe src="//player.vimeo.com/video/12"></iframe>',
            '<a href="https://vimeo.com/12">https://vimeo.com/12</a>',
            "5 <iframe> became a link",
        ),
    ],
)
def test_carried_with_a_note(tmp_path: Path, before: str, after: str, note: str | None) -> None:
    text, notes = carried(tmp_path, before)

    assert text == after
    assert notes
    assert note is None or notes[0].startswith(note)


def test_notes_name_the_lines_of_the_source(tmp_path: Path) -> None:
    body = "\n".join(
        [
            "{# en kommentar",
            "på två rader #}",
            "{{ a }}",
            "```",
            "{{ inte }}",
            "```",
            "Ord före lista",
            "- {{ b }}",
            "  - {{ c }}",
            "",
            "![](/x.png) {{ d }}",
            '<img src="/y.png">',
        ]
    )

    _, notes = carried(tmp_path, body)

    lines = [(int(note.split()[0]), note) for note in notes]
    assert [line - FIRST_LINE + 1 for line, _ in lines] == [1, 3, 8, 9, 11, 11, 12]


def test_a_base_url_with_a_path(tmp_path: Path) -> None:
    text, _ = carried(
        tmp_path,
        '[a](/blogg/om/) [b]({{ "/om/" | url }}) [c](/blogg/2016/02/02/other-post/)'
        " [d](https://gamla.example.org/annat/)",
        base_url=f"{OLD}/blogg/",
    )

    assert text == (
        f"[a]({OLD}/blogg/om/) [b]({OLD}/blogg/om/) [c]({OTHER})"
        " [d](https://gamla.example.org/annat/)"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ord:\n- a\n- b", "Ord:\n\n- a\n- b"),
        ("Ord\n1. a\n2. b", "Ord\n\n1. a\n2. b"),
        ("Det var\n1978. Sedan", "Det var\n1978. Sedan"),
        ("1) a\n2) b", "1. a\n2. b"),
        ("- a\n  - b\n    - c\n- d", "- a\n    - b\n        - c\n- d"),
        ("1. a\n   - b\n\n   mer b", "1. a\n    - b\n\n    mer b"),
        ("- a\n    - b\n    - c", "- a\n    - b\n    - c"),
        ("-   a\n    mer\n\n    stycke", "-   a\n    mer\n\n    stycke"),
        ("- a\n\nEfter\n- b", "- a\n\nEfter\n\n- b"),
        ("Ord\n---\n\n* * *", "Ord\n---\n\n* * *"),
        ("*betonat* ord\n**starkt**", "*betonat* ord\n**starkt**"),
        ("Ord:\n```\n- a\n  - b\n```", "Ord:\n```\n- a\n  - b\n```"),
    ],
)
def test_lists(before: str, after: str) -> None:
    passage = relaid(Passage.of(before, 1))

    assert passage.text == after
    assert len(passage.lines) == passage.text.count("\n") + 1
    assert relaid(passage).text == after


def test_nested_lists_are_rendered_nested() -> None:
    html = Renderer().render(
        relaid(Passage.of("Ord:\n- a\n  - b\n    1) c\n- d", 1)).text, key="k", lang="sv"
    )

    flat = "".join(html.split())
    assert flat == (
        "<p>Ord:</p><ul><li>a<ul><li>b<ol><li>c</li></ol></li></ul></li><li>d</li></ul>"
    )


OPENING_AND_CLOSING = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{:",
    "}",
    "{#",
    "#}",
    "<pre>",
    "</pre>",
    "<img",
    ">",
]
REST = ["`", "```", "-", "1)", "[a](", "![", "]", ")", "/x", '"', "|", "ord", "å", " ", "    "]
PIECES = st.lists(st.sampled_from([*OPENING_AND_CLOSING, *REST, "\n", "\n\n"]), max_size=30).map(
    "".join
)


@given(PIECES)
def test_a_passage_keeps_its_lines(text: str) -> None:
    passage = relaid(Passage.of(text, 1))

    assert len(passage.lines) == passage.text.count("\n") + 1
    assert list(passage.lines) == sorted(passage.lines)
    spans = code_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)


@settings(max_examples=60)
@given(PIECES)
def test_any_text_is_imported_and_stays_the_same_the_second_time(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    folder = tmp_path_factory.mktemp("import")
    (folder / "old").mkdir()
    (folder / "old" / "a.md").write_text(f"---\ntitle: A\ndate: 2016-01-01\n---\n{body}", "utf-8")
    (folder / "content").mkdir()

    def run() -> bytes:
        import_posts(
            folder / "old", folder / "content", base_url=OLD, lang=None, timezone=STOCKHOLM
        )
        return (folder / "content" / "posts" / "2016-01-01-a.md").read_bytes()

    assert run() == run()
    library = read_library(
        folder / "content",
        timezone=STOCKHOLM,
        default_lang="sv",
        languages=("sv",),
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )
    assert len(library.posts) == 1


@given(st.text(st.sampled_from("abc {}%|\n#<>[]()/&*-"), max_size=80))
def test_fenced_code_is_never_touched(tmp_path_factory: pytest.TempPathFactory, code: str) -> None:
    block = f"```text\n{code}\n```"

    text, notes = carried(tmp_path_factory.mktemp("code"), f"Före\n\n{block}\n\nEfter")

    assert block in text
    assert notes == []
