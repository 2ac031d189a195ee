"""`utrop codelists update`: the full lists, from a stand-in for the EU's SDK or from a file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notices.eforms_text import eforms
from tests.servers.answering import answering
from tests.servers.fault_proxy import Answer, Request
from tests.sites import PELICANCONF, PUBLISHCONF, SmallSite
from utrop import codelists, updating_codelists
from utrop.problem import ProblemsFound

Respond = Callable[[Request], Answer]
FOLDER = Path(".utrop") / "codelists"


def sdk(lang: str, *, codes: int = codelists.FULL_CPV) -> bytes:
    """Return a file of labels in the form of the SDK's, as long as a full one."""
    entries = [
        f'<entry key="code|name|cpv.{number:08}">{lang} &amp; {number}</entry>'
        for number in range(10_000_000, 10_000_000 + codes)
    ]
    entries += [
        f'<entry key="code|name|nuts.FI{number:03}">Område\n {number}</entry>'
        for number in range(codelists.FULL_NUTS)
    ]
    entries += ['<entry key="code|name|contract-nature.works">Byggentreprenader</entry>']
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">\n'
        "<properties>\n<comment>code</comment>\n" + "\n".join(entries) + "\n</properties>\n"
    )
    return text.encode()


@pytest.fixture
def site(tmp_path: Path) -> SmallSite:
    (tmp_path / "content").mkdir()
    (tmp_path / "pelicanconf.py").write_text(PELICANCONF, "utf-8")
    (tmp_path / "publishconf.py").write_text(PUBLISHCONF, "utf-8")
    return SmallSite(tmp_path)


@pytest.fixture
def serve(site: SmallSite) -> Iterator[Callable[[Respond], None]]:
    responses: list[Respond] = []

    def respond(request: Request) -> Answer:
        return responses[-1](request)

    with answering(respond) as url:
        site.environ["EFORMS_SDK_URL"] = url
        yield responses.append


def whole(request: Request) -> Answer:
    version = updating_codelists.VERSION
    for lang in ("sv", "en"):
        if request.path == f"/{version}/translations/code_{lang}.xml":
            return Answer(body=sdk(lang))
    return Answer(status=404)


def test_the_full_lists_are_fetched_and_used(
    site: SmallSite, serve: Callable[[Respond], None]
) -> None:
    serve(whole)

    done = site.run("codelists", "update")

    assert f"cpv.tsv: {codelists.FULL_CPV} codes" in done.stdout
    text = (site.root / FOLDER / "cpv.tsv").read_text("utf-8")
    assert text.startswith("# OP-TED/eForms-SDK")
    assert "CC BY 4.0" in text.splitlines()[0]
    found = codelists.at_hand(site.root)
    assert found.is_full_cpv
    assert found.is_full_nuts
    assert found.cpv_label("10000001", "en") == "en & 10000001"
    assert found.nuts_label("FI007", "sv") == "Område 7"
    assert found.is_known_cpv("10999999") is False
    assert found.nuts_label("SE", "en") == "Sweden"
    assert sorted(path.name for path in (site.root / FOLDER).iterdir()) == ["cpv.tsv", "nuts.tsv"]


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (Answer(status=404), "answers 404 for code_sv.xml"),
        (Answer(body=b"<properties>"), "is no XML"),
        (Answer(body=b"<properties/>"), "holds no labels"),
        (Answer(body=sdk("sv", codes=5)), "gives only 5 codes of CPV"),
        (Answer(body=b"<" * 10_000_001), "more than 10 MB"),
        (Answer(body=b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'), "holds no labels"),
    ],
)
def test_anything_less_keeps_the_old_lists(
    site: SmallSite, serve: Callable[[Respond], None], answer: Answer, match: str
) -> None:
    old = site.root / FOLDER / "cpv.tsv"
    old.parent.mkdir(parents=True)
    old.write_text("10000000\tGammal\tOld\n", "utf-8")
    serve(lambda request: answer)

    done = site.run("codelists", "update", expect=1)

    assert match in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert old.read_text("utf-8") == "10000000\tGammal\tOld\n"
    assert list(old.parent.iterdir()) == [old]


