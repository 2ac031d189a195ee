"""Changes: a notice that changes an earlier one (``efac:Changes``), or a running contract.

A change notice is told by ``efac:Changes`` alone: its form type is that of what it changes, and
its dispatch date may be the first notice's.
"""

from __future__ import annotations

from itertools import zip_longest

from lxml import etree

from utrop.procurement.eforms.elements import Source, full, text_at, texts_at
from utrop.procurement.notice import Change, Multilingual


def read_changes(extension: etree._Element, source: Source) -> tuple[str, tuple[Change, ...]]:
    """Return the changed notice (BT-758) and each change, with the reason for all of them."""
    element = extension.find(full("efac:Changes"))
    if element is None:
        return "", ()
    reasons = element.findall(full("efac:ChangeReason"))
    sections = element.findall(full("efac:Change"))
    first = reasons[0] if reasons else None
    found = []
    for section, own in zip_longest(sections, reasons):
        reason = own if own is not None else first
        found.append(
            Change(
                reason="" if reason is None else text_at(reason, "cbc:ReasonCode"),
                reason_text=_text(source, reason, "efbc:ReasonDescription"),
                text=_text(source, section, "efbc:ChangeDescription"),
                sections=() if section is None else _sections(section),
            )
        )
    return text_at(element, "efbc:ChangedNoticeIdentifier"), tuple(found)


def read_modification(extension: etree._Element) -> tuple[str, tuple[str, ...]]:
    """Return the notice whose contract was modified (BT-1501) and why (BT-200)."""
    path = "efac:ContractModification"
    changed = text_at(extension, f"{path}/efbc:ChangedNoticeIdentifier")
    return changed, texts_at(extension, f"{path}/efac:ChangeReason/cbc:ReasonCode")


def _text(source: Source, element: etree._Element | None, path: str) -> Multilingual:
    return Multilingual() if element is None else source.multilingual(element, path)


def _sections(change: etree._Element) -> tuple[str, ...]:
    """Return what a change is of; older SDKs name it without ``efac:ChangedSection``."""
    name = "efbc:ChangedSectionIdentifier"
    return texts_at(change, f"efac:ChangedSection/{name}") or texts_at(change, name)
