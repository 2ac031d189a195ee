"""The model of front matter, its documentation, and YAML whose scalars stay as written."""

from __future__ import annotations

import re

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from utrop.authoring import front_matter
from utrop.authoring.front_matter import FIELDS, describe, json_schema
from utrop.authoring.header import HeaderError, decode, split
from utrop.authoring.slugs import LONGEST, is_slug, slugify
from utrop.authoring.yaml_nodes import YamlError, read_mapping


def test_every_key_is_described_in_one_line() -> None:
    assert describe() is FIELDS
    assert {field.key for field in FIELDS} == {
        *front_matter.PostFrontMatter.model_fields,
        *front_matter.PageFrontMatter.model_fields,
    }
    for field in FIELDS:
        assert field.description.endswith("."), field.key
        assert "\n" not in field.description
    applies = {field.key: field.applies_to for field in FIELDS}
    assert applies["title"] == "posts and pages"
    assert (applies["announce"], applies["menu"]) == ("posts", "pages")
    assert {f.key: f.default for f in FIELDS}["status"] == "published"


@pytest.mark.parametrize(
    ("kind", "value", "is_right"),
    [
        ("post", {"title": "A", "date": "2026-11-23", "uid": "a"}, True),
        ("post", {"title": "A", "date": "2026-11-23", "uid": "a", "tags": ["b"]}, True),
        ("post", {"title": "A", "date": "2026-11-23", "uid": "a", "announce": False}, True),
        ("post", {"title": "A", "date": "2026-11-23", "uid": "a", "author": "E"}, True),
        ("post", {"title": "A", "date": "2026-11-23"}, False),
        ("post", {"title": "A", "date": "2026-11-23", "uid": "a", "statsu": "draft"}, False),
        ("post", {"title": "A", "date": "2026-11-23", "uid": "a", "status": "drfat"}, False),
        ("page", {"title": "A", "menu": 10}, True),
        ("page", {"title": "A", "tags": ["a"]}, False),
    ],
)
def test_editors_get_a_schema_that_says_the_same(
    kind: front_matter.Kind, value: object, is_right: bool
) -> None:
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid(value) is is_right


@pytest.mark.parametrize(
    "scalar",
    ["no", "on", "yes", "~", "null", "1e5", "012", "0x1F", "1_000", "2026-01-01", "12:30:45", ".5"],
)
def test_scalars_stay_as_written(scalar: str) -> None:
    assert read_mapping(f"key: {scalar}\nlist: [{scalar}]\n").values == {
        "key": scalar,
        "list": [scalar],
    }


# U+0085 is a control character: no file that has one gets as far as YAML.
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x85"), max_size=40)


@given(st.dictionaries(_TEXT.filter(bool), _TEXT, max_size=6))
def test_what_yaml_writes_is_read_back(values: dict[str, str]) -> None:
    assert read_mapping(yaml.safe_dump(values, allow_unicode=True)).values == values


@given(st.text(max_size=80))
def test_any_yaml_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(read_mapping(text).values, dict)
    except YamlError as error:
        assert 1 <= error.line <= len(re.split("[\r\n\x85\u2028\u2029]", text)) + 1  # noqa: PT017 - either outcome may be right


@pytest.mark.parametrize("text", ["a: " + "[" * 100_000, "a: " + "{a: " * 100_000, "- " * 100_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        read_mapping(text)


def test_lines_are_kept_at_every_depth() -> None:
    found = split(
        "\n---\n# note\ntitle: >\n  a\n\n  b\n\nannounce:\n  networks:\n  - x\n---\n\n\nT"
    )
    assert found.lines == {
        ("title",): 4,
        ("announce",): 9,
        ("announce", "networks"): 10,
        ("announce", "networks", "0"): 11,
    }
    assert (found.body, found.body_line, found.first_line) == ("T", 15, 2)


@given(st.text(alphabet=st.characters(exclude_categories=("C",)), max_size=60))
def test_the_body_is_never_changed(text: str) -> None:
    body = text.lstrip()
    found = split(f"---\ntitle: A\n---\n{body}")
    assert found.body == body or not body.strip()


@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_refused_with_a_line(data: bytes) -> None:
    try:
        assert "\r" not in decode(data)
    except HeaderError as error:
        assert error.line is not None  # noqa: PT017 - either outcome may be right
        assert 1 <= error.line <= data.count(b"\n") + data.count(b"\r") + 1  # noqa: PT017 - the same


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Ändrade tröskelvärden från 2026", "andrade-troskelvarden-fran-2026"),
        ("A\u030angra sig", "angra-sig"),
        ("Vad är LOU? En guide – del 2", "vad-ar-lou-en-guide-del-2"),
        ("Straße & Œuvre", "strasse-oeuvre"),
        ("Don't panic", "dont-panic"),
        ("…", ""),
        ("a" * 100, "a" * 80),
        ("ord " * 30, "-".join(["ord"] * 20)),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert slugify(title) == slug


@given(st.text())
def test_a_slug_is_one_or_nothing(title: str) -> None:
    slug = slugify(title)
    assert len(slug) <= LONGEST
    assert slug == "" or (is_slug(slug) and slugify(slug) == slug)
