"""The open data hangs together: every file is listed, every address in it leads to its file.

Validity by the standard's schema is a test of ours; here it is what a release could break.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from utrop.checks.tree import Tree
from utrop.problem import Problem

INDEX = "ocds/index.json"
_RELEASE = ("ocid", "id", "date", "tag", "initiationType")


def check_open_data(tree: Tree) -> Iterator[Problem]:
    """Yield what is wrong in the open data; a site without any is fine."""
    files = [file for file in tree.files if file.startswith("ocds/") and file.endswith(".json")]
    if not files:
        return
    packages: dict[str, Any] = {}
    for file in files:
        try:
            packages[file] = json.loads(tree.read(file))
        except (ValueError, RecursionError) as error:
            yield _problem(tree, file, f"is not JSON: {error}")
    for file, what in _mistakes(packages, tree):
        yield _problem(tree, file, what)


def _problem(tree: Tree, file: str, what: str) -> Problem:
    return Problem(path=tree.path(file), what=what, instead="build again")


def _mistakes(packages: dict[str, Any], tree: Tree) -> Iterator[tuple[str, str]]:
    index = packages.pop(INDEX, None)
    if not isinstance(index, dict) or not isinstance(index.get("procedures"), list):
        yield INDEX, "is missing or lists no procedures"
        index = {"procedures": []}
    listed = set()
    for entry in index["procedures"]:
        ocid = entry.get("ocid") if isinstance(entry, dict) else None
        for key in ("releasePackage", "recordPackage", "url"):
            file = _file(entry.get(key) if isinstance(entry, dict) else None, tree)
            if file is None:
                yield INDEX, f"has no {key} of {ocid} in this site"
            elif key != "url":
                listed.add(file)
    for file, package in packages.items():
        if file not in listed:
            yield file, f"is not in {INDEX}"
        yield from ((file, what) for what in _of_package(package, file, packages, tree))


def _of_package(package: Any, file: str, packages: dict[str, Any], tree: Tree) -> Iterator[str]:
    if not isinstance(package, dict):
        yield "is no package"
        return
    if package.get("uri") != tree.url(file):
        yield f"says that its own address is {package.get('uri')!r} instead of {tree.url(file)!r}"
    releases = package.get("releases")
    if file.startswith("ocds/releases/"):
        yield from _of_releases(releases)
        return
    records = package.get("records")
    if not isinstance(records, list) or not records:
        yield "has no record"
        return
    known = {
        f"{other.get('uri')}#{one.get('id')}"
        for other in packages.values()
        if isinstance(other, dict)
        for one in other.get("releases") or []
        if isinstance(one, dict)
    }
    for record in records:
        linked = record.get("releases") if isinstance(record, dict) else None
        for one in linked if isinstance(linked, list) else []:
            if not isinstance(one, dict) or one.get("url") not in known:
                yield "names a release that is not in this site"


def _of_releases(releases: Any) -> Iterator[str]:
    if not isinstance(releases, list) or not releases:
        yield "has no release"
        return
    ids = [one.get("id") for one in releases if isinstance(one, dict)]
    if len(set(map(str, ids))) != len(releases):
        yield "has releases with the same id"
    for number, one in enumerate(releases, 1):
        missing = [key for key in _RELEASE if not isinstance(one, dict) or not one.get(key)]
        if missing:
            yield f"has in release {number} no {', '.join(missing)}"


def _file(address: Any, tree: Tree) -> str | None:
    target = tree.target(address) if isinstance(address, str) and address else None
    return target.file if target is not None else None
