"""`utrop notice import` and `utrop notice published`, run as a person runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.notices.eforms_text import eforms
from tests.servers.ted import TedServer, ted_server
from tests.sites import PELICANCONF, PUBLISHCONF, SHARED, SmallSite
from utrop.authoring.document import Document
from utrop.authoring.library import read_library

NOW = "2026-11-24T05:00:00+01:00"
CALL = "0b6f4d5e-1111-4222-8333-000000000001"
OTHER = "0b6f4d5e-1111-4222-8333-000000000002"
PROCEDURE = "0b6f4d5e-aaaa-4bbb-8ccc-000000000001"
NOTICES = SHARED / "data" / "notices"


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    (tmp_path / "content" / "posts").mkdir(parents=True)
    (tmp_path / "pelicanconf.py").write_text(PELICANCONF, "utf-8")
    (tmp_path / "publishconf.py").write_text(PUBLISHCONF, "utf-8")
    return SmallSite(tmp_path)


@pytest.fixture
def server(site: SmallSite) -> Iterator[TedServer]:
    with ted_server() as started:
        site.environ |= {"TED_URL": started.url, "TED_API_URL": started.url}
        yield started


def given(site: SmallSite, data: bytes, name: str = "annons.xml") -> str:
    (site.root / name).write_bytes(data)
    return name


def posts(site: SmallSite) -> dict[str, str]:
    """Return the text of every post by its file's name."""
    found = sorted((site.root / "content").rglob("*.md"))
    return {path.name: path.read_text("utf-8") for path in found}


def documents(site: SmallSite) -> tuple[Document, ...]:
    return read_library(
        site.root / "content",
        timezone=ZoneInfo("Europe/Stockholm"),
        default_lang="sv",
        languages=("sv", "en"),
        now=datetime(2026, 11, 24, 4, tzinfo=UTC),
    ).posts


def everything(site: SmallSite) -> dict[Path, bytes]:
    files = (site.root / "content").rglob("*")
    return {path: path.read_bytes() for path in files if path.is_file()}


def test_a_notice_becomes_a_draft_with_its_file_beside_it(site: SmallSite) -> None:
    data = eforms(number="00701354-2026", published="2026-11-20")

    done = site.run("notice", "import", given(site, data), now=NOW)

    (name,) = posts(site)
    assert name == "2026-11-24-stadning-av-skolor.md"
    text = posts(site)[name]
    uid = re.search(r"^uid: ([a-z][a-z0-9]{15})$", text, re.MULTILINE)
    assert uid
    assert text.replace(uid[1], "@") == (
        '---\ntitle: "Städning av skolor"\ndate: 2026-11-24 05:00\nuid: @\n'
        "slug: stadning-av-skolor\nkind: notice\n"
        'category: "Upphandlingar"\nnotice_file: notices/701354-2026.xml\n'
        f"procedure_id: {PROCEDURE}\nted_number: 701354-2026\nted_published_at: 2026-11-20\n"
        "# En eller två meningar med egna ord: vad köps, och för vem passar det? Skriv korta"
        " meningar.\n"
        "# Lägg inte till krav, belopp, datum eller mängder som inte står i annonsen; sidan visar"
        " annonsens\n# uppgifter av sig själv.\nplain_summary:\n"
        "# Byt draft mot published när inlägget är klart.\nstatus: draft\n---\n\n"
    )
    assert (site.root / "content/notices/701354-2026.xml").read_bytes() == data
    assert "Written    content/posts/2026-11-24-stadning-av-skolor.md (notice, sv)" in done.stdout
    assert "Last day   Friday 29 January 2027, 23:59 (CET)" in done.stdout
    assert "Next " in done.stdout
    assert "Held" not in done.stdout
    assert done.stderr == ""


