"""Damaged and hostile files: no exception, a line for each problem, and what could be read."""

from __future__ import annotations

import re
import time
from decimal import Decimal
from pathlib import Path

import pytest

from tests.procurement.eforms_notices import OWN
from utrop.problem import Problem
from utrop.procurement.codes import packaged
from utrop.procurement.eforms import MOST_BYTES, read_notice
from utrop.procurement.notice import Amount, Notice

PATH = Path("notices/upphandling.xml")
TRAPS = (OWN / "reader-traps.xml").read_bytes()
CHANGE = (OWN / "reader-change.xml").read_bytes()
BODY = CHANGE.split(b"?>", 1)[1]


def read(data: bytes) -> tuple[Notice | None, list[Problem]]:
    reading = read_notice(data, path=PATH)
    for problem in reading.problems:
        assert problem.path == PATH
        assert "\n" not in str(problem)
        assert "Traceback" not in str(problem)
    return reading.notice, list(reading.problems)


def changed(old: bytes, new: bytes, data: bytes = CHANGE) -> tuple[Notice, list[Problem]]:
    """Read a notice in which a passage, which must be there, was replaced once."""
    assert old in data
    notice, problems = read(data.replace(old, new, 1))
    assert notice is not None
    return notice, problems


def line_of(passage: bytes, data: bytes = CHANGE) -> int:
    return data.count(b"\n", 0, data.index(passage)) + 1


def test_our_own_notice_has_no_problem() -> None:
    notice, problems = read(CHANGE)

    assert notice is not None
    assert problems == []


@pytest.mark.parametrize("data", [b"", b" \n ", b"Inbjudan", b'{"title": "x"}', b"PK\x03\x04\x00"])
def test_what_is_not_xml_is_told(data: bytes) -> None:
    notice, (problem,) = read(data)

    assert notice is None
    assert problem.severity == "error"
    assert "is not XML" in problem.what


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html><body/></html>", "outermost element is <html>"),
        (b"<TED_EXPORT/>", "older format"),
        (b"<ContractNotice/>", "outermost element is <ContractNotice>"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "<Invoice>"),
    ],
)
def test_xml_that_is_no_eforms_notice_is_told(data: bytes, said: str) -> None:
    notice, (problem,) = read(data)

    assert notice is None
    assert problem.line == 1
    assert said in problem.what


@pytest.mark.parametrize("size", [MOST_BYTES + 1, 100_000_000])
def test_a_file_that_is_too_large_is_not_even_parsed(size: int) -> None:
    data = BODY[:-20].ljust(size)
    started = time.perf_counter()

    notice, (problem,) = read(data)

    assert notice is None
    assert f"the file is {size / 1e6:.0f} MB; a notice is at most 20 MB" in problem.what
    assert time.perf_counter() - started < 0.5


def test_billion_laughs_are_refused_at_once() -> None:
    entities = b'<!ENTITY a0 "ha">'
    for number in range(1, 30):
        entities += b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10)
    bomb = b'<?xml version="1.0"?>\n<!DOCTYPE x [' + entities + b"]>"
    started = time.perf_counter()

    notice, problems = read(bomb + BODY.replace(b"moderna", b"&a29;"))

    assert notice is None
    assert [(one.line, one.severity) for one in problems] == [(2, "error")]
    assert "document type declaration" in problems[0].what
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "%s">]>',
        b'<!DOCTYPE x SYSTEM "%s">',
        b'<!DOCTYPE x [<!ENTITY %% e SYSTEM "%s"> %%e;]>',
    ],
)
def test_external_entities_are_never_fetched(tmp_path: Path, declaration: bytes) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("HEMLIGHETEN")
    data = b'<?xml version="1.0"?>\n\n' + declaration % secret.as_uri().encode()

    notice, problems = read(data + BODY.replace(b"Granbygdens", b"&e;"))

    assert notice is None
    assert any("document type declaration" in one.what for one in problems)
    assert "HEMLIGHETEN" not in repr(problems)


