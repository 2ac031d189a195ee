"""What is said of a procurement: made from its facts, the last day whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.syndication.notices_for_tests import (
    DEADLINE,
    PUBLISHED,
    ZONE,
    announced,
    lots,
    moved,
    notice,
    notice_post,
    procedure,
)
from utrop.post import Announce
from utrop.procurement.codes import nuts_label
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Change, Multilingual, Organisation
from utrop.syndication import networks
from utrop.syndication.announcement import Announcement
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Limits, Measure
from utrop.syndication.manifest import from_bytes, to_bytes
from utrop.syndication.reminding import change, moves_to_tell
from utrop.syndication.selection import Audience, Reason, left_out
from utrop.syndication.sharing import share_kit

NAMES = [name for name in networks.names() if not networks.is_local(name)]
LAST_DAY = "Sista dag: måndag den 14 december 2026 kl. 23.59"


def within(maximum: int) -> Limits:
    return Limits(measures=(Measure(unit="characters", maximum=maximum, count=len),))


def said(one: Announcement, maximum: int = 500) -> str:
    return compose(one, "mastodon", within(maximum), created_at=PUBLISHED).text


def test_a_notice_tells_who_buys_what_where_and_until_when() -> None:
    assert said(announced(notice_post())) == (
        "Städning av skolor\n\n"
        f"{LAST_DAY}\n"
        "Köpare: Norrviks kommun\n"
        f"Var: {region()}\n\n"
        "Elva skolor i fyra år.\n\n"
        "Den officiella annonsen gäller.\n\n"
        "https://blogg.inkop.example.org/stadning/"
    )


def region(lang: str = "sv") -> str:
    return nuts_label("SE332", lang)


def test_an_english_edition_says_it_in_english() -> None:
    text = said(announced(notice_post(lang="en", title="Cleaning of schools", summary="")))

    assert text.startswith(
        "Cleaning of schools\n\nLast day: Monday 14 December 2026, 23:59 (CET)\n"
        f"Buyer: Norrviks kommun\nWhere: {region('en')}\n\nThe official notice prevails.\n\n"
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [20, 120, 400])
def test_every_network_gets_the_last_day_whole_however_long_title_and_summary(
    name: str, length: int
) -> None:
    made = notice_post(title="Städning " * (length // 9), summary="Vi köper städning. " * 40)
    limits = networks.limits(name)
    text = compose(announced(made), name, limits, created_at=PUBLISHED).text

    assert limits.fits(text)
    assert LAST_DAY in text.split("\n")


_WORDS = st.text(st.characters(exclude_characters="S", exclude_categories=["Cs"]), max_size=600)


@given(st.integers(60, 700), _WORDS, _WORDS)
def test_a_last_day_is_never_cut_or_made_ambiguous(maximum: int, title: str, summary: str) -> None:
    one = replace(announced(notice_post()), title=title + "x", summary=summary)
    text = said(one, maximum)

    assert len(text) <= maximum
    told = [line for line in text.split("\n") if line.startswith("Sista dag")]
    assert told in ([LAST_DAY], ["Sista dag: 2026-12-14 kl. 23.59"], [])
    if maximum >= len(one.url) + len(LAST_DAY) + 25:
        assert told == [LAST_DAY] or len(title) > 20


def test_where_there_is_little_room_the_short_form_stands_beside_the_title() -> None:
    text = said(replace(announced(notice_post()), title="Städning"), 90)

    assert text.split("\n")[:3] == ["Städning", "", "Sista dag: 2026-12-14 kl. 23.59"]


def test_the_last_day_and_the_title_go_before_all_else_and_facts_before_the_summary() -> None:
    one = announced(notice_post())
    facts = (LAST_DAY, "Köpare:", "Var:")
    for maximum in range(120, 300):
        text = said(one, maximum)
        assert LAST_DAY in text
        assert "Städning av skolor" in text
        assert "Elva skolor" not in text or all(line in text for line in facts)


def test_the_writers_own_words_stand_as_they_are() -> None:
    own = Announce(texts=MappingProxyType({"text": "Nu kan ni lämna anbud."}))

    assert said(announced(notice_post(announce=own))) == (
        "Nu kan ni lämna anbud.\n\nhttps://blogg.inkop.example.org/stadning/"
    )


def test_lots_with_different_last_days_are_told_so() -> None:
    told = notice(lots=lots(DEADLINE, DEADLINE + timedelta(days=4)))
    text = said(announced(notice_post(notice=told)))

    assert (
        "Olika sista dagar för delarna: den första måndag den 14 december 2026 kl. 23.59,"
        " den sista fredag den 18 december 2026 kl. 23.59\n"
    ) in text


def test_a_day_without_a_time_is_that_day() -> None:
    day = datetime.fromisoformat("2026-12-14T23:59:59+00:00")
    text = said(announced(notice_post(deadline=day, notice=notice(lots=lots(day)))))

    assert "Sista dag: måndag den 14 december 2026\n" in text


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("plan", "Svara senast: måndag den 14 december 2026 kl. 23.59"),
        ("dialogue", "Svara senast: måndag den 14 december 2026 kl. 23.59"),
        ("change", LAST_DAY),
        ("event", "Anmälan senast: måndag den 14 december 2026 kl. 23.59"),
    ],
)
def test_each_kind_calls_its_last_day_by_name(kind: str, line: str) -> None:
    assert line in said(announced(notice_post(kind=kind))).split("\n")


def test_an_award_tells_of_no_last_day() -> None:
    text = said(announced(notice_post(kind="award")))

    assert "14 december" not in text
    assert "Köpare: Norrviks kommun" in text


def test_an_event_says_when_and_where() -> None:
    starts = datetime(2026, 12, 3, 13, 0, tzinfo=ZONE)
    made = notice_post(kind="event", starts=starts, place=" Rådhuset,\nNorrvik", notice=None)
    lines = said(announced(made)).split("\n")

    assert lines[2] == "Tid: torsdag den 3 december 2026 kl. 13.00"
    assert "Plats: Rådhuset, Norrvik" in lines


@pytest.mark.parametrize("kind", ["", "qa", "opinion", "explainer"])
def test_other_posts_are_said_as_before(kind: str) -> None:
    assert said(announced(notice_post(kind=kind))) == (
        "Städning av skolor\n\nElva skolor i fyra år.\n\nhttps://blogg.inkop.example.org/stadning/"
    )


def test_several_buyers_and_many_regions_are_told_in_short() -> None:
    buyers = tuple(
        Organisation(name=Multilingual((("sv", f"{name} kommun"),)))
        for name in ("Norrviks", "Sund")
    )
    told = notice(
        buyers=buyers,
        nuts=("SE110", "SE232", "SE332", "SE331"),
        lots=lots(DEADLINE),
    )
    lines = said(announced(notice_post(notice=told))).split("\n")

    assert "Köpare: Norrviks kommun med flera" in lines
    where = next(line for line in lines if line.startswith("Var: "))
    assert where.endswith(" med flera")
    assert where.count(",") == 1


def test_a_notice_that_says_little_is_told_without_guessing() -> None:
    told = notice(buyers=(), nuts=("XX999",), ted_number="")
    made = notice_post(notice=told, deadline=None, summary="")

    assert said(announced(made)) == (
        "Städning av skolor\n\nhttps://blogg.inkop.example.org/stadning/"
    )


def test_a_qa_of_the_procedure_has_the_buyer_of_its_procedures_notice() -> None:
    told = notice(lots=lots(DEADLINE))
    made = notice_post(kind="change", notice=None, procedure=procedure(told), deadline=None)

    assert "Köpare: Norrviks kommun" in said(announced(made))


def test_the_manifest_holds_the_facts_and_gives_them_back() -> None:
    made = moved(notice_post(), DEADLINE, DEADLINE + timedelta(days=4))
    one = announced(made)
    cancelled = notice(changes=(Change(reason="cancel"),), lots=lots(DEADLINE))
    other = replace(
        announced(notice_post(notice=cancelled)), guid="tag:x,2026:b", url=one.url + "b"
    )
    kept = {"tag:x,2026:hidden": made.deadlines_seen}
    data = to_bytes([one, other], site="https://blogg.inkop.example.org", former_deadlines=kept)
    read = from_bytes(data)

    assert {each.guid: each for each in read.announcements} == {one.guid: one, other.guid: other}
    assert read.former_deadlines == kept
    assert other.facts is not None
    assert other.facts.cancelled


def test_equal_posts_give_equal_bytes() -> None:
    made = [
        to_bytes([announced(notice_post())], site="https://blogg.inkop.example.org")
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_the_share_kit_has_the_last_day_too() -> None:
    kit = share_kit(notice_post(), ZONE)

    assert kit is not None
    assert LAST_DAY in kit.short
    assert LAST_DAY in kit.medium


@pytest.mark.parametrize("name", NAMES)
def test_a_moved_deadline_says_both_days_on_every_network(name: str) -> None:
    one = announced(moved(notice_post(), DEADLINE, DEADLINE + timedelta(days=4)))
    (move,) = moves_to_tell(one, PUBLISHED + timedelta(days=6))
    told = change(one, move)
    message = compose(told, name, networks.limits(name), created_at=PUBLISHED)
    lines = message.text.split("\n")

    assert told.guid == f"{one.guid}#change:1"
    assert told.url == f"{one.url}#andring-1"
    assert lines[0] == "Ändrad sista dag: Städning av skolor"
    assert lines[2] == "Ny sista dag: fredag den 18 december 2026 kl. 23.59"
    assert lines[3] == "Tidigare sista dag: måndag den 14 december 2026 kl. 23.59"
    assert "Elva skolor" not in message.text


def test_only_the_latest_move_is_told_and_none_past_its_day_or_called_off() -> None:
    def told(one: Announcement, now: datetime) -> list[int]:
        return [move.number for move in moves_to_tell(one, now)]

    one = announced(moved(notice_post(), *(DEADLINE + timedelta(days=day) for day in (0, 4, 7))))
    assert told(one, PUBLISHED + timedelta(days=4)) == []
    assert told(one, PUBLISHED + timedelta(days=10)) == [2]
    assert told(one, DEADLINE + timedelta(days=7)) == []
    assert one.facts is not None
    off = replace(one, facts=replace(one.facts, cancelled=True))
    assert told(off, PUBLISHED + timedelta(days=10)) == []


@given(st.sampled_from(["notice", "award", "event", "plan"]), st.booleans(), st.text(max_size=60))
def test_any_facts_give_a_text_that_fits(kind: Any, has_notice: bool, name: str) -> None:
    told = notice(buyers=(Organisation(name=Multilingual((("sv", name),))),), lots=lots(DEADLINE))
    one = announced(notice_post(kind=kind, notice=told if has_notice else None))

    assert 0 < len(said(one, 280)) <= 280


@pytest.mark.parametrize(
    ("kind", "reason"), [("notice", Reason.CLOSED), ("change", Reason.CLOSED), ("award", None)]
)
def test_what_calls_for_tenders_is_not_announced_once_they_are_in(
    kind: Kind, reason: Reason | None
) -> None:
    one = announced(notice_post(kind=kind))
    audience = Audience(network="mastodon")

    assert left_out(one, audience, DEADLINE - timedelta(seconds=1)) is None
    assert left_out(one, audience, DEADLINE) is reason


def test_that_a_procurement_is_called_off_is_told_by_a_change() -> None:
    told = notice(lots=lots(DEADLINE), changes=(Change(reason="cancel"),))
    late = DEADLINE + timedelta(days=1)
    audience = Audience(network="mastodon")

    assert left_out(announced(notice_post(notice=told)), audience, late) is Reason.CANCELLED
    assert left_out(announced(notice_post(notice=told, kind="change")), audience, late) is None