def test_the_draft_is_a_post_that_the_site_reads(site: SmallSite) -> None:
    site.run("notice", "import", given(site, eforms(number="701354-2026", published="2026-11-20")))

    (document,) = documents(site)

    assert document.state == "draft"
    assert document.post_kind == "notice"
    assert document.notice is not None
    assert document.notice.cpv_main == "90911200"
    assert document.procedure_id == PROCEDURE
    assert document.course.ted_published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_a_written_draft_is_built_with_what_the_notice_says(site: SmallSite) -> None:
    data = eforms(number="701354-2026", published="2026-11-20")
    site.run("notice", "import", given(site, data), now="2026-11-21T09:00:00+01:00")
    (path,) = (site.root / "content/posts").iterdir()
    text = path.read_text("utf-8").replace("status: draft", "status: published")
    text = text.replace("plain_summary:", "plain_summary: Städning av skolor i kommunen.")
    path.write_text(text + "Så går det till att lämna anbud.\n", "utf-8")

    site.run("build", now=NOW)

    page = (site.root / "output/stadning-av-skolor/index.html").read_text("utf-8")
    assert "Norrviks kommun" in page
    assert "29 januari 2027" in page


def test_a_notice_that_ted_has_not_published_says_how_it_is_held(site: SmallSite) -> None:
    done = site.run("notice", "import", given(site, eforms(titles={"en": "Cleaning"})), now=NOW)

    (text,) = posts(site).values()
    assert "lang: en\n" in text
    assert "# receipt_confirmed_at: " in text
    assert "\nted_number" not in text
    assert f"notice_file: notices/{CALL}.xml" in text
    assert "Held       until TED has published it" in done.stdout


def test_the_same_notice_again_changes_nothing(site: SmallSite) -> None:
    name = given(site, eforms())
    site.run("notice", "import", name)
    before = everything(site)

    done = site.run("notice", "import", name)

    assert "Unchanged  content/posts/" in done.stdout
    assert everything(site) == before


def test_the_same_notice_in_other_bytes_is_refused_and_the_post_named(site: SmallSite) -> None:
    site.run("notice", "import", given(site, eforms()))
    before = everything(site)

    later = eforms(number="701354-2026", published="2026-11-20")
    done = site.run("notice", "import", given(site, later, "igen.xml"), expect=1)

    assert done.stderr.startswith("igen.xml: this notice is in content/posts/")
    assert len(done.stderr.splitlines()) == 1
    assert everything(site) == before


def test_a_notice_without_any_identifier_is_known_by_its_bytes(site: SmallSite) -> None:
    name = given(site, eforms(notice_id="", procedure_id="", version=""))
    site.run("notice", "import", name)

    done = site.run("notice", "import", name)

    assert "Unchanged" in done.stdout
    assert len(posts(site)) == 1


def test_a_notice_is_known_by_its_number_too(site: SmallSite) -> None:
    site.run("notice", "import", given(site, eforms(number="7-2026", published="2026-11-20")))

    bare = eforms(notice_id="", number="7-2026", published="2026-11-20")
    done = site.run("notice", "import", given(site, bare, "b.xml"), expect=1)

    assert "b.xml: this notice is in content/posts/" in done.stderr
    assert len(posts(site)) == 1


def test_no_notices_file_is_overwritten(site: SmallSite) -> None:
    taken = site.root / "content" / "notices" / f"{CALL}.xml"
    taken.parent.mkdir()
    taken.write_bytes(b"another's")

    site.run("notice", "import", given(site, eforms()))

    assert taken.read_bytes() == b"another's"
    assert (taken.parent / f"{CALL}-01.xml").read_bytes() == eforms()
    assert f"notice_file: notices/{CALL}-01.xml" in next(iter(posts(site).values()))


def test_a_file_in_the_content_folder_is_used_where_it_is(site: SmallSite) -> None:
    mine = site.root / "content" / "notices" / "min annons.xml"
    mine.parent.mkdir()
    mine.write_bytes(eforms())

    site.run("notice", "import", "content/notices/min annons.xml")

    assert list(mine.parent.iterdir()) == [mine]
    assert 'notice_file: "notices/min annons.xml"' in next(iter(posts(site).values()))
    (document,) = documents(site)
    assert document.notice is not None