def test_entities_are_not_expanded() -> None:
    hostile = (
        b'<!DOCTYPE properties [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b'<properties><entry key="code|name|cpv.10000000">a&x;</entry></properties>'
    )

    assert updating_codelists.labels_in(hostile)["cpv"] == {"10000000": "a"}


@given(st.binary(max_size=200))
def test_any_bytes_are_labels_or_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert any(updating_codelists.labels_in(data).values())


def test_a_file_of_ones_own_is_taken(site: SmallSite) -> None:
    (site.root / "mina.tsv").write_text("90910000\tStäd\tCleaning\n", "utf-8-sig")

    done = site.run("codelists", "update", "--from", "mina.tsv")

    assert "cpv.tsv: 1 codes" in done.stdout
    assert "not the whole list" in done.stderr
    found = codelists.at_hand(site.root)
    assert found.cpv_label("90910000", "sv") == "Städ"
    assert found.cpv_label("90900000", "sv"), "divisions and groups stay"
    assert not found.is_full_cpv
    assert found.is_known_cpv("90911200") is None


def test_a_file_in_another_form_is_told_with_its_line(site: SmallSite) -> None:
    (site.root / "mina.tsv").write_text("code\tsv\ten\n90910000,Städ,Cleaning\n", "utf-8")

    done = site.run("codelists", "update", "--from", "mina.tsv", expect=1)

    assert done.stderr.startswith("mina.tsv:2: is no line of code, Swedish label, English label")
    assert not (site.root / FOLDER).exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"# only words\n"])
def test_a_list_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cpv.tsv"
    path.write_bytes(content)

    with pytest.raises(ProblemsFound, match="utrop codelists update"):
        codelists.at_hand(tmp_path, "cpv.tsv")


def test_the_setting_goes_before_what_was_fetched(tmp_path: Path) -> None:
    fetched = tmp_path / FOLDER / "cpv.tsv"
    fetched.parent.mkdir(parents=True)
    fetched.write_text("90910000\tFetched\tFetched\n", "utf-8")
    (tmp_path / "own.tsv").write_text("90910000\tOwn\tOwn\n", "utf-8")

    assert codelists.at_hand(tmp_path).cpv_label("90910000", "sv") == "Fetched"
    assert codelists.at_hand(tmp_path, "own.tsv").cpv_label("90910000", "sv") == "Own"
    with pytest.raises(ProblemsFound, match="CPV_FILE names it"):
        codelists.at_hand(tmp_path, "absent.tsv")


def test_with_the_full_list_an_unknown_code_is_an_error_and_the_draft_written(
    site: SmallSite, serve: Callable[[Respond], None]
) -> None:
    serve(whole)
    site.run("codelists", "update")
    (site.root / "a.xml").write_bytes(eforms(cpv="10999999"))

    done = site.run("notice", "import", "a.xml", expect=1)

    assert 'there is no CPV code "10999999"' in done.stderr
    assert "warning: there is no CPV code" not in done.stderr
    assert len(list((site.root / "content").rglob("*.md"))) == 1


def test_a_site_that_keeps_the_list_says_what_each_code_means(site: SmallSite) -> None:
    (site.root / "cpv.tsv").write_text("77211500\tTrädvård\tTree-maintenance services\n", "utf-8")
    site.environ["UTROP_CPV_FILE"] = "cpv.tsv"
    site.post(
        "annons",
        "Träd",
        kind="notice",
        deadline="2026-12-20 23:59",
        database_url="https://klarsyn.example.org/annons/1",
        database_published_at="2026-11-20 09:00",
        cpv="[77211500]",
    )
    site.run("build")
    for path in ("trad/index.html", "trad/kalender.ics", "upphandlingar/index.html"):
        assert "Trädvård" in (site.root / "output" / path).read_text("utf-8"), path
    (release,) = (site.root / "output/ocds/releases").iterdir()
    assert "Trädvård" in release.read_text("utf-8")
    site.environ.clear()
    site.run("build")
    page = (site.root / "output/trad/index.html").read_text("utf-8")
    assert "Trädvård" not in page
    assert "Skogstjänster" in page
