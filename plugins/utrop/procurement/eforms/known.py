"""Known: whether a notice says the SDK, the types and the codes that this reader was proven on.

The code lists are those of ``utrop.procurement.codes``, and what older SDKs had besides. An
unknown code is a warning, or an error where the full list is at hand: the notice is read all the
same.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from utrop.procurement.codes import Codes, packaged
from utrop.procurement.eforms.elements import Source, full, shown, text_of
from utrop.procurement.notice import Notice

OLDEST_SDK: Final = 3
NEWEST_SDK: Final = 16
_SDK: Final = re.compile(r"eforms-sdk-1\.(\d{1,3})(?:\.\d+)?", re.ASCII)
_FORMER_NOTICE_TYPES: Final = frozenset({"corr"})
_SUBTYPES: Final = frozenset(
    {
        *(str(number) for number in range(1, 41)),
        *(f"E{number}" for number in range(1, 7)),
        "CEI", "T01", "T02", "X01", "X02",
    }
)  # fmt: skip
_SUBTYPE: Final = "EXT/efac:NoticeSubType/cbc:SubTypeCode"
_CPV: Final = full("cbc:ItemClassificationCode")
_NUTS: Final = full("cbc:CountrySubentityCode")


def note_unknown(root: etree._Element, notice: Notice, codes: Codes, source: Source) -> None:
    """Add a warning for each code of the notice that is not on the lists at hand."""
    version = _SDK.fullmatch(notice.sdk)
    if version is None or not OLDEST_SDK <= int(version[1]) <= NEWEST_SDK:
        source.note(
            f"the SDK version {shown(notice.sdk) if notice.sdk else '(none given)'} is not one of "
            f"eforms-sdk-1.{OLDEST_SDK} to 1.{NEWEST_SDK}; look through what was read",
            _line(root, "cbc:CustomizationID"),
        )
    kind = root.find(full("cbc:NoticeTypeCode"))
    known = packaged().lists["notice-type"].keys() | _FORMER_NOTICE_TYPES
    if notice.notice_type not in known:
        source.note(
            f"the notice type (BT-02) {shown(notice.notice_type)} is not known",
            _line(root, "cbc:NoticeTypeCode"),
        )
    if not notice.form_type:
        written = "" if kind is None else kind.get("listName", "")
        source.note(
            f"the form type (BT-03) {shown(written)} is not known",
            _line(root, "cbc:NoticeTypeCode"),
        )
    if notice.subtype not in _SUBTYPES:
        source.note(
            f"the notice subtype (OPP-070) {shown(notice.subtype)} is not known",
            _line(root, _SUBTYPE),
        )
    _note_codes(root, codes, source)


def _note_codes(root: etree._Element, codes: Codes, source: Source) -> None:
    for element in root.iter(_CPV):
        written = text_of(element)
        if written and codes.is_known_cpv(written) is False:
            source.note(
                f"there is no CPV code {shown(written)}",
                element.sourceline,
                instead="write one of the eight-digit codes of Regulation (EC) No 213/2008",
                severity="error" if codes.is_full_cpv else "warning",
            )
    for element in root.iter(_NUTS):
        written = text_of(element)
        if written and codes.is_known_nuts(written) is False:
            source.note(
                f"there is no NUTS code {shown(written)}",
                element.sourceline,
                instead="write a code such as SE313",
                severity="error" if codes.is_full_nuts else "warning",
            )


def _line(root: etree._Element, path: str) -> int | None:
    found = root.find(full(path))
    line: int | None = (root if found is None else found).sourceline
    return line