def test_later_notices_join_the_thread_and_its_category(site: SmallSite) -> None:
    """A change keeps the procedure's id (BT-04); the post of the call has another category."""
    site.run("notice", "import", given(site, eforms()))
    (call,) = (site.root / "content/posts").iterdir()
    call.write_text(call.read_text("utf-8").replace('"Upphandlingar"', '"Städ"'), "utf-8")
    changed = eforms(notice_id=OTHER, changes=f"{CALL}-01", deadline="")

    done = site.run("notice", "import", given(site, changed, "ändring.xml"), now=NOW)

    text = posts(site)["2026-11-24-andring-stadning-av-skolor.md"]
    assert "kind: change\n" in text
    assert f"procedure_id: {PROCEDURE}\n" in text
    assert 'category: "Städ"\n' in text
    assert f"Thread     {PROCEDURE}, with {call.relative_to(site.root)}" in done.stdout


def test_a_thread_with_an_id_of_the_writers_own_keeps_it(site: SmallSite) -> None:
    site.run("notice", "import", given(site, eforms()))
    (call,) = (site.root / "content/posts").iterdir()
    call.write_text(call.read_text("utf-8").replace(PROCEDURE, "INK-2026-17"), "utf-8")
    changed = eforms(notice_id=OTHER, changes=f"{CALL}-01")

    site.run("notice", "import", given(site, changed, "b.xml"))

    assert {one.procedure_id for one in documents(site)} == {"INK-2026-17"}


def test_a_plan_without_a_procedure_is_told_to_name_it(site: SmallSite) -> None:
    """Some planning notices have no BT-04; a later one refers to them."""
    plan = eforms(form_type="planning", procedure_id="", deadline="", number="1-2026",
                  published="2026-09-01", dispatched="2026-08-31+02:00")  # fmt: skip
    call = eforms(notice_id=OTHER, changes="1-2026")

    done = site.run(
        "notice", "import", given(site, call, "b.xml"), given(site, plan, "a.xml"), now=NOW
    )

    assert len(posts(site)) == 2, "the plan was dispatched first, so it is imported first"
    assert f"write procedure_id: {PROCEDURE}" in done.stderr
    assert "content/posts/2026-11-24-stadning-av-skolor.md" in done.stderr


def test_two_notices_with_one_title_get_addresses_of_their_own(site: SmallSite) -> None:
    second = eforms(notice_id=OTHER, procedure_id=OTHER)

    site.run("notice", "import", given(site, eforms()), given(site, second, "b.xml"), now=NOW)

    assert set(posts(site)) == {
        "2026-11-24-stadning-av-skolor.md",
        "2026-11-24-stadning-av-skolor-2.md",
    }
    assert len({one.url_path for one in documents(site)}) == 2


def test_every_file_is_tried_and_every_problem_told_at_once(site: SmallSite) -> None:
    given(site, b"no xml", "brev.xml")
    given(site, eforms(value="0", deadline="2027-01-16+01:00 00:00:00+01:00"))
    given(site, eforms(notice_id=OTHER)[:-900], "avklippt.xml")

    done = site.run(
        "notice", "import", "annons.xml", "brev.xml", "avklippt.xml", "saknas.xml", expect=1
    )

    told = done.stderr.splitlines()
    assert any(line.startswith("saknas.xml: cannot be read") for line in told)
    assert any(line.startswith("brev.xml") for line in told)
    assert any(re.match(r"avklippt\.xml:\d+: ", line) for line in told)
    assert any(re.match(r"annons\.xml:\d+: warning: .* is zero", line) for line in told)
    assert any(re.match(r"annons\.xml:\d+: warning: .* 00:00", line) for line in told)
    # What could be read is kept: the damaged one too.
    assert len(posts(site)) == 2


