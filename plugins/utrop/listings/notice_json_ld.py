"""Structured data of procurement posts: what the page shows, in schema.org's words.

https://schema.org/Demand is a public announcement by an organisation that it seeks goods or
services, so it fits a notice; https://schema.org/Event a meeting, https://schema.org/Question a
question with its answer. Nothing is told here that the page does not show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from zoneinfo import ZoneInfo

from utrop.listings.notice_status import closing
from utrop.listings.notice_view import shown_notice
from utrop.post import Post
from utrop.procurement import codes
from utrop.procurement.codes import Codes
from utrop.procurement.identifiers import masked
from utrop.procurement.kinds import OF_A_PROCEDURE
from utrop.procurement.notice import Amount, Notice, Organisation

_HEADING: Final = re.compile(r"<h([2-6])\b[^>]*>(.*?)</h\1>", re.DOTALL | re.IGNORECASE)
_BREAKS: Final = re.compile(r"</(?:p|li|dd|dt|tr|h[1-6]|blockquote|pre|div)\s*>|<br\s*/?>")
_TAG: Final = re.compile(r"<[^<>]*>")
_SWEDISH_NUMBER: Final = re.compile(r"[0-9]{6}-(?:[0-9]{4}|X{4})")
_KEYS: Final = (
    ("TED", "ted_number"),
    ("upphandlings-id", "procurement_id"),
    ("diarienummer", "registry_number"),
    ("reference", "reference"),
)


def about(
    post: Post, organizer: dict[str, Any], zone: ZoneInfo, lists: Codes | None = None
) -> dict[str, Any]:
    """Return what a procurement post adds to its BlogPosting; nothing for any other post.

    ``organizer`` is who publishes, in schema.org's words; times are written in ``zone``.
    """
    if post.kind == "event":
        return {"about": _event(post, organizer, zone)}
    if post.kind not in OF_A_PROCEDURE:
        return {}
    found: dict[str, Any] = {}
    notice = shown_notice(post)
    is_off = post.procedure is not None and post.procedure.phase == "cancelled"
    if notice is not None and not is_off:
        found["about"] = _demand(post, notice, zone, lists or codes.packaged())
    if post.kind == "qa" and (questions := list(_questions(post.body))):
        found["hasPart"] = questions
    return found


def organisation_number(number: str) -> dict[str, str]:
    """Return a Swedish organisation number as an identifier."""
    return {"@type": "PropertyValue", "propertyID": "organisationsnummer", "value": number}


def _demand(post: Post, notice: Notice, zone: ZoneInfo, lists: Codes) -> dict[str, Any]:
    procedure = post.procedure
    data: dict[str, Any] = {
        "@type": "Demand",
        "name": notice.title.said_in(post.lang, "en") or post.title,
        "url": (procedure.call_url if procedure else "") or post.url,
    }
    identifiers = [
        {"@type": "PropertyValue", "propertyID": name, "value": value}
        for name, key in _KEYS
        if (value := getattr(notice, key))
    ]
    if identifiers:
        data["identifier"] = identifiers
    if notice.official_url:
        data["sameAs"] = notice.official_url
    if notice.dispatched is not None and post.regime != "national":
        data["validFrom"] = notice.dispatched.date().isoformat()
    if closes := closing(post):
        last = closes[-1]
        data["validThrough"] = (
            last.moment.astimezone(zone).isoformat(timespec="minutes")
            if last.has_time
            else last.moment.date().isoformat()
        )
    if areas := [_area(code, post.lang, lists) for code in notice.all_nuts]:
        data["areaServed"] = areas
    data["itemOffered"] = _item(post, notice, lists)
    if price := _price(notice):
        data["priceSpecification"] = price
    if buyers := [_organisation(one, post.lang) for one in notice.buyers if one.name]:
        # An organisation seeks a demand; the demand itself has no property for it.
        data["@reverse"] = {"seeks": buyers}
    return data


def _area(code: str, lang: str, lists: Codes) -> dict[str, str]:
    area = {"@type": "AdministrativeArea", "identifier": code}
    label = lists.nuts_label(code, lang)
    return area | {"name": label} if label else area


def _item(post: Post, notice: Notice, lists: Codes) -> dict[str, Any]:
    natures = {notice.nature, *(lot.nature for lot in notice.lots)} - {""}
    item: dict[str, Any] = {
        "@type": "Product" if natures == {"supplies"} else "Service",
        "name": notice.title.said_in(post.lang, "en") or post.title,
    }
    categories = []
    for code in notice.all_cpv:
        category: dict[str, Any] = {
            "@type": "CategoryCode",
            "codeValue": code,
            "inCodeSet": {"@type": "CategoryCodeSet", "name": codes.CPV_SCHEME},
        }
        if code in lists.cpv:
            category["name"] = lists.cpv_label(code, post.lang)
        categories.append(category)
    return item | {"category": categories} if categories else item


def _price(notice: Notice) -> dict[str, Any] | None:
    lot = notice.lots[0] if len(notice.lots) == 1 else None
    value = notice.value or (lot.value if lot else None)
    if value is not None and value.value:
        return _specified(value, "price")
    most = notice.framework_max or (lot.framework_max if lot else None)
    return _specified(most, "maxPrice") if most is not None and most.value else None


def _specified(amount: Amount, name: str) -> dict[str, Any]:
    return {
        "@type": "PriceSpecification",
        name: f"{amount.value:f}",
        "priceCurrency": amount.currency,
        "valueAddedTaxIncluded": False,
    }


def _organisation(who: Organisation, lang: str) -> dict[str, Any]:
    data: dict[str, Any] = {"@type": "Organization", "name": who.name.said_in(lang, "en")}
    numbers = [
        organisation_number(one)
        if _SWEDISH_NUMBER.fullmatch(one)
        else {"@type": "PropertyValue", "value": one}
        for one in masked(who)
    ]
    return data | {"identifier": numbers} if numbers else data


def _event(post: Post, organizer: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    data: dict[str, Any] = {"@type": "Event", "name": post.title, "url": post.url}
    if post.starts is not None:
        data["startDate"] = post.starts.astimezone(zone).isoformat(timespec="minutes")
    if post.ends is not None:
        data["endDate"] = post.ends.astimezone(zone).isoformat(timespec="minutes")
    if post.place:
        data["location"] = {"@type": "Place", "name": post.place, "address": post.place}
    if post.registration_url:
        data["potentialAction"] = {"@type": "RegisterAction", "target": post.registration_url}
    cancelled = post.course.cancelled_at is not None
    status = "EventCancelled" if cancelled else "EventScheduled"
    data["eventStatus"] = f"https://schema.org/{status}"
    data["organizer"] = organizer
    return data


def _questions(body: str) -> Iterator[dict[str, Any]]:
    """Yield each heading that asks something, with the text up to the next heading."""
    headings = list(_HEADING.finditer(body))
    ends = [*(one.start() for one in headings[1:]), len(body)]
    for heading, end in zip(headings, ends, strict=False):
        asked, answer = _plain(heading[2]), _plain(body[heading.end() : end])
        if asked.endswith("?") and answer:
            yield {
                "@type": "Question",
                "name": asked,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }


def _plain(html: str) -> str:
    text = unescape(_TAG.sub("", _BREAKS.sub(" ", html)))
    return " ".join(text.split())
