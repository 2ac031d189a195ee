"""Codes: what the codes of a notice mean, in Swedish and English.

CPV is the common procurement vocabulary (Regulation (EC) No 213/2008): eight digits, of which the
first two are the division, the third the group, and so on, zeros at the end. Users write a ninth
digit after a hyphen, a check digit, which eForms leaves out. NUTS are the EU's statistical regions
(Regulation (EC) No 1059/2003): a country's two letters and up to three characters more.

The package carries CPV's divisions and groups, Sweden's NUTS and eForms' code lists; a site that
has the full lists builds a ``Codes`` with them (``utrop.codelists``). The functions below ask the
packaged ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Final

Labels = Mapping[str, tuple[str, str]]
"""Code to its Swedish and its English label."""

CPV_SCHEME: Final = "CPV"
_CPV: Final = re.compile(r"(?P<code>[0-9]{8})(?:[ \t]*[-\u2010\u2011\u2013][ \t]*[0-9])?")
_NUTS: Final = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
_CPV_PARENTS: Final = range(7, 1, -1)
"""How many leading digits a code's ancestors keep, the nearest first."""
_COUNTRY_AT_HAND: Final = "SE"
"""The country whose NUTS the package carries in full."""


SETTING: Final = "UTROP_CODES"
"""The key in Pelican's settings of the site's own code lists; the packaged ones where it is not."""


class CodeListError(ValueError):
    """A list that cannot be read; ``line`` counts from 1."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The code lists at hand."""

    cpv: Labels
    nuts: Labels
    lists: Mapping[str, Labels] = field(default_factory=dict)
    """Labels of eForms' code lists by the list's name, such as ``contract-nature``."""
    is_full_cpv: bool = False
    """Whether ``cpv`` is every code there is, so that one that it lacks does not exist."""
    is_full_nuts: bool = False
    """Whether ``nuts`` is every country's."""

    def with_full(self, *, cpv: Labels | None = None, nuts: Labels | None = None) -> Codes:
        """Return these lists with a full CPV list, a full NUTS list, or both, laid over them."""
        full = self
        if cpv is not None:
            full = replace(full, cpv={**self.cpv, **cpv}, is_full_cpv=True)
        if nuts is not None:
            # Sweden's stay ours: the EU's list has the country's name in Swedish in English too.
            full = replace(full, nuts={**nuts, **self.nuts}, is_full_nuts=True)
        return full

    def cpv_label(self, code: str, lang: str) -> str:
        """Return what a CPV code means, by its nearest ancestor where it is not at hand itself."""
        code = cpv_code(code)
        for known in (code, *(code[:kept].ljust(8, "0") for kept in _CPV_PARENTS)):
            if code and known in self.cpv:
                return _in(lang, self.cpv[known])
        return ""

    def is_known_cpv(self, code: str) -> bool | None:
        """Whether there is such a CPV code; None where the lists at hand cannot tell."""
        code = cpv_code(code)
        if code in self.cpv:
            return True
        has_group = bool(code) and code[2] != "0" and code[:3].ljust(8, "0") in self.cpv
        return False if self.is_full_cpv or not has_group else None

    def nuts_label(self, code: str, lang: str) -> str:
        """Return a region's name, by the region that holds it where it is not at hand itself."""
        code = code.strip().upper()
        for kept in range(len(code), 1, -1):
            if code[:kept] in self.nuts:
                return _in(lang, self.nuts[code[:kept]])
        return ""

    def is_known_nuts(self, code: str) -> bool | None:
        """Whether there is such a NUTS code; None where the lists at hand cannot tell."""
        code = code.strip().upper()
        if code in self.nuts:
            return True
        if not _NUTS.fullmatch(code) or self.is_full_nuts or code.startswith(_COUNTRY_AT_HAND):
            return False
        return None

    def label(self, codelist: str, code: str, lang: str) -> str:
        """Return what a code of an eForms list means; empty for a list or code that is unknown."""
        if codelist == "cpv":
            return self.cpv_label(code, lang)
        if codelist == "nuts":
            return self.nuts_label(code, lang)
        labels = self.lists.get(codelist, {}).get(code)
        return _in(lang, labels) if labels else ""


@cache
def packaged() -> Codes:
    """Return the lists that the package carries."""
    lists: dict[str, dict[str, tuple[str, str]]] = {}
    for (name, code), labels in _rows(_data("eforms.tsv"), keys=2):
        lists.setdefault(name, {})[code] = labels
    cpv, nuts = read_labels(_data("cpv.tsv")), read_labels(_data("nuts.tsv"))
    return Codes(cpv=cpv, nuts=nuts, lists=lists)


def read_labels(text: str) -> dict[str, tuple[str, str]]:
    """Return a list written as lines of code, Swedish label, English label, with tabs between.

    Empty lines, lines that begin with ``#`` and the heading ``code, sv, en`` are no codes. Raises
    ``CodeListError`` for any other line of another form, or without a label.
    """
    return {keys[0]: labels for keys, labels in _rows(text, keys=1)}


def cpv_code(text: str) -> str:
    """Return the eight digits of a CPV code as people write it; empty if it is none.

    >>> cpv_code("90910000-9")
    '90910000'
    """
    found = _CPV.fullmatch(text.strip())
    return found["code"] if found else ""


def cpv_division(code: str) -> str:
    """Return the two digits of a CPV code's division; empty if it is no CPV code."""
    return cpv_code(code)[:2]


def division_label(division: str, lang: str) -> str:
    """Return the label of a division, which is two digits; empty if there is none such."""
    return packaged().cpv_label(division + "000000", lang) if len(division) == 2 else ""


def divisions() -> tuple[str, ...]:
    """Return CPV's 45 divisions in order, each as two digits."""
    return tuple(code[:2] for code in packaged().cpv if code.endswith("000000"))


def cpv_label(code: str, lang: str) -> str:
    """Return ``Codes.cpv_label`` of the packaged lists."""
    return packaged().cpv_label(code, lang)


def is_known_cpv(code: str) -> bool | None:
    """Return ``Codes.is_known_cpv`` of the packaged lists."""
    return packaged().is_known_cpv(code)


def nuts_label(code: str, lang: str) -> str:
    """Return ``Codes.nuts_label`` of the packaged lists."""
    return packaged().nuts_label(code, lang)


def is_known_nuts(code: str) -> bool | None:
    """Return ``Codes.is_known_nuts`` of the packaged lists."""
    return packaged().is_known_nuts(code)


def label(codelist: str, code: str, lang: str) -> str:
    """Return ``Codes.label`` of the packaged lists."""
    return packaged().label(codelist, code, lang)


def _rows(text: str, *, keys: int) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    rows = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        fields = [each.strip() for each in line.split("\t")]
        if not any(fields) or fields[0].startswith("#") or fields[keys - 1] == "code":
            continue
        if len(fields) != keys + 2 or not all(fields):
            raise CodeListError("is no line of code, Swedish label, English label", number)
        rows.append((tuple(fields[:keys]), (fields[-2], fields[-1])))
    return rows


def _data(name: str) -> str:
    return resources.files("utrop.procurement").joinpath("data", name).read_text("utf-8")


def _in(lang: str, labels: tuple[str, str]) -> str:
    """Return the label in a language; other languages than Swedish have the English one."""
    return labels[0] if lang == "sv" else labels[1]