def test_hostile_and_huge_files_write_nothing(site: SmallSite) -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    with (site.root / "stor.xml").open("wb") as file:
        file.truncate(100_000_000)

    done = site.run("notice", "import", given(site, laughs), "stor.xml", expect=1)

    assert "annons.xml:1: " in done.stderr
    assert "stor.xml: is larger than 20 MB" in done.stderr
    assert everything(site) == {}


def test_language_kind_and_folder_can_be_said(site: SmallSite) -> None:
    site.run(
        "notice", "import", given(site, eforms()), "--lang", "en", "--kind", "plan",
        "--into", "content/upphandlingar",
    )  # fmt: skip

    (document,) = documents(site)
    assert document.source.startswith("upphandlingar/")
    assert (document.lang, document.post_kind) == ("en", "plan")


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("--lang", "fi"), "none of the site's languages"),
        (("--into", "/tmp"), "not below the content folder"),  # noqa: S108 - only refused
        (("--into", "../elsewhere"), "not below the content folder"),
        (("--kind", "gift"), "gift"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    site: SmallSite, arguments: tuple[str, ...], match: str
) -> None:
    done = site.run("notice", "import", given(site, eforms()), *arguments, expect=2)

    assert match in done.stderr
    assert everything(site) == {}


def test_an_own_cpv_list_makes_an_unknown_code_known_or_a_warning(site: SmallSite) -> None:
    data = eforms(cpv="99999999")
    done = site.run("notice", "import", given(site, data))
    assert re.search(r'annons\.xml:\d+: warning: there is no CPV code "99999999"', done.stderr)

    (site.root / "cpv.tsv").write_text("99999999\tLådor\tBoxes\n", "utf-8")
    listed = {"UTROP_CPV_FILE": "cpv.tsv"}
    name = given(site, eforms(cpv="99999999", notice_id=OTHER, procedure_id=OTHER), "b.xml")
    assert site.run("notice", "import", name, environ=listed).stderr == ""

    broken = {"UTROP_CPV_FILE": "pelicanconf.py"}
    done = site.run("notice", "import", name, environ=broken, expect=1)
    assert done.stderr.startswith("pelicanconf.py:1: ")


def test_a_number_is_fetched_from_ted(site: SmallSite, server: TedServer) -> None:
    """The notice itself may lack its number, as before publication."""
    server.publish("701354-2026", day="2026-11-20", notice_id=CALL, xml=eforms())

    done = site.run("notice", "import", "00701354-2026")

    (text,) = posts(site).values()
    assert "ted_number: 701354-2026\n" in text
    assert (site.root / "content/notices/701354-2026.xml").read_bytes() == eforms()
    assert "Written" in done.stdout
    agents = {request.headers["user-agent"] for request in server.requests}
    assert all(agent.startswith("Utrop/") for agent in agents)

    again = site.run("notice", "import", "701354-2026")
    assert "Unchanged" in again.stdout


def test_a_number_that_ted_has_not_is_told_and_the_rest_imported(
    site: SmallSite, server: TedServer
) -> None:
    done = site.run("notice", "import", "9-2026", given(site, eforms()), expect=1)

    assert done.stderr.startswith("TED has no notice 9-2026; ")
    assert len(posts(site)) == 1


def test_offline_is_one_line(site: SmallSite) -> None:
    with ted_server() as gone:
        address = gone.url

    done = site.run("notice", "import", "9-2026", environ={"TED_URL": address}, expect=1)

    assert len(done.stderr.splitlines()) == 1
    assert "cannot be reached" in done.stderr


HELD = """---
title: Städning av skolor
date: 2026-11-20 09:00
uid: khz7w2m4q8xs3n5a
notice_file: notices/{number}.xml
kind: notice   # för hand
ted_number:
---

Text\twith \tends   \n"""


@pytest.fixture
def held(site: SmallSite) -> Path:
    folder = site.root / "content" / "notices"
    folder.mkdir()
    (folder / "1.xml").write_bytes(eforms())
    path = site.write("posts/stadning.md", HELD.format(number="1"))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return path


