"""The page of a procurement post: what a supplier is told, and what nobody may be told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tests.listings.notice_pages import (
    SETTINGS_OF_SITE,
    WORDS_OF,
    ZONE,
    at,
    entry,
    lot,
    notice,
    notice_post,
    page,
    procedure,
    result,
    said,
    views,
)
from tests.listings.small_site import SITEURL, post
from utrop.listings.notice_view import notice_view
from utrop.listings.notice_words import NoticeWords
from utrop.outputs import EVERY_FIELD, Inputs
from utrop.post import DeadlineSeen, Post
from utrop.procurement.course import Course
from utrop.procurement.embargo import Embargo
from utrop.procurement.notice import (
    Amount,
    Change,
    Deadline,
    Lot,
    Multilingual,
    Notice,
    Organisation,
)
from utrop.procurement.phase import Phase

SV = NoticeWords(words=WORDS_OF["sv"], zone=ZONE)
EN = NoticeWords(words=WORDS_OF["en"], zone=ZONE)


def soup(shown: Post, **settings: Any) -> BeautifulSoup:
    return BeautifulSoup(page(shown, **settings), "lxml")


def facts(shown: Post, name: str = "answers") -> dict[str, list[str]]:
    """Return a definition list of a page: terms to what is said of them."""
    return {
        row.find("dt").get_text(" ", strip=True): [
            " ".join(one.get_text(" ", strip=True).split()) for one in row.find_all("dd")
        ]
        for row in soup(shown).select(f"article dl.{name} > div")
    }


def box(shown: Post) -> dict[str, list[str]]:
    return facts(shown, "facts")


def last(deadline: Deadline, words: NoticeWords = SV) -> str:
    found = words.last(deadline)
    assert found is not None
    return f"{found.text} ({found.note})" if found.note else found.text


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_the_first_screen_answers() -> None:
    assert facts(notice_post()) == {
        "Vad": ["Städning och renhållning CPV 90910000"],
        "Var": ["Gävleborgs län"],
        "Värde": ["24 500 000 kronor beräknat, exkl. moms"],
        "Sista dag": ["tisdag 16 mars 2027 kl. 23.59 (svensk tid)"],
        "Frågor": ["upphandling.example.org", "senast fredag 5 mars 2027 kl. 12.00"],
        "Dokument": ["upphandling.example.org"],
        "Anbud": ["upphandling.example.org"],
    }
    english = notice_post(lang="en", path="en/a/")
    assert facts(english)["Last day"] == ["Tuesday 16 March 2027, 23:59 (Swedish time, CET)"]
    assert facts(english)["Value"] == ["SEK 24,500,000 estimated, excluding VAT"]
    links = [one["href"] for one in soup(notice_post()).select(".answers a, .ways a")]
    assert links == [
        "https://upphandling.example.org/stad/anbud",
        "https://upphandling.example.org/stad/dokument",
        "https://upphandling.example.org/stad/anbud",
        "/a/kalender.ics",
    ]


def test_a_deadline_at_midnight_names_the_night() -> None:
    deadline = at("2024-01-16T00:00:00+01:00")
    assert plain(last(deadline)) == (
        "tisdag 16 januari 2024 kl. 00.00 (svensk tid), alltså natten efter måndag 15 januari"
    )
    assert plain(last(deadline, EN)) == (
        "Tuesday 16 January 2024, 00:00 (Swedish time, CET),"
        " that is, the night after Monday 15 January"
    )
    told = notice(lots=(lot(tenders=deadline),))
    status = soup(notice_post(told=told)).select_one(".status")
    assert status is not None
    assert plain(status.get_text()) == "Öppen för anbud till natten efter måndag 15 januari 2024"


def test_a_deadline_in_another_offset_is_converted_and_said() -> None:
    assert plain(last(at("2023-09-12T13:00:00+03:00"))) == (
        "tisdag 12 september 2023 kl. 12.00 (svensk tid)"
        " (i annonsen: tisdag 12 september kl. 13.00, UTC+3)"
    )
    assert plain(last(at("2023-01-12T23:30:00-05:30"))).endswith(
        "fredag 13 januari 2023 kl. 6.00 (svensk tid)"
        " (i annonsen: torsdag 12 januari kl. 23.30, UTC-5:30)"
    )


def test_a_deadline_without_a_time_says_so() -> None:
    deadline = at("2027-03-16T23:59:59", has_time=False)
    assert plain(last(deadline)) == "tisdag 16 mars 2027 (annonsen anger inget klockslag)"


@given(
    st.integers(0, 12 * 366 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters)),
    st.sampled_from([SV, EN]),
)
def test_every_deadline_is_told_as_the_instant_that_it_is(
    later: timedelta, offset: timedelta, words: NoticeWords
) -> None:
    written = datetime(2023, 1, 1, tzinfo=timezone(offset)) + later
    found = words.last(Deadline(moment=written))
    assert found is not None
    local = written.astimezone(ZONE)
    assert datetime.fromisoformat(found.machine) == local
    time = f"{local:%H:%M}" if words is EN else f"{local.hour}.{local:%M}"
    assert time in found.text.replace("00.00", "0.00")
    assert f"{local.day}\xa0" in found.text
    assert str(local.year) in found.text
    assert bool(found.note) == (local.utcoffset() != written.utcoffset())


@pytest.mark.parametrize(
    ("phase", "fields", "expected"),
    [
        ("open", {}, "Öppen för anbud till tisdag 16 mars 2027 kl. 23.59"),
        (
            "questions closed",
            {},
            "Öppen för anbud till tisdag 16 mars 2027 kl. 23.59."
            " Frågor togs emot till fredag 5 mars 2027 kl. 12.00",
        ),
        ("awarded", {"award": notice(results=(result(),))}, "Tilldelad den 20 april 2027"),
        (
            "contracted",
            {"award": notice(results=(result(signed=datetime(2027, 5, 7, tzinfo=UTC).date()),))},
            "Avtal tecknat den 7 maj 2027",
        ),
    ],
)
def test_where_the_procurement_stands(phase: Phase, fields: dict[str, Any], expected: str) -> None:
    shown = notice_post(procedure=procedure(notice(), phase, **fields))
    status = soup(shown).select_one(".status")
    assert status is not None
    assert plain(status.get_text()) == expected


def test_no_page_says_that_anything_is_open_without_until_when() -> None:
    for phase in ("open", "questions closed"):
        for words in (SV, EN):
            for told in (notice(), notice(lots=(lot(tenders=None, questions=None),)), None):
                shown = notice_post(lang=words.lang, procedure=procedure(told, phase), notice=told)
                view = notice_view(shown, words)
                assert view is not None
                if view.status.startswith(("Öppen", "Open")):
                    assert "2027" in view.status


def test_a_closed_procurement_has_a_warning_band() -> None:
    page_of = soup(notice_post(phase="closed"))
    bands = [plain(one.get_text(strip=True)) for one in page_of.select(".band")]
    assert bands == ["Stängd. Anbudstiden gick ut tisdag 16 mars 2027 kl. 23.59 (svensk tid)."]
    assert page_of.select_one(".status") is None
    assert "Anbud" not in facts(notice_post(phase="closed"))
    assert soup(notice_post()).select(".band") == []
    off = soup(notice_post(phase="cancelled", course=Course(cancelled_at=at("2027-01-04").moment)))
    assert plain(off.select(".band")[0].get_text(strip=True)) == (
        "Upphandlingen avbröts den 4 januari 2027."
    )


def test_requests_to_participate_and_answers_have_their_own_words() -> None:
    asked = notice(lots=(lot(tenders=None, participation=at("2027-02-01T12:00")),))
    status = notice_view(notice_post(told=asked), SV)
    assert status is not None
    assert (
        plain(status.status) == "Öppen för anbudsansökningar till måndag 1 februari 2027 kl. 12.00"
    )
    early = notice(form_type="consultation")
    dialogue = notice_post(
        kind="dialogue", told=early, procedure=procedure(early, "planned", closes=())
    )
    view = notice_view(dialogue, SV)
    assert view is not None
    assert plain(view.status) == (
        "Dialog före upphandlingen: svar tas emot till tisdag 16 mars 2027 kl. 23.59"
    )
    planned = notice(future_notice=datetime(2027, 3, 1, tzinfo=UTC).date(), lots=())
    view = notice_view(notice_post(kind="plan", told=planned, phase="planned"), SV)
    assert view is not None
    assert plain(view.status) == "Planerad. Annonsen väntas den 1 mars 2027"


def test_a_zero_is_never_shown() -> None:
    zero = Amount(Decimal(0), "EUR")
    told = notice(value=zero, framework_max=zero, award_value=zero, lots=(lot(value=zero),))
    for kind in ("notice", "award"):
        shown = notice_post(told=told, kind=kind)
        assert "euro" not in soup(shown).find("article").get_text()
        assert "Värde" not in facts(shown)


def test_amounts_keep_what_the_notice_says() -> None:
    told = SV.amount(Amount(Decimal("8819.09"), "EUR"))
    assert told is not None
    assert plain(told.text) == "8 819,09 euro"
    told = EN.amount(Amount(Decimal("1500000.50"), "GBP"))
    assert told is not None
    assert told.text == "GBP\xa01,500,000.50"


def test_lots_with_their_own_deadlines() -> None:
    told = notice(
        lots=(
            lot(1, green=("clim-mitig",)),
            lot(2, tenders=at("2027-03-30T12:00"), nuts=("SE313", "SE321")),
            lot(3, value=Amount(Decimal("70000"), "SEK")),
        )
    )
    shown = notice_post(told=told)
    assert facts(shown)["Sista dag"] == [
        "tisdag 16 mars 2027 kl. 23.59 (svensk tid)",
        "tisdag 30 mars 2027 kl. 12.00 (svensk tid)",
    ]
    assert facts(shown)["Vad"] == ["Städning och renhållning CPV 90910000, 3 delar"]
    lots = soup(shown).select("details.lot")
    assert [plain(one.find("summary").get_text(" ", strip=True)) for one in lots[:3]] == [
        "Del 1: Område 1 tisdag 16 mars 2027 kl. 23.59 (svensk tid)",
        "Del 2: Område 2 tisdag 30 mars 2027 kl. 12.00 (svensk tid)",
        "Del 3: Område 3 tisdag 16 mars 2027 kl. 23.59 (svensk tid)",
    ]
    assert "Minskad miljöpåverkan" in lots[0].get_text()
    assert "Minskad miljöpåverkan" not in lots[1].get_text()
    # What all share stands once, with the whole notice's facts; a value of each is no whole's.
    assert "Sista dag för frågor" not in lots[1].get_text()
    whole = soup(shown).select_one("section[aria-labelledby=notice-facts] > dl.facts")
    assert whole is not None
    assert "Sista dag för frågor" in whole.get_text()


def test_the_box_is_the_notice_alone() -> None:
    """The facts do not change with anything that the writer writes."""
    said_by_writer = {
        "plain_summary": "Vi köper för 99 miljoner.",
        "summary": "Anbud senast i morgon.",
        "body": "<p>99 miljoner</p>",
        "place": "Atlantis",
        "title": "Städtjänster för skolor och förskolor i Norrvik",
    }
    first = box(notice_post(title=said_by_writer["title"]))
    assert box(notice_post(**said_by_writer)) == first
    assert first["Köpare"] == ["Norrviks inköpscentral 212000-0142 Norrvik"]
    assert first["Typ av förfarande"] == ["Öppet"]
    assert first["Ramavtal"] == ["Ramavtal utan förnyad konkurrensutsättning"]
    assert first["Avtalstid"] == ["24 månader"]
    assert first["Intern identifierare"] == ["INK 2026/118"]
    assert "Titel i annonsen" not in first
    assert set(first) & {"Minskad miljöpåverkan", "Innovationsupphandling", "Sociala mål"} == set()


def test_flags_stand_only_where_the_notice_sets_them() -> None:
    told = notice(
        lots=(lot(innovation=("rd-act",), reserved=("res-ws",), framework="none", dps="none"),)
    )
    found = box(notice_post(told=told))
    assert "forsknings- och utvecklingsverksamhet" in found["Innovationsupphandling"][0]
    assert "skyddade verkstäder" in found["Reserverad upphandling"][0]
    assert set(found) & {"Ramavtal", "Dynamiskt inköpssystem"} == set()


@pytest.mark.parametrize(
    ("address", "is_shown"),
    [
        ("upphandling@norrvik.example.org", True),
        ("anna.ek@norrvik.example.org", False),
        ("r.van.os@norrvik.example.org", False),
        ("anna_ek@norrvik.example.org", False),
        ("not an address", False),
        ("", False),
    ],
)
def test_only_a_function_mailbox_is_shown(address: str, is_shown: bool) -> None:
    told = notice(
        buyers=(Organisation(name=said("Norrvik"), email=address, phone="070-1234567"),),
        lots=(lot(submission_url=""),),
    )
    html = page(notice_post(told=told))
    assert (bool(address) and address in html) == is_shown
    assert "070-1234567" not in html


def test_a_persons_number_is_masked_everywhere() -> None:
    told = notice(results=(result(),), award_value=Amount(Decimal("1"), "SEK"))
    html = page(notice_post(kind="award", told=told, phase="awarded"))
    assert "811218-9876" not in html
    assert "811218-XXXX" in html
    assert "556012-3455" in html


def test_identifiers_that_say_nothing_are_left_out() -> None:
    told = notice(buyers=(Organisation(name=said("Norrvik"), identifiers=("ND", "n/a", "00")),))
    assert box(notice_post(told=told))["Köpare"] == ["Norrvik"]


@pytest.mark.parametrize("kind", ["notice", "plan", "qa", "change", "dialogue"])
def test_tenders_and_winners_stand_on_award_posts_only(kind: str) -> None:
    told = notice(results=(result(), result(lot="LOT-0002")), lots=(lot(1), lot(2)))
    html = page(notice_post(kind=kind, told=told, procedure=procedure(told, "awarded", award=told)))
    assert "Renhållarna" not in html
    assert "Antal anbud" not in html


def test_an_award_tells_who_won() -> None:
    told = notice(results=(result(),), award_value=Amount(Decimal("23900000"), "SEK"))
    ends = datetime(2027, 5, 3, 22, 0, tzinfo=UTC)
    shown = notice_post(
        kind="award",
        told=told,
        procedure=procedure(notice(), "awarded", award=told, standstill_ends=ends),
        course=Course(award_notified_at=datetime(2027, 4, 21, 10, tzinfo=UTC)),
    )
    found = facts(shown)
    assert found["Vinnare"] == ["Renhållarna i Norr AB 556012-3455", "Maja Eks städ 811218-XXXX"]
    assert found["Antal anbud"] == ["4"]
    assert found["Värde"] == ["23 900 000 kronor totalt, exkl. moms"]
    assert found["Avtal tidigast"] == ["den 4 maj 2027"]
    status = soup(shown).select_one(".status")
    assert status is not None
    assert plain(status.get_text()) == (
        "Tilldelad den 21 april 2027. Avtal får tecknas tidigast den 4 maj 2027"
    )
    signed = notice_post(
        kind="award",
        told=told,
        procedure=procedure(notice(), "contracted", award=told, standstill_ends=ends),
    )
    assert "Avtal tidigast" not in facts(signed)
    # A post that has numbers of its own only shows what the call says.
    brief = notice_post(
        kind="award",
        notice=Notice(source="front matter", registry_number="KS 1"),
        procedure=procedure(notice(), "awarded"),
    )
    assert facts(brief)["Var"] == ["Gävleborgs län"]
    none = result(status="clos-nw", reason="no-rece", winners=(), value=None, tenders_received=0)
    found = facts(notice_post(kind="award", told=notice(results=(none,)), phase="awarded"))
    assert "Vinnare" not in found
    assert len(found["Resultat"]) == 2
    assert found["Antal anbud"] == ["0"]


def test_a_change_notice_tells_what_changed() -> None:
    told = notice(
        changes=(
            Change(reason="update-add", text=said("Sista dag flyttas.")),
            Change(reason="update-add", text=said("Nytt krav.")),
        )
    )
    html = soup(notice_post(kind="change", told=told))
    section = html.select_one("section[aria-labelledby=notice-changes]")
    assert section is not None
    assert [one.get_text(strip=True) for one in section.find_all("dd")] == [
        "Sista dag flyttas.",
        "Nytt krav.",
    ]
    assert len(section.find_all("dt")) == 1


def test_the_thread_is_newest_first_with_moved_deadlines() -> None:
    entries = (
        entry("qa1", "qa", "Svar på frågor", "2026-11-22T09:00"),
        entry("a", "notice", "Städtjänster", "2026-11-18T09:00"),
        entry("plan", "plan", "Vi planerar", "2026-08-18T09:00"),
    )
    shown = notice_post(
        procedure=procedure(notice(), entries=entries, call_path="a/"),
        deadlines_seen=(
            DeadlineSeen(moment=at("2027-03-02T23:59").moment, since=at("2026-11-18").moment),
            DeadlineSeen(moment=at("2027-03-16T23:59").moment, since=at("2026-11-21").moment),
        ),
    )
    rows = soup(shown).select(".thread li")
    assert [plain(" ".join(one.get_text(" ", strip=True).split())) for one in rows] == [
        "Frågor och svar, den 22 november 2026 Svar på frågor",
        "Ändring, den 21 november 2026 Sista dagen flyttades från"
        " tisdag 2 mars 2027 kl. 23.59 (svensk tid) till"
        " tisdag 16 mars 2027 kl. 23.59 (svensk tid)",
        "Annons, den 18 november 2026 Städtjänster den här sidan",
        "Plan, den 18 augusti 2026 Vi planerar",
    ]
    assert [one.get("id") for one in rows] == [None, "andring-1", None, None]
    assert len(soup(shown).select(".thread [aria-current=page]")) == 1
    assert soup(notice_post()).select(".thread") == []


def test_a_post_of_the_thread_leads_to_the_call() -> None:
    call = entry("a", "notice", "Städtjänster", "2026-11-18T09:00")
    shown = notice_post(
        "qa1",
        kind="qa",
        procedure=procedure(notice(), entries=(call,), call_path="a/"),
        course=Course(published_in_system_at=datetime(2026, 11, 22, 8, tzinfo=UTC)),
    )
    link = soup(shown).select_one(".ways a")
    assert link is not None
    assert (link["href"], link.get_text()) == ("/a/", "Städtjänster")
    assert facts(shown)["Besvarat"] == [
        "den 22 november 2026 kl. 9.00 i systemet, för alla samtidigt"
    ]
    assert soup(shown).select("dl.facts") == []


def prevails(shown: Post) -> str:
    found = soup(shown).select_one(".prevails")
    return plain(" ".join(found.get_text(" ", strip=True).split())) if found else ""


def test_the_official_notice_prevails() -> None:
    assert prevails(notice_post()) == (
        "Skickad för publicering i EUT den 16 november 2026. Annonsen i TED gäller 701001-2026 ."
    )
    # The day of dispatch is the notice's own, in its own offset.
    late = notice(dispatched=datetime.fromisoformat("2023-08-08T00:30:00+03:00"))
    assert "den 8 augusti 2023" in prevails(notice_post(told=late))
    national = Notice(
        source="front matter",
        title=said("Snöröjning"),
        database_name="Annonsdatabasen Norr",
        database_url="https://annonser.example.org/4711",
        lots=(Lot(identifier="LOT-0001", tenders=at("2026-12-15T23:59")),),
    )
    shown = notice_post(told=national, regime="national")
    assert prevails(shown) == "Annonsen i Annonsdatabasen Norr gäller ."
    both = notice(database_name="Norr", database_url="https://annonser.example.org/1")
    assert prevails(notice_post(told=both)).endswith("701001-2026 . Den finns också i Norr .")
    assert "EUT" not in prevails(notice_post(regime="national"))
    assert prevails(notice_post(told=Notice(), regime="direct")) == ""
    english = notice_post(lang="en", path="en/a/")
    assert prevails(english).startswith(
        "Sent for publication in the Official Journal of the EU on 16 November 2026."
    )


def test_other_languages_say_which_they_are() -> None:
    told = notice(
        title=Multilingual((("fi", "Siivouspalvelut"), ("en", "Cleaning services"))),
        description=Multilingual((("fi", "Päivittäinen siivous"),)),
    )
    html = soup(notice_post(told=told))
    assert html.find("span", lang="en", string="Cleaning services") is not None
    assert html.find("div", lang="fi") is not None
    english = soup(notice_post(told=told, lang="en", path="en/a/"))
    assert english.find(string="Cleaning services").parent.get("lang") is None


def test_an_event_says_when_and_where() -> None:
    event = post(
        kind="event",
        starts=datetime(2027, 1, 14, 8, tzinfo=UTC),
        ends=datetime(2027, 1, 14, 10, 30, tzinfo=UTC),
        deadline=datetime(2027, 1, 10, 22, 59, tzinfo=UTC),
        place="Folkets hus, Norrvik",
        registration_url="https://anmalan.example.org/traff",
    )
    assert facts(event) == {
        "När": ["torsdag 14 januari 2027 kl. 9.00–11.30 (svensk tid)"],
        "Plats": ["Folkets hus, Norrvik"],
        "Anmälan": ["anmalan.example.org", "senast söndag 10 januari 2027 kl. 23.59"],
    }
    assert soup(event).select_one(".ways a")["href"] == "/a/kalender.ics"  # type: ignore[index]


@pytest.mark.parametrize(
    ("embargo", "expected"),
    [
        (
            Embargo(rule="ted", not_before=datetime(2026, 11, 26, 8, tzinfo=UTC)),
            "Får inte publiceras före den 26 november 2026 kl. 9.00.",
        ),
        (
            Embargo(rule="ted", waits_for="ted_published_at is not known"),
            "Får inte publiceras ännu: ted_published_at is not known.",
        ),
    ],
)
def test_what_is_held_back_is_banded(embargo: Embargo, expected: str) -> None:
    shown = notice_post(status="embargoed", embargo=embargo)
    band = soup(shown).select_one(".band")
    assert band is not None
    assert expected in plain(band.get_text(" ", strip=True))
    assert soup(shown).select_one("meta[name=robots]") is not None


@pytest.mark.parametrize("kind", ["", "opinion", "explainer"])
def test_other_posts_are_as_before(kind: str) -> None:
    shown = post(kind=kind, notice=notice())
    assert notice_view(shown, SV) is None
    assert soup(shown).select(".answers, .facts, .thread, .prevails, article.notice") == []


HOSTILE = st.text(st.sampled_from("<>&\"'/= \nå\u2028]]-->script"), max_size=40)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_that_a_notice_says_becomes_markup(title: str, name: str, text: str) -> None:
    told = notice(
        title=said(title),
        description=said(text),
        buyers=(Organisation(name=said(name), identifiers=(text, name), town=title, email=name),),
        reference=text,
        place=name,
        cpv_main=title[:8],
        nuts=(text,),
        lots=(
            lot(1, title=said(text), documents_url=f"javascript://x.example/{text}"),
            lot(2, place=title),
        ),
    )
    html = page(notice_post(told=told))
    parsed = BeautifulSoup(html, "html.parser")
    assert len(parsed.find_all("script")) == 1
    assert not [one for one in parsed.find_all("a") if "javascript:" in one["href"]]
    assert {one.name for one in parsed.select("article *")} <= {
        *("header", "p", "a", "h1", "dl", "div", "dt", "dd", "time", "span", "ul", "li", "ol"),
        *("section", "h2", "h3", "details", "summary", "dfn"),
    }


def test_the_page_declares_what_it_shows() -> None:
    """Equal inputs give equal pages; what changes a page changes its inputs."""

    def fingerprint(shown: Post) -> str:
        inputs = Inputs(posts=(shown,), fields=EVERY_FIELD, values=(views([shown]).notice(shown),))
        return inputs.fingerprint(SETTINGS_OF_SITE)

    variants = [
        notice_post(),
        notice_post(phase="closed"),
        notice_post(told=notice(lots=(lot(tenders=at("2027-03-17T23:59")),))),
        notice_post(told=notice(reference="INK 2026/119")),
        notice_post(
            procedure=procedure(
                notice(), entries=[entry(uid, "qa", uid, "2026-11-22") for uid in "ab"]
            )
        ),
    ]
    assert len({fingerprint(one) for one in variants}) == len(variants)
    assert len({page(one) for one in variants}) == len(variants)
    assert page(notice_post()) == page(notice_post())


def test_every_id_is_there_once_and_every_fragment_leads_somewhere() -> None:
    shown = notice_post(
        body="<h2 id='ord-ramavtal'>Ett</h2><p>Ramavtal, avtalsspärr och avrop.</p>",
        told=notice(lots=(lot(1), lot(2))),
    )
    html = page(shown)
    ids = re.findall(r"\sid=[\"']([^\"']+)", html)
    assert len(ids) == len(set(ids))
    fragments = re.findall(r'href="#([^"]+)"', html)
    assert set(fragments) <= set(ids)
    labels = re.findall(r'aria-labelledby="([^"]+)"', html)
    assert set(labels) <= set(ids)
    assert html.count(SITEURL) > 1
