from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.syndication.tid import announcement_tid

ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
VALID = re.compile("[234567abcdefghij][2-7a-z]{12}")
GUID = "tag:blogg.inkop.example.org,2026:k3f9s2m1x0aa"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"


def moment(tid: str) -> datetime:
    number = 0
    for character in tid:
        number = number << 5 | ALPHABET.index(character)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number >> 10)


def test_key_of_an_announcement_never_changes() -> None:
    # Another value would announce every post of every site again after a lost ledger.
    assert announcement_tid(GUID, DID) == "3m2cahefv2csd"


@given(st.text(), st.text(min_size=1))
def test_any_guid_and_account_give_a_valid_key(guid: str, account: str) -> None:
    assert VALID.fullmatch(announcement_tid(guid, account))


@given(st.integers(1972, 2200), st.text("abc123", min_size=1))
def test_key_lies_in_the_year_before_the_guids(year: int, uid: str) -> None:
    tid = announcement_tid(f"tag:example.org,{year}:{uid}", DID)
    assert year - 1 == moment(tid).year


@pytest.mark.parametrize("guid", ["", "https://example.org/1", "tag:a,0000:b", "tag:a,9999:b"])
def test_guid_without_a_year_of_use_gets_a_key_in_the_past(guid: str) -> None:
    assert moment(announcement_tid(guid, DID)).year == 2022


def test_keys_differ_by_post_and_by_account() -> None:
    keys = {
        announcement_tid(f"tag:example.org,2026:{number}", f"did:plc:{account}")
        for number in range(2000)
        for account in range(5)
    }
    assert len(keys) == 10_000


def test_guid_and_account_are_kept_apart() -> None:
    assert announcement_tid("tag:a,2026:b", "c") != announcement_tid("tag:a,2026:bc", "")
