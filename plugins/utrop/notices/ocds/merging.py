"""Merging releases into the state that they add up to.

As https://standard.open-contracting.org/1.1/en/schema/merging/ has it: later values replace
earlier ones, objects in lists are the same where their ids are, and other lists are replaced whole.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Final

from utrop.notices.ocds.values import Json

_WHOLE: Final = frozenset({"additionalClassifications", "additionalIdentifiers", "changes"})
"""Lists that the schema marks ``wholeListMerge``."""
_OF_THE_RELEASE: Final = frozenset({"id", "date", "tag"})


def compiled(releases: Sequence[Json]) -> Json:
    """Return the compiled release of a procedure's releases, which are in order of time."""
    last = releases[-1]
    merged: Json = {}
    for release in releases:
        _merge(merged, {key: release[key] for key in release if key not in _OF_THE_RELEASE})
    return {
        "ocid": last["ocid"],
        "id": f"{last['ocid']}-{last['date']}",
        "date": last["date"],
        "tag": ["compiled"],
        **{key: value for key, value in merged.items() if key != "ocid"},
    }


def _merge(into: Json, later: Json) -> None:
    for key, new in later.items():
        old = into.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            _merge(old, new)
        elif isinstance(old, list) and isinstance(new, list) and key not in _WHOLE:
            into[key] = _merged_list(old, new)
        else:
            into[key] = copy.deepcopy(new)


def _merged_list(old: list[Any], new: list[Any]) -> list[Any]:
    if not all(isinstance(one, dict) and "id" in one for one in (*old, *new)):
        return copy.deepcopy(new)
    by_id = {one["id"]: one for one in old}
    for one in new:
        if one["id"] in by_id:
            _merge(by_id[one["id"]], one)
        else:
            by_id[one["id"]] = copy.deepcopy(one)
    return list(by_id.values())
