"""Updating code lists: CPV and NUTS in full, from the EU's eForms SDK or from a file of one's own.

The SDK's ``translations/code_<lang>.xml`` are Java properties in XML, an ``entry`` for each label
with a key such as ``code|name|cpv.90911300``; © European Union, CC BY 4.0,
https://github.com/OP-TED/eForms-SDK. The version is pinned: the same lists whenever one asks.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
from lxml import etree

from utrop import __version__, codelists
from utrop.configuration import Site
from utrop.fetching import base_address, failed, fetch
from utrop.problem import Problem, ProblemsFound
from utrop.procurement.codes import Labels
from utrop.terminal import Terminal, shown

SDK: Final = "https://raw.githubusercontent.com/OP-TED/eForms-SDK"
VERSION: Final = "1.15.1"
"""The SDK's tag."""
MOST_BYTES: Final = 10_000_000
"""A file of labels is 1.2 million characters."""
_LANGS: Final = ("sv", "en")
_LISTS: Final = {"cpv": codelists.CPV, "nuts": codelists.NUTS}
_KEY: Final = "code|name|"


def run(site: Site, *, source: Path | None, terminal: Terminal) -> int:
    """Fetch the lists, or take CPV from a file, write them and return the exit status.

    Nothing is written unless every list is whole.
    """
    if source is not None:
        lists: Mapping[str, Labels] = {"cpv": codelists.read(source)}
        origin = str(source)
    else:
        with terminal.doing(f"Fetching the code lists of eForms SDK {VERSION}"):
            lists = _fetched(site)
        origin = f"OP-TED/eForms-SDK {VERSION}, © European Union, CC BY 4.0"
    folder = site.root / codelists.FOLDER
    for name, labels in lists.items():
        path = folder / _LISTS[name]
        _write(path, _text(labels, origin))
        terminal.tell("Written", f"{shown(path)}: {len(labels)} codes")
    full = codelists.FULL_CPV
    if len(lists["cpv"]) < full:
        warning = Problem(
            path=source,
            what=f"has {len(lists['cpv'])} CPV codes, which is not the whole list",
            instead="a code that it lacks only gets a warning",
            severity="warning",
        )
        terminal.show([warning])
    if site.settings.get("CPV_FILE"):
        terminal.tell("But", f"CPV_FILE names {site.settings['CPV_FILE']}, which goes before it")
    return 0


def labels_in(data: bytes) -> dict[str, dict[str, str]]:
    """Return the labels of CPV and NUTS in a file of the SDK, by list and code.

    Raises ``ValueError`` where it is no such file. No entity is expanded and nothing is fetched:
    the SDK's files name a document type, which is not looked at.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is no XML ({error.msg})") from error
    found: dict[str, dict[str, str]] = {name: {} for name in _LISTS}
    for entry in root.iterfind("entry"):
        name, _, code = (entry.get("key") or "").removeprefix(_KEY).partition(".")
        label = " ".join((entry.text or "").split())
        if name in found and code and label:
            found[name][code] = label
    if not any(found.values()):
        raise ValueError("holds no labels of CPV or NUTS")
    return found


def _fetched(site: Site) -> dict[str, dict[str, tuple[str, str]]]:
    base = base_address(site.environ, "EFORMS_SDK_URL", SDK)
    host = httpx.URL(base).host
    agent = {"User-Agent": f"Utrop/{__version__} (+{site.siteurl})"}
    read = {}
    with httpx.Client(headers=agent) as http:
        for lang in _LANGS:
            url = f"{base}/{VERSION}/translations/code_{lang}.xml"
            answer = fetch(http, url, most_bytes=MOST_BYTES, accept="application/xml")
            if answer.status != 200:
                raise failed(host, f"answers {answer.status} for code_{lang}.xml")
            try:
                read[lang] = labels_in(answer.content)
            except ValueError as error:
                raise failed(host, f"gives a code_{lang}.xml that {error}") from error
    lists = {
        name: {
            code: (label, read["en"][name].get(code, label))
            for code, label in sorted(read["sv"][name].items())
        }
        for name in _LISTS
    }
    for name, least in (("cpv", codelists.FULL_CPV), ("nuts", codelists.FULL_NUTS)):
        if len(lists[name]) < least:
            raise failed(
                host, f"gives only {len(lists[name])} codes of {name.upper()}", "keep the old list"
            )
    return lists


def _text(labels: Labels, origin: str) -> str:
    lines = [f"# {origin}", "code\tsv\ten"]
    lines += [f"{code}\t{swedish}\t{english}" for code, (swedish, english) in labels.items()]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    """Put a list in place in one step, so that an interruption leaves the old one."""
    beside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        beside = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise ProblemsFound(
            [
                Problem(
                    path=path,
                    what=f"cannot be written: {error.strerror or error}",
                    instead="correct its permissions, or make room",
                )
            ]
        ) from error
