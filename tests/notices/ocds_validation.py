"""Validating open data without a network, by libcoveocds and by the standard's own schema.

The archive of the schema is not in this repository. libcoveocds finds the release schema in it by
a setting, but asks the web for the schema of versioned releases: that request is answered here.
"""

from __future__ import annotations

import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
ARCHIVE = SHARED / "codelists" / "ocds-standard-1__1__5-schema.zip"
BASE = "https://standard.open-contracting.org/schema/1__1__5/"

needs_archive = pytest.mark.skipif(
    not ARCHIVE.is_file(),
    reason="the schema of OCDS in ../shared/data/codelists is not here",
)


@lru_cache
def schema(name: str) -> Any:
    """Return a schema of the standard by its file name."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        return json.loads(archive.read(f"standard-1__1__5/schema/{name}"))


class _Answer:
    def __init__(self, address: str) -> None:
        assert address.startswith(BASE), f"asked the network for {address}"
        self.name = address.removeprefix(BASE)

    def raise_for_status(self) -> None:
        pass

    def json(self, **options: Any) -> Any:
        return json.loads(json.dumps(schema(self.name)), **options)


def found_by_libcoveocds(data: bytes, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what libcoveocds says of a package. Its command exits 0 whatever it finds."""
    import requests
    from libcoveocds.api import ocds_json_output
    from libcoveocds.config import LibCoveOCDSConfig

    monkeypatch.setattr(requests, "get", lambda address, **options: _Answer(address))
    config = LibCoveOCDSConfig({"standard_zip": ARCHIVE.as_uri(), "context": "api"})
    found: dict[str, Any] = ocds_json_output(
        schema_version="1.1", json_data=json.loads(data), lib_cove_ocds_config=config
    )
    return found


def found_by_schema(data: bytes) -> list[str]:
    """Return what the standard's JSON Schema (draft 4) says against a package."""
    from jsonschema import Draft4Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT4

    names = ("release-schema.json", "versioned-release-validation-schema.json")
    registry: Registry[Any] = Registry().with_resources(
        (BASE + name, DRAFT4.create_resource(schema(name))) for name in names
    )
    package = json.loads(data)
    kind = "record" if "records" in package else "release"
    validator = Draft4Validator(
        schema(f"{kind}-package-schema.json"),
        registry=registry,
        format_checker=Draft4Validator.FORMAT_CHECKER,
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(package)]
