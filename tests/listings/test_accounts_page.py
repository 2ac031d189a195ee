"""The page of accounts, and the setting that lists them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tests.listings.small_site import SITEURL, build, write
from tests.sites import SmallSite
from utrop import configuration, examining
from utrop.accounts import Account, read, without_entry
from utrop.problem import ProblemsFound
from utrop.settings import KNOWN, SettingError

ACCOUNTS = [
    {
        "network": "Mastodon",
        "name": "@upphandling@social.norrvik.example.org",
        "url": "https://social.norrvik.example.org/@upphandling",
        "purpose": {"sv": "Nya annonser & beslut.", "en": "New notices."},
        "since": "2026-09-01",
        "lang": "sv",
    },
    {"network": "LinkedIn", "name": "<b>Norrvik</b>", "url": "https://linkedin.example.org/norrvik",
     "purpose": {"sv": "Debatt."}},
]  # fmt: skip


def built(folder: Path, **settings: Any) -> Path:
    write(folder / "content", "inlagg.md")
    write(folder / "content", "english.md", lang="en")
    build(folder / "content", folder / "output", **settings)
    return folder / "output"


def soup(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text("utf-8"), "html.parser")


def text(of: Any) -> str:
    return re.sub(r"\s+", " ", of.get_text(" ", strip=True)).replace("\xa0", " ")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(
        tmp_path_factory.mktemp("accounts"),
        ACCOUNTS=ACCOUNTS,
        CONTACT_EMAIL="upphandling@norrvik.example.org",
    )


def test_every_account_is_a_plain_link_of_ours(output: Path) -> None:
    page = soup(output / "vara-konton/index.html")
    assert text(page.h1) == "Våra konton"
    assert [(link["href"], link.text) for link in page.select("main a[rel=me]")] == [
        (one["url"], one["name"]) for one in ACCOUNTS
    ]
    first, second = page.select(".accounts li")
    assert text(first) == (
        "Mastodon Sedan den 1 september 2026 På svenska"
        " @upphandling@social.norrvik.example.org Nya annonser & beslut."
    )
    assert text(second) == "LinkedIn <b>Norrvik</b> Debatt."


def test_the_page_says_what_holds_for_what_is_written_there(output: Path) -> None:
    page = soup(output / "vara-konton/index.html")
    said = text(page.main)
    assert "är allmänna handlingar enligt 2 kap. tryckfrihetsförordningen" in said
    assert "De arkiveras, även när ett inlägg eller ett svar har tagits bort." in said
    assert "den officiella annonsen går före båda" in said
    assert page.select_one("a[href^='mailto:']")["href"] == "mailto:upphandling@norrvik.example.org"


def test_each_edition_has_it_in_its_language_and_leads_to_it(output: Path) -> None:
    page = soup(output / "en/accounts/index.html")
    assert text(page.h1) == "Our accounts"
    assert "official documents under chapter 2 of the Freedom of the Press Act" in text(page.main)
    # A purpose that is in another language is marked as such.
    assert [(text(one), one.get("lang")) for one in page.select(".card-summary")] == [
        ("New notices.", None),
        ("Debatt.", "sv"),
    ]
    alternates = {one["hreflang"]: one["href"] for one in page.select("link[hreflang]")}
    assert alternates["sv"] == f"{SITEURL}/vara-konton/"
    assert soup(output / "index.html").select_one("footer a[href='/vara-konton/']")
    assert soup(output / "en/index.html").select_one("footer a[href='/en/accounts/']")
    assert f"{SITEURL}/vara-konton/" in (output / "sitemap.xml").read_text()


def test_a_site_that_lists_none_has_no_page(tmp_path: Path) -> None:
    output = built(tmp_path, ACCOUNTS=[])
    assert not (output / "vara-konton").exists()
    assert "vara-konton" not in (output / "index.html").read_text("utf-8")


def test_a_company_is_not_said_to_hold_official_documents(tmp_path: Path) -> None:
    output = built(tmp_path, ACCOUNTS=ACCOUNTS, PUBLISHER_TYPE="Organization")
    page = soup(output / "vara-konton/index.html")
    assert "allmänna handlingar" not in text(page.main)
    assert not page.select("main a[href^='mailto:']")


# The setting


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("https://social.example.org", "is no list"),
        ({"network": "X"}, "is no list"),
        ([1], "entry 1: 1 is no mapping"),
        ([{}], "entry 1: network is missing"),
        ([{**ACCOUNTS[0], "url": "social.example.org"}], "is no web address"),
        ([{**ACCOUNTS[0], "url": "javascript:alert(1)"}], "is no web address"),
        (
            [ACCOUNTS[0], {**ACCOUNTS[0], "since": "1/9 2026"}],
            "entry 2: since '1/9 2026' is no day",
        ),
        ([{**ACCOUNTS[0], "lang": "svenska"}], "lang: 'svenska' is no language code"),
        ([{**ACCOUNTS[0], "purpose": ["a"]}], "purpose is no text"),
        ([{**ACCOUNTS[0], "purpose": {"xx9": "a"}}], "purpose: 'xx9' is no language code"),
        ([{**ACCOUNTS[0], "purpse": "a"}], "unknown purpse; the keys are network, name, url"),
    ],
)
def test_mistakes_are_told_in_one_line(value: object, said: str) -> None:
    with pytest.raises(SettingError) as caught:
        KNOWN["ACCOUNTS"].check(value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_mistakes_are_told_at_once_with_their_place(
    make_site: Callable[..., SmallSite],
) -> None:
    site = make_site(publishconf='ACCOUNTS = [{"network": "X"}, 2]\nCONTACT_EMAIL = "Anna Ek"\n')
    with pytest.raises(ProblemsFound) as caught:
        configuration.load(site.root, {}, production=True)
    assert caught.value.exit_status == 2
    accounts, email = sorted(map(str, caught.value.problems))
    assert re.search(r"publishconf\.py:\d+: ACCOUNTS: entry 1: name is missing", accounts)
    assert "entry 1: url is missing" in accounts
    assert "entry 2: 2 is no mapping" in accounts
    assert "CONTACT_EMAIL: 'Anna Ek' is no mail address" in email


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["network", "name", "url", "purpose", "since", "lang", "x"]), inner,
            max_size=5,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_whatever_is_written_is_read_or_told(value: object) -> None:
    try:
        found = read(value)
    except ValueError as error:
        said = str(error)
    else:
        assert all(one.network and one.name and one.url for one in found)
        # Settings that have been checked may be checked again.
        assert read(found) == found
        return
    assert len(said.splitlines()) == 1


def test_days_and_purposes_have_their_types() -> None:
    first, second = read(
        [{**ACCOUNTS[0], "since": date(2026, 9, 1)}, {**ACCOUNTS[1], "purpose": "A"}]
    )
    assert first.since == date(2026, 9, 1)
    assert first.purpose_in("en") == ("New notices.", "")
    assert first.purpose_in("fi") == ("Nya annonser & beslut.", "sv")
    assert second.purpose_in("fi") == ("A", "")


def test_networks_that_nobody_listed_are_named() -> None:
    networks = {"mastodon": "Mastodon", "linkedin": "LinkedIn", "x": "X", "slack": "Slack"}
    listed = [
        Account(network="linked in", name="n", url="https://a.example.org"),
        Account(network="Mastodon", name="n", url="https://a.example.org"),
    ]
    assert without_entry(networks, listed) == ("x",)


def test_doctor_names_them(make_site: Callable[..., SmallSite]) -> None:
    site = make_site(publishconf=f"ACCOUNTS = {ACCOUNTS[:1]!r}\n")
    loaded = configuration.load(
        site.root, {"UTROP_NETWORKS": "preview,mastodon,bluesky"}, production=True
    )
    finding = examining._accounts(loaded)
    assert finding.summary == "the page of accounts lists 1"
    assert finding.details == [
        "posts are announced on Bluesky, which ACCOUNTS does not list; add it"
    ]