def test_a_file_cut_off_gives_what_is_there_and_says_where() -> None:
    end = CHANGE.index(b"<cac:ProcurementProjectLot>")
    notice, problems = read(CHANGE[:end])

    assert notice is not None
    assert str(notice.title) == "Köksutrustning"
    assert [str(one.name) for one in notice.buyers] == ["Granbygdens kommun"]
    assert notice.lots == ()
    assert problems[0].severity == "error"
    assert problems[0].line in (line_of(b"<cac:ProcurementProjectLot>"), None)
    assert "cut off here" in problems[0].what
    assert "lot (BT-137)" in problems[1].what


def test_a_value_that_was_cut_in_two_is_not_read() -> None:
    amount = b'currencyID="SEK">1500000.50<'
    end = TRAPS.index(amount) + len(b'currencyID="SEK">15')
    notice, problems = read(TRAPS[:end])

    assert notice is not None
    assert len(notice.lots) == 2
    assert notice.lots[1].value is None
    assert problems[0].severity == "error"


def test_damage_in_the_middle_loses_no_more_than_it_must() -> None:
    notice, problems = changed(b"<cbc:VersionID>02</cbc:VersionID>", b"<cbc:VersionID>02</cbc:Ver>")

    assert str(notice.title) == "Köksutrustning"
    assert len(notice.lots) == 1
    assert (problems[0].severity, problems[0].line) == ("error", line_of(b"<cbc:VersionID>"))


def test_an_entity_that_is_not_defined_leaves_the_rest_of_the_text() -> None:
    notice, problems = changed(
        b'<cbc:Name languageID="SWE">K\xc3\xb6ksutrustning</cbc:Name>',
        b'<cbc:Name languageID="SWE">K\xc3\xb6ks&nbsp;utrustning</cbc:Name>',
    )

    assert str(notice.title) == "Köksutrustning"
    assert "nbsp" in problems[0].what


def test_comments_and_instructions_within_a_text_are_left_out() -> None:
    notice, problems = changed(
        b'<cbc:Name languageID="SWE">K\xc3\xb6ksutrustning</cbc:Name>',
        b'<cbc:Name languageID="SWE">K\xc3\xb6ks<!-- x -->utrust<?y z?>ning</cbc:Name>',
    )

    assert str(notice.title) == "Köksutrustning"
    assert problems == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "windows-1252"])
def test_the_encoding_that_the_file_says_is_used(encoding: str) -> None:
    text = CHANGE.decode().replace("UTF-8", "UTF-8" if encoding == "utf-8-sig" else encoding, 1)
    notice, problems = read(text.encode(encoding))

    assert notice is not None
    assert str(notice.title) == "Köksutrustning"
    assert problems == []


@pytest.mark.parametrize(
    ("data", "severity", "said"),
    [
        (CHANGE.decode().encode("windows-1252"), "error", "read as windows-1252"),
        (CHANGE.replace(b"UTF-8", b"ISO-8859-1", 1), "warning", "but it is UTF-8"),
        (CHANGE.replace(b"UTF-8", b"klingon-7", 1), "error", "klingon-7"),
    ],
    ids=["another than it says", "UTF-8 after all", "unknown"],
)
def test_a_wrong_encoding_is_told_and_the_text_is_right(
    data: bytes, severity: str, said: str
) -> None:
    notice, problems = read(data)

    assert notice is not None
    assert str(notice.title) == "Köksutrustning"
    assert problems[0].severity == severity
    assert said in problems[0].what


@pytest.mark.parametrize(
    "sdk", ["eforms-sdk-1.2", "eforms-sdk-1.17", "eforms-sdk-2.0", "urn:other", ""]
)
def test_an_unknown_sdk_version_is_a_warning(sdk: str) -> None:
    notice, (problem,) = changed(b"eforms-sdk-1.13", sdk.encode())

    assert notice.lots
    assert problem.severity == "warning"
    assert problem.line == line_of(b"eforms-sdk-1.13")
    assert "eforms-sdk-1.3 to 1.16" in problem.what


