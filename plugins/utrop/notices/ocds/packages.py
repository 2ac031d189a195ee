"""Packages: the files in which open data lies, and the index that harvesters follow."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from utrop.notices.ocds.merging import compiled
from utrop.notices.ocds.releases import is_told, page_of, releases_of
from utrop.notices.ocds.values import Json, clean, filled, moment, web_address
from utrop.post import Post, newest_first
from utrop.procurement.addresses import OCDS_INDEX, record_path, release_path
from utrop.procurement.ocid import UNREGISTERED, ocid_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDataSite:
    """What the settings say of the site, as far as its open data shows it."""

    url: str
    """SITEURL without a slash at the end."""
    publisher: str
    default_lang: str
    prefix: str = UNREGISTERED
    """OCID_PREFIX, as the Open Contracting Partnership issued it."""
    license: str = ""
    """Address of the licence; empty where the publisher has chosen none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDataFile:
    """One file and what it is made from."""

    path: str
    """Below SITEURL."""
    data: bytes
    posts: tuple[Post, ...]


def open_data(posts: Iterable[Post], site: OpenDataSite) -> list[OpenDataFile]:
    """Return a release package and a record package for each procedure, and the index of them.

    Only published posts are told of. Without a procedure there is nothing, not even an index.
    """
    threads: dict[str, list[Post]] = {}
    for post in newest_first([post for post in posts if post.status == "published"]):
        if post.procedure is not None and is_told(post):
            threads.setdefault(post.procedure.procedure_id, []).append(post)
    files: list[OpenDataFile] = []
    entries: list[Json] = []
    for procedure_id in sorted(threads):
        thread = tuple(threads[procedure_id])
        ocid = ocid_of(procedure_id, site.prefix)
        releases = releases_of(thread, ocid, site.default_lang)
        at = _changed(thread)
        record = _record_package(ocid, releases, at, site)
        entries.append(_entry(thread, record, at))
        package = _release_package(ocid, releases, at, site)
        files += (
            OpenDataFile(path=release_path(ocid), data=_bytes(package), posts=thread),
            OpenDataFile(path=record_path(ocid), data=_bytes(record), posts=thread),
        )
    if not files:
        return []
    told = tuple(post for procedure_id in sorted(threads) for post in threads[procedure_id])
    index = OpenDataFile(path=OCDS_INDEX, data=_bytes(_index(entries, site)), posts=told)
    return [*files, index]


def _release_package(ocid: str, releases: list[Json], at: str, site: OpenDataSite) -> Json:
    return {
        "uri": _address(release_path(ocid), site),
        "version": "1.1",
        **_published(at, site),
        "releases": releases,
    }


def _record_package(ocid: str, releases: list[Json], at: str, site: OpenDataSite) -> Json:
    package = _address(release_path(ocid), site)
    linked = [
        {"url": f"{package}#{one['id']}", "date": one["date"], "tag": one["tag"]}
        for one in releases
    ]
    return {
        "uri": _address(record_path(ocid), site),
        "version": "1.1",
        **_published(at, site),
        "packages": [package],
        "records": [{"ocid": ocid, "releases": linked, "compiledRelease": compiled(releases)}],
    }


def _published(at: str, site: OpenDataSite) -> Json:
    return filled(
        {
            "publishedDate": at,
            "publisher": {"name": clean(site.publisher), "uri": f"{site.url}/"},
            "license": web_address(site.license),
        }
    )


def _entry(thread: tuple[Post, ...], record: Json, at: str) -> Json:
    told = record["records"][0]
    state = told["compiledRelease"]
    tender = state.get("tender", {})
    return filled(
        {
            "ocid": told["ocid"],
            "title": tender.get("title") or clean(thread[-1].title),
            "updated": at,
            "status": tender.get("status"),
            "url": page_of(thread),
            "releasePackage": record["packages"][0],
            "recordPackage": record["uri"],
        }
    )


def _index(entries: list[Json], site: OpenDataSite) -> Json:
    updated = max((one["updated"] for one in entries), key=datetime.fromisoformat)
    return filled(
        {
            "title": "Open Contracting Data Standard",
            "version": "1.1",
            "uri": _address(OCDS_INDEX, site),
            "updated": updated,
            "publisher": {"name": clean(site.publisher), "uri": f"{site.url}/"},
            "license": web_address(site.license),
            "ocidPrefix": {"prefix": site.prefix, "registered": site.prefix != UNREGISTERED},
            "procedures": sorted(
                entries,
                key=lambda one: (-datetime.fromisoformat(one["updated"]).timestamp(), one["ocid"]),
            ),
        }
    )


def _changed(thread: tuple[Post, ...]) -> str:
    """Return when a procedure's data last changed: by a new post, or by a change to an old one."""
    return str(moment(max(post.updated for post in thread).astimezone(UTC)))


def _address(path: str, site: OpenDataSite) -> str:
    return str(web_address(f"{site.url}/{path}"))


def _bytes(package: Json) -> bytes:
    text = json.dumps(package, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "replace") + b"\n"
