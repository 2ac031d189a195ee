"""Labels of CPV, NUTS and eForms codes, and what can be said of a code that is not listed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.procurement import codes
from utrop.procurement.codes import CodeListError, Codes

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "codelists"
shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the code lists in ../shared/data/codelists are not here"
)


def table(name: str) -> dict[str, tuple[str, str]]:
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return {row[0]: (row[1], row[2]) for row in list(csv.reader(file, delimiter="\t"))[1:]}


def test_the_package_has_every_division_and_group() -> None:
    known = list(codes.packaged().cpv)

    assert len([one for one in known if one.endswith("000000")]) == 45
    assert len([one for one in known if not one.endswith("000000")]) == 272
    assert known == sorted(known)
    assert codes.divisions()[0] == "03"
    assert codes.divisions()[-1] == "98"


@pytest.mark.parametrize(
    ("code", "swedish"),
    [
        ("90910000", "Städning och renhållning"),
        ("90910000-9", "Städning och renhållning"),
        (" 90911300 ", "Städning och renhållning"),
        ("90000000", "Avlopps- och avfallshantering, sanering och miljötjänster"),
        # No such group: the division is the nearest there is.
        ("90800000", "Avlopps- och avfallshantering, sanering och miljötjänster"),
        ("99000000", ""),
        ("9091000", ""),
        ("٩٠٩١٠٠٠٠", ""),
        ("", ""),
    ],
)
def test_a_code_has_its_own_label_or_that_of_its_group_or_division(code: str, swedish: str) -> None:
    assert codes.cpv_label(code, "sv") == swedish


def test_the_laws_misprints_stay() -> None:
    assert "kommuniktions-" in codes.cpv_label("32000000", "sv")


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("90900000", True),
        ("90900000-6", True),
        ("90910000", None),
        ("90911300", None),
        ("90800000", False),
        ("90000001", False),
        ("99999999", False),
        ("städning", False),
    ],
)
def test_what_can_be_said_of_a_code_by_divisions_and_groups(code: str, known: bool | None) -> None:
    assert codes.is_known_cpv(code) is known


def test_with_the_full_list_every_code_is_known_or_not() -> None:
    full = codes.packaged().with_full(cpv={"90911300": ("Fönsterputsning", "Window cleaning")})

    assert full.cpv_label("90911300", "en") == "Window cleaning"
    assert full.cpv_label("90911399", "en") == "Window cleaning"
    assert full.is_known_cpv("90911399") is False
    assert codes.is_known_cpv("90911399") is None, "the packaged lists are not changed"


@pytest.mark.parametrize(
    ("code", "name", "known"),
    [
        ("SE313", "Gävleborgs län", True),
        ("se313", "Gävleborgs län", True),
        ("SE31", "Norra Mellansverige", True),
        ("SE319", "Norra Mellansverige", False),
        ("SE", "Sweden", True),
        ("FI1B1", "", None),
        ("Gävle", "", False),
        ("", "", False),
    ],
)
def test_regions(code: str, name: str, known: bool | None) -> None:
    assert codes.nuts_label(code, "en") == name
    assert codes.is_known_nuts(code) is known


def test_swedens_own_names_stay_when_all_of_europe_is_laid_over() -> None:
    full = codes.packaged().with_full(nuts={"SE": ("Sverige", "Sverige"), "FI1B1": ("A", "B")})

    assert full.nuts_label("SE", "en") == "Sweden"
    assert full.nuts_label("FI1B1", "sv") == "A"
    assert full.is_known_nuts("FI1B9") is False


@pytest.mark.parametrize(
    ("codelist", "code", "lang", "label"),
    [
        ("contract-nature", "works", "sv", "Byggentreprenader"),
        ("contract-nature", "works", "en", "Works"),
        ("contract-nature", "works", "fi", "Works"),
        ("procurement-procedure-type", "open", "sv", "Öppet"),
        ("form-type", "change", "sv", "Ändring"),
        ("non-award-justification", "no-rece", "sv", None),
        ("cpv", "90910000", "en", "Cleaning and sanitation services"),
        ("nuts", "SE110", "sv", "Stockholms län"),
        ("contract-nature", "gifts", "sv", ""),
        ("no-such-list", "works", "sv", ""),
    ],
)
def test_labels_of_lists(codelist: str, code: str, lang: str, label: str | None) -> None:
    said = codes.label(codelist, code, lang)

    if label is None:
        assert said.startswith("Inga anbud")
    else:
        assert said == label


def test_divisions_have_labels() -> None:
    assert codes.cpv_division("90910000-9") == "90"
    assert codes.cpv_division("nothing") == ""
    assert codes.division_label("72", "en").startswith("IT services")
    assert codes.division_label("7", "en") == ""
    assert codes.division_label("99", "en") == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("code\tsv\ten\n03000000\tA\tB\n03100000\tA\n", 3),
        ("# x\n\n03000000\t\tB\n", 3),
        ("03000000,A,B\n", 1),
    ],
)
def test_a_list_in_another_form_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(CodeListError) as found:
        codes.read_labels(text)

    assert found.value.line == line


def test_a_list_is_read_with_byte_order_mark_and_windows_line_ends() -> None:
    read = codes.read_labels("\ufeffcode\tsv\ten\r\n03000000\tGröda\tCrop\r\n")

    assert read == {"03000000": ("Gröda", "Crop")}


@given(st.text(max_size=12), st.sampled_from(["sv", "en", "pl"]))
def test_any_text_has_an_answer(text: str, lang: str) -> None:
    for known in (codes.packaged(), Codes(cpv={}, nuts={})):
        assert isinstance(known.cpv_label(text, lang), str)
        assert known.is_known_cpv(text) in (True, False, None)
        assert isinstance(known.nuts_label(text, lang), str)
        assert known.is_known_nuts(text) in (True, False, None)
        assert isinstance(known.label(text, text, lang), str)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_a_code_that_may_exist_has_a_label(code: str) -> None:
    if codes.is_known_cpv(code) is not False:
        assert codes.cpv_label(code, "sv")
        assert codes.cpv_division(code) in codes.divisions()


@shared
def test_the_packaged_codes_are_the_eus() -> None:
    full = table("cpv_sv_en.tsv")

    for code, labels in codes.packaged().cpv.items():
        assert labels == full[code]
    for code in full:
        assert codes.is_known_cpv(code) is not False, code
        assert codes.cpv_label(code, "sv"), code
    laid = codes.packaged().with_full(cpv=full)
    assert laid.is_known_cpv("90911399") is False
    assert all(laid.is_known_cpv(code) for code in full)


@shared
def test_regions_are_the_eus() -> None:
    full = table("nuts_se.tsv")

    assert set(codes.packaged().nuts) == set(full)
    for code, (swedish, _) in full.items():
        assert codes.nuts_label(code, "sv") == swedish


@shared
def test_labels_of_lists_are_the_eus_but_for_two() -> None:
    lists: dict[str, Any] = json.loads((SHARED / "eforms_codelists_sv_en.json").read_text("utf-8"))
    ours = {("form-type", "change"), ("non-award-justification", "no-rece")}

    for name, labels in codes.packaged().lists.items():
        for code, (swedish, english) in labels.items():
            if (name, code) not in ours:
                theirs = lists[name][code]
                assert (swedish, english) == (theirs["sv"].strip(), theirs["en"].strip())
        assert set(labels) >= set(lists[name]), name
