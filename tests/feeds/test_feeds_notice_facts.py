"""A notice in a feed reader: its facts stand before its text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.listings.small_site import post
from utrop.feeds.channel import FeedSite, channels
from utrop.feeds.notice_facts import with_facts
from utrop.post import Post
from utrop.procedures import with_procedures
from utrop.procurement.notice import Deadline, Lot, Multilingual, Notice, Organisation

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LAST = Deadline(moment=datetime(2027, 3, 15, 22, 59, tzinfo=UTC))
ASKED = Deadline(moment=datetime(2027, 2, 24, 23, 59, 59, tzinfo=ZONE), has_time=False)
NOTICE = Notice(
    form_type="competition",
    procedure_id="p-1",
    buyers=(Organisation(name=Multilingual((("sv", "Norrvik & <Co>"), ("en", "Norrvik")))),),
    cpv_main="90919300",
    nuts=("SE313",),
    ted_number="1-2026",
    lots=(Lot(identifier="LOT-0001", tenders=LAST, questions=ASKED),),
    documents_url='https://klarsyn.example.org/"1"',
)


def told(**fields: object) -> Post:
    made = post(
        "a", kind="notice", notice=NOTICE, plain_summary="Vi söker <dig>.",
        content="<p>Text.</p>", **fields,
    )  # fmt: skip
    (found,) = with_procedures([(made, "a")], now=NOW, zone=ZONE)
    return found


def test_the_facts_of_a_call_come_first() -> None:
    (found,) = with_facts([told()], ZONE)
    assert found.content == (
        "<p>Vi söker &lt;dig&gt;.</p>\n"
        "<ul>\n"
        "<li>Köpare: Norrvik &amp; &lt;Co&gt;</li>\n"
        "<li>Vad: Städning och renhållning</li>\n"
        "<li>Var: Gävleborgs län</li>\n"
        "<li>Sista dag: måndag den 15 mars 2027 kl. 23.59</li>\n"
        "<li>Sista dag för frågor: onsdag den 24 februari 2027</li>\n"
        '<li>Dokument: <a href="https://klarsyn.example.org/&quot;1&quot;">'
        'https://klarsyn.example.org/"1"</a></li>\n'
        "<li>Den officiella annonsen gäller:"
        ' <a href="https://ted.europa.eu/en/notice/-/detail/1-2026">'
        "https://ted.europa.eu/en/notice/-/detail/1-2026</a></li>\n"
        "</ul>\n"
        "<p>Text.</p>"
    )


def test_in_the_posts_own_language() -> None:
    (found,) = with_facts([told(lang="en")], ZONE)
    assert "<li>Buyer: Norrvik</li>" in found.content
    assert "<li>Last day: Monday 15 March 2027, 23:59 (CET)</li>" in found.content


def test_an_address_that_is_none_is_no_link() -> None:
    one = told()
    assert one.procedure is not None
    shown = replace(one.procedure, notice=replace(NOTICE, documents_url="javascript:alert(1)"))
    (found,) = with_facts([replace(one, procedure=shown)], ZONE)
    assert "<li>Dokument: javascript:alert(1)</li>" in found.content


def test_other_posts_are_left_as_they_are() -> None:
    posts = [post("b"), post("c", kind="opinion"), replace(told(), kind="qa")]
    assert with_facts(posts, ZONE) == posts


def test_every_feed_of_the_post_has_them() -> None:
    site = FeedSite(
        url="https://blogg.inkop.example.org", name="Inköp", subtitle="", default_lang="sv",
        authority="blogg.inkop.example.org", authority_year=2026, zone=ZONE,
    )  # fmt: skip
    found = channels([told()], site)
    assert found
    assert all("måndag den 15 mars 2027" in one.posts[0].content for one in found)
