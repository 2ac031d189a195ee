"""Whatever a notice says is read back; whatever is done to its bytes, nothing is raised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from tests.procurement.eforms_notices import OWN
from tests.procurement.eforms_xml import LONG_CODES, MadeLot, MadeNotice
from utrop.procurement.codes import packaged
from utrop.procurement.eforms import read_notice
from utrop.procurement.notice import Amount, Deadline

PATH = Path("x.xml")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
CLOCKS_FORWARD = datetime(2026, 3, 29, 1, tzinfo=UTC)
CLOCKS_BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)
NOTICES = tuple(path.read_bytes() for path in sorted(OWN.glob("reader-*.xml")))

texts = (
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufffe\uffff"),
        min_size=1,
    )
    .map(str.strip)
    .filter(lambda text: text not in ("", "unpublished"))
)
langs = st.sampled_from(sorted(LONG_CODES))
multilingual = st.dictionaries(langs, texts, min_size=1)
offsets = st.integers(-12 * 4, 14 * 4).map(lambda one: timezone(timedelta(minutes=15 * one)))
moments = st.one_of(
    st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31), timezones=offsets),  # noqa: DTZ001 - hypothesis adds them
    # Sweden's own offsets, and the hours around the two changes of the clocks.
    st.builds(
        lambda start, minutes: (start + timedelta(minutes=minutes)).astimezone(STOCKHOLM),
        st.sampled_from([CLOCKS_FORWARD, CLOCKS_BACK]),
        st.integers(-180, 180),
    ),
)
lots = st.builds(
    MadeLot,
    title=multilingual,
    cpv=st.sampled_from(sorted(packaged().cpv)),
    nuts=st.sampled_from(sorted(packaged().nuts)),
    value=st.decimals(0, 10**12, places=2),
    tenders=moments,
    questions=st.none() | moments,
    participation=st.none() | moments,
)
made = st.builds(
    MadeNotice,
    lang=langs,
    title=multilingual,
    description=multilingual,
    buyer=texts,
    identifiers=st.lists(texts, max_size=3, unique=True).map(tuple),
    dispatched=moments,
    lots=st.lists(lots, min_size=1, max_size=4).map(tuple),
)


def same(read: Deadline | None, said: datetime | None) -> bool:
    """Whether a deadline is the moment said, in the very offset said."""
    if read is None or said is None:
        return read is None and said is None
    return read.moment.isoformat() == said.isoformat() and read.has_time


@given(made)
def test_what_a_notice_says_is_read_back(said: MadeNotice) -> None:
    reading = read_notice(said.xml(), path=PATH)

    notice = reading.notice
    assert notice is not None
    assert not [one for one in reading.problems if one.severity == "error"]
    assert (notice.lang, dict(notice.title.versions)) == (said.lang, dict(said.title))
    assert dict(notice.description.versions) == dict(said.description)
    if said.lang in said.title:
        assert notice.title.versions[0][0] == said.lang
    (buyer,) = notice.buyers
    assert (str(buyer.name), buyer.identifiers) == (said.buyer, said.identifiers)
    assert notice.dispatched is not None
    assert notice.dispatched.isoformat() == said.dispatched.isoformat()
    for number, (read, lot) in enumerate(zip(notice.lots, said.lots, strict=True), 1):
        assert read.identifier == f"LOT-{number:04}"
        assert dict(read.title.versions) == dict(lot.title)
        assert (read.cpv_main, read.nuts) == (lot.cpv, (lot.nuts,))
        assert read.value == (Amount(lot.value, "SEK") if lot.value else None)
        assert same(read.tenders, lot.tenders)
        assert same(read.questions, lot.questions)
        assert same(read.participation, lot.participation)


@given(made)
def test_questions_after_every_deadline_are_told(said: MadeNotice) -> None:
    problems = read_notice(said.xml(), path=PATH).problems

    for number, lot in enumerate(said.lots, 1):
        last = max(one for one in (lot.tenders, lot.participation) if one is not None)
        late = lot.questions is not None and lot.questions > last
        what = f"the deadline for questions of LOT-{number:04} "
        assert any(one.what.startswith(what) for one in problems) == late


@given(st.binary(max_size=400))
def test_any_bytes_give_problems_and_no_exception(data: bytes) -> None:
    reading = read_notice(data, path=PATH)

    assert reading.notice is None
    assert reading.problems
    assert all("\n" not in str(one) for one in reading.problems)


@given(
    data=st.sampled_from(NOTICES),
    changes=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.integers(0, 200),
            st.binary(max_size=20)
            | st.sampled_from(
                [b"<", b">", b"&x;", b"</", b'"', b"<!--", b"<![CDATA[", b"\x00", b"\xff", b"<?"]
            ),
        ),
        min_size=1,
        max_size=4,
    ),
)
@example(data=NOTICES[0], changes=[(0.99, 200, b"")])
def test_any_damage_gives_problems_and_no_exception(
    data: bytes, changes: list[tuple[float, int, bytes]]
) -> None:
    for place, length, put in changes:
        at = int(place * len(data))
        data = data[:at] + put + data[at + length :]

    reading = read_notice(data, path=PATH)

    assert reading.notice is not None or reading.problems
    assert all("\n" not in str(one) for one in reading.problems)


@given(data=st.sampled_from(NOTICES), end=st.floats(0, 0.999))
def test_what_is_read_of_a_part_is_what_the_whole_says(data: bytes, end: float) -> None:
    whole = read_notice(data, path=PATH).notice
    assert whole is not None
    length = len(data.rstrip())

    reading = read_notice(data[: int(end * length)], path=PATH)

    assert reading.problems[0].severity == "error"
    if reading.notice is None:
        return
    assert reading.notice.notice_id in ("", whole.notice_id)
    assert reading.notice.dispatched in (None, whole.dispatched) or not (
        reading.notice.has_dispatch_time
    )
    for cut, lot in zip(reading.notice.lots, whole.lots, strict=False):
        assert cut.identifier in ("", lot.identifier)
        assert cut.value in (None, lot.value)
        assert cut.cpv_main in ("", lot.cpv_main)
        assert cut.tenders is None or cut.tenders == lot.tenders or not cut.tenders.has_time
