"""Open data that does not hang together stops the release."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from procurements import SITEURL
from test_ocds import OCID, SITE, thread

from utrop.checks.open_data_files import check_open_data
from utrop.checks.tree import read_tree
from utrop.notices.ocds.packages import open_data

INDEX = "ocds/index.json"
RELEASES = f"ocds/releases/{OCID}.json"
RECORDS = f"ocds/records/{OCID}.json"


def written(root: Path) -> Path:
    for one in open_data(thread(), SITE):
        file = root / one.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(one.data)
    (root / "annons000001").mkdir()
    (root / "annons000001" / "index.html").write_text("<html></html>", "utf-8")
    return root


def told(root: Path) -> str:
    tree = read_tree(root, siteurl=SITEURL, base_path="/blogg/", default_lang="sv")
    return " | ".join(str(problem) for problem in check_open_data(tree))


def test_good_open_data_passes_and_none_is_fine(tmp_path: Path) -> None:
    assert told(tmp_path) == ""
    assert told(written(tmp_path)) == ""


@pytest.mark.parametrize(
    ("file", "change", "what"),
    [
        (INDEX, lambda one: one.pop("procedures"), "lists no procedures"),
        (INDEX, lambda one: one["procedures"].clear(), "is not in ocds/index.json"),
        (
            INDEX,
            lambda one: one["procedures"][0].update(url="https://x.example.org/"),
            "has no url",
        ),
        (INDEX, lambda one: one["procedures"].append(1), "has no releasePackage"),
        (RELEASES, lambda one: one.update(uri="https://x.example.org/"), "its own address is"),
        (RELEASES, lambda one: one["releases"].clear(), "has no release"),
        (RELEASES, lambda one: one["releases"][0].pop("date"), "has in release 1 no date"),
        (RELEASES, lambda one: one["releases"][0].update(one["releases"][1]), "the same id"),
        (RELEASES, lambda one: one["releases"].append("x"), "has in release 7 no ocid"),
        (RECORDS, lambda one: one.pop("records"), "has no record"),
        (RECORDS, lambda one: one["records"][0]["releases"][0].update(url="x"), "names a release"),
    ],
)
def test_a_broken_file_is_told_of(
    tmp_path: Path, file: str, change: Callable[[Any], Any], what: str
) -> None:
    path = written(tmp_path) / file
    package = json.loads(path.read_bytes())
    change(package)
    path.write_text(json.dumps(package), "utf-8")

    assert what in told(tmp_path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"1", b"null", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("file", [INDEX, RELEASES, RECORDS])
def test_any_bytes_are_told_of(tmp_path: Path, file: str, data: bytes) -> None:
    (written(tmp_path) / file).write_bytes(data)

    assert told(tmp_path)


@pytest.mark.parametrize("file", [INDEX, RELEASES, RECORDS])
def test_a_missing_file_is_told_of(tmp_path: Path, file: str) -> None:
    (written(tmp_path) / file).unlink()

    assert told(tmp_path)
