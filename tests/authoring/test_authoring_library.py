"""What the library makes of right files, of warnings, and of any file at all."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from utrop.authoring.document import Document
from utrop.authoring.library import Library, read_library
from utrop.problem import Problem, ProblemsFound

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def read(content: Path, files: dict[str, str], **options: object) -> Library:
    content.mkdir(exist_ok=True)
    for name, text in files.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return read_library(
        content,
        timezone=ZoneInfo("Europe/Stockholm"),
        default_lang="sv",
        languages=("sv", "en"),
        now=NOW,
        **options,  # type: ignore[arg-type] # each test passes what the signature has
    )


def problems_of(content: Path) -> tuple[Problem, ...]:
    """Whatever else than ``ProblemsFound`` is raised fails the test."""
    try:
        read(content, {})
    except ProblemsFound as found:
        return found.problems or (Problem(what=""),)
    return ()


def only(content: Path, text: str, **options: object) -> Document:
    (document,) = read(content, {"a.md": text}, **options).documents
    return document


MINIMAL = "---\ntitle: Så överprövas ett beslut\ndate: 2026-11-20\nuid: a1\n---\n\n\nText\n"


def test_title_date_and_uid_are_enough(tmp_path: Path) -> None:
    post = only(tmp_path, MINIMAL, default_author="Redaktionen", default_category="Nyheter")
    assert (post.kind, post.state, post.lang) == ("post", "published", "sv")
    assert post.slug == "sa-overprovas-ett-beslut"
    assert post.url_path == "sa-overprovas-ett-beslut/"
    assert post.published is not None
    assert post.published.isoformat() == "2026-11-20T00:00:00+01:00"
    assert (post.authors, post.category, post.tags) == (("Redaktionen",), "Nyheter", ())
    assert (post.body, post.body_line) == ("Text\n", 8)
    assert post.announce.networks is None


def test_the_classic_header_means_the_same(tmp_path: Path) -> None:
    yaml = only(
        tmp_path / "yaml",
        "---\ntitle: A\ndate: 2026-11-20\nuid: a\ntags: [ett, två ord]\nauthor: Eva Ek\n"
        "summary: >\n  Två\n  rader\n---\n\nText\n",
    )
    classic = only(
        tmp_path / "classic",
        "Title: A\nDATE: 2026-11-20\nUid: a\nTags: ett, två ord\nAuthor: Eva Ek\n"
        "Summary: Två\n    rader\n\nText\n",
    )
    assert classic.front_matter == yaml.front_matter
    assert classic.body == yaml.body
    assert classic.tags == ("ett", "två ord")
    assert classic.front_matter.summary == "Två rader"


@pytest.mark.parametrize("name", ["bom", "crlf", "both"])
def test_windows_files_are_read_like_others(tmp_path: Path, name: str) -> None:
    data = MINIMAL.encode()
    if name in ("crlf", "both"):
        data = data.replace(b"\n", b"\r\n")
    if name in ("bom", "both"):
        data = b"\xef\xbb\xbf" + data
    (tmp_path / "a.md").write_bytes(data)
    (document,) = read(tmp_path, {}).documents
    assert (document.title, document.body_line) == ("Så överprövas ett beslut", 8)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("", "published"),
        ("status: published", "published"),
        ("status: DRAFT", "draft"),
        ("status: hidden", "hidden"),
        ("status: withdrawn", "withdrawn"),
        ("date: 2026-11-23 09:00", "published"),
        ("date: 2026-11-23 09:00:01", "scheduled"),
        ("date: 2026-11-23T08:00:01Z", "scheduled"),
        ("date: 2026-12-01\nstatus: hidden", "scheduled"),
        ("date: 2026-12-01\nstatus: draft", "draft"),
    ],
)
def test_states(tmp_path: Path, lines: str, state: str) -> None:
    date = "" if "date" in lines else "date: 2026-01-01\n"
    assert only(tmp_path, f"---\ntitle: A\nuid: a\n{date}{lines}\n---\n").state == state


@pytest.mark.parametrize(
    ("said", "networks", "texts"),
    [
        ("no", (), {}),
        ("false", (), {}),
        ("yes", None, {}),
        ("[bluesky, mastodon]", ("bluesky", "mastodon"), {}),
        ("bluesky", ("bluesky",), {}),
        ("{text: Hej alla}", None, {"text": "Hej alla"}),
        ("{mastodon: Hej, networks: [mastodon]}", ("mastodon",), {"mastodon": "Hej"}),
        ("{mastodon: false, bluesky: Hej}", ("bluesky", "linkedin"), {"bluesky": "Hej"}),
        ("{mastodon: true}", ("mastodon",), {}),
    ],
)
def test_announcing(
    tmp_path: Path, said: str, networks: tuple[str, ...] | None, texts: dict[str, str]
) -> None:
    text = MINIMAL.replace("uid: a1", f"uid: a1\nannounce: {said}")
    document = only(tmp_path, text, networks=("bluesky", "linkedin", "mastodon"))
    assert (document.announce.networks, dict(document.announce.texts)) == (networks, texts)


def test_pages_need_only_a_title(tmp_path: Path) -> None:
    library = read(
        tmp_path,
        {
            "pages/om.md": "---\ntitle: Om oss\nmenu: 10\n---\nText",
            "pages/djup/mer.md": "---\ntitle: Mer\nmenu: no\n---\nText",
            "pages/x.md": "---\ntitle: '!!!'\n---\nText",
        },
    )
    assert [(one.kind, one.slug, one.published) for one in library.pages] == [
        ("page", "mer", None),
        ("page", "om-oss", None),
        ("page", "x", None),
    ]
    assert [getattr(one.front_matter, "menu", None) for one in library.pages] == ["no", 10, None]
    assert library.posts == ()


def test_a_translation_shares_its_originals_key(tmp_path: Path) -> None:
    library = read(
        tmp_path,
        {
            "a.md": MINIMAL,
            "b.md": "---\ntitle: B\ndate: 2026-11-20\nuid: b\nlang: en\ntranslation_of: a1\n---\n",
            "c.md": "---\ntitle: C\ndate: 2026-11-20\nuid: c\n---\n",
        },
    )
    assert [one.translation_key for one in library.documents] == ["a1", "a1", "c"]
    assert [one.url_path for one in library.documents][1] == "en/b/"


def test_a_withdrawn_posts_address_may_be_taken_over_by_an_alias(tmp_path: Path) -> None:
    library = read(
        tmp_path,
        {
            "a.md": MINIMAL.replace("uid: a1", "uid: a1\nslug: gammal\nstatus: withdrawn"),
            "b.md": "---\ntitle: B\ndate: 2026-11-20\nuid: b\naliases: /gammal/\n---\n",
        },
    )
    assert library.documents[1].front_matter.aliases == ("gammal/",)


def test_warnings_name_file_and_line_and_stop_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    library = read(
        tmp_path,
        {
            "a.md": MINIMAL + "\n![](b.png)\n\n```\n![](c.png)\n```\n\n[u](u.md) `[k](u.md)`\n",
            "b.png": "",
            "u.md": MINIMAL.replace("a1", "u\nslug: u\nstatus: draft"),
            "old.markdown": "x",
            "files/form.html": "x",
            "files/readme.md": "x",
            ".hidden.md": "x",
            "#a.md#": "x",
            "a.md~": "x",
        },
    )
    assert [str(warning) for warning in library.warnings] == [
        'a.md:10: warning: the picture "b.png" has no words for those who cannot see it;'
        " write what it shows between the brackets: ![…]",
        'a.md:16: warning: the link to "u.md" is left out, for that post is a draft;'
        " it appears when the post is published",
        "old.markdown: warning: is no .md file and is not read;"
        " write Markdown in a file that ends in .md",
    ]


def test_a_half_written_draft_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = MINIMAL.replace("uid: a1", "uid: a1\nstatus: draft")
    library = read(tmp_path, {"a.md": text + "\n![Karta](karta.png)\n"})
    assert [str(warning) for warning in library.warnings] == [
        'a.md:11: warning: there is no file "karta.png"; correct the path,'
        " or put the file into the content folder"
    ]


def test_addresses_that_name_no_file_are_left_alone(tmp_path: Path) -> None:
    body = (
        "[a](/om/) [b](/feed.rss) [c](#del) [d](?x=1) [e](//cdn.example.org/a.png)"
        " [f](mailto:a@example.org) [g](https://example.org/a.md) [h](om)"
        " <https://example.org/a.png> <a@example.org> [j](<>)\n\n"
        "    [kod](saknas.md)\n\n~~~\n[kod](saknas.md)\n~~~\n\n<!-- [x](saknas.md) -->\n"
    )
    read(tmp_path, {"a.md": MINIMAL + body})


def test_a_thousand_files_take_well_under_two_seconds(tmp_path: Path) -> None:
    paragraph = "Text med [länk](0.md) och `kod`.\n\n" * 20
    files = {
        f"{number}.md": f"---\ntitle: Inlägg {number}\ndate: 2026-01-01\nuid: u{number}\n"
        f"tags: [a, b]\nsummary: Kort\nlang: {'en' if number % 2 else 'sv'}\n"
        + (f"translation_of: u{number - 1}\n" if number % 2 else "")
        + f"---\n\n{paragraph}"
        for number in range(1000)
    }
    read(tmp_path, {})
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    started = time.process_time()
    assert len(read(tmp_path, {}).documents) == 1000
    # A generous bound: a quadratic step takes longer than this by far.
    assert time.process_time() - started < 10


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_explained(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "a.md").write_bytes(data)
    assert all(problem.path and problem.what for problem in problems_of(folder))


_KEYS = st.sampled_from(
    ["title", "date", "uid", "slug", "lang", "status", "tags", "announce", "aliases", "menu", "x"]
)
_LINES = st.one_of(
    st.text(max_size=30),
    st.builds("{}: {}".format, _KEYS, st.text(max_size=20)),
    st.sampled_from(
        ["---", "tags:", "- a", "  - b", "announce:", "  text: x", "{", "[", "!!a", "*a"]
    ),
)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(_LINES, max_size=8),
    body=st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["![](", "[a](b.md", ")", "`", "```", "[1]: x.md", "<a href='", "'>"]),
        ),
        max_size=8,
    ).map("\n".join),
)
def test_any_front_matter_and_body_are_read_or_explained(
    lines: list[str], body: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any-lines"
    folder.mkdir(exist_ok=True)
    text = "---\ntitle: A\ndate: 2026-01-01\nuid: a\n" + "\n".join(lines) + "\n---\n" + body
    (folder / "a.md").write_bytes(text.encode())
    assert all("\n" not in str(problem) for problem in problems_of(folder))
