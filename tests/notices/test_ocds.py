"""Open data of fictional procurements: what is told, what is masked, what is left out."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from procurements import BUYER, PROCEDURE_ID, SITEURL, at, lot, notice, post, procedure, said

from utrop.notices.ocds.merging import compiled
from utrop.notices.ocds.packages import OpenDataSite, open_data
from utrop.notices.ocds.values import value, web_address
from utrop.post import Post, Translation
from utrop.procurement.course import Course
from utrop.procurement.notice import (
    Amount,
    Change,
    Deadline,
    LotResult,
    Multilingual,
    Notice,
    Organisation,
)
from utrop.procurement.ocid import ocid_of

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "ocds"
SITE = OpenDataSite(url=SITEURL, publisher="Exempelköpings kommun", default_lang="sv")
OCID = f"ocds-xxxxxx-{PROCEDURE_ID}"
SOLE_TRADER = Organisation(
    name=said("Städ-Åsa"),
    identifiers=("811218-9876",),
    town="Gävle",
    country="SWE",
    email="asa@stad-asa.example.org",
    is_natural_person=True,
)
COMPANY = Organisation(name=said("Golv & Fönster AB"), identifiers=("556012-5790",))
CALL = notice(lot(1), lot(2, tenders=Deadline(moment=at(2027, 1, 11, 12))))


def thread() -> tuple[Post, ...]:
    """One procurement from plan to contract, with a question, a meeting and a moved deadline."""
    plan = notice(
        lot(1, tenders=None, questions=None),
        form_type="planning",
        notice_type="pin-only",
        ted_number="600001-2026",
        ted_published=date(2026, 8, 3),
        value=None,
        future_notice=date(2026, 11, 1),
    )
    changed = replace(
        CALL,
        lots=(CALL.lots[0], lot(2, tenders=Deadline(moment=at(2027, 1, 29, 12)))),
        changes_notice="701999-2026",
        ted_number="702999-2026",
        ted_published=date(2026, 11, 20),
        changes=(Change(reason="update-add", text=said("Ny sista dag för del 2.")),),
    )
    award = notice(
        *changed.lots,
        form_type="result",
        ted_number="800001-2027",
        ted_published=date(2027, 3, 1),
        results=(
            LotResult(
                lot="LOT-0001",
                status="selec-w",
                tenders_received=4,
                winners=(COMPANY, SOLE_TRADER),
                value=Amount(Decimal(4_000_000), "SEK"),
                decided=date(2027, 2, 10),
                signed=date(2027, 2, 25),
            ),
            LotResult(lot="LOT-0002", status="clos-nw", reason="no-rece", tenders_received=0),
        ),
    )
    told = procedure(CALL)

    def one(uid: str, kind: Any, when: Any, **changes: Any) -> Post:
        return post(
            uid,
            kind=kind,
            slug=uid,
            published=when,
            procedure=told,
            notice=changes.pop("notice", None),
            **changes,
        )

    return (
        one("planerad0001", "plan", at(2026, 8, 4, 9), notice=plan, title="Städning planeras"),
        one("traff0000001", "event", at(2026, 9, 1, 9), title="Träff", starts=at(2026, 9, 15, 13)),
        one("annons000001", "notice", at(2026, 11, 3, 9), notice=CALL),
        one(
            "fragor000001",
            "qa",
            at(2026, 11, 10, 9),
            title="Fråga 1",
            course=Course(published_in_system_at=at(2026, 11, 10, 8)),
        ),
        one("andring00001", "change", at(2026, 11, 20, 9), notice=changed, title="Ny sista dag"),
        one("tilldelat001", "award", at(2027, 3, 1, 9), notice=award, title="Tilldelat"),
    )


def files(*posts: Post, site: OpenDataSite = SITE) -> dict[str, Any]:
    return {file.path: json.loads(file.data) for file in open_data(posts, site)}


def releases(*posts: Post) -> list[dict[str, Any]]:
    (package,) = (one for path, one in files(*posts).items() if path.startswith("ocds/releases/"))
    return list(package["releases"])


def state(*posts: Post) -> dict[str, Any]:
    (package,) = (one for path, one in files(*posts).items() if path.startswith("ocds/records/"))
    return dict(package["records"][0]["compiledRelease"])


def test_a_procedure_has_a_release_for_each_post_and_one_record() -> None:
    told = files(*thread())

    package = told[f"ocds/releases/{OCID}.json"]
    record = told[f"ocds/records/{OCID}.json"]
    assert [one["tag"] for one in package["releases"]] == [
        ["planning"],
        ["planningUpdate"],
        ["tender"],
        ["tenderUpdate"],
        ["tenderAmendment"],
        ["award", "contract"],
    ]
    assert [one["url"] for one in record["records"][0]["releases"]] == [
        f"{SITEURL}/ocds/releases/{OCID}.json#{one['id']}" for one in package["releases"]
    ]
    assert record["packages"] == [package["uri"]]
    assert {one["ocid"] for one in package["releases"]} == {OCID}


def test_the_index_leads_to_every_file() -> None:
    told = files(
        *thread(),
        post("annat0000001", slug="annat", procedure=procedure(procedure_id="KS 2026/12")),
    )
    index = told.pop("ocds/index.json")

    named = [one[key] for one in index["procedures"] for key in ("releasePackage", "recordPackage")]
    assert sorted(named) == sorted(f"{SITEURL}/{path}" for path in told)
    first = index["procedures"][0]
    assert first["ocid"] == OCID
    assert first["title"] == "Städning av skolor; 2027, och framåt"
    assert first["url"] == f"{SITEURL}/annons000001/"
    assert first["updated"] == "2027-03-01T08:00:00+00:00"
    assert index["ocidPrefix"] == {"prefix": "ocds-xxxxxx", "registered": False}
    assert "license" not in index


def test_licence_and_prefix_come_from_the_settings() -> None:
    site = replace(
        SITE, prefix="ocds-abc123", license="https://creativecommons.org/publicdomain/zero/1.0/"
    )

    told = files(post(), site=site)

    assert {one.get("license") for one in told.values()} == {site.license}
    assert f"ocds/releases/ocds-abc123-{PROCEDURE_ID}.json" in told
    assert told["ocds/index.json"]["ocidPrefix"]["registered"]


def test_what_the_call_says() -> None:
    tender = releases(post(notice=CALL))[0]["tender"]

    assert tender["id"] == PROCEDURE_ID
    assert tender["title"] == "Städning av skolor; 2027, och framåt"
    assert tender["title_en"] == "Cleaning of schools"
    assert tender["status"] == "active"
    assert tender["value"] == {"amount": 12500000.5, "currency": "SEK"}
    assert tender["procurementMethod"] == "open"
    assert tender["mainProcurementCategory"] == "services"
    assert tender["submissionMethod"] == ["electronicSubmission"]
    assert tender["tenderPeriod"] == {"endDate": "2027-01-11T12:00:00+01:00"}
    assert tender["enquiryPeriod"] == {"endDate": "2026-12-01T12:00:00+01:00"}
    assert {one["id"]: one["dueDate"] for one in tender["milestones"]} == {
        "deadline-LOT-0001": "2026-12-15T23:59:00+01:00",
        "deadline-LOT-0002": "2027-01-11T12:00:00+01:00",
    }
    assert [(one["documentType"], one["url"]) for one in tender["documents"]] == [
        ("biddingDocuments", "https://upphandling.example.org/1/dokument"),
        ("tenderNotice", "https://ted.europa.eu/en/notice/-/detail/701999-2026"),
    ]
    assert [one["id"] for one in tender["items"]] == ["LOT-0001", "LOT-0002"]
    assert tender["items"][0]["classification"]["id"] == "90910000"
    assert tender["contractPeriod"] == {
        "startDate": "2027-02-01T00:00:00Z",
        "endDate": "2029-01-31T23:59:59Z",
    }


def test_the_record_says_what_holds_in_the_end() -> None:
    told = state(*thread())

    assert told["tag"] == ["compiled"]
    assert told["tender"]["status"] == "complete"
    assert told["tender"]["tenderPeriod"]["endDate"] == "2027-01-29T12:00:00+01:00"
    due = {one["id"]: one["dueDate"] for one in told["tender"]["milestones"]}
    assert due["deadline-LOT-0002"] == "2027-01-29T12:00:00+01:00"
    assert due["traff0000001"] == "2026-09-15T13:00:00+02:00"
    (amendment,) = told["tender"]["amendments"]
    assert amendment["description"] == "Ny sista dag för del 2."
    assert amendment["amendsReleaseID"] == f"{OCID}-fragor000001"
    assert {one["id"]: one["status"] for one in told["awards"]} == {
        "LOT-0001": "active",
        "LOT-0002": "unsuccessful",
    }
    assert [(one["awardID"], one["dateSigned"]) for one in told["contracts"]] == [
        ("LOT-0001", "2027-02-25T00:00:00Z")
    ]
    kinds = [one["documentType"] for one in told["tender"]["documents"]]
    assert "clarifications" in kinds
    assert told["planning"]["documents"][0]["documentType"] == "plannedProcurementNotice"


def test_no_person_is_told_of() -> None:
    text = b"".join(file.data for file in open_data(thread(), SITE)).decode()

    assert "811218-XXXX" in text
    for secret in ("9876", "anna.andersson", "stad-asa.example.org", "+46", "Anna"):
        assert secret not in text
    (award, _) = state(*thread())["awards"]
    parties = {one["id"]: one for one in state(*thread())["parties"]}
    names = [parties[one["id"]]["name"] for one in award["suppliers"]]
    assert names == ["Golv & Fönster AB", "Städ-Åsa"]


def test_the_id_of_a_person_is_not_made_of_the_number() -> None:
    other_number = replace(SOLE_TRADER, identifiers=("640823-3234",))

    def ids(winner: Organisation) -> list[str]:
        result = LotResult(lot="LOT-0001", status="selec-w", winners=(winner,))
        told = notice(form_type="result", results=(result,))
        found = releases(post(kind="award", notice=told))[0]["awards"][0]["suppliers"]
        return [one["id"] for one in found]

    assert ids(SOLE_TRADER) == ids(other_number)
    assert ids(COMPANY) != ids(replace(COMPANY, identifiers=("556086-8225",)))


def test_two_masked_numbers_of_one_birthday_are_two_organisations() -> None:
    winners = (
        Organisation(name=said("Asp Trädfällning"), identifiers=("811218-9876",)),
        Organisation(name=said("Björk Trädfällning"), identifiers=("811218-9876",)),
    )
    result = LotResult(lot="LOT-0001", status="selec-w", winners=winners)
    told = notice(form_type="result", results=(result,))

    (award,) = releases(post(kind="award", notice=told))[0]["awards"]

    assert len({one["id"] for one in award["suppliers"]}) == 2


def test_the_number_of_tenders_is_never_told() -> None:
    assert "numberOfTenderers" not in json.dumps(files(*thread()))


def test_limited_companies_numbers_have_their_register() -> None:
    parties = {one["name"]: one for one in state(*thread())["parties"]}

    assert parties["Golv & Fönster AB"]["identifier"]["scheme"] == "SE-BLV"
    assert parties["Golv & Fönster AB"]["identifier"]["id"] == "5560125790"
    assert "scheme" not in parties["Exempelköpings kommun"]["identifier"]


def test_translations_make_one_release() -> None:
    english = Translation(lang="en", url=f"{SITEURL}/en/c/", path="en/c/", title="Cleaning")
    swedish = Translation(lang="sv", url=f"{SITEURL}/stadning/", path="stadning/", title="Städning")
    first = post(translations=(english,))
    second = post("cleaning0001", lang="en", slug="en/c", translations=(swedish,))

    for posts in ((first, second), (second, first)):
        (release,) = releases(*posts)
        assert release["id"] == f"{OCID}-stadning0001"


def test_a_changed_post_makes_another_release_and_a_newer_package() -> None:
    changed = post(modified=at(2026, 11, 5, 8))

    (before,), (after,) = releases(post()), releases(changed)

    assert before["id"] != after["id"]
    assert before["date"] == after["date"]
    assert files(changed)[f"ocds/releases/{OCID}.json"]["publishedDate"].startswith("2026-11-05T07")


@pytest.mark.parametrize("status", ["hidden", "draft", "scheduled", "embargoed"])
def test_only_published_posts_are_told_of(status: Any) -> None:
    assert not files(post(status=status))


def test_other_posts_make_no_open_data() -> None:
    assert not files(
        post(kind="opinion", procedure=None), post(kind="event", procedure=procedure())
    )


def test_a_cancelled_procurement() -> None:
    end = post(
        "avbruten0001",
        kind="change",
        slug="avbruten",
        notice=None,
        procedure=procedure(),
        published=at(2026, 11, 19),
        course=Course(cancelled_at=at(2026, 11, 19)),
    )

    told = releases(post(), end)

    assert told[-1]["tag"] == ["tenderCancellation"]
    assert state(post(), end)["tender"]["status"] == "cancelled"


def test_a_deadline_moved_in_front_matter_moves_every_lot() -> None:
    moved = Deadline(moment=at(2027, 2, 1, 12))
    told = Notice(
        source="front matter",
        lang="sv",
        title=said("Ny sista dag"),
        lots=(lot(identifier="", tenders=moved, questions=None),),
    )
    change = post(
        "andring00001",
        kind="change",
        slug="a",
        notice=told,
        procedure=procedure(),
        published=at(2026, 11, 19),
        title="Ny sista dag",
    )

    tender = state(post(notice=CALL), change)["tender"]

    assert tender["title"] == "Städning av skolor; 2027, och framåt"
    assert tender["tenderPeriod"]["endDate"] == "2027-02-01T12:00:00+01:00"
    assert {one["dueDate"] for one in tender["milestones"]} == {"2027-02-01T12:00:00+01:00"}
    assert len(tender["items"]) == 2


def test_an_award_told_in_front_matter_alone() -> None:
    course = Course(award_decision_at=at(2027, 2, 10, 9), contract_signed_at=date(2027, 2, 25))
    award = post(
        "tilldelat001", kind="award", slug="t", notice=None, procedure=procedure(), course=course
    )

    told = releases(award)[0]

    assert told["awards"] == [{"id": "1", "status": "active", "date": "2027-02-10T09:00:00+01:00"}]
    assert told["contracts"][0]["awardID"] == "1"


def test_an_award_of_unknown_lots_is_no_award_yet() -> None:
    award = post(
        "tilldelat001",
        kind="award",
        slug="t",
        notice=None,
        procedure=procedure(),
        published=at(2027, 2, 10),
        course=Course(award_decision_at=at(2027, 2, 10, 9)),
    )

    last = releases(post(notice=CALL), award)[-1]

    assert "awards" not in last
    assert last["tag"] == ["tenderUpdate"]
    assert last["tender"]["status"] == "complete"
    assert last["tender"]["awardPeriod"] == {"endDate": "2027-02-10T09:00:00+01:00"}


def test_an_award_that_a_notice_tells_of_later_stays_one() -> None:
    single = notice(lot(1))
    decided = post(
        "beslut000001",
        kind="award",
        slug="b",
        notice=None,
        procedure=procedure(),
        published=at(2027, 2, 10),
        course=Course(award_decision_at=at(2027, 2, 10, 9)),
    )
    result = LotResult(lot="LOT-0001", status="selec-w", winners=(COMPANY,))
    told = notice(lot(1), form_type="result", results=(result,))
    later = post("efter0000001", kind="award", slug="e", notice=told, published=at(2027, 3, 1))

    (award,) = state(post(notice=single), decided, later)["awards"]

    assert award["status"] == "active"
    assert award["suppliers"][0]["name"] == "Golv & Fönster AB"


def test_the_parts_of_a_plan_become_the_lots_of_the_call() -> None:
    parts = (lot(identifier="PAR-0001"), lot(identifier="PAR-0002"))
    plan = post(
        "planerad0001",
        kind="plan",
        slug="p",
        notice=notice(*parts, form_type="planning"),
        published=at(2026, 8, 4),
    )

    items = state(plan, post(notice=CALL))["tender"]["items"]

    assert [one["id"] for one in items] == ["LOT-0001", "LOT-0002"]


def test_codes_that_a_change_leaves_out_are_gone() -> None:
    told = notice(lot(1, cpv_more=("90919300",)), changes_notice="701999-2026")
    change = post("andring00001", kind="change", slug="a", notice=told, published=at(2026, 11, 19))

    (item,) = state(post(), change)["tender"]["items"]

    assert [one["id"] for one in item["additionalClassifications"]] == ["90919300"]


def test_zero_and_nothing_are_no_amounts() -> None:
    assert value(Amount(Decimal(0), "EUR")) is None
    assert value(None) is None
    assert value(Amount(Decimal("1500000"), "SEK")) == {"amount": 1500000, "currency": "SEK"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example.org/x y?q=å#d", "https://a.example.org/x%20y?q=%C3%A5#d"),
        ("https://räksmörgås.example.org/%20a", "https://xn--rksmrgs-5wao1o.example.org/%20a"),
        ("https://a.example.org/100%", "https://a.example.org/100%25"),
        ("www.a.example.org", None),
        ("mailto:a@example.org", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_addresses(text: str, address: str | None) -> None:
    assert web_address(text) == address


def test_ids_that_differ_stay_two_files() -> None:
    ids = ["KS 2026/12", "KS-2026-12", "KS 2026 12", "å", "ä", "../../etc/passwd", "a" * 300]

    made = [ocid_of(one, "ocds-xxxxxx") for one in ids]

    assert len(set(made)) == len(ids)
    assert all("/" not in one and len(one) < 150 for one in made)


TEXT = st.text(max_size=60)


@given(title=TEXT, description=TEXT, name=TEXT, identifier=TEXT, address=TEXT)
def test_any_text_makes_a_package(
    title: str, description: str, name: str, identifier: str, address: str
) -> None:
    told = notice(
        lot(documents_url=address, submission_url=address),
        title=Multilingual((("sv", title), ("en", description))),
        description=said(description),
        buyers=(replace(BUYER, name=said(name), identifiers=(identifier,), url=address),),
    )

    (release,) = releases(post(notice=told))

    assert release["tag"] == ["tender"]
    assert not [one for one in _leaves(release) if one in ("", [], {}, None)]


def _leaves(one: Any) -> list[Any]:
    if isinstance(one, dict) and one:
        return [leaf for value in one.values() for leaf in _leaves(value)]
    if isinstance(one, list) and one:
        return [leaf for value in one for leaf in _leaves(value)]
    return [one]


def test_merging_follows_the_standard() -> None:
    first = {
        "ocid": "o", "id": "1", "date": "2026-01-01T00:00:00Z", "tag": ["tender"],
        "tender": {"id": "t", "title": "A", "submissionMethod": ["x", "y"],
                   "items": [{"id": "1", "description": "a", "quantity": 1}]},
    }  # fmt: skip
    second = {
        "ocid": "o", "id": "2", "date": "2026-02-01T00:00:00Z", "tag": ["tenderAmendment"],
        "tender": {"id": "t", "submissionMethod": ["z"],
                   "items": [{"id": "1", "description": "b"}, {"id": "2"}]},
    }  # fmt: skip
    before = json.dumps([first, second])

    assert compiled([first, second]) == {
        "ocid": "o",
        "id": "o-2026-02-01T00:00:00Z",
        "date": "2026-02-01T00:00:00Z",
        "tag": ["compiled"],
        "tender": {
            "id": "t",
            "title": "A",
            "submissionMethod": ["z"],
            "items": [{"id": "1", "description": "b", "quantity": 1}, {"id": "2"}],
        },
    }
    assert json.dumps([first, second]) == before


@pytest.mark.parametrize("which", ["releases", "records"])
def test_package_equals_its_golden_file(which: str) -> None:
    data = next(one.data for one in open_data(thread(), SITE) if f"/{which}/" in one.path)
    golden = GOLDEN / f"{which}.json"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_bytes(data)
    assert data.decode() == golden.read_bytes().decode()


def test_the_order_of_posts_does_not_matter() -> None:
    assert open_data(thread(), SITE) == open_data(tuple(reversed(thread())), SITE)
