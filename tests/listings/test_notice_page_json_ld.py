"""Structured data of procurement posts: nothing but what the page shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bs4 import BeautifulSoup

from tests.listings.notice_pages import lot, notice, notice_post, page, procedure, result, said
from tests.listings.small_site import SITEURL, post
from utrop.post import Post
from utrop.procurement.course import Course
from utrop.procurement.notice import Amount, Organisation


def data(shown: Post, **settings: Any) -> dict[str, Any]:
    found = BeautifulSoup(page(shown, **settings), "lxml").select_one(
        'script[type="application/ld+json"]'
    )
    assert found is not None
    told: dict[str, Any] = json.loads(found.get_text())
    return told


def test_a_notice_is_a_demand() -> None:
    told = data(notice_post())
    assert told["@type"] == "BlogPosting"
    about = told["about"]
    assert about["@type"] == "Demand"
    assert about["identifier"][0] == {
        "@type": "PropertyValue",
        "propertyID": "TED",
        "value": "701001-2026",
    }
    assert about["validFrom"] == "2026-11-16"
    assert about["validThrough"] == "2027-03-16T23:59+01:00"
    assert about["areaServed"] == [
        {"@type": "AdministrativeArea", "identifier": "SE313", "name": "Gävleborgs län"}
    ]
    assert about["itemOffered"]["@type"] == "Service"
    assert about["itemOffered"]["category"][0]["codeValue"] == "90910000"
    assert about["priceSpecification"] == {
        "@type": "PriceSpecification",
        "price": "24500000",
        "priceCurrency": "SEK",
        "valueAddedTaxIncluded": False,
    }
    assert about["sameAs"].endswith("701001-2026")


def test_who_publishes_has_a_number_where_the_setting_has_it() -> None:
    number = {
        "@type": "PropertyValue",
        "propertyID": "organisationsnummer",
        "value": "212000-0142",
    }
    assert data(notice_post())["publisher"]["identifier"] == number
    without = data(notice_post(), PUBLISHER_ORGANISATION_NUMBER="")
    assert "identifier" not in without["publisher"]


def test_masked_numbers_stay_masked() -> None:
    buyer = Organisation(
        name=said("Maja Eks städ"), identifiers=("811218-9876",), is_natural_person=True
    )
    told = data(notice_post(told=notice(buyers=(buyer,))))
    assert "811218-9876" not in json.dumps(told)
    assert told["about"]["@reverse"]["seeks"][0]["identifier"][0]["value"] == "811218-XXXX"


def test_goods_are_a_product_and_a_zero_is_no_price() -> None:
    told = notice(
        nature="supplies",
        value=Amount(Decimal(0), "EUR"),
        lots=(lot(nature="supplies", value=Amount(Decimal(0), "EUR")),),
    )
    about = data(notice_post(told=told))["about"]
    assert about["itemOffered"]["@type"] == "Product"
    assert "priceSpecification" not in about


def test_a_framework_has_a_highest_price() -> None:
    told = notice(value=None, framework_max=Amount(Decimal("1640000"), "EUR"))
    about = data(notice_post(told=told))["about"]
    assert about["priceSpecification"]["maxPrice"] == "1640000"


def test_nothing_is_sought_once_it_is_called_off() -> None:
    assert "about" not in data(notice_post(phase="cancelled"))


def test_an_award_tells_machines_of_no_tenders() -> None:
    told = notice(results=(result(),))
    found = json.dumps(
        data(notice_post(kind="award", told=told, procedure=procedure(told, "awarded")))
    )
    assert "Renh" not in found


def test_a_national_notice_was_not_sent_to_the_journal() -> None:
    assert "validFrom" not in data(notice_post(regime="national"))["about"]


def test_an_event_is_an_event() -> None:
    told = data(
        post(
            kind="event",
            starts=datetime(2027, 1, 14, 8, tzinfo=UTC),
            ends=datetime(2027, 1, 14, 10, tzinfo=UTC),
            place="Folkets hus",
            registration_url="https://anmalan.example.org/",
        )
    )["about"]
    assert told["startDate"] == "2027-01-14T09:00+01:00"
    assert told["endDate"] == "2027-01-14T11:00+01:00"
    assert told["location"]["name"] == "Folkets hus"
    assert told["eventStatus"] == "https://schema.org/EventScheduled"
    assert told["organizer"]["name"] == "Norrviks inköpscentral"
    off = post(kind="event", course=Course(cancelled_at=datetime(2027, 1, 1, tzinfo=UTC)))
    assert data(off)["about"]["eventStatus"] == "https://schema.org/EventCancelled"


def test_questions_and_answers_are_those_of_the_text() -> None:
    body = (
        "<p>Här är svaren.</p><h2 id='a'>Får vi lämna anbud på <em>en</em> del?</h2>"
        "<p>Ja.</p><ul><li>Del 1 &amp; 2</li></ul><h2>Mer</h2><p>Slut.</p><h3>Varför?</h3>"
    )
    told = data(notice_post(kind="qa", body=body))
    assert told["hasPart"] == [
        {
            "@type": "Question",
            "name": "Får vi lämna anbud på en del?",
            "acceptedAnswer": {"@type": "Answer", "text": "Ja. Del 1 & 2"},
        }
    ]
    assert "hasPart" not in data(notice_post(body=body))
    assert "hasPart" not in data(notice_post(kind="qa", body="<p>Inga frågor.</p>"))


def test_plain_posts_are_as_before() -> None:
    told = data(post())
    assert "about" not in told
    assert told["url"] == f"{SITEURL}/a/"