@pytest.mark.parametrize("sdk", [f"eforms-sdk-1.{number}" for number in range(3, 17)])
def test_sdk_1_3_to_1_16_are_known(sdk: str) -> None:
    assert changed(b"eforms-sdk-1.13", sdk.encode())[1] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b">cn-standard<", b">cn-galactic<", 'notice type (BT-02) "cn-galactic" is not known'),
        (b'"competition"', b'"contest"', 'form type (BT-03) "contest" is not known'),
        (b">16</cbc:SubTypeCode>", b">99</cbc:SubTypeCode>", 'subtype (OPP-070) "99" is not'),
    ],
)
def test_an_unknown_type_is_a_warning_with_its_line(old: bytes, new: bytes, said: str) -> None:
    notice, problems = changed(old, new)

    assert notice.lots
    assert (problems[0].severity, problems[0].line) == ("warning", line_of(old))
    assert said in problems[0].what


def test_codes_that_do_not_exist_are_warnings_and_stay_as_written() -> None:
    notice, problems = changed(b'listName="cpv">39224000<', b'listName="cpv">99999999<', TRAPS)
    assert notice.lots[1].cpv_main == "99999999"
    assert problems[1].line == line_of(b'listName="cpv">39224000<', TRAPS)
    assert 'there is no CPV code "99999999"' in problems[1].what

    notice, problems = changed(b'listName="nuts">SE331<', b'listName="nuts">SE999<', TRAPS)
    assert 'there is no NUTS code "SE999"' in problems[0].what


def test_a_full_list_tells_codes_that_the_packaged_one_cannot() -> None:
    full = packaged().with_full(cpv={"39224000": ("Städ", "Cleaning")})
    data = TRAPS.replace(b">39224000<", b">39224999<")

    told = read_notice(data, path=PATH, codes=full).problems
    untold = read_notice(data, path=PATH).problems

    assert any("39224999" in one.what for one in told)
    assert not any("39224999" in one.what for one in untold)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"2026-10-06+02:00", b"2026-02-31+01:00", '"2026-02-31+01:00" is no date'),
        (b"2026-10-06+02:00", b"6 oktober", '"6 oktober" is no date'),
        (b"2026-10-06+02:00", b"2026-10-06+99:99", "is no date"),
        (b"11:25:29.0000000+02:00", b"25:00:00+02:00", '"25:00:00+02:00" is no time'),
    ],
)
def test_a_date_that_is_none_is_a_warning_with_its_line(old: bytes, new: bytes, said: str) -> None:
    notice, problems = changed(old, new)

    assert said in problems[-1].what
    assert "BT-131) of LOT-0001" in problems[-1].what
    # date and time stand on one line
    assert problems[-1].line == line_of(b"2026-10-06+02:00")
    assert (notice.lots[0].tenders is None) == ("no date" in said)


def test_amounts_that_are_none_are_warnings() -> None:
    written = b'currencyID="SEK">1500000.50<'
    for new, said in (
        (b'currencyID="SEK">1,5 milj<', '"1,5 milj" is no amount'),
        (b'currencyID="">1500000.50<', "has no currency"),
        (b'currencyID="SEK">NaN<', '"NaN" is no amount'),
        (b'currencyID="SEK">1e999999<', '"1e999999" is no amount'),
    ):
        notice, problems = changed(written, new, TRAPS)
        assert notice.lots[1].value is None
        assert problems[1].line == line_of(written, TRAPS)
        assert said in problems[1].what


def test_what_ted_does_not_publish_yet_is_not_said() -> None:
    data = (OWN / "reader-award.xml").read_bytes()
    notice, _ = changed(b'"SEK">1000000<', b'"SEK">-1<', data)
    assert notice.results[0].value is None
    notice, _ = changed(b">2026-02-10+01:00<", b">1970-01-01Z<", data)
    assert notice.results[0].decided is None
    notice, _ = changed(b"<efbc:StatisticsNumeric>3<", b"<efbc:StatisticsNumeric>-1<", data)
    assert notice.results[0].tenders_received is None
    notice, _ = changed(b">all-rej<", b">unpublished<", data)
    assert notice.results[1].reason == ""
    assert notice.award_value == Amount(Decimal(2500000), "SEK")


def test_a_flood_of_problems_is_cut_short() -> None:
    lots = b"<cac:ProcurementProjectLot/>" * 5000
    started = time.perf_counter()
    notice, problems = changed(b"</ContractNotice>", lots + b"</ContractNotice>")

    assert len(notice.lots) == 5001
    assert len(problems) == 101
    assert re.fullmatch(r"[0-9]+ more problems are not listed", problems[-1].what)
    assert time.perf_counter() - started < 5
