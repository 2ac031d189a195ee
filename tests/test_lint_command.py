"""`utrop lint`, as a person runs it: places, paragraphs, overrides, settings, and the network."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.sites import PELICANCONF, PUBLISHCONF, REPOSITORY, SmallSite

NATIONAL = {
    "kind": "notice",
    "regime": "national",
    "deadline": "2027-03-15 23:59",
    "database_name": "Klarsyn",
    "database_url": "https://klarsyn.example.org/1",
    "database_published_at": "2026-10-01 08:00",
    "procedure_id": "stad",
}


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    (tmp_path / "pelicanconf.py").write_text(PELICANCONF)
    (tmp_path / "publishconf.py").write_text(PUBLISHCONF)
    (tmp_path / "content" / "posts").mkdir(parents=True)
    return SmallSite(tmp_path)


def notice(site: SmallSite, body: str = "Text.", **keys: str) -> Path:
    return site.post("stad", "Städtjänster", body=body, **{**NATIONAL, **keys})


def test_nothing_to_say(site: SmallSite) -> None:
    notice(site)
    done = site.run("lint")
    assert done.stdout == "Looked at  1 post: 0 errors, 0 warnings, 0 set aside\n"
    assert done.stderr == ""


def test_findings_name_file_line_rule_and_paragraph(site: SmallSite) -> None:
    notice(site, "Rad.\n\nVi har fått fem anbud. Intresset är stort.")
    done = site.run("lint", expect=1)
    assert done.stderr.splitlines() == [
        "content/posts/stad.md:16: ”fem anbud” tells of tenders before the decision (R8-tenders,"
        " 19 kap. 3 § OSL); say nothing of tenders until the award decision has been told",
        "content/posts/stad.md:16: warning: ”Intresset är stort” hints at how many take part"
        " (R8-vague, 19 kap. 3 § OSL); say nothing of interest or competition until the decision"
        " is told",
    ]
    assert "1 error, 1 warning" in done.stdout


def test_warnings_alone_are_no_failure(site: SmallSite) -> None:
    notice(site, "Intresset är stort.")
    assert "0 errors, 1 warning," in site.run("lint").stdout


def test_the_thread_decides_what_is_secret(site: SmallSite) -> None:
    notice(site)
    told = {"procedure_id": "stad", "regime": "national"}
    site.post("svar", "Svar", body="Fem anbud kom in.", kind="qa",
              published_in_system_at="2026-10-01 08:00", **told)  # fmt: skip
    assert "R8-tenders" in site.run("lint", expect=1).stderr
    site.post("beslut", "Beslut", body="Fem anbud kom in.", kind="award", date="2026-11-20 09:00",
              award_notified_at="2026-11-20 08:00", **told)  # fmt: skip
    assert site.run("lint").stderr == ""
    # A draft of the decision changes nothing for others, and is judged as if it were out.
    site.post("beslut", "Beslut", body="Fem anbud kom in.", kind="award", date="2026-11-20 09:00",
              award_notified_at="2026-11-20 08:00", status="draft", **told)  # fmt: skip
    errors = site.run("lint", expect=1).stderr
    assert "svar.md" in errors
    assert "beslut.md" not in errors


def test_a_post_that_waits_is_judged_as_of_its_day(site: SmallSite) -> None:
    told = {"kind": "award", "regime": "national", "award_notified_at": "2026-12-01 09:00"}
    site.post("beslut", "Beslut", date="2026-12-01 10:00", **told)
    assert site.run("lint").stderr == ""
    # Its embargo holds it until the tenderers have been told.
    site.post("beslut", "Beslut", date="2026-11-20 08:00", **told)
    assert site.run("lint").stderr == ""
    site.post("beslut", "Beslut", date="2026-12-01 10:00", kind="award", regime="national")
    assert "R9-not-notified" in site.run("lint", expect=1).stderr


def test_one_post_alone(site: SmallSite) -> None:
    path = notice(site)
    other = site.post("brev", "Brev", body="Skriv till anna.renhult@norrvik.example.org.")
    assert site.run("lint", str(path)).stderr == ""
    assert "brev.md:7: warning: " in site.run("lint", str(other)).stderr
    stray = site.root / "stray.md"
    stray.write_text("x")
    done = site.run("lint", str(stray), expect=2)
    assert "stray.md is no post of this site; name a file of content, or none" in done.stderr


def test_overrides_are_told_with_a_name_and_a_reason(site: SmallSite) -> None:
    said = (
        "\n  - {rule: R8-tenders, by: Maja Sjöviken, reason: Det står i beslutet}"
        "\n  - {rule: R2-amont, by: Maja Sjöviken, reason: Ja}"
    )
    notice(site, "Fem anbud kom in.", overrides=said)
    done = site.run("lint")
    assert done.stderr.splitlines() == [
        "content/posts/stad.md:14: warning: the override names no rule: R2-amont (override); write"
        " R2-amount",
        "content/posts/stad.md:17: warning: set aside by Maja Sjöviken: Det står i beslutet:"
        " ”Fem anbud” tells of tenders before the decision (R8-tenders, 19 kap. 3 § OSL)",
    ]
    assert "0 errors, 1 warning, 1 set aside" in done.stdout


def test_for_scripts(site: SmallSite) -> None:
    said = "\n  - {rule: R8-tenders, by: Maja Sjöviken, reason: Det står i beslutet}"
    notice(site, "Fem anbud kom in.", overrides=said)
    (row,) = json.loads(site.run("lint", "--json").stdout)
    assert row == {
        "path": "content/posts/stad.md",
        "line": 16,
        "rule": "R8-tenders",
        "paragraph": "19 kap. 3 § OSL",
        "severity": "error",
        "what": "”Fem anbud” tells of tenders before the decision",
        "instead": "say nothing of tenders until the award decision has been told",
        "set_aside": {"by": "Maja Sjöviken", "reason": "Det står i beslutet"},
    }


def test_the_setting_changes_how_much_a_rule_matters(site: SmallSite) -> None:
    notice(site, "Intresset är stort.")
    conf = site.root / "pelicanconf.py"
    conf.write_text(PELICANCONF + 'LINT = {"R8-vague": "error"}\n')
    site.run("lint", expect=1)
    conf.write_text(PELICANCONF + 'LINT = {"R8-vague": "off"}\n')
    assert site.run("lint").stderr == ""
    conf.write_text(PELICANCONF + 'LINT = {"R8-vage": "off"}\n')
    done = site.run("lint", expect=2)
    assert "'R8-vage' is no rule of the linter; did you mean 'R8-vague'?" in done.stderr


class _Documents(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, location = {
            "/open": (200, ""),
            "/moved": (302, "/open"),
            "/private": (302, "/login?next=/private"),
            "/login": (200, ""),
            "/denied": (401, ""),
            "/round": (302, "/round"),
        }.get(self.path.partition("?")[0], (404, ""))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def documents() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Documents)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/open", ""),
        ("/moved", ""),
        ("/private", "leads to a login, 127.0.0.1/login"),
        ("/denied", "asks for a login (401)"),
        ("/gone", "answers 404"),
        ("/round", "does not answer (TooManyRedirects)"),
    ],
)
def test_documents_have_to_answer_when_asked_for(
    site: SmallSite, documents: str, path: str, said: str
) -> None:
    notice(site, documents_url=documents + path)
    assert site.run("lint").stderr == ""
    done = site.run("lint", "--online", expect=1 if said else 0)
    if said:
        assert f"stad.md:12: the documents' address ”{documents}{path}” {said}" in done.stderr
        assert "R4-documents, 10 kap. 7 §" in done.stderr
    else:
        assert done.stderr == ""


def test_documents_where_nobody_listens(site: SmallSite) -> None:
    notice(site, documents_url="http://127.0.0.1:9/")
    assert "does not answer (ConnectError)" in site.run("lint", "--online", expect=1).stderr


def test_invented_procurements_are_not_asked_for(site: SmallSite) -> None:
    notice(site, documents_url="http://127.0.0.1:9/", demo="true")
    assert site.run("lint", "--online").stderr == ""


def test_the_demo_has_no_errors() -> None:
    done = SmallSite(REPOSITORY).run("lint", "--json")
    assert [one for one in json.loads(done.stdout) if one["severity"] == "error"] == []
