"""What may be a person's number is never told in full."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.procurement.identifiers import (
    looks_like_personal_number,
    mask,
    masked,
    passes_luhn,
)
from utrop.procurement.notice import Multilingual, Organisation

# Skatteverket's own test numbers and textbook examples; none belongs to anybody.
PERSONAL = ["811218-9876", "8112189876", "19811218-9876", "198112189876", "811278-9873"]
PERSONAL += ["SE811218987601", "811218+9876", "org.nr 811218-9876"]
OTHERS = ["556086-8225", "202100-5489", "NIP: 6790085613", "ND", "", "811218-9875", "811318-9874"]


def organisation(*identifiers: str, natural: bool = False) -> Organisation:
    return Organisation(name=Multilingual(), identifiers=identifiers, is_natural_person=natural)


@pytest.mark.parametrize("identifier", PERSONAL)
def test_what_may_be_a_personal_number_is_masked(identifier: str) -> None:
    assert looks_like_personal_number(identifier)
    (told,) = masked(organisation(identifier))
    assert "XXXX" in told
    assert "987" not in told


@pytest.mark.parametrize("identifier", OTHERS)
def test_an_organisation_keeps_its_number(identifier: str) -> None:
    assert not looks_like_personal_number(identifier)
    assert masked(organisation(identifier)) == (identifier,)


@pytest.mark.parametrize("identifier", [*PERSONAL, "131052-308T", "010190-1234", "44051401359"])
def test_a_natural_persons_number_is_masked_or_left_out(identifier: str) -> None:
    told = masked(organisation(identifier, natural=True))
    assert all("XXXX" in one for one in told)


def test_the_form_of_the_mask() -> None:
    assert mask("811218-9876") == "811218-XXXX"
    assert mask("8112189876") == "811218-XXXX"
    assert mask("811218+9876") == "811218+XXXX"
    assert mask("SE811218987601") == "SE811218-XXXX"
    assert mask("ND") == "ND"


@given(
    st.dates(date(1901, 1, 1), date(1999, 12, 31)),
    st.integers(0, 999),
    st.sampled_from(["", "-"]),
    st.booleans(),
)
def test_every_personal_number_there_can_be(
    born: date, serial: int, sign: str, with_century: bool
) -> None:
    birth = re.sub("-", "", str(born))[2:]
    body = f"{birth}{serial:03}"
    check = next(digit for digit in "0123456789" if passes_luhn(body + digit))
    century = "19" if with_century else ""
    number = f"{century}{birth}{sign}{serial:03}{check}"
    assert looks_like_personal_number(number)
    assert f"{serial:03}{check}" not in masked(organisation(number))[0].removeprefix(
        century + birth
    )
