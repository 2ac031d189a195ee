"""Documents: bytes to an element tree, with no entity expanded and no address ever asked.

A notice has no document type declaration; a file with one is refused whole, so that neither
entities that grow without end nor entities that fetch files can do anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lxml import etree

from utrop.problem import Problem
from utrop.procurement.eforms.elements import UBL

MOST_BYTES: Final = 20_000_000
"""The largest notice that is read; real ones with 25 lots are below 200 kB."""
_INVALID_BYTES: Final = "Invalid bytes in character encoding"
ROOTS: Final = ("ContractNotice", "PriorInformationNotice", "ContractAwardNotice")
_TAGS: Final = frozenset(f"{{{UBL}{name}-2}}{name}" for name in ROOTS)


def read_document(data: bytes, path: Path) -> tuple[etree._Element | None, list[Problem]]:
    """Return the outermost element of a notice, None where there is none to read.

    A file that is cut off or damaged is read as far as it goes, with an error.
    """
    if len(data) > MOST_BYTES:
        return None, [
            Problem(
                what=f"the file is {len(data) / 1e6:.0f} MB; a notice is at most "
                f"{MOST_BYTES // 1_000_000} MB",
                instead="give the notice's XML alone, without attachments",
                path=path,
            )
        ]
    root, problems = _parsed(data, path)
    if root is None:
        return None, problems or [_not_xml(path, None)]
    tree = root.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        return None, [
            Problem(
                what="the file has a document type declaration (<!DOCTYPE …>), which a notice "
                "never has and which could do harm",
                instead="fetch the notice's XML anew from TED or from your procurement system",
                path=path,
                line=_line_of(data, b"<!DOCTYPE"),
            )
        ]
    if root.tag not in _TAGS:
        return None, [*problems, _not_a_notice(root, path)]
    return root, problems


def _parsed(data: bytes, path: Path) -> tuple[etree._Element | None, list[Problem]]:
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        return _recovered(data, path, error)
    declared = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if declared.startswith("UTF") or data.isascii() or not _is_utf_8(data):
        return root, []
    return etree.fromstring(data, _parser(encoding="UTF-8")), [
        Problem(
            what=f"the file says that it is {declared}, but it is UTF-8; it was read as UTF-8",
            instead='write encoding="UTF-8" in the first line',
            path=path,
            line=1,
            severity="warning",
        )
    ]


def _recovered(
    data: bytes, path: Path, error: Exception
) -> tuple[etree._Element | None, list[Problem]]:
    """Read a damaged file as far as it goes, leaving out a value in which it was cut off."""
    line = error.lineno if isinstance(error, etree.XMLSyntaxError) else None
    encoding = None
    if isinstance(error, etree.XMLSyntaxError) and _INVALID_BYTES in str(error):
        encoding = "windows-1252"  # what a Swedish system writes when it is not UTF-8
    parser = _parser(recover=True, encoding=encoding)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        root = None
    if root is None:
        return None, [_not_xml(path, line, _why(error))]
    if any(entry.type == etree.ErrorTypes.ERR_TAG_NOT_FINISHED for entry in parser.error_log):
        _forget_last_text(root)
    what = f"the XML is damaged or cut off here ({_why(error)}); what could be read was read"
    if encoding is not None:
        what = f"the file is not in the encoding that it says; it was read as {encoding}"
    return root, [Problem(what=what, instead="fetch the file anew", path=path, line=line or None)]


def _forget_last_text(root: etree._Element) -> None:
    """Empty the element in which a file was cut off: half an amount is a wrong amount."""
    last = root
    while len(last):
        last = last[-1]
    last.text = None


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _parser(*, recover: bool = False, encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
        encoding=encoding,
    )


def _not_xml(path: Path, line: int | None, why: str = "it is empty") -> Problem:
    return Problem(
        what=f"the file is not XML ({why})",
        instead="give the eForms XML of the notice, such as TED's link “XML” gives",
        path=path,
        line=line or None,
    )


def _not_a_notice(root: etree._Element, path: Path) -> Problem:
    # not etree.QName, which does not take what a damaged file may have for a name
    name = str(root.tag).rpartition("}")[2]
    older = name == "TED_EXPORT"
    what = (
        "the file is a notice in TED's older format (TED_EXPORT), not eForms"
        if older
        else f"the file is XML, but no eForms notice: its outermost element is <{name[:60]}>"
    )
    return Problem(
        what=what,
        instead=f"give an eForms notice, whose outermost element is one of {', '.join(ROOTS)}",
        path=path,
        line=root.sourceline,
    )


def _why(error: Exception) -> str:
    text = error.msg if isinstance(error, etree.XMLSyntaxError) else str(error)
    return " ".join(str(text).split()).partition(", line ")[0][:160]


def _line_of(data: bytes, part: bytes) -> int | None:
    place = data.upper().find(part)
    return None if place < 0 else data.count(b"\n", 0, place) + 1