def test_ted_is_asked_about_held_posts(site: SmallSite, server: TedServer, held: Path) -> None:
    before = held.read_bytes()
    done = site.run("notice", "published")
    assert "Not yet    content/posts/stadning.md" in done.stdout

    server.publish("701354-2026", day="2026-11-23", notice_id=CALL)
    done = site.run("notice", "published", "khz7w2m4q8xs3n5a")

    assert "Published  content/posts/stadning.md: 701354-2026, 2026-11-23" in done.stdout
    assert "--write" in done.stdout
    assert held.read_bytes() == before


def test_teds_answer_is_written_and_nothing_else_touched(
    site: SmallSite, server: TedServer, held: Path
) -> None:
    before = held.read_bytes()
    server.publish("701354-2026", day="2026-11-23", notice_id=CALL)

    done = site.run("notice", "published", "--write", now=NOW)

    assert "Written    content/posts/stadning.md: ted_number, ted_published_at" in done.stdout
    assert held.read_bytes() == before.replace(
        b"ted_number:\r\n---", b"ted_number: 701354-2026\r\nted_published_at: 2026-11-23\r\n---"
    )
    (document,) = documents(site)
    assert document.state == "published"
    assert site.run("notice", "published").stdout == "No post waits for TED.\n"
    known = site.run("notice", "published", "content/posts/stadning.md")
    assert "Known      content/posts/stadning.md: 2026-11-23" in known.stdout


def test_an_unknown_post_is_told(site: SmallSite, server: TedServer, held: Path) -> None:
    done = site.run("notice", "published", "stadning", "nosuch", expect=2)

    assert "there is no post 'nosuch'" in done.stderr
    assert server.requests == []


def test_a_failing_server_is_one_line_for_all_posts(
    site: SmallSite, server: TedServer, held: Path
) -> None:
    (site.root / "content/notices/2.xml").write_bytes(eforms(notice_id=OTHER, procedure_id=OTHER))
    second = HELD.format(number="2").replace("khz7w", "bbbbb").replace("skolor", "kontor")
    site.write("posts/b.md", second)

    done = site.run("notice", "published", environ={"TED_API_URL": server.url + "/x"}, expect=1)

    assert len(done.stderr.splitlines()) == 1
    assert "answers 404" in done.stderr


@pytest.mark.skipif(
    not NOTICES.is_dir(), reason="the real notices in ../shared/data/notices are not here"
)
def test_the_28_real_notices_are_imported_and_read(site: SmallSite) -> None:
    files = sorted(NOTICES.glob("*.xml"))
    expected = dict(
        line.split("\t")[::5][:2]
        for line in (NOTICES / "INDEX.tsv").read_text("utf-8").splitlines()[1:]
    )

    done = site.run("notice", "import", *map(str, files), now=NOW)

    read = documents(site)
    assert len(read) == len(files) == 28
    assert {one.state for one in read} == {"draft"}
    kinds = {
        "competition": "notice", "planning": "plan", "consultation": "dialogue",
        "result": "award", "dir-awa-pre": "award", "cont-modif": "contract_change",
        "completion": "contract_change", "change": "change",
    }  # fmt: skip
    by_bytes = {path.read_bytes(): path.name for path in files}
    for one in read:
        file = one.path.parents[1] / one.front_matter.notice_file  # type: ignore[attr-defined]
        name = by_bytes[file.read_bytes()]
        kind = "change" if name.startswith("change-") else kinds[expected[name]]
        assert one.post_kind == kind, name
    assert "error" not in done.stderr.replace("warning", "")
    assert "787442-2023.xml:3: warning: EstimatedOverallContractAmount is zero" in done.stderr
    assert re.search(r"701354-2023\.xml:\d+: warning: the last moment is .* 00:00", done.stderr)
    assert "775348-2023.xml: warning: TED published on 2023-12-21, long after" in done.stderr

    before = everything(site)
    again = site.run("notice", "import", *map(str, files))
    assert again.stdout.count("Unchanged") == 28
    assert everything(site) == before
