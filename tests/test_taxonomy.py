from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pelican.settings import DEFAULT_CONFIG
from pelican.utils import slugify

from utrop.taxonomy import Kind, Taxonomy, Use

SITEURL = "https://blogg.inkop.example.org"


def use(name: str, day: int = 1, kind: Kind = "tag", lang: str = "sv") -> Use:
    return Use(
        kind=kind,
        name=name,
        lang=lang,
        published=datetime(2026, 1, day, tzinfo=UTC),
        source=Path(f"content/{day}.md"),
    )


def taxonomy(*uses: Use) -> Taxonomy:
    return Taxonomy(
        uses,
        siteurl=SITEURL,
        default_lang="sv",
        slugify=lambda name: str(slugify(name, DEFAULT_CONFIG["SLUG_REGEX_SUBSTITUTIONS"])),
    )


def test_the_oldest_posts_spelling_stands_for_all() -> None:
    terms = taxonomy(use("Öppna Data", 3), use("öppna data", 2), use("öppna-data", 4))
    term = terms.term("tag", "ÖPPNA DATA", "sv")
    assert term is not None
    assert (term.name, term.slug) == ("öppna data", "oppna-data")
    assert (term.path, term.url) == ("etikett/oppna-data/", f"{SITEURL}/etikett/oppna-data/")
    assert terms.problems == []


def test_a_post_that_spells_a_tag_twice_has_it_once() -> None:
    terms = taxonomy(use("LOU"), use("lou"))
    assert [term.name for term in terms.terms("tag", ["lou", "LOU", "Lou"], "sv")] == ["LOU"]


def test_languages_and_kinds_are_kept_apart() -> None:
    terms = taxonomy(
        use("LOU", kind="tag"), use("lou", kind="author"), use("Lou", kind="tag", lang="en")
    )
    paths = [
        term.path
        for kind, lang in (("tag", "sv"), ("author", "sv"), ("tag", "en"))
        if (term := terms.term(kind, "lou", lang)) is not None  # type: ignore[arg-type] # a Kind
    ]
    assert paths == ["etikett/lou/", "forfattare/lou/", "en/tag/lou/"]


def test_different_words_at_one_address_are_a_mistake() -> None:
    terms = taxonomy(use("får", 1), use("far", 2), use("C", 3), use("C#", 4))
    assert [problem.path for problem in terms.problems] == [
        Path("content/2.md"),
        Path("content/4.md"),
    ]
    assert "etikett/far/" in str(terms.problems[0])
    assert "'får' in 1.md" in str(terms.problems[0])


def test_a_name_without_letters_is_a_mistake() -> None:
    terms = taxonomy(use("!?"))
    assert "no letter or digit" in str(terms.problems[0])
    assert terms.term("tag", "!?", "sv") is None
