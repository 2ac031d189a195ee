"""Calendars and open data of a whole site, built by the command as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from icalendar import Calendar

from tests.sites import SmallSite

ADDRESS = "https://blogg.prov.example.org"


def notice(site: SmallSite, uid: str = "tradvard0001", **keys: str) -> Path:
    told = {
        "kind": "notice",
        "regime": "national",
        "procedure_id": "TRAD-2026-17",
        "cpv": "[77340000]",
        "nuts": "[SE313]",
        "deadline": "2026-12-13 12:00",
        "questions_deadline": "2026-12-01 12:00",
        "buyer_name": "Exempelköpings kommun",
        "documents_url": "https://upphandling.example.org/17/dokument",
        "database_name": "Exempeldatabasen",
        "database_url": "https://databas.example.org/17",
        "database_published_at": "2026-10-01 08:00",
    }
    return site.post(uid, "Trädvård", **{**told, **keys})


def build(site: SmallSite, *, now: str = "2026-11-23T12:00:00+01:00", expect: int = 0) -> set[str]:
    site.run("build", now=now, expect=expect)
    output = site.root / "output"
    found = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    return {path for path in found if path.endswith(".ics") or path.startswith("ocds/")}


def test_a_notice_has_calendars_and_open_data(site: SmallSite) -> None:
    notice(site)
    site.post("mote00000001", "Möte", kind="event", starts="2026-12-02 09:00", place="Rådhuset")

    found = build(site)

    assert found == {
        "tradvard/kalender.ics",
        "mote/kalender.ics",
        "handelser.ics",
        "upphandlingar/kalender.ics",
        "upphandlingar/cpv/77/kalender.ics",
        "upphandlingar/omrade/se313/kalender.ics",
        "ocds/index.json",
        "ocds/releases/ocds-xxxxxx-TRAD-2026-17.json",
        "ocds/records/ocds-xxxxxx-TRAD-2026-17.json",
    }
    calendar = Calendar.from_ical((site.root / "output/tradvard/kalender.ics").read_bytes())
    assert isinstance(calendar, Calendar)
    assert [str(one["SUMMARY"]) for one in calendar.events] == [
        "Sista dag för frågor: Trädvård",
        "Sista dag för anbud: Trädvård",
    ]
    index: dict[str, Any] = json.loads((site.root / "output/ocds/index.json").read_text("utf-8"))
    assert index["procedures"][0]["url"] == f"{ADDRESS}/tradvard/"


def test_after_the_deadline_the_lists_calendars_stay_and_are_empty(site: SmallSite) -> None:
    notice(site)

    before = build(site, now="2026-12-13T11:59:59+01:00")
    after = build(site, now="2026-12-13T12:00:00+01:00")

    assert before == after
    for path in (one for one in after if one.startswith("upphandlingar/")):
        calendar = Calendar.from_ical((site.root / "output" / path).read_bytes())
        assert isinstance(calendar, Calendar)
        assert (len(calendar.events), len(calendar.walk("VTIMEZONE"))) == (0, 1)


def test_a_held_notice_is_in_no_calendar_and_no_open_data(site: SmallSite) -> None:
    notice(site, database_published_at="2026-11-24 08:00")

    assert not build(site)
    assert build(site, now="2026-11-24T08:00:00+01:00")


def test_a_site_without_procurements_has_neither(site: SmallSite) -> None:
    site.post("hej000000001", "Hej")

    assert not build(site)


def test_a_prefix_that_cannot_be_one_is_told_of(site: SmallSite) -> None:
    notice(site)

    done = site.run("build", expect=2, environ={"UTROP_OCID_PREFIX": "OCDS 1"})

    assert "OCID_PREFIX" in done.stderr
