"""XML of ours, parsed as a cautious reader does: no document type, no entities, no network."""

from __future__ import annotations

from typing import Any

from lxml import etree


class NotXml(Exception):  # noqa: N818 - it says what the file is
    """Raised for bytes that are no well-formed XML; the message says why."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def parse_xml(data: bytes) -> Any:
    """Return the root element; ``NotXml`` where there is none or a document type is declared."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
        raise NotXml(f"is not well-formed XML: {error}", line) from error
    if root.getroottree().docinfo.doctype:
        raise NotXml("declares a document type, which readers refuse", 1)
    return root
