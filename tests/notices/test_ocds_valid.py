"""Open data is valid by the standard's schema, and libcoveocds has nothing against it."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ocds_validation import SHARED, found_by_libcoveocds, found_by_schema, needs_archive
from procurements import at, post, procedure
from test_ocds import SITE, thread

from utrop.notices.ocds.packages import OpenDataFile, open_data
from utrop.post import Post
from utrop.procurement.eforms import read_notice
from utrop.procurement.kinds import Kind

NOTICES = SHARED / "notices"
_KINDS: dict[str, Kind] = {
    "planning": "plan",
    "consultation": "dialogue",
    "competition": "notice",
    "change": "change",
    "result": "award",
    "dir-awa-pre": "award",
    "cont-modif": "contract_change",
    "completion": "contract_change",
}
needs_libcoveocds = pytest.mark.skipif(
    importlib.util.find_spec("libcoveocds") is None and os.environ.get("STRICT") != "1",
    reason="libcoveocds is not installed (STRICT=1 installs it)",
)


def packages(*posts: Post) -> list[OpenDataFile]:
    return [one for one in open_data(posts, SITE) if not one.path.endswith("index.json")]


def real_posts() -> list[Post]:
    """Return a post for each of the 28 real notices."""
    posts = []
    for number, path in enumerate(sorted(NOTICES.glob("*.xml"))):
        told = read_notice(path.read_bytes(), path=path).notice
        assert told is not None, path
        posts.append(
            post(
                f"verklig{number:05}",
                slug=path.stem,
                kind=_KINDS.get(told.form_type, "notice"),
                notice=told,
                procedure=procedure(told, procedure_id=told.procedure_id or path.stem),
                title=str(told.title),
                published=at(2026, 1, 1) + timedelta(days=number),
            )
        )
    return posts


def broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    package = json.loads(packages(*thread())[0].data)
    change(package)
    return json.dumps(package).encode()


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no ocid": lambda package: package["releases"][0].pop("ocid"),
    "a date without a time": lambda package: package["releases"][0].update(date="2026-08-04"),
    "a tag of our own": lambda package: package["releases"][0].update(tag=["notice"]),
    "a text as an amount": lambda package: package["releases"][2]["tender"]["value"].update(
        amount="many"
    ),
    "an award without an id": lambda package: package["releases"][5]["awards"][0].pop("id"),
    "no publisher": lambda package: package.pop("publisher"),
}


@needs_archive
def test_a_procurement_of_ours_is_valid_by_the_schema() -> None:
    for file in packages(*thread()):
        assert found_by_schema(file.data) == []


@needs_archive
@pytest.mark.parametrize("name", sorted(BREAKS.keys() - {"a date without a time"}))
def test_the_schema_tells_of_a_broken_package(name: str) -> None:
    assert found_by_schema(broken(BREAKS[name]))


@needs_archive
@needs_libcoveocds
def test_libcoveocds_has_nothing_against_a_procurement_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for file in packages(*thread()):
        found = found_by_libcoveocds(file.data, monkeypatch)
        assert found["validation_errors"] == []
        assert not found["additional_closed_codelist_values"]
        assert not found["additional_open_codelist_values"]
        assert not found["deprecated_fields"]
        assert not found["additional_checks"]
        assert "conformance_errors" not in found
        assert _not_translations(found["additional_fields"]) == []


@needs_archive
@needs_libcoveocds
@pytest.mark.parametrize("name", BREAKS)
def test_libcoveocds_tells_of_a_broken_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = found_by_libcoveocds(broken(BREAKS[name]), monkeypatch)

    # A code that a closed list does not have stands by itself, and is no error to it.
    assert found["validation_errors"] or found["additional_closed_codelist_values"]


@needs_archive
@pytest.mark.skipif(not NOTICES.is_dir(), reason="the real notices in ../shared are not here")
def test_the_real_notices_are_valid_by_the_schema() -> None:
    files = packages(*real_posts())

    assert len(files) == 2 * 28
    for file in files:
        assert found_by_schema(file.data) == [], file.path


@needs_archive
@needs_libcoveocds
@pytest.mark.skipif(not NOTICES.is_dir(), reason="the real notices in ../shared are not here")
def test_libcoveocds_has_nothing_against_the_real_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in packages(*real_posts()):
        found = found_by_libcoveocds(file.data, monkeypatch)
        assert found["validation_errors"] == [], file.path
        assert not found["additional_closed_codelist_values"], file.path
        assert _not_translations(found["additional_fields"]) == [], file.path


@pytest.mark.skipif(not NOTICES.is_dir(), reason="the real notices in ../shared are not here")
def test_no_mail_address_of_a_real_notice_is_told_with_an_organisation() -> None:
    for file in packages(*real_posts()):
        package = json.loads(file.data)
        told = package.get("releases") or [one["compiledRelease"] for one in package["records"]]
        assert "@" not in json.dumps([one.get("parties") for one in told]), file.path


def _not_translations(fields: list[dict[str, Any]]) -> list[str]:
    """libcoveocds calls ``title_en`` additional though the schema has it as a pattern."""
    return [one["field"] for one in fields if not _is_translation(one["field"])]


def _is_translation(name: str) -> bool:
    stem, _, lang = name.rpartition("_")
    return stem in ("title", "description", "name", "legalName") and len(lang) == 2
